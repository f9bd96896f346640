"""Blocking work beside the event loop: a daemon thread, one piece of work at a time, a bound for those who wait."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, asynccontextmanager
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import sleep
from typing import Any, TypeVar

from alfaview_async.errors import StorageTimeout, StorageUnavailable

Result = TypeVar("Result")


_LINGERS_SECONDS = 1.0


class SideThread:
    """Works in turn for the tasks of any number of event loops.

    The thread is a daemon of our own: work that hangs, on a dead disk say, stops neither the loop nor the end of the
    program. (`asyncio.run` does not return before the threads of the default executor do.) It lives while there is
    work and a little longer; a forked child begins with none.

    Args:
        around: Makes what each piece of work is done inside of, e.g. a lock that may have to be waited for.
        bound: Seconds that a caller waits.
        shown: What to call it in errors, e.g. the path.
        pause: Seconds between two turns, outside of `around`: other processes that wait for it get theirs. Shared by
            the turns that wait here, so that a crowd in one process is not held up.
    """

    def __init__(
        self, around: Callable[[], AbstractContextManager[object]], *, bound: float, shown: str, pause: float = 0.0
    ) -> None:
        self._around = around
        self._bound = bound
        self._shown = shown
        self._pause = pause
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._process = os.getpid()
        self._mutex = Lock()
        self._turns: SimpleQueue[tuple[Future[Any], Callable[[], object]]] = SimpleQueue()
        self._at_work = False

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do the work and return its result or raise its error.

        A caller that is cancelled or gives up takes back work that has not begun; what has begun is done to its end.

        Raises:
            StorageTimeout: The bound has passed.
            StorageUnavailable: No thread can be started.
        """
        done: Future[Result] = Future()
        self._enqueue(done, work)
        return await self._awaited(done)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Keep `around` entered while the block runs; errors as in `run`."""
        entered: Future[None] = Future()
        leave = Event()

        def stay() -> None:
            entered.set_result(None)
            leave.wait()

        try:
            self._enqueue(entered, stay)
            await self._awaited(entered)
            yield
        finally:
            leave.set()  # also for a waiter who was cancelled just when its turn had come: it does not stay

    async def _awaited(self, future: Future[Result]) -> Result:
        try:
            async with asyncio.timeout(self._bound):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if future.cancel():
                raise StorageTimeout(
                    f"no turn at {self._shown} within {self._bound:g} s: another process keeps it locked, or the disk "
                    "hangs; nothing was changed"
                ) from None
            if future.done():  # in time: it was the event loop that was busy
                return future.result()
            raise StorageTimeout(
                f"{self._shown} has not answered within {self._bound:g} s; what was asked may still be done"
            ) from None
        finally:
            future.cancel()

    def _enqueue(self, future: Future[Any], work: Callable[[], object]) -> None:
        if self._process != os.getpid():  # forked: the thread stayed behind, and so did whoever had the mutex
            self._begin_anew()
        with self._mutex:
            if not self._at_work:
                try:
                    Thread(target=self._work, name="alfaview-tokens", daemon=True).start()
                except RuntimeError as error:
                    raise StorageUnavailable(f"no thread can be started for {self._shown}: {error}") from error
                self._at_work = True
            self._turns.put((future, work))

    def _work(self) -> None:
        while True:
            try:
                future, work = self._turns.get(timeout=_LINGERS_SECONDS)
            except Empty:
                with self._mutex:
                    if self._turns.empty():
                        self._at_work = False
                        return
            else:
                if not future.cancelled():
                    self._take_turn(future, work)
                    if self._pause:
                        sleep(self._pause / (1 + self._turns.qsize()))
                del future, work  # or the last result would live as long as the thread

    def _take_turn(self, future: Future[Any], work: Callable[[], object]) -> None:
        try:
            with self._around():
                if not future.set_running_or_notify_cancel():
                    return
                result = work()
            if not future.done():  # the caller wakes up when all is done, not to contend with this thread for the rest
                future.set_result(result)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the result
            if future.running() or (not future.done() and future.set_running_or_notify_cancel()):
                future.set_exception(error)
