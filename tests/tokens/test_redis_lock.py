"""The lock in Redis: whose it is, when it ends, and what cancelling, sleeping and dying do to it."""

import asyncio
import signal
import subprocess
import sys
from random import Random
from time import monotonic

import pytest
import redis.asyncio
from attrs import evolve
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from alfaview_async.errors import StorageTimeout
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens import redis_lock
from alfaview_async.tokens.record import record_name

pytest_plugins = ["redis_server"]

LOCK = f"alfaview_async:{record_name(KEY)}.lock"
NEWER = evolve(TOKEN, refresh_token=Secret("newer"))

HOLDER = """
import asyncio, sys
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens.redis import RedisTokenStore

async def main():
    store = RedisTokenStore(sys.argv[1], lease_seconds=float(sys.argv[2]))
    async with store.lock(KEY) as lease:
        stored = await store.load(KEY)
        print("holding", flush=True)
        sys.stdin.readline()
        print(lease.remaining() > 0, await store.compare_and_swap(KEY, stored.generation, TOKEN), flush=True)
    await store.close()

asyncio.run(main())
"""


@pytest.fixture
def store(redis_server, connect):
    return connect(redis_server.url)


@pytest.fixture
def holder(redis_server):
    """Start processes that take the lock and hold it until they are told to go on."""
    processes = []

    def start(lease):
        command = [sys.executable, "-c", HOLDER, redis_server.url, str(lease)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout.readline() == "holding\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


async def locked(store):
    async with store.lock(KEY):
        pass


async def test_f40_a_holder_that_sleeps_through_its_lease(store, redis_server, holder):
    """A peer takes over; the sleeper, awake, sees that its time is up, overwrites nothing and releases nothing."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    sleeper = holder(0.5)
    sleeper.send_signal(signal.SIGSTOP)
    began = monotonic()
    async with store.lock(KEY):
        assert 0.3 < monotonic() - began < 5
        assert await store.compare_and_swap(KEY, 1, NEWER)
        mine = redis_server.admin.get(LOCK)
        sleeper.send_signal(signal.SIGCONT)
        output, _ = await asyncio.to_thread(sleeper.communicate, "\n")
        assert output == "False False\n"
        assert redis_server.admin.get(LOCK) == mine
    assert await store.load(KEY) == evolve(NEWER, generation=2)


async def test_a_holder_that_dies_keeps_the_lock_for_its_lease_only(store, holder):
    """Killed, it cannot release; the lock ends by itself."""
    holder(0.4).kill()
    began = monotonic()
    await locked(store)
    assert monotonic() - began < 5


async def test_processes_wait_for_each_other(store, holder):
    """What one process holds, another does not get before it is given back."""
    process = holder(90)
    waiter = asyncio.create_task(locked(store))
    await asyncio.sleep(0.1)
    assert not waiter.done()
    await asyncio.to_thread(process.communicate, "\n")
    await asyncio.wait_for(waiter, 2)


async def test_an_impatient_client_of_the_callers_can_wait_too(store, redis_server, connect):
    """Whoever allows Redis 0.3 seconds for an answer still waits for the lock for longer."""
    once = Retry(NoBackoff(), 0)
    async with redis.asyncio.Redis(port=redis_server.port, socket_timeout=0.3, retry=once) as client:
        async with store.lock(KEY):
            waiter = asyncio.create_task(locked(connect(client)))
            await asyncio.sleep(0.5)
            assert not waiter.done()
        await waiter


async def test_who_comes_first_is_served_first(redis_server, connect):
    """No host is passed over, however fast others come back."""
    served = []

    async def come_back(name, store):
        for _ in range(5):
            async with store.lock(KEY):
                served.append(name)

    stores = [connect(redis_server.url) for _ in range(4)]
    await asyncio.gather(*(come_back(*host) for host in enumerate(stores)))
    assert [sorted(served[turn : turn + 4]) for turn in range(0, 20, 4)] == [[0, 1, 2, 3]] * 5


async def test_waiting_is_bounded(redis_server, connect, monkeypatch):
    """A lock that outlives every lease is nobody's: an error that names the key, and no theft."""
    monkeypatch.setattr(redis_lock, "_GRACE_SECONDS", 0.05)
    redis_server.admin.set(LOCK, "somebody")
    with pytest.raises(StorageTimeout, match=LOCK):
        await locked(connect(redis_server.url, lease_seconds=0.1))
    assert redis_server.admin.get(LOCK) == b"somebody"


async def test_the_lease_is_counted_from_before_the_request(redis_server, connect):
    """However long Redis took to answer: what the holder believes to have left is not more than what it has."""
    store = connect(redis_server.url, lease_seconds=5)
    await store.load(KEY)
    redis_server.admin.client_pause(300)
    async with store.lock(KEY) as lease:
        assert lease.remaining() <= 4.75
        assert lease.remaining() <= redis_server.admin.pttl(LOCK) / 1000


async def test_f43_cancelled_in_the_release(store, redis_server):
    """The release goes on without its caller, so the next one need not wait for the lease."""
    entered = asyncio.Event()

    async def hold():
        async with store.lock(KEY):
            entered.set()
            redis_server.admin.client_pause(300, all=False)

    task = asyncio.create_task(hold())
    await entered.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2), store.lock(KEY):
        held = redis_server.admin.get(LOCK)
        await asyncio.sleep(0.1)
        assert redis_server.admin.get(LOCK) == held


