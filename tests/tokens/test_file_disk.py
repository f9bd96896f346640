"""Disks that fill up, fail or lose power, and writers that die half-way."""

import errno
import fcntl
import os
import re
import signal
import stat
from contextlib import suppress

import pytest
from attrs import evolve
from real_disk import mounted, process, traced

from alfaview_async.errors import StorageCorrupt, StorageUnavailable
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN
from alfaview_async.tokens import FileTokenStore
from alfaview_async.tokens import file as file_module

NEWER = evolve(TOKEN, refresh_token=Secret("newer"))


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "tokens"


@pytest.fixture
def store(directory):
    return FileTokenStore(directory)


def record(directory):
    (path,) = directory.glob("*.record")
    return path


def unfinished(directory):
    return list(directory.glob("*.tmp"))


def test_a_save_is_on_the_disk_before_it_returns(directory, tmp_path):
    """S2, F2: the file is flushed, then renamed, then the directory is flushed."""
    calls = traced(tmp_path / "log", "-y", "-e", "trace=fsync,/rename", arguments=["save", directory])
    steps = [re.sub(r"\d+ +(\w+)\((.*)\) += 0", r"\1 \2", call) for call in calls if str(directory) in call]
    assert len(steps) == 3
    assert re.fullmatch(rf"fsync \d+<{directory}/\w+\.record\.\w+\.tmp>", steps[0])
    assert re.fullmatch(r'rename\w* .*"(\w+\.record)\.\w+\.tmp", .*"\1"', steps[1])
    assert re.fullmatch(rf"fsync \d+<{directory}>", steps[2])


async def test_a_full_disk_keeps_the_old_record(tmp_path):
    """B4, F3: the old record stays byte for byte, nothing half-written is left, and saves work when there is room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted("-t", "tmpfs", "-o", "size=64k", "tmpfs", at=disk):
        store = FileTokenStore(disk / "tokens")
        await store.compare_and_swap(KEY, 0, TOKEN)
        before = record(disk / "tokens").read_bytes()
        with (disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        with pytest.raises(StorageUnavailable, match="No space left on device; the old record is intact"):
            await store.compare_and_swap(KEY, 1, NEWER)
        assert record(disk / "tokens").read_bytes() == before
        assert await store.load(KEY) == evolve(TOKEN, generation=1)
        assert not unfinished(disk / "tokens")
        (disk / "filler").unlink()
        assert await store.compare_and_swap(KEY, 1, NEWER)


async def test_a_flush_that_fails_is_not_a_save(store, directory, monkeypatch):
    """F4: EIO from flushing the file is reported, never asked for twice, and the old record stays."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    before = record(directory).read_bytes()
    flushed = []

    def failing(descriptor):
        flushed.append(descriptor)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing)
        with pytest.raises(StorageUnavailable, match="Input/output error; the old record is intact"):
            await store.compare_and_swap(KEY, 1, NEWER)
    assert len(flushed) == 1
    assert record(directory).read_bytes() == before
    assert not unfinished(directory)
    assert await store.compare_and_swap(KEY, 1, NEWER)


