"""Tokens in files, beyond what every store promises."""

import asyncio
import gc
import os
import re
import shutil
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path

import pytest
from attrs import evolve
from real_disk import run

from alfaview_async.errors import StorageTimeout, StorageUnavailable, TokenStoreError
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN, TokenStoreContract
from alfaview_async.tokens import FileTokenStore
from alfaview_async.tokens import file as file_module
from alfaview_async.tokens import record as record_module

ENCRYPTION_KEY = bytes(range(32))


class TestFileTokenStore(TokenStoreContract):
    @pytest.fixture(autouse=True)
    def directory(self, tmp_path):
        self.directory = tmp_path / "tokens"

    async def make_store(self):
        return FileTokenStore(self.directory)


class TestSealedFileTokenStore(TokenStoreContract):
    @pytest.fixture(autouse=True)
    def directory(self, tmp_path):
        self.directory = tmp_path / "tokens"

    async def make_store(self):
        return FileTokenStore(self.directory, encryption_key=ENCRYPTION_KEY)


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "tokens"


@pytest.fixture
def store(directory):
    return FileTokenStore(directory)


async def test_another_store_object_finds_the_record(store, directory):
    """What one process stored, the next one loads."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    loaded = await FileTokenStore(directory).load(KEY)
    assert loaded.refresh_token == TOKEN.refresh_token


async def test_only_the_record_and_its_lock_are_left(store, directory):
    """After a save there is the record, the lock of its changes, and nothing else."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    assert sorted(path.suffix for path in directory.iterdir()) == [".change", ".record"]


async def test_what_can_be_stored_can_be_loaded(store):
    """S18: a record that would be too large to read is not written, and the old one stays."""
    largest = evolve(TOKEN, access_token=Secret("x" * 64_000))
    assert await store.compare_and_swap(KEY, 0, largest)
    with pytest.raises(TokenStoreError, match="larger than 65536 bytes"):
        await store.compare_and_swap(KEY, 1, evolve(TOKEN, access_token=Secret("x" * 65_536)))
    assert await store.load(KEY) == evolve(largest, generation=1)


async def test_a_slow_disk_does_not_stop_the_loop(store, monkeypatch):
    """S6: other tasks run on while the disk takes its time."""

    def slow(_descriptor):
        time.sleep(0.3)

    monkeypatch.setattr(os, "fsync", slow)
    saving = asyncio.create_task(store.compare_and_swap(KEY, 0, TOKEN))
    longest, last = 0.0, time.perf_counter()
    while not saving.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    assert await saving
    assert longest < 0.3  # the loop would have stood still for one flush at least


async def test_a_disk_that_hangs_is_an_error_within_the_bound(store, monkeypatch):
    """S7: the caller is told in time that the record may or may not be changed; readers are served meanwhile."""
    monkeypatch.setattr(file_module, "_BOUND_SECONDS", 0.2)
    answers = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda _descriptor: answers.wait())
    began = time.monotonic()
    with pytest.raises(StorageTimeout, match="may still be done"):
        await store.compare_and_swap(KEY, 0, TOKEN)
    assert time.monotonic() - began < 10  # the disk would hang for ever
    assert await store.load(KEY) is None
    with pytest.raises(StorageTimeout, match="nothing was changed"):
        await store.compare_and_swap(KEY, 0, evolve(TOKEN, suspect=True))
    answers.set()
    assert not await store.compare_and_swap(KEY, 0, TOKEN)  # the next in turn
    assert await store.load(KEY) == evolve(TOKEN, generation=1)


async def test_a_busy_loop_is_not_taken_for_a_slow_disk(directory, monkeypatch):
    """S7: what was done in time is returned, though the loop had no time to hear of it."""
    monkeypatch.setattr(file_module, "_BOUND_SECONDS", 1.0)
    store = FileTokenStore(directory)
    saving = asyncio.create_task(store.compare_and_swap(KEY, 0, TOKEN))
    await asyncio.sleep(0)
    time.sleep(1.5)  # noqa: ASYNC251 - a program that blocks its loop
    assert await saving