async def test_f43_cancelled_while_the_request_is_under_way(store, redis_server, assert_free):
    """Redis may grant what nobody waits for any more: it is given back."""
    await store.load(KEY)
    redis_server.admin.client_pause(20_000, all=False)
    task = asyncio.create_task(locked(store))
    await asyncio.sleep(0.05)
    task.cancel()
    began = monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert monotonic() - began < 10  # of the 20 s for which Redis would not answer
    redis_server.admin.client_unpause()
    await store.close()
    await assert_free(store, KEY)


async def test_f43_an_error_in_the_block_releases_too(store, assert_free):
    """The error comes out as it is."""
    with pytest.raises(KeyError):
        async with store.lock(KEY):
            raise KeyError
    await assert_free(store, KEY)


async def test_callers_cancelled_at_any_moment_leave_no_lock(store, assert_free):
    """Three hundred of whom all but ten give up after 0 to 30 ms: never two inside, and free in the end."""
    moments = Random(1)
    inside = 0

    async def enter():
        nonlocal inside
        async with store.lock(KEY):
            inside += 1
            try:
                assert inside == 1
                await asyncio.sleep(0.001)
            finally:
                inside -= 1

    async def give_up(after):
        try:
            async with asyncio.timeout(after):
                await enter()
        except TimeoutError:
            return True
        return False

    gave_up = []
    for _ in range(10):
        patience = [None, *(moments.uniform(0, 0.03) for _ in range(29))]
        gave_up += await asyncio.gather(*map(give_up, patience))
    assert {True, False} == set(gave_up)
    await asyncio.wait_for(enter(), 2)
    await store.close()
    await assert_free(store, KEY)


async def test_f44_a_lock_of_somebody_else_is_not_released(store, redis_server):
    """Ours ended, another took it: giving ours back leaves theirs."""
    async with store.lock(KEY):
        redis_server.admin.set(LOCK, "somebody else", px=60_000)
    assert redis_server.admin.get(LOCK) == b"somebody else"


async def test_f44_a_lock_that_is_gone_is_released_without_error(store, redis_server):
    """FLUSHALL in the middle is no reason to fail what was done."""
    async with store.lock(KEY):
        redis_server.admin.flushall()


async def test_a_release_that_fails_is_told_in_the_log(own_redis, connect, caplog):
    """What was done in the block stays done; the log says when the lock ends."""
    server = own_redis().start()
    async with connect(server.url).lock(KEY):
        server.kill()
    assert "a lock could not be released, it ends within 90 s" in caplog.text
