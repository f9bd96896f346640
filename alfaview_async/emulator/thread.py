"""The emulator in a thread of its own, for tests and programs that have no event loop, or another one."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from enum import Enum
from functools import partial
from inspect import iscoroutinefunction
from threading import Thread, current_thread
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

from alfaview_async.emulator.emulator import Emulator
from alfaview_async.errors import ConfigurationError

P = ParamSpec("P")
T = TypeVar("T")

_PACKAGE = __name__.rpartition(".")[0]


class EmulatorThread:
    """Runs an emulator in a thread and an event loop of its own; use it with `with`, or call `start()` and `stop()`.

        with EmulatorThread() as emulator:
            run_my_program(emulator.base_url)

    Args:
        emulator: One that does not run; default: a new one.

    Attributes:
        emulator: Stands for the emulator in every other thread: what is called on it, or on its clock, faults, habits,
            outbox, requests and state, is called in the emulator's thread, between two requests. Results are plain
            values: read them, and change nothing in them while requests are under way.
    """

    def __init__(self, emulator: Emulator | None = None) -> None:
        self._emulator = emulator or Emulator()
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self.emulator: Emulator = cast("Emulator", _Elsewhere(self, self._emulator))

    @property
    def base_url(self) -> str:
        """The base URL for clients on this machine.

        Raises:
            ConfigurationError: The emulator does not run.
        """
        return self._emulator.base_url

    def start(self) -> None:
        """Listen; a call while it runs changes nothing.

        Raises:
            OSError: The port is taken, or the address is not this machine's.
        """
        if self._thread is not None:
            return
        started: Future[None] = Future()
        thread = Thread(target=lambda: asyncio.run(self._serve(started)), name="alfaview emulator", daemon=True)
        thread.start()
        try:
            started.result()
        except Exception:
            thread.join()
            raise
        self._thread = thread

    def stop(self) -> None:
        """Close every connection and end the thread; may be called twice. What the emulator knew is still there."""
        thread, loop, stopping = self._thread, self._loop, self._stopping
        if thread is not None and loop is not None and stopping is not None:
            loop.call_soon_threadsafe(stopping.set)
            thread.join()
            self._thread = self._loop = self._stopping = None

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in the emulator's thread, between two requests, and return what it returns."""
        if self._loop is None or current_thread() is self._thread:
            return function(*args, **kwargs)

        async def called() -> T:
            return function(*args, **kwargs)

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result()

    async def _serve(self, started: Future[None]) -> None:
        self._stopping = asyncio.Event()
        try:
            await self._emulator.start()
        except Exception as error:  # noqa: BLE001 - raised again where `start` was called
            started.set_exception(error)
            return
        self._loop = asyncio.get_running_loop()
        started.set_result(None)
        await self._stopping.wait()
        await self._emulator.stop()

    def __enter__(self) -> Emulator:
        self.start()
        return self.emulator

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class _Elsewhere:
    """Stands for an object of the emulator that lives in the emulator's thread."""

    __slots__ = ("_target", "_thread")

    _target: Any
    _thread: EmulatorThread

    def __init__(self, thread: EmulatorThread, target: object) -> None:
        object.__setattr__(self, "_thread", thread)
        object.__setattr__(self, "_target", target)

    @property  # type: ignore[misc]  # read-only; for isinstance, as unittest.mock does it
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride] - the same
        return type(self._target)

    def __getattr__(self, name: str) -> Any:
        value = self._thread.call(getattr, self._target, name)
        if iscoroutinefunction(value):
            raise ConfigurationError(f"{name}() belongs to the emulator's thread; use start() and stop() of that")
        if callable(value):
            return partial(self._thread.call, value)
        changes_there = type(value).__module__.startswith(_PACKAGE) and not isinstance(value, Enum)
        return _Elsewhere(self._thread, value) if changes_there else value

    def __setattr__(self, name: str, value: object) -> None:
        self._thread.call(setattr, self._target, name, value)

    def __dir__(self) -> list[str]:
        return dir(self._target)

    def __len__(self) -> int:
        return self._thread.call(len, self._target)

    def __bool__(self) -> bool:
        return self._thread.call(bool, self._target)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._thread.call(list, self._target))

    def __getitem__(self, index: Any) -> Any:
        return self._thread.call(lambda: self._target[index])

    def __contains__(self, value: object) -> bool:
        return self._thread.call(lambda: value in self._target)

    def __eq__(self, other: object) -> bool:
        return bool(self._thread.call(lambda: self._target == other))

    def __hash__(self) -> int:
        return hash(self._target)

    def __repr__(self) -> str:
        return self._thread.call(repr, self._target)
