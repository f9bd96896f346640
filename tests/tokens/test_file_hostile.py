"""A directory and files that are not as we would have made them."""

import asyncio
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from threading import Thread

import pytest
from real_disk import mounted, require_root, run, traced

from alfaview_async.errors import StorageUnavailable
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens import FileTokenStore

NOBODY = 65534
NAMELESS = 54321


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "tokens"


@pytest.fixture
async def path(directory):
    """Where a record was stored."""
    await FileTokenStore(directory).compare_and_swap(KEY, 0, TOKEN)
    (path,) = directory.glob("*.record")
    return path


@pytest.fixture
def open_place():
    """A directory that other users can reach, unlike pytest's."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


async def refused(directory, match):
    """All ways of use are refused; none by the store's own bound, which has another message."""
    for attempt in (
        FileTokenStore(directory).load(KEY),
        FileTokenStore(directory).compare_and_swap(KEY, 1, TOKEN),
        FileTokenStore(directory).keys(),
    ):
        with pytest.raises(StorageUnavailable, match=match):
            await attempt


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777], ids=oct)
def test_a_directory_open_to_others_is_refused(directory, mode):
    """S10, F13: whoever may write there could plant a record."""
    directory.mkdir()
    directory.chmod(mode)
    with pytest.raises(StorageUnavailable, match="may be written by others; chmod 700"):
        FileTokenStore(directory)


def test_a_directory_of_another_user_is_refused(directory):
    """S10, F13: root may write there, but should not."""
    require_root()
    directory.mkdir(mode=0o700)
    os.chown(directory, NOBODY, NOBODY)
    with pytest.raises(StorageUnavailable, match="belongs to another user"):
        FileTokenStore(directory)


def test_a_file_in_place_of_the_directory_is_refused(directory):
    """S19: said when the store is made, not at the first rotation."""
    directory.write_text("")
    with pytest.raises(StorageUnavailable, match=r"MemoryTokenStore\(\)"):
        FileTokenStore(directory)


def test_a_read_only_disk_is_refused(directory):
    """S19, F5: when the store is made, naming the remedy."""
    directory.mkdir(mode=0o700)
    with mounted("--bind", str(directory), at=directory):
        subprocess.run(["mount", "-o", "remount,ro,bind", directory], check=True)
        for place in (directory, directory / "below"):
            with pytest.raises(StorageUnavailable, match=r"MemoryTokenStore\(\)"):
                FileTokenStore(place)


def test_a_directory_without_write_permission_is_refused(open_place):
    """S19, F5: modes that root would not notice."""
    require_root()
    (open_place / "tokens").mkdir(mode=0o500)
    os.chown(open_place / "tokens", NOBODY, NOBODY)
    assert "cannot be written to; choose another" in run("open_as", open_place / "tokens", NOBODY).stdout
    assert "MemoryTokenStore()" in run("open_as", open_place / "missing", NOBODY).stdout
    (open_place / "tokens").chmod(0o700)
    assert run("open_as", open_place / "tokens", NOBODY).stdout == "opened\n"


def test_no_home_is_said_at_once():
    """S19, F6: a user without home, or with one that is not there, hears so when the store is made."""
    require_root()
    homeless = run("open_as", "~/tokens", NAMELESS, prefix=["env", "-u", "HOME"]).stdout
    assert homeless.startswith("there is no home directory for ~/tokens")
    assert "MemoryTokenStore()" in homeless
    gone = run("open_as", "~/tokens", NAMELESS, prefix=["env", "HOME=/nonexistent"]).stdout
    assert gone.startswith("cannot use the token directory ~/tokens: Permission denied")
    assert not Path("~").exists()


def test_the_home_directory_can_be_meant(tmp_path, monkeypatch):
    """`~` is the home directory, as on the command line."""
    monkeypatch.setenv("HOME", str(tmp_path))
    FileTokenStore("~/.local/state/tokens")
    assert (tmp_path / ".local/state/tokens").is_dir()


@pytest.mark.parametrize("mask", ["0", "777", "277", "022"])
def test_only_the_owner_can_read(tmp_path, mask):
    """S10, F7: directories 0700, files 0600, whatever the umask, also those above."""
    run("umask", tmp_path / "above" / "tokens", mask)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "above" / "tokens").iterdir()}
    assert modes == {0o600}
    for made in (tmp_path / "above", tmp_path / "above" / "tokens"):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_nothing_is_readable_by_others_for_a_moment(directory, tmp_path):
    """F7: under umask 0 each file and directory has its mode from birth."""
    calls = traced(tmp_path / "log", "-e", "trace=openat,mkdir,mkdirat", arguments=["umask", directory, "0"])
    born = [call for call in calls if "O_CREAT" in call and any(end in call for end in (".tmp", ".change", ".lock"))]
    assert len(born) == 3  # the lock of changes, and a new file for each of two saves
    assert all(", 0600" in call for call in born)
    assert all("O_EXCL" in call and "O_NOFOLLOW" in call and "O_CLOEXEC" in call for call in born if ".tmp" in call)
    assert [call for call in calls if "mkdir" in call and str(directory) in call and ", 0700)" in call]


