"""Tokens in files, beyond what every store promises."""

import os
import stat

import pytest

from alfaview_async.errors import StorageCorrupt, StorageTimeout, StorageUnavailable, StoreTooNew
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN, TokenStoreContract
from alfaview_async.tokens import FileTokenStore, lock_file
from alfaview_async.tokens import file as file_module


class TestFileTokenStore(TokenStoreContract):
    @pytest.fixture(autouse=True)
    def directory(self, tmp_path):
        self.directory = tmp_path / "tokens"

    async def make_store(self):
        return FileTokenStore(self.directory)


@pytest.fixture
def store(tmp_path):
    return FileTokenStore(tmp_path / "tokens")


def record(tmp_path):
    (path,) = (tmp_path / "tokens").glob("*.json")
    return path


async def test_another_store_object_finds_the_record(store, tmp_path):
    """What one process stored, the next one loads."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    loaded = await FileTokenStore(tmp_path / "tokens").load(KEY)
    assert loaded.refresh_token == TOKEN.refresh_token


async def test_only_the_owner_can_read(tmp_path):
    """Directory 0700, files 0600, whatever the umask."""
    before = os.umask(0)
    try:
        await FileTokenStore(tmp_path / "open").compare_and_swap(KEY, 0, TOKEN)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "open").iterdir()}
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o700
    assert modes == {0o600}


async def test_no_temporary_file_is_left(store, tmp_path):
    """After a save there is the record, its lock, and nothing else."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    assert sorted(path.suffix for path in (tmp_path / "tokens").iterdir()) == [".change", ".json"]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\x00" * 100, b"[]", b"{}", b'{"version":1}', b'{"version":"x"}', b"null", b"x" * 70_000],
    ids=["empty", "cut", "binary", "list", "object", "no fields", "odd version", "null", "large"],
)
async def test_an_unreadable_record_is_put_aside_not_taken_for_absent(store, tmp_path, data):
    """The caller hears of it; the bytes are kept under another name; the next save works."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    record(tmp_path).write_bytes(data)
    with pytest.raises(StorageCorrupt):
        await store.load(KEY)
    (aside,) = (tmp_path / "tokens").glob("*.corrupt-*")
    assert aside.read_bytes() == data
    assert await store.compare_and_swap(KEY, 0, TOKEN)


async def test_a_record_of_another_login_is_not_used(store, tmp_path):
    """A file that was renamed by hand is recognised by the key inside."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    mine = record(tmp_path)
    await store.compare_and_swap(OTHER_COMPANY, 0, TOKEN)
    (theirs,) = set((tmp_path / "tokens").glob("*.json")) - {mine}
    mine.replace(theirs)
    with pytest.raises(StorageCorrupt, match="another login"):
        await store.load(OTHER_COMPANY)


async def test_a_record_of_a_later_version_is_left_alone(store, tmp_path):
    """An old program must not destroy what a new one wrote."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    record(tmp_path).write_bytes(later := record(tmp_path).read_bytes().replace(b'"version":1', b'"version":99'))
    for attempt in (store.load(KEY), store.compare_and_swap(KEY, 1, TOKEN)):
        with pytest.raises(StoreTooNew):
            await attempt
    assert record(tmp_path).read_bytes() == later


async def test_a_symlink_in_place_of_the_record_is_refused(store, tmp_path):
    """Neither read nor written through."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    path = record(tmp_path)
    canary = tmp_path / "canary"
    path.replace(canary)
    path.symlink_to(canary)
    before = canary.read_bytes()
    with pytest.raises(StorageUnavailable):
        await store.load(KEY)
    assert canary.read_bytes() == before


async def test_a_fifo_in_place_of_the_record_does_not_hang(store, tmp_path):
    """Opening it must not wait for a writer."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    path = record(tmp_path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(StorageUnavailable, match="no regular file"):
        await store.load(KEY)


def test_a_directory_open_to_others_is_refused(tmp_path):
    """Whoever may write there could plant a record."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    with pytest.raises(StorageUnavailable, match="chmod 700"):
        FileTokenStore(tmp_path / "shared")


def test_a_file_in_place_of_the_directory_is_refused(tmp_path):
    """Said when the store is made, not at the first rotation."""
    (tmp_path / "tokens").write_text("")
    with pytest.raises(StorageUnavailable):
        FileTokenStore(tmp_path / "tokens")


async def test_a_lock_that_is_kept_too_long_is_an_error(store, tmp_path, monkeypatch):
    """Waiting is bounded, and the lock is not stolen."""
    monkeypatch.setattr(lock_file, "_LOCK_SECONDS", 0.05)
    async with store.lock(KEY):
        with pytest.raises(StorageTimeout):
            async with FileTokenStore(tmp_path / "tokens").lock(KEY):
                pass


async def test_a_full_disk_keeps_the_old_record(store, tmp_path, monkeypatch):
    """A save that fails half-way says so and leaves the record and no litter."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    before = record(tmp_path).read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_module.os, "fsync", full)
    with pytest.raises(StorageUnavailable, match="No space left"):
        await store.compare_and_swap(KEY, 1, TOKEN)
    assert record(tmp_path).read_bytes() == before
    assert not list((tmp_path / "tokens").glob("*.tmp"))
