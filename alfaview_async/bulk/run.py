"""A run at work: rounds of sending and, where answers were lost, of waiting, looking and sending what is absent.

Every change is in the journal before it is acted on; a process that dies at any point leaves a run that `resume` ends.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from itertools import count
from time import monotonic
from typing import Any

from attrs import evolve

from alfaview_async.bulk.course import Course, Rules, Verdict
from alfaview_async.bulk.destinations import Destination
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow, StoredRow
from alfaview_async.bulk.journal_thread import JournalThread
from alfaview_async.bulk.marks import call_mark, run_mark
from alfaview_async.bulk.pace import Pace
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.results import RowResult
from alfaview_async.bulk.row_results import ended
from alfaview_async.bulk.sighting import Sighting, echo_of, look
from alfaview_async.bulk.states import Change, CreateCall, Echo, RowState
from alfaview_async.errors import AlfaviewError

_log = logging.getLogger("alfaview_async")
_LOOKS = 3
_BETWEEN_LISTS = 2.0
_ENDED = frozenset({RowState.DONE, RowState.EXISTING, RowState.REFUSED, RowState.UNKNOWN, RowState.WITHDRAWN})
"""The states in which a row is told of at once; links without mail are told of when the mail is sent."""

Rows = Mapping[int, PlannedRow | StoredRow]
Emit = Callable[[list[RowResult]], Coroutine[Any, Any, None]]
"""Hands results to the caller, and waits until there is room for more."""


async def nowhere(_results: list[RowResult]) -> None:
    """Take results for which nobody waits: whoever only looks tells of all rows at the end."""


class Run:
    """The rows of a journal on their way to a destination.

    Args:
        destination: Where to; its `targets` was asked about every row that may be sent.
        journal: Holds the run.
        record: What holds for the run.
        emit: Takes the results.
        pace: Says whether to go on.
        fresh: The rows as they were just written into the journal, by ordinal; without them it is read.
        rooms_at_once: Targets that are filled at the same time.
        chunks_per_room: Calls for one target at the same time.
    """

    def __init__(
        self,
        destination: Destination,
        journal: JournalThread,
        record: RunRecord,
        emit: Emit,
        pace: Pace,
        *,
        fresh: Sequence[PlannedRow] = (),
        rooms_at_once: int = 1,
        chunks_per_room: int = 1,
    ) -> None:
        self.errors: dict[int, AlfaviewError] = {}
        """What went wrong with a call, by its number."""
        self._destination = destination
        self._journal = journal
        self._record = record
        self._emit = emit
        self._pace = pace
        self._fresh = fresh
        self._rooms = asyncio.Semaphore(rooms_at_once)
        self._chunks_per_room = chunks_per_room
        self._two_phase = record.mode is Mode.TWO_PHASE
        self._told = _ENDED - {RowState.DONE} if self._two_phase else _ENDED
        self._echo = Echo.PROVEN if destination.unique else record.echo
        self._numbers = count(1)
        self._baselines: dict[str, bytes] = {}
        self._courses: dict[str, Course] = {}

    async def prepare(self) -> None:
        """Take over what the journal holds; calls that nobody knows the end of count as lost from now on."""
        journal = self._journal.journal
        self._numbers = count(await self._journal.do(journal.next_number))
        self._baselines = await self._journal.do(journal.baselines)
        rules = Rules(
            chunk_size=self._destination.chunk_size,
            effect_within=self._destination.effect_within,
            listed_within=self._destination.listed_within,
            reconciles=self._record.mode != Mode.AT_MOST_ONCE,
        )
        self._courses = {target: Course(target, rules) for target in self._baselines}
        for target, link_id in await self._journal.do(journal.links, RowState.DONE):
            self._courses[target].links.add(link_id)
        unsent = _unsent(self._fresh) if self._fresh else await self._journal.do(journal.sendable)
        for target, rows in unsent.items():
            self._courses[target].plan(rows, {ordinal: at_most for ordinal, at_most in rows.items() if at_most})
        lost: defaultdict[str, list[CreateCall]] = defaultdict(list)
        for call in await self._journal.do(journal.open_calls):
            lost[call.target].append(call)
        for target, calls in lost.items():
            await self._commit(self._courses[target].recover(calls, monotonic()))

    async def send_all(self) -> None:
        """Send what may be sent, and settle what is in doubt, until neither is left or nothing more can be done."""
        while True:
            await together(self._fill(course) for course in self._courses.values() if course.planned)
            await self.settle()
            if not self._pace.may_send or not any(course.planned for course in self._courses.values()):
                return

    async def settle(self) -> None:
        """Look for what calls in doubt have left; sends nothing."""
        await together(self._settle(course) for course in self._courses.values() if course.calls)

    async def _fill(self, course: Course) -> None:
        async with self._rooms:
            await together(self._send(course) for _ in range(self._chunks_per_room))

    async def _send(self, course: Course) -> None:
        while await self._pace.turn() and course.planned:
            number = next(self._numbers)
            intent = course.intend(number, call_mark(self._record.id, number))
            (call,) = intent.calls
            await self._commit(intent)
            rows = await self._rows(call.ordinals)
            recipients = [rows[ordinal].recipient for ordinal in call.ordinals]
            answer = await self._destination.create(course.target, recipients, call.marker, silent=self._two_phase)
            self._pace.note(answer.error)
            if answer.too_many:
                course.shrink(len(call.ordinals))
            if answer.error is not None:
                self.errors[number] = answer.error
            created = {call.ordinals[place]: link for place, link in answer.created.items()}
            reason = str(answer.error or "")
            change = course.answered(number, created, answer.rest, monotonic(), reason)
            request_ids = answer.error.request_ids if answer.error else ()
            await self._commit(evolve(change, request_ids=request_ids), rows)

    async def _settle(self, course: Course) -> None:
        for _ in range(_LOOKS):
            await self._pace.sleep(course.quiet_at - monotonic())
            if not self._pace.may_look:
                return
            try:
                sighting = await self._sighted(course)
            except AlfaviewError as error:
                _log.warning("calls in doubt cannot be looked for, their rows stay unknown for now: %s", error)
                return
            if not self._pace.may_look:  # told to stop between the two lists, which were not far enough apart then
                return
            await self._note_echo(sighting.echo)
            await self._commit(course.looked(sighting.found, sighting.verdict, sighting.unclear))
            if sighting.verdict is not Verdict.OPEN or not course.calls:
                return
            await self._pace.sleep(self._destination.listed_within)

    async def _sighted(self, course: Course) -> Sighting:
        """List the target twice: one that is shown late, or not whole, looks different the second time."""
        if self._echo is Echo.UNSEEN and not course.links:
            await self._probe()
        first = await self._destination.invitations(course.target)
        await self._pace.sleep(min(_BETWEEN_LISTS, self._destination.listed_within))
        second = await self._destination.invitations(course.target)
        calls = list(course.calls.values())
        rows = await self._rows([ordinal for call in calls for ordinal in call.ordinals])
        return look(
            calls,
            {ordinal: self._destination.likeness(row.recipient) for ordinal, row in rows.items()},
            (first, second),
            own=course.links,
            run_mark=run_mark(self._record.id),
            echo=self._echo,
            baseline=self._baselines[course.target],
            unique=self._destination.unique,
        )

    async def _probe(self) -> None:
        """See whether the server shows marks, in a target where links of this run are known to be."""
        for course in self._courses.values():
            if course.links:
                listed = await self._destination.invitations(course.target)
                await self._note_echo(echo_of(listed, course.links, run_mark(self._record.id), self._echo))
                return

    async def _note_echo(self, echo: Echo) -> None:
        if echo is not self._echo:
            if echo is Echo.REFUTED:
                _log.warning("the server does not keep the marks of links: rows whose answer is lost stay unknown")
            self._echo = echo
            await self._journal.do(self._journal.journal.note_echo, echo)

    async def _commit(self, change: Change, rows: Rows | None = None) -> None:
        """Write a change down, then tell the caller of the rows that have ended with it."""
        await self._journal.commit(change)
        for now, ordinals in change.alike():
            if now.state in self._told:
                known = rows or await self._rows(ordinals)
                of_call = [(known[ordinal], change.links.get(ordinal)) for ordinal in ordinals]
                await self._emit(ended(now, of_call, self.errors.get(now.call)))

    async def _rows(self, ordinals: Sequence[int]) -> Rows:
        if self._fresh:
            return {ordinal: self._fresh[ordinal] for ordinal in ordinals}
        return await self._journal.do(self._journal.journal.rows_at, ordinals)


def _unsent(fresh: Sequence[PlannedRow]) -> Mapping[str, dict[int, int]]:
    """Return what `Journal.sendable` would find in a journal that was just begun."""
    rows: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for ordinal, row in enumerate(fresh):
        if row.existing is None:
            rows[row.target][ordinal] = 0
    return rows


async def together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all of this at once; the first error ends the rest."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
