"""A journal beside the event loop: one thread of its own, so that waiting for the disk holds nobody up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from os import PathLike
from threading import Lock
from typing import ParamSpec, TypeVar

from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import StoredRow
from alfaview_async.bulk.states import Change, RowState
from alfaview_async.errors import JournalMismatch

P = ParamSpec("P")
Result = TypeVar("Result")


class JournalThread:
    """Works with a journal, one piece of work at a time.

    A caller that is cancelled leaves work that has begun to be done to its end; the journal is closed after it.
    """

    def __init__(self, journal: Journal, thread: ThreadPoolExecutor) -> None:
        self.journal = journal
        self._thread = thread
        self._lock = Lock()
        self._changes: list[Change] = []
        self._written: asyncio.Future[None]

    async def do(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Do work with the journal in its thread; returns and raises what the work does."""
        return await asyncio.wrap_future(self._thread.submit(work, *args, **kwargs))

    async def run(self) -> RunRecord:
        """Return the run that the journal holds.

        Raises:
            JournalMismatch: It holds none.
        """
        record = await self.do(lambda: self.journal.run)
        if record is None:
            raise JournalMismatch(f"the journal {self.journal.shown} holds no run; begin one with `invite`")
        return record

    async def commit(self, change: Change) -> None:
        """Write a change down, in one transaction with those that others bring until the thread is free.

        One wait for the disk is enough for all. Errors as of `Journal.commit`: where one fails, none was written.
        """
        written = self._joined(change)
        await asyncio.wait((written,))  # who is cancelled here takes no change with them
        written.result()

    def _joined(self, change: Change) -> asyncio.Future[None]:
        """Put a change with those that the thread will write next; returns when they are."""
        with self._lock:
            if not self._changes:
                self._written = asyncio.wrap_future(self._thread.submit(self._commit_all))
                self._written.add_done_callback(_noticed)
            self._changes.append(change)
            return self._written

    def _commit_all(self) -> None:
        with self._lock:
            changes, self._changes = self._changes, []
        self.journal.commit(*changes)

    async def rows(self, *states: RowState) -> AsyncIterator[StoredRow]:
        """Yield the rows in these states, or all, in order.

        Raises:
            JournalCorrupt: One cannot be read.
        """
        counts = await self.do(self.journal.counts)
        if states and not counts.keys() & set(states):
            return  # to look for rows that are not there takes as long as to look at all rows
        after = -1
        while page := await self.do(self.journal.page, after, *states):
            for row in page:
                yield row
            after = page[-1].ordinal


@asynccontextmanager
async def opened(path: str | PathLike[str] | None) -> AsyncIterator[JournalThread]:
    """Open a journal while the block runs; arguments and errors as of `Journal`."""
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="alfaview-journal")
    opening = thread.submit(Journal, path)
    try:
        yield JournalThread(await asyncio.wrap_future(opening), thread)
    finally:
        closing = thread.submit(_close, opening)  # also one that was opened after the caller had been cancelled
        thread.shutdown(wait=False)
        await asyncio.shield(asyncio.wrap_future(closing))


def _noticed(written: asyncio.Future[None]) -> None:
    """Let no error be called unnoticed that nobody waits for any more."""
    if not written.cancelled():
        written.exception()


def _close(opening: Future[Journal]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