def test_files_are_opened_in_the_directory_that_was_checked(directory, tmp_path):
    """S10: no call names a file of ours by its path, after the directory was opened."""
    calls = traced(tmp_path / "log", "-e", "trace=%file", arguments=["save", directory])
    ours = [call for call in calls if any(end in call for end in (".record", ".tmp", ".change", ".lock"))]
    assert ours
    assert not [call for call in ours if str(directory) in call or "AT_FDCWD" in call]


async def test_a_symlink_in_place_of_the_record_is_refused(directory, path, tmp_path):
    """S10, F8: neither read nor written through."""
    canary = tmp_path / "canary"
    path.replace(canary)
    path.symlink_to(canary)
    before = canary.read_bytes()
    await refused(directory, "is a symbolic link; remove it")
    assert canary.read_bytes() == before


async def test_a_directory_that_is_swapped_changes_nothing(directory, tmp_path):
    """F10: while a store saves, its directory is moved away and a link to a victim put there, again and again."""
    store = FileTokenStore(directory)
    victim = tmp_path / "victim"
    victim.mkdir()
    swaps, over = 0, False

    def swap():
        nonlocal swaps
        while not over:
            directory.rename(tmp_path / "moved")
            directory.symlink_to(victim)
            time.sleep(0.001)
            directory.unlink()
            (tmp_path / "moved").rename(directory)
            swaps += 1

    attacker = Thread(target=swap)
    attacker.start()
    generation = 0
    try:
        async with asyncio.timeout(60):
            while generation < 100 or swaps < 20:
                assert await store.compare_and_swap(KEY, generation, TOKEN)
                generation += 1
                async with store.lock(KEY):
                    assert (await store.load(KEY)).generation == generation
    finally:
        over = True
        attacker.join()
    assert list(victim.iterdir()) == []
    assert {one.suffix for one in directory.iterdir()} == {".record", ".change", ".lock"}


def plant_fifo(path):
    os.mkfifo(path)


def plant_device(path):
    require_root()
    os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3))


def plant_socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as planted:
        planted.bind(path.name)
    os.chdir(here)


def plant_directory(path):
    path.mkdir()


@pytest.mark.parametrize("plant", [plant_fifo, plant_device, plant_socket, plant_directory])
async def test_what_is_no_file_is_refused_at_once(directory, path, plant):
    """S10, F11: opening a FIFO must not wait for a writer, nor a device be read."""
    path.unlink()
    plant(path)
    await refused(directory, "is no regular file; remove it")


@pytest.mark.parametrize("plant", [plant_fifo, plant_device, plant_socket])
async def test_a_lock_that_is_no_file_is_refused_at_once(directory, plant):
    """S10, F11: as for records."""
    store = FileTokenStore(directory)
    async with store.lock(KEY):
        (lock,) = directory.glob("*.lock")
    lock.unlink()
    plant(lock)
    with pytest.raises(StorageUnavailable, match="is no regular file; remove it"):
        async with store.lock(KEY):
            pass


async def test_a_hard_link_to_the_record_is_refused(directory, path, tmp_path):
    """S10, F12: somebody else has a name for the file, or it is a name for somebody else's."""
    (tmp_path / "other name").hardlink_to(path)
    await refused(directory, "has a second name")


async def test_a_record_of_another_user_is_refused(directory, path):
    """S10, F13: it was not us who wrote it."""
    require_root()
    os.chown(path, NOBODY, NOBODY)
    await refused(directory, "belongs to another user")


async def test_a_record_that_others_may_write_is_refused(directory, path):
    """S10, F13: it may not be what we wrote."""
    path.chmod(0o620)
    await refused(directory, "may be written by others")


async def test_a_mounted_file_is_not_cut(directory, path, tmp_path):
    """S17, F24: a record that is a mount of its own can be read but not replaced; the remedy is named."""
    outside = tmp_path / "outside"
    outside.write_bytes(before := path.read_bytes())
    outside.chmod(0o600)
    store = FileTokenStore(directory)
    with mounted("--bind", str(outside), at=path):
        assert (await store.load(KEY)).generation == 1
        with pytest.raises(StorageUnavailable, match="mount the directory instead; the old record is intact"):
            await store.compare_and_swap(KEY, 1, TOKEN)
        outside.write_bytes(b"broken")
        with pytest.raises(StorageUnavailable, match="mount the directory instead"):
            await store.load(KEY)
        assert outside.read_bytes() == b"broken"
    assert path.read_bytes() == before
    assert not list(directory.glob("*.tmp"))


async def test_a_record_on_another_file_system_is_not_cut(directory, path, monkeypatch):
    """S17, F24: EXDEV, which some overlays answer."""
    before = path.read_bytes()
    store = FileTokenStore(directory)

    def other_device(*_args, **_kwargs):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "replace", other_device)
    with pytest.raises(StorageUnavailable, match="mount the directory instead; the old record is intact"):
        await store.compare_and_swap(KEY, 1, TOKEN)
    assert path.read_bytes() == before
    assert not list(directory.glob("*.tmp"))
