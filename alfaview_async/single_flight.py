"""One piece of work for all who want it at the same moment."""

import asyncio
import copy
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs a coroutine once, however many await it; none of them can cancel it.

    Each waiter has a future of its own: with `asyncio.shield`, thousands of waiters that are cancelled together would
    each search the list of callbacks of one task.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None
        self._waiting: set[asyncio.Future[T]] = set()

    async def result(self) -> T:
        """Join the work under way, or begin it; raise what it raises, as an exception of one's own."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())
            self._task.add_done_callback(self._land)
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            return await waiter
        finally:
            self._waiting.discard(waiter)

    async def landed(self, *, within: float | None = None) -> None:
        """Wait until no work is under way, whatever comes of it; cancel what takes longer than `within` seconds."""
        if self._task is None:
            return
        task = self._task
        _, late = await asyncio.wait([task], timeout=within)
        if late:
            task.cancel()
            await asyncio.wait([task])

    def _land(self, task: asyncio.Task[T]) -> None:
        self._task = None
        waiting, self._waiting = self._waiting, set()
        failure = None if task.cancelled() else task.exception()
        for waiter in waiting:
            if waiter.done():
                continue
            if task.cancelled():
                waiter.cancel()
            elif failure is not None:
                waiter.set_exception(_own(failure))
            else:
                waiter.set_result(task.result())


def _own(failure: BaseException) -> BaseException:
    """Copy an exception: one object raised in many tasks would collect all their tracebacks."""
    try:
        own = copy.copy(failure)
    except Exception:  # noqa: BLE001 - a stranger's exception that cannot be copied must still reach its waiters
        return failure
    own.__cause__ = failure
    return own
