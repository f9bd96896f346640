"""Long work lets others have their turn, and leaves the garbage collector as it was."""

import asyncio
import gc
from time import perf_counter

import pytest

from alfaview_async.breathing import breathing, collector_paused


def work(steps, *, seconds):
    """Keep the processor busy so long in each step; say whether the collector ran free."""
    was_enabled = False
    for _ in range(steps):
        until = perf_counter() + seconds
        while perf_counter() < until:
            pass
        was_enabled = was_enabled or gc.isenabled()
        yield
    return was_enabled


@pytest.fixture(autouse=True)
def collector():
    """The collector's own state, whatever a test does to it, and nothing frozen, as in programs."""
    gc.enable()
    gc.unfreeze()
    yield
    gc.enable()
    gc.freeze()


async def test_others_have_their_turn():
    """Twenty steps of a millisecond are no single stretch of twenty."""
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await breathing(work(20, seconds=0.001))
    task.cancel()
    assert turns >= 10


async def test_short_steps_are_taken_together():
    """A turn for others after each of a thousand tiny steps would cost more than the steps."""
    turns = 0

    def count():
        nonlocal turns
        turns += 1
        loop.call_soon(count)

    loop = asyncio.get_running_loop()
    loop.call_soon(count)
    steps = 100_000
    await breathing(iter_steps(steps))
    assert turns < steps / 10


def iter_steps(count):
    for _ in range(count):
        yield


async def test_the_collector_is_paused_in_the_work_only():
    """While others have their turn it runs as ever."""
    seen = []

    async def other():
        while True:
            seen.append(gc.isenabled())
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    assert await breathing(work(5, seconds=0.001)) is False
    task.cancel()
    assert seen
    assert all(seen)
    assert gc.isenabled()


async def test_a_collector_that_is_off_stays_off():
    """Programs that do without keep doing so."""
    gc.disable()
    await breathing(work(2, seconds=0.001))
    assert not gc.isenabled()
    with collector_paused():
        pass
    assert not gc.isenabled()


async def test_an_error_in_the_work_leaves_the_collector_on():
    """It comes through as it is."""

    def broken():
        yield
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await breathing(broken())
    assert gc.isenabled()


async def test_what_a_program_has_frozen_stays_frozen():
    """Servers freeze what they share with their forks."""
    gc.freeze()
    frozen = gc.get_freeze_count()
    assert frozen
    await breathing(work(3, seconds=0.001))
    assert gc.get_freeze_count() > frozen / 2  # some may have been freed meanwhile
