"""A real Secret Service that is locked, frozen, killed: an error in time, nothing lost, and all well afterwards."""

import asyncio
import signal
import subprocess
import sys
from random import Random
from time import monotonic

import pytest
from attrs import evolve
from secret_service import secret_service

from alfaview_async.errors import KeyringLocked, StorageTimeout, StorageUnavailable
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens.keyring import KeyringTokenStore

pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket.socket:ResourceWarning"  # keyring leaves the connection of a failed call to the collector
)

FROZEN = """
import asyncio, time
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens.keyring import KeyringTokenStore

async def main():
    store = KeyringTokenStore()
    began = time.monotonic()
    attempts = store.compare_and_swap(KEY, 0, TOKEN), store.load(KEY)
    print(*(type(error).__name__ for error in await asyncio.gather(*attempts, return_exceptions=True)))
    print(time.monotonic() - began)
    print(time.monotonic(), flush=True)

asyncio.run(main())
"""

SAVE_FOR_EVER = """
import asyncio
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens.keyring import KeyringTokenStore

async def main():
    store = KeyringTokenStore()
    stored = await store.load(KEY)
    generation = stored.generation if stored else 0
    while await store.compare_and_swap(KEY, generation, TOKEN):
        generation += 1
        print(generation, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def service(tmp_path, monkeypatch):
    with secret_service(tmp_path) as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        yield service


@pytest.fixture
async def store(service):  # noqa: ARG001 - where it finds its keyring
    store = KeyringTokenStore()
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    return store


async def test_a_locked_keyring_says_so_at_once(store, service):
    """Without anybody to ask for the password: the error names the remedy; after unlocking all is there (F30)."""
    service.lock()
    began = monotonic()
    for attempt in (store.load(KEY), store.compare_and_swap(KEY, 1, TOKEN), store.delete(KEY), store.keys()):
        with pytest.raises(KeyringLocked, match=r"unlock.*FileTokenStore"):
            await attempt
    assert monotonic() - began < 3
    service.unlock()
    assert await store.load(KEY) == evolve(TOKEN, generation=1)
    assert await store.keys() == [KEY]


async def test_a_frozen_keyring_is_an_error_within_three_seconds(store, service):
    """For all who ask at the same time; the loop goes on; when it thaws, the store works again (F31)."""
    service.freeze()
    beats = 0

    async def heartbeat():
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    beating = asyncio.create_task(heartbeat())
    began = monotonic()
    attempts = [store.load(KEY), store.load(KEY), store.keys(), store.compare_and_swap(KEY, 1, TOKEN)]
    ends = await asyncio.gather(*attempts, return_exceptions=True)
    taken = monotonic() - began
    beating.cancel()
    assert {type(end) for end in ends} == {StorageTimeout}
    assert 2.5 < taken < 5.0  # one after the other would take 10 s
    assert beats > 25  # a tenth of what a machine with nothing else to do has
    service.thaw()
    assert await store.load(KEY) is not None


def test_a_program_ends_though_its_keyring_is_frozen(service):
    """Soon after the error, which an executor's thread would put off for ever (B15)."""
    service.freeze()
    ended = subprocess.run([sys.executable, "-c", FROZEN], capture_output=True, text=True, timeout=15, check=True)
    gone = monotonic()
    errors, waited, told = ended.stdout.splitlines()
    assert errors == "StorageTimeout StorageTimeout"
    assert float(waited) <= 3.0
    assert gone - float(told) < 5.0
    assert ended.stderr == ""


async def test_a_keyring_that_was_killed_comes_back_locked(store, service):
    """D-Bus starts another one; unlocked, it has the record (F32)."""
    service.kill()
    with pytest.raises(KeyringLocked):
        await store.load(KEY)
    service.unlock()
    assert await store.load(KEY) == evolve(TOKEN, generation=1)
    assert await store.compare_and_swap(KEY, 1, TOKEN)


async def test_a_keyring_killed_while_it_hangs_fails_and_comes_back(store, service):
    """The hanging change ends with an error, and its lock with it: the next change works."""
    service.freeze()
    save = asyncio.create_task(store.compare_and_swap(KEY, 1, TOKEN))
    await asyncio.sleep(0.2)
    service.kill()
    with pytest.raises(StorageUnavailable):
        await save
    service.unlock()
    assert await store.compare_and_swap(KEY, 1, TOKEN)


@pytest.mark.slow
async def test_an_acknowledged_save_outlives_the_keyring(service):
    """Killed five times in the middle of saves: each time the last save that returned is there, whole (F35)."""
    moments = Random(35)
    for _ in range(5):
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SAVE_FOR_EVER, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        acknowledged = int(await writer.stdout.readline())
        await asyncio.sleep(moments.uniform(0, 0.15))
        service.kill()
        output = await writer.stdout.read()
        assert await writer.wait() == 1
        acknowledged = int(output.split()[-1]) if output else acknowledged
        service.unlock()
        stored = await KeyringTokenStore().load(KEY)
        assert stored is not None
        assert stored.generation in (acknowledged, acknowledged + 1)
        assert stored.refresh_token == TOKEN.refresh_token


@pytest.mark.slow
async def test_a_writer_that_is_killed_leaves_a_whole_record(service):  # noqa: ARG001 - where the writer writes
    """Killed five times in the middle of its saves: the record is readable, and no lock is left."""
    moments = Random(34)
    for _ in range(5):
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SAVE_FOR_EVER, stdout=asyncio.subprocess.PIPE
        )
        acknowledged = int(await writer.stdout.readline())
        await asyncio.sleep(moments.uniform(0, 0.15))
        writer.send_signal(signal.SIGKILL)
        output = await writer.stdout.read()
        await writer.wait()
        acknowledged = int(output.split()[-1]) if output else acknowledged
        stored = await KeyringTokenStore().load(KEY)
        assert stored.generation in (acknowledged, acknowledged + 1)
        assert await KeyringTokenStore().keys() == [KEY]
