"""Begin a run, or go on with one: every row is sent at most once and has one result."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from os import PathLike

from attrs import evolve

from alfaview_async.bulk.audit import audit
from alfaview_async.bulk.destinations import Destination, MailsSeparately
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow
from alfaview_async.bulk.journal_thread import JournalThread, opened
from alfaview_async.bulk.mailing import mail_all
from alfaview_async.bulk.marks import new_run
from alfaview_async.bulk.pace import Pace
from alfaview_async.bulk.planning import digest_of_row, planned, refuse_other_rows, refuse_other_settings, surveyed
from alfaview_async.bulk.policies import Duplicates, Existing, Mode
from alfaview_async.bulk.recipients import GuestList, Recipient
from alfaview_async.bulk.results import Progress, RowResult
from alfaview_async.bulk.row_results import result_of
from alfaview_async.bulk.run import Run
from alfaview_async.bulk.states import RowState
from alfaview_async.errors import AlfaviewError, ConfigurationError, JournalCorrupt, JournalMismatch

_FINAL = (RowState.EXISTING, RowState.REFUSED, RowState.UNKNOWN, RowState.WITHDRAWN)


async def invite(
    destination: Destination,
    recipients: GuestList | Sequence[Recipient],
    *,
    journal: str | PathLike[str] | None = None,
    mode: Mode = Mode.RECONCILED,
    duplicates: Duplicates = Duplicates.ERROR,
    existing: Existing = Existing.ERROR,
    on_progress: Callable[[Progress], object] | None = None,
    rooms_at_once: int = 4,
    chunks_per_room: int = 1,
    stop: asyncio.Event | None = None,
) -> AsyncGenerator[RowResult, None]:
    """Invite all recipients and yield what became of each, as the answers come.

    Nobody is invited twice, and nobody is lost: a call whose answer was lost is not repeated; when it can have no
    effect any more (`effect_within` of the destination), its invitations are looked for, and only rows that are
    proven to have none are sent again. With a journal this holds when the process is killed too: calling it again with
    the same rows, or `resume`, goes on, and yields the results of earlier processes first.

    When the server cannot be reached, or refuses the login, the right or the quota, the rest is not tried, and is
    reported as unsent; `resume` sends it. So it is with rows that were not tried because the loop was left early, which
    cancels the calls on their way: those are in doubt then.

    Args:
        destination: What to create, e.g. `GuestLinks(alfaview, room="Seminar A", role="Participant")`.
        recipients: A list that was read, or recipients made by hand.
        journal: Path of the run's file, made if it is not there. It holds names, addresses and join links, readable by
            its owner only: delete it when the run is over and done with. Without one nothing can be resumed.
        mode: What is done when an answer is lost.
        duplicates: What is done with rows that invite a guest twice.
        existing: What is done with guests who have such an invitation already.
        on_progress: Called with the state before the first call, and after results were taken.
        rooms_at_once: Rooms that are filled at the same time.
        chunks_per_room: Calls for one room at the same time; each of them also writes the permissions of the room.
        stop: Set it to begin nothing new: calls on their way are waited for, the rest is reported as unsent.

    Raises:
        ConfigurationError: Somebody is to be invited twice, or an argument makes no sense; nothing was sent.
        AlreadyInvited: Somebody has such an invitation already; nothing was sent.
        JournalMismatch: The journal belongs to other rows or settings; nothing was sent.
        JournalError: The journal cannot be used; nothing was sent that is not in it.
        NotFound: A room or role does not exist; nothing was sent.
        AmbiguousName: A name means several; nothing was sent.
        LateDuplicates: After the last result: more invitations exist than rows.
        AlfaviewError: Rooms, roles or invitations cannot be looked up: nothing was sent; or, after the last result,
            it could not be seen whether there are more invitations than rows.
    """
    _check(destination, mode, rooms_at_once, chunks_per_room)
    rows = recipients.recipients if isinstance(recipients, GuestList) else recipients
    wanted = RunRecord(id=new_run(), mode=mode, settings=destination.settings())
    targets = await destination.targets(rows)
    plan = await asyncio.to_thread(planned, destination, rows, targets, duplicates)  # some microseconds for each row
    async with opened(journal) as thread:
        record = await thread.do(lambda: thread.journal.run)
        if record is None:
            record = wanted
            if (
                mode is not Mode.AT_MOST_ONCE or existing is not Existing.CREATE
            ):  # else there is nothing to compare with
                plan, baselines = await surveyed(destination, plan, existing, at_once=rooms_at_once)
            else:
                baselines = dict.fromkeys((row.target for row in plan), b"")
            await thread.do(thread.journal.begin, record, plan, baselines)
        else:
            _refuse_withdrawn(record, thread.journal.shown)
            refuse_other_settings(record, wanted)
            refuse_other_rows(plan, await thread.do(thread.journal.digests))
            await _refuse_damaged_rows(destination, thread)
            plan = []
        at_once = rooms_at_once, chunks_per_room
        work = _results(destination, thread, record, on_progress, Pace(stop), at_once, fresh=plan)
        async with aclosing(work) as batches:  # a caller who leaves early ends the work before the journal is closed
            async for batch in batches:
                for result in batch:
                    yield result


async def resume(
    destination: Destination,
    *,
    journal: str | PathLike[str],
    retry_refused: bool = False,
    on_progress: Callable[[Progress], object] | None = None,
    rooms_at_once: int = 4,
    chunks_per_room: int = 1,
    stop: asyncio.Event | None = None,
) -> AsyncGenerator[RowResult, None]:
    """Go on with the run of a journal, without its list; yields the results of earlier processes first.

    Args:
        destination: With the settings of the run.
        journal: Path of the run's file.
        retry_refused: Send the rows again that the server has refused.
        on_progress: As in `invite`, like what follows, and the errors.
        rooms_at_once: As in `invite`.
        chunks_per_room: As in `invite`.
        stop: As in `invite`.

    Raises:
        JournalMismatch: The journal holds no run, one of other settings, or one that is being undone.
    """
    _check(destination, Mode.RECONCILED, rooms_at_once, chunks_per_room)
    async with opened(journal) as thread:
        record = await thread.run()
        _refuse_withdrawn(record, thread.journal.shown)
        refuse_other_settings(record, evolve(record, settings=destination.settings()))
        _check(destination, record.mode, rooms_at_once, chunks_per_room)
        if retry_refused:
            await thread.do(thread.journal.plan_refused)
        await _refuse_moved_rooms(destination, thread)
        await _refuse_damaged_rows(destination, thread)
        work = _results(destination, thread, record, on_progress, Pace(stop), (rooms_at_once, chunks_per_room))
        async with aclosing(work) as batches:  # as in `invite`
            async for batch in batches:
                for result in batch:
                    yield result


async def _results(
    destination: Destination,
    thread: JournalThread,
    record: RunRecord,
    on_progress: Callable[[Progress], object] | None,
    pace: Pace,
    at_once: tuple[int, int],
    fresh: Sequence[PlannedRow] = (),
) -> AsyncGenerator[list[RowResult], None]:
    rooms_at_once, chunks_per_room = at_once
    outlet = _Outlet(credits=max(2, rooms_at_once * chunks_per_room))
    run = Run(
        destination,
        thread,
        record,
        outlet.emit,
        pace,
        fresh=fresh,
        rooms_at_once=rooms_at_once,
        chunks_per_room=chunks_per_room,
    )
    counts = await thread.do(thread.journal.counts)
    progress = Progress(total=sum(counts.values()))
    if on_progress:
        on_progress(progress)
    work = asyncio.create_task(_work(run, destination, thread, record, outlet, pace))
    work.add_done_callback(lambda _: outlet.end())
    try:
        async for results in outlet.results():
            yield results
            progress = _counted(progress, results)
            if on_progress:
                on_progress(progress)
        await work
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _work(
    run: Run, destination: Destination, thread: JournalThread, record: RunRecord, outlet: "_Outlet", pace: Pace
) -> None:
    told = _FINAL if record.mode == Mode.TWO_PHASE else (*_FINAL, RowState.DONE)
    async for row in thread.rows(*told):
        await outlet.emit([result_of(row)])
    await run.prepare()
    await run.send_all()
    async for row in thread.rows(RowState.PLANNED, RowState.IN_FLIGHT):
        await outlet.emit([result_of(row, run.errors.get(row.call) or pace.reason)])
    wrong: AlfaviewError | None = None
    try:
        looks = record.mode is not Mode.AT_MOST_ONCE and pace.may_look
        wrong = await audit(destination, thread, record) if looks else None
    except AlfaviewError as error:  # mails go to rows with a link only, so those can be sent all the same
        wrong = error
    if record.mode == Mode.TWO_PHASE and isinstance(destination, MailsSeparately):
        await mail_all(destination, thread, outlet.emit, pace)
    if wrong:
        raise wrong


class _Outlet:
    """Where results leave: those who make them wait until there is room for more."""

    def __init__(self, *, credits: int) -> None:
        self._room = asyncio.Semaphore(credits)
        self._queue: asyncio.Queue[list[RowResult] | None] = asyncio.Queue()

    async def emit(self, results: list[RowResult]) -> None:
        """Hand results to the caller."""
        await self._room.acquire()
        self._queue.put_nowait(results)

    def end(self) -> None:
        """Say that there are no more."""
        self._queue.put_nowait(None)

    async def results(self) -> AsyncGenerator[list[RowResult], None]:
        """Yield what is handed over, until the end."""
        while (results := await self._queue.get()) is not None:
            yield results
            self._room.release()


def _check(destination: Destination, mode: Mode, rooms_at_once: int, chunks_per_room: int) -> None:
    if rooms_at_once < 1 or chunks_per_room < 1:
        raise ConfigurationError("rooms_at_once and chunks_per_room must be at least 1")
    if mode is Mode.TWO_PHASE and not isinstance(destination, MailsSeparately):
        raise ConfigurationError("this destination cannot mail an invitation by a call of its own; use another mode")


def _refuse_withdrawn(record: RunRecord, shown: str) -> None:
    if record.withdrawing:
        raise JournalMismatch(
            f"the invitations of the run in {shown} are being deleted, or were; `undo` goes on with that, "
            "a new journal begins a new run"
        )


async def _refuse_moved_rooms(destination: Destination, thread: JournalThread) -> None:
    """Look rooms and roles up again: names may mean others by now."""
    rows = [row async for row in thread.rows(RowState.PLANNED, RowState.IN_FLIGHT)]
    targets = await destination.targets([row.recipient for row in rows])
    moved = [row for row, target in zip(rows, targets, strict=True) if row.target != target]
    if moved:
        raise JournalMismatch(
            f"the room {moved[0].recipient.room or ''!r} of {moved[0].recipient.email} and {len(moved) - 1} more rows "
            "is another one than when the run began; rename it back, or begin a new run"
        )


async def _refuse_damaged_rows(destination: Destination, thread: JournalThread) -> None:
    """Send no row that is not what it was when the run began: the disk may have changed an address by one letter."""
    digests = await thread.do(thread.journal.digests)
    async for row in thread.rows(RowState.PLANNED, RowState.IN_FLIGHT):
        if digests[row.key] != digest_of_row(destination, row.target, row.recipient):
            raise JournalCorrupt(
                f"row {row.ordinal} of the journal {thread.journal.shown} is not what it was when the run began; "
                "nothing was sent: `salvage` reads what can be read"
            )


def _counted(progress: Progress, results: list[RowResult]) -> Progress:
    count = Counter(result.status for result in results)
    return evolve(progress, **{status.value: getattr(progress, status.value) + count[status] for status in count})