async def test_a_directory_that_cannot_be_flushed_is_reported(store, monkeypatch):
    """F4: the new record is there, but was not promised to outlive a power cut."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    real = os.fsync

    def failing_for_directories(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing_for_directories)
        with pytest.raises(StorageUnavailable, match="may not outlive a power cut"):
            await store.compare_and_swap(KEY, 1, NEWER)
    assert (await store.load(KEY)).generation == 2


@pytest.mark.parametrize(
    ("step", "generation"),
    [("fchmod", 1), ("fsync:when=1", 1), ("/^rename", 1), ("fsync:when=2", 2)],
    ids=["made", "written", "flushed", "renamed"],
)
async def test_a_writer_killed_at_any_step_leaves_a_whole_record(directory, tmp_path, step, generation):
    """F17, F18: killed before each step of a replacement: the old record or the new one, and litter that is swept.

    The first version of the record has no older one to be migrated from; a migration would be this replacement.
    """
    await FileTokenStore(directory).compare_and_swap(KEY, 0, TOKEN)
    calls, _, when = step.partition(":")
    inject = f"inject={calls}:signal=KILL" + (f":{when}" if when else "")
    log = traced(tmp_path / "log", "-e", f"trace={calls}", "-e", inject, arguments=["save", directory])
    assert "killed by SIGKILL" in "".join(log)
    assert len(unfinished(directory)) == (generation == 1)
    store = FileTokenStore(directory)
    assert not unfinished(directory)
    assert (await store.load(KEY)).generation == generation
    assert await store.compare_and_swap(KEY, generation, TOKEN)


async def test_a_living_writer_keeps_its_unfinished_file(directory):
    """S4, F18: opening a store does not sweep what a stopped process will go on with."""
    with process("stop_in_save", directory) as writer:
        assert writer.said == "stopping"
        os.waitid(os.P_PID, writer.pid, os.WSTOPPED | os.WNOWAIT)  # noqa: ASYNC222 - nothing to do before
        living = unfinished(directory)
        dead = directory / f"{'a' * 32}.record.0123456789ab.tmp"
        dead.write_bytes(b"half a rec")
        store = FileTokenStore(directory)
        assert unfinished(directory) == living
        assert len(living) == 1
        assert await store.load(KEY) is None
        assert await store.compare_and_swap(OTHER_COMPANY, 0, TOKEN)
        writer.send_signal(signal.SIGCONT)
        assert writer.stdout.readline() == "saved\n"
        assert (await store.load(KEY)).generation == 1
        assert not unfinished(directory)


def test_files_of_others_are_not_swept(directory):
    """F18: only names that a writer of ours may have left."""
    directory.mkdir(mode=0o700)
    names = ["notes.tmp", "a.record.0123456789ab.tmp", f"{'a' * 32}.record.tmp", f"{'a' * 32}.corrupt-1"]
    for name in names:
        (directory / name).write_text("")
    FileTokenStore(directory)
    assert sorted(path.name for path in directory.iterdir()) == sorted(names)


async def test_a_clock_set_back_changes_nothing(store, directory, monkeypatch):
    """F23: generations decide, not times; broken records of one second are all kept."""
    monkeypatch.setattr(file_module, "time", lambda: 1_000_000_000.0)
    for generation in range(3):
        assert await store.compare_and_swap(KEY, generation, TOKEN)
        os.utime(record(directory), (0, -generation * 315_360_000))
        assert not await store.compare_and_swap(KEY, generation, NEWER)
    for _ in range(2):
        record(directory).write_bytes(b"broken")
        with pytest.raises(StorageCorrupt, match="unusable"):
            await store.load(KEY)
        await store.compare_and_swap(KEY, 0, TOKEN)
    assert len(list(directory.glob("*.corrupt-1000000000-*"))) == 2


@pytest.mark.parametrize("call", ["unlink", "listdir"])
def test_a_directory_that_cannot_be_swept_is_refused(directory, monkeypatch, call):
    """S19: what goes wrong while the store is made is said then."""
    directory.mkdir(mode=0o700)
    (directory / f"{'a' * 32}.record.0123456789ab.tmp").write_bytes(b"half a rec")

    def failing(*_args, **_kwargs):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, call, failing)
    with pytest.raises(StorageUnavailable, match="Input/output error"):
        FileTokenStore(directory)


async def test_a_file_system_without_locks_is_refused(store, monkeypatch):
    """S4: nothing is changed where nobody can be kept out."""

    def no_locks(_descriptor, _operation):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(StorageUnavailable, match="token files cannot be locked here: No locks available"):
        await store.compare_and_swap(KEY, 0, TOKEN)
    assert await store.load(KEY) is None
