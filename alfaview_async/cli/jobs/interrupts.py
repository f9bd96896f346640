"""Ctrl-C and SIGTERM while a job runs: once means to stop in good order, twice means now."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@asynccontextmanager
async def interruptible(tell: Callable[[], object]) -> AsyncIterator[asyncio.Event]:
    """Yield an event that the first signal sets; the second one cancels the task.

    Signals that were ignored, as by `nohup` or for jobs in the background, stay ignored.

    Args:
        tell: Called at the first signal.
    """
    stop = asyncio.Event()
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def note() -> None:
        if not stop.is_set():
            stop.set()
            tell()
        elif task:
            task.cancel()

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    taken = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in taken:
        _listen(loop, number, note)
    try:
        yield stop
    finally:
        for number in taken:
            _unlisten(loop, number)
            signal.signal(number, before[number])


def _listen(loop: asyncio.AbstractEventLoop, number: signal.Signals, note: Callable[[], None]) -> None:
    try:
        loop.add_signal_handler(number, note)
    except NotImplementedError:  # Windows

        def pass_on(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(note)

        signal.signal(number, pass_on)


def _unlisten(loop: asyncio.AbstractEventLoop, number: signal.Signals) -> None:
    try:
        loop.remove_signal_handler(number)
    except NotImplementedError:  # Windows
        return
