"""Find out what became of calls whose answers were lost, and leave it at that."""

import asyncio
from collections.abc import AsyncGenerator
from os import PathLike

from alfaview_async.bulk.destinations import Destination
from alfaview_async.bulk.journal_thread import opened
from alfaview_async.bulk.pace import Pace
from alfaview_async.bulk.results import RowResult
from alfaview_async.bulk.row_results import result_of
from alfaview_async.bulk.run import Run, nowhere


async def reconcile(
    destination: Destination, *, journal: str | PathLike[str], stop: asyncio.Event | None = None
) -> AsyncGenerator[RowResult, None]:
    """Look for what calls in doubt have left, as `resume` does, and yield how each row stands; invites nobody.

    Waits until the calls can have no effect any more (`effect_within` of the destination).

    Args:
        destination: With the settings of the run.
        journal: Path of the run's file.
        stop: Set it to stop waiting and looking.

    Raises:
        JournalMismatch: The journal holds no run.
        JournalError: The journal cannot be used.
    """
    async with opened(journal) as thread:
        record = await thread.run()
        run = Run(destination, thread, record, nowhere, Pace(stop))
        await run.prepare()
        await run.settle()
        async for row in thread.rows():
            yield result_of(row)
