"""A keyring blocks, hangs and asks people: none of it may stop the event loop or lose a write."""

import asyncio
import threading
import traceback

import pytest
from attrs import evolve
from memory_keyring import Frozen, MemoryKeyring
from waiting import until

from alfaview_async.errors import StorageCorrupt, StorageTimeout, StorageUnavailable
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN
from alfaview_async.tokens import os_keyring
from alfaview_async.tokens.keyring import KeyringTokenStore
from alfaview_async.tokens.record import record_name

NEWER = evolve(TOKEN, refresh_token=Secret("newer"))


@pytest.fixture
def backend():
    backend = MemoryKeyring()
    yield backend
    if isinstance(backend.before, Frozen):
        backend.before.thawed.set()


@pytest.fixture
def make_store(backend, tmp_path, monkeypatch):
    monkeypatch.setattr(os_keyring, "_ANSWER_SECONDS", 0.2)
    return lambda: KeyringTokenStore(backend=backend, lock_directory=tmp_path)


async def test_the_keyring_is_asked_in_daemon_threads(make_store, backend):
    """Neither in the loop, nor in a thread that the end of the program waits for (S6)."""
    store = make_store()
    await store.compare_and_swap(KEY, 0, TOKEN)
    await store.load(KEY)
    await store.keys()
    await store.delete(KEY)
    assert all(thread.daemon and thread is not threading.main_thread() for thread in backend.threads)


async def test_waiting_in_line_is_not_waiting_for_the_keyring(make_store, backend):
    """Thirty calls of 10 ms each end well, though the last one waits for 0.3 s: the bound is for each."""
    store = make_store()
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.before = lambda *_: threading.Event().wait(0.01)
    loads = await asyncio.gather(*(store.load(KEY) for _ in range(30)))
    saves = await asyncio.gather(*(store.compare_and_swap(KEY, 1, TOKEN) for _ in range(30)))
    assert loads.count(None) == 0
    assert saves.count(True) == 1


async def test_a_read_that_hangs_does_not_stop_the_next_one(make_store, backend):
    """The thread is left to itself, the next call gets another (B15)."""
    store = make_store()
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.before = Frozen()
    with pytest.raises(StorageTimeout, match=r"frozen.*unlock.*FileTokenStore"):
        await store.load(KEY)
    hangs, backend.before = backend.before, lambda *_: None
    assert await store.load(KEY) == evolve(TOKEN, generation=1)
    hangs.thawed.set()


async def test_those_in_line_behind_a_hanging_read_do_not_wait_in_turn(make_store, backend):
    """Ten callers of a frozen keyring hear of it after one bound, not after ten."""
    store = make_store()
    backend.before = Frozen()
    began = asyncio.get_running_loop().time()
    ends = await asyncio.gather(*(store.load(KEY) for _ in range(10)), return_exceptions=True)
    assert {type(end) for end in ends} == {StorageTimeout}
    assert asyncio.get_running_loop().time() - began < 2  # ten bounds
    assert backend.before.hanging == 1


async def test_the_number_of_hanging_threads_is_bounded(make_store, backend):
    """Four, however often a frozen keyring is asked; when they end, all is as before."""
    store = make_store()
    backend.before = Frozen()
    for _ in range(7):
        with pytest.raises(StorageTimeout):
            await store.load(KEY)
    assert backend.before.hanging == 4
    backend.before.thawed.set()
    await until(lambda: not any(thread.is_alive() for thread in backend.threads))
    assert await store.load(KEY) is None


async def test_a_save_that_hangs_keeps_others_from_saving(make_store, backend):
    """It may still happen, and must not undo what another process stored meanwhile (S3)."""
    store, peer = make_store(), make_store()
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.before = Frozen("set")
    with pytest.raises(StorageTimeout, match="may still be done"):
        await store.compare_and_swap(KEY, 1, TOKEN)
    with pytest.raises(StorageTimeout, match=r"no turn.*nothing was changed"):
        await peer.compare_and_swap(KEY, 1, NEWER)
    assert await peer.load(KEY) == evolve(TOKEN, generation=1)
    backend.before.thawed.set()
    await until(lambda: '"generation":2' in backend.entries[record_name(KEY)])
    assert not await peer.compare_and_swap(KEY, 1, NEWER)
    assert await peer.compare_and_swap(KEY, 2, NEWER)


async def test_a_cancelled_save_is_done_to_its_end(make_store, backend):
    """Neither half a change nor a lock that is never let go."""
    store = make_store()
    backend.before = Frozen("set")
    save = asyncio.create_task(store.compare_and_swap(KEY, 0, TOKEN))
    await until(lambda: backend.before.hanging)
    save.cancel()
    with pytest.raises(asyncio.CancelledError):
        await save
    backend.before.thawed.set()
    assert await make_store().compare_and_swap(OTHER_COMPANY, 0, TOKEN)
    assert await store.load(KEY) == evolve(TOKEN, generation=1)
    assert await store.keys() == sorted([KEY, OTHER_COMPANY])


async def test_the_loop_goes_on_while_the_keyring_is_slow(make_store, backend, monkeypatch):
    """A call takes until other tasks have had their turn twenty times (S6)."""
    monkeypatch.setattr(os_keyring, "_ANSWER_SECONDS", 10)
    store, asked, turned, met = make_store(), threading.Event(), threading.Event(), []

    def slow(*_):
        asked.set()
        met.append(turned.wait(5))

    backend.before = slow

    async def heartbeat():
        await until(asked.is_set)
        for _ in range(20):
            await asyncio.sleep(0)
        turned.set()

    beating = asyncio.create_task(heartbeat())
    assert await store.load(KEY) is None
    await beating
    assert met == [True]


def test_a_store_works_in_one_loop_after_another(make_store):
    """`asyncio.run` twice: nothing in the store belongs to the first loop."""
    store = make_store()
    assert asyncio.run(store.compare_and_swap(KEY, 0, TOKEN))
    assert asyncio.run(store.load(KEY)) == evolve(TOKEN, generation=1)
    assert asyncio.run(store.keys()) == [KEY]


def everything_about(error):
    """Return what the most talkative tools print: all causes, and all locals of all frames but the test's own."""
    error.__traceback__ = error.__traceback__.tb_next
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    return f"{''.join(told.format())}{error!r}{error}{vars(error)}{error.__context__!r}"


async def test_no_secret_of_a_failing_keyring_shows(make_store, backend):
    """Backends quote what they store, and their frames hold it: neither is reachable from the error (S13)."""
    store = make_store()
    await store.compare_and_swap(KEY, 0, TOKEN)

    def fail(_method, _name, text):
        raise OSError(f"{text} {TOKEN.refresh_token.reveal()}")

    backend.before = fail
    for attempt in (store.load, store.delete, lambda key: store.compare_and_swap(key, 1, TOKEN)):
        with pytest.raises(StorageUnavailable) as caught:
            await attempt(KEY)
        assert "OSError" in str(caught.value)
        assert TOKEN.refresh_token.reveal() not in everything_about(caught.value)


@pytest.mark.parametrize("attempt", ["load", "save"])
async def test_no_secret_of_a_corrupt_record_shows(make_store, backend, attempt):
    """The text that cannot be read may be a token all the same (S13)."""
    store = make_store()
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.entries[record_name(KEY)] += "}"
    with pytest.raises(StorageCorrupt) as caught:
        await (store.load(KEY) if attempt == "load" else store.compare_and_swap(KEY, 1, TOKEN))
    assert TOKEN.refresh_token.reveal() not in everything_about(caught.value)
