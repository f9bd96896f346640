"""Take a run back: delete the invitations it has made, one by one, and resumable too."""

import asyncio
from collections.abc import AsyncGenerator
from os import PathLike

from attrs import evolve

from alfaview_async.bulk.audit import late_duplicates
from alfaview_async.bulk.destinations import Destination
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_thread import JournalThread, opened
from alfaview_async.bulk.pace import Pace
from alfaview_async.bulk.planning import refuse_other_settings
from alfaview_async.bulk.results import RowResult
from alfaview_async.bulk.row_results import result_of
from alfaview_async.bulk.run import Run, nowhere
from alfaview_async.bulk.states import Change, RowChange, RowState
from alfaview_async.errors import AlfaviewError


async def undo(
    destination: Destination,
    *,
    journal: str | PathLike[str],
    keys: frozenset[str] | None = None,
    stop: asyncio.Event | None = None,
) -> AsyncGenerator[RowResult, None]:
    """Delete the invitations of a run and yield what became of each row; calling it again goes on.

    Calls in doubt are looked for first, as in `resume`; invitations that a call has made too late, so that they belong
    to no row (`LateDuplicates`), are deleted last. Mails cannot be called back: their links stop working. From
    the first deletion on the run cannot be resumed, unless only some rows were named.

    Args:
        destination: With the settings of the run.
        journal: Path of the run's file.
        keys: Of the rows to take back, e.g. of guests who have cancelled; `None` for all.
        stop: Set it to begin nothing new.

    Raises:
        JournalMismatch: The journal holds no run, or one of other settings.
        JournalError: The journal cannot be used.
        AlfaviewError: After the last result: it could not be seen whether there are such invitations.
    """
    async with opened(journal) as thread:
        record = await thread.run()
        refuse_other_settings(record, evolve(record, settings=destination.settings()))
        pace = Pace(stop)
        if keys is None:
            await thread.do(thread.journal.note_withdrawing)
        run = Run(destination, thread, record, nowhere, pace)
        await run.prepare()
        await run.settle()
        async for row in thread.rows():
            if keys is not None and row.key not in keys:
                continue
            if row.state is not RowState.DONE or row.link is None or not pace.may_send:
                yield result_of(row, pace.reason)
                continue
            try:
                await destination.withdraw(row.target, row.link.id)
            except AlfaviewError as error:
                pace.note(error)
                yield evolve(result_of(row), error=error)
            else:
                gone = RowChange(state=RowState.WITHDRAWN, call=row.call)
                await thread.commit(Change(rows={row.ordinal: gone}))
                yield result_of(evolve(row, state=RowState.WITHDRAWN))
        if keys is None:
            await _withdraw_late_duplicates(destination, thread, record, pace)


async def _withdraw_late_duplicates(
    destination: Destination, thread: JournalThread, record: RunRecord, pace: Pace
) -> None:
    late = await late_duplicates(destination, thread, record) if pace.may_send else []
    for target, link_id in late:
        if pace.may_send:
            await destination.withdraw(target, link_id)