async def test_without_a_thread_nothing_is_done(store, monkeypatch):
    """S6: the error says so, and when there is room for one again all is well."""

    def none_left(_thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", none_left)
        with pytest.raises(StorageUnavailable, match="can't start new thread"):
            await store.compare_and_swap(KEY, 0, TOKEN)
        with pytest.raises(StorageUnavailable, match="can't start new thread"):
            async with store.lock(KEY):
                pass
    assert await store.compare_and_swap(KEY, 0, TOKEN)


def test_a_disk_that_hangs_does_not_keep_the_program(directory):
    """S6: the thread is a daemon of our own, so `asyncio.run` and the interpreter end without it."""
    assert run("hang_in_save", directory, timeout=10).stdout == "gave up\n"


async def test_a_cancelled_save_is_whole_and_leaves_no_lock(store):
    """F21: the caller goes at once; the change that has begun ends, and the next one follows."""
    for generation in range(100):
        saving = asyncio.create_task(store.compare_and_swap(KEY, generation, TOKEN))
        await asyncio.sleep(generation * 0.00001)
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
        stored = await store.load(KEY)
        if (stored.generation if stored else 0) != generation + 1:
            await store.compare_and_swap(KEY, generation, TOKEN)
        assert (await store.load(KEY)).generation == generation + 1


def test_one_store_serves_several_loops(store):
    """A store is bound to no event loop."""
    assert asyncio.run(store.compare_and_swap(KEY, 0, TOKEN))
    assert asyncio.run(store.load(KEY)).generation == 1


async def test_a_closed_store_says_so(store):
    """Nothing is reopened behind the caller's back; closing twice is no error."""
    await store.close()
    await store.close()
    with pytest.raises(StorageUnavailable, match="closed"):
        await store.load(KEY)


@pytest.mark.skipif(sys.platform != "linux", reason="open descriptors are listed on Linux")
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "forgotten"])
async def test_no_descriptor_is_left_open(directory, closed):
    """Neither by `close` nor by a store that is just dropped, nor by locks and saves."""

    def opened():
        names = []
        for path in Path("/proc/self/fd").iterdir():
            with suppress(FileNotFoundError):  # closed by another thread since it was listed
                names.append(str(path.readlink()))
        return [name for name in names if name.startswith(str(directory))]

    store = FileTokenStore(directory)
    async with store.lock(KEY):
        await store.compare_and_swap(KEY, 0, TOKEN)
        assert any(name.endswith(".lock") for name in opened())
    if closed:
        await store.close()
    del store
    async with asyncio.timeout(5):
        while opened():  # the side threads end within a second
            await asyncio.sleep(0.05)
            gc.collect()


async def test_it_does_not_show_its_key(directory):
    """S13: neither when printed nor in its attributes."""
    store = FileTokenStore(directory, encryption_key=ENCRYPTION_KEY)
    assert repr(store) == f"<FileTokenStore {directory}>"
    assert repr(ENCRYPTION_KEY)[2:-1] not in f"{vars(store)}"


@pytest.mark.parametrize("fault", ["too new", "corrupt", "wrong key", "no directory", "too large", "hidden directory"])
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
async def test_tracebacks_with_locals_show_no_secret(directory, fault, sealed, monkeypatch):
    """S13: tokens and keys are in no frame of ours when something fails."""
    key = ENCRYPTION_KEY if sealed else None
    token = evolve(TOKEN, refresh_token=Secret("canary-of-a-token"))
    store = FileTokenStore(directory, encryption_key=key)
    with monkeypatch.context() as later:
        if fault == "too new":
            later.setattr(record_module, "VERSION", 99)
        await store.compare_and_swap(KEY, 0, token)
    (path,) = directory.glob("*.record")

    async def fail():
        if fault == "too large":
            await store.compare_and_swap(KEY, 1, evolve(token, access_token=Secret("x" * 65_536)))
        if fault == "no directory":
            shutil.rmtree(directory)
            await store.compare_and_swap(KEY, 0, token)
        if fault == "hidden directory":
            directory.chmod(0o777)
            FileTokenStore(directory, encryption_key=ENCRYPTION_KEY)
        if fault == "wrong key":
            await FileTokenStore(directory, encryption_key=None if sealed else ENCRYPTION_KEY).load(KEY)
        if fault == "corrupt":
            path.write_bytes(path.read_bytes().replace(b"token", b"canary-of-a-token", 1)[:-3])
        await store.load(KEY)

    with pytest.raises(TokenStoreError) as caught:
        await fail()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    ours = re.findall(r'File "[^"]*alfaview_async/[^"]*".*\n(?:    .*\n)*', shown)
    assert ours
    assert "canary-of-a-token" not in "".join(ours)
    assert repr(ENCRYPTION_KEY)[2:-1] not in "".join(ours)


async def test_a_change_of_one_key_does_not_wait_for_another(store, monkeypatch):
    """Each record has a lock and a thread of its own."""
    answers = threading.Event()
    first = threading.Event()
    real = os.fsync

    def hang_once(descriptor):
        if not first.is_set():
            first.set()
            answers.wait()
        real(descriptor)

    monkeypatch.setattr(os, "fsync", hang_once)
    hanging = asyncio.create_task(store.compare_and_swap(KEY, 0, TOKEN))
    await asyncio.to_thread(first.wait)
    assert await store.compare_and_swap(OTHER_COMPANY, 0, TOKEN)
    assert not hanging.done()
    answers.set()
    assert await hanging
