"""One piece of work for all who want it at the same moment."""

import asyncio

import pytest

from alfaview_async.single_flight import SingleFlight


class Work:
    def __init__(self):
        self.runs = 0
        self.gate = asyncio.Event()
        self.failure = None

    async def __call__(self):
        self.runs += 1
        await self.gate.wait()
        if self.failure:
            raise self.failure
        return self.runs


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def flight(work):
    return SingleFlight(work)


async def joined(flight, count):
    waiters = [asyncio.create_task(flight.result()) for _ in range(count)]
    await asyncio.sleep(0)
    return waiters


async def test_a_thousand_waiters_share_one_run(flight, work):
    """All get the result of the same run."""
    waiters = await joined(flight, 1000)
    work.gate.set()
    assert set(await asyncio.gather(*waiters)) == {1}


async def test_the_next_one_begins_anew(flight, work):
    """A result is not kept for those who come later."""
    work.gate.set()
    assert [await flight.result(), await flight.result()] == [1, 2]


async def test_the_first_waiter_cannot_cancel_the_others(flight, work):
    """The work belongs to nobody in particular."""
    first, *others = await joined(flight, 5)
    first.cancel()
    work.gate.set()
    assert await asyncio.gather(*others) == [1, 1, 1, 1]
    assert first.cancelled()


async def test_the_work_ends_even_if_nobody_waits_any_more(flight, work):
    """A refresh under way has taken the old token: it must be brought home."""
    waiters = await joined(flight, 3)
    for waiter in waiters:
        waiter.cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    work.gate.set()
    await flight.landed()
    assert work.runs == 1
    assert await flight.result() == 2


async def test_each_waiter_gets_an_exception_of_its_own(flight, work):
    """One shared exception object would collect the tracebacks of all tasks."""
    work.failure = ValueError("no")
    waiters = await joined(flight, 3)
    work.gate.set()
    failures = await asyncio.gather(*waiters, return_exceptions=True)
    assert [str(failure) for failure in failures] == ["no"] * 3
    assert len({id(failure) for failure in failures}) == 3
    assert {id(failure.__cause__) for failure in failures} == {id(work.failure)}


async def test_a_failure_is_not_kept(flight, work):
    """The next call tries again."""
    work.gate.set()
    work.failure = ValueError("no")
    with pytest.raises(ValueError, match="no"):
        await flight.result()
    work.failure = None
    assert await flight.result() == 2
