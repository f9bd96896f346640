"""Long computations that let the event loop breathe, and are not held up by the garbage collector."""

import asyncio
import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar, cast

T = TypeVar("T")

_LONGEST_STEP = 0.001


async def breathing(work: Generator[None, None, T]) -> T:
    """Do the work and return its result; other tasks have their turn about once a millisecond.

    Args:
        work: Yields where it may be interrupted; makes objects that live on and do not refer to each other in circles.
    """
    nothing_is_frozen = gc.get_freeze_count() == 0
    while True:
        try:
            with collector_paused():
                until = perf_counter() + _LONGEST_STEP
                while perf_counter() < until:
                    next(work)
                if nothing_is_frozen:
                    _make_old()
        except StopIteration as end:
            await asyncio.sleep(0)  # what the caller does with so much begins a step of its own
            return cast("T", end.value)
        await asyncio.sleep(0)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the collector from looking for garbage while only objects are made, in a stretch of milliseconds.

    It would come after every 700 of them, find each alive, and take a third of the time to decode a list.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _make_old() -> None:
    """Move all objects to the collector's oldest generation, which costs nothing.

    Objects by the ten thousand would else be looked through as young ones, and soon start a collection of all that the
    program has: 20 to 50 ms in which the loop stands still. Calling both takes away what a program froze itself.
    """
    gc.freeze()
    gc.unfreeze()
