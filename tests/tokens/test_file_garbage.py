"""What stands where a record should be, and what becomes of it."""

import asyncio
import os
import tracemalloc

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alfaview_async.errors import StorageCorrupt, StorageUnavailable, StoreTooNew
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN
from alfaview_async.tokens import FileTokenStore, TokenKey
from alfaview_async.tokens import record as record_module
from alfaview_async.tokens.record import NotOpened, record_name

ENCRYPTION_KEY = bytes(range(32))
SLOW_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "tokens"


@pytest.fixture(params=[None, ENCRYPTION_KEY], ids=["plain", "sealed"])
def store(directory, request):
    return FileTokenStore(directory, encryption_key=request.param)


def record(directory, key=KEY):
    return directory / f"{record_name(key)}.record"


def aside(directory):
    return list(directory.glob("*.corrupt-*"))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 100, b"[]", b"null", b"x" * 70_000, b"\xff\xfe{\x00}\x00", b"7"],
    ids=["empty", "NUL", "list", "null", "large", "UTF-16", "number"],
)
async def test_an_unreadable_record_is_put_aside_not_taken_for_absent(store, directory, data):
    """S9, F14: the caller hears of it; the bytes are kept under another name; the next save works."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    record(directory).write_bytes(data)
    with pytest.raises(StorageCorrupt, match=r"it was moved to .*; log in anew"):
        await store.load(KEY)
    (kept,) = aside(directory)
    assert kept.read_bytes() == data
    assert kept.stat().st_mode & 0o777 == 0o600
    assert await store.load(KEY) is None
    assert await store.compare_and_swap(KEY, 0, TOKEN)


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"version":1}', b'{"version":"x"}'])
async def test_a_damaged_plain_record_is_put_aside(directory, data):
    """S9, F14: cut, or with members of another type."""
    store = FileTokenStore(directory)
    await store.compare_and_swap(KEY, 0, TOKEN)
    record(directory).write_bytes(data)
    with pytest.raises(StorageCorrupt, match="no token record"):
        await store.load(KEY)
    assert [path.read_bytes() for path in aside(directory)] == [data]


@SLOW_FIXTURE
@given(st.binary(max_size=200))
def test_any_bytes_are_put_aside(tmp_path_factory, data):
    """S9, F14: nothing raises anything else, and no bytes get lost."""
    directory = tmp_path_factory.mktemp("any") / "tokens"
    store = FileTokenStore(directory)
    record(directory).write_bytes(data)
    record(directory).chmod(0o600)
    with pytest.raises((StorageCorrupt, StoreTooNew)):
        asyncio.run(store.load(KEY))
    assert [path.read_bytes() for path in directory.glob("*.record*")] == [data]


@pytest.mark.parametrize("attempt", ["compare_and_swap", "delete", "keys"])
async def test_every_way_in_puts_it_aside(store, directory, attempt):
    """S9: a save finds it, too, and a list; the bytes of each are kept."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    record(directory).write_bytes(b"broken")
    arguments = {"compare_and_swap": (KEY, 1, TOKEN), "delete": (KEY,), "keys": ()}[attempt]
    with pytest.raises(StorageCorrupt):
        await getattr(store, attempt)(*arguments)
    assert [path.read_bytes() for path in aside(directory)] == [b"broken"]
    assert await store.keys() == []


async def test_a_huge_file_is_not_read(store, directory):
    """F14: of 1 GB with a hole in it no more than a record's length gets into memory."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    os.truncate(record(directory), 2**30)
    tracemalloc.start()
    try:
        with pytest.raises(StorageCorrupt, match="larger than 65536 bytes"):
            await store.load(KEY)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2**20
    assert [path.stat().st_size for path in aside(directory)] == [2**30]


async def test_a_good_record_written_meanwhile_is_not_put_aside(directory, monkeypatch):
    """S9: between reading garbage and putting it aside a peer may save; its record stays and is returned."""
    store = FileTokenStore(directory)
    await store.compare_and_swap(KEY, 0, TOKEN)
    good = record(directory).read_bytes()
    record(directory).write_bytes(b"broken")
    real = FileTokenStore._read

    def read_then_repaired(self, name):
        monkeypatch.setattr(FileTokenStore, "_read", real)
        try:
            return real(self, name)
        finally:
            record(directory).write_bytes(good)

    monkeypatch.setattr(FileTokenStore, "_read", read_then_repaired)
    assert await store.load(KEY) == evolve(TOKEN, generation=1)
    assert aside(directory) == []


async def test_exchanged_plain_records_are_recognised(directory):
    """S11, F15: by the key inside; both are put aside."""
    store = FileTokenStore(directory)
    for key in (KEY, OTHER_COMPANY):
        await store.compare_and_swap(key, 0, TOKEN)
    exchange(directory)
    for key in (KEY, OTHER_COMPANY):
        with pytest.raises(StorageCorrupt, match="belongs to another login"):
            await store.load(key)
    assert len(aside(directory)) == 2


async def test_exchanged_sealed_records_cannot_be_opened(directory):
    """S14, F25: records are bound to their names; they stay where they are, since the key may be the wrong one."""
    store = FileTokenStore(directory, encryption_key=ENCRYPTION_KEY)
    for key in (KEY, OTHER_COMPANY):
        await store.compare_and_swap(key, 0, TOKEN)
    exchange(directory)
    for key in (KEY, OTHER_COMPANY):
        with pytest.raises(StorageCorrupt, match="wrong key or moved"):
            await store.load(key)
    exchange(directory)
    assert await store.keys() == sorted([KEY, OTHER_COMPANY])


def exchange(directory):
    mine, theirs = record(directory), record(directory, OTHER_COMPANY)
    mine.rename(directory / "between")
    theirs.rename(mine)
    (directory / "between").rename(theirs)


@pytest.mark.parametrize(
    ("key", "said"), [(bytes(32), "wrong key or moved"), (None, "no encryption key was given")], ids=["wrong", "none"]
)
async def test_a_wrong_key_loses_nothing(directory, key, said):
    """S14, F25: every way in fails, nothing is changed, and with the right key all is there."""
    right = FileTokenStore(directory, encryption_key=ENCRYPTION_KEY)
    await right.compare_and_swap(KEY, 0, TOKEN)
    before = record(directory).read_bytes()
    wrong = FileTokenStore(directory, encryption_key=key)
    for attempt in (wrong.load(KEY), wrong.compare_and_swap(KEY, 1, TOKEN), wrong.delete(KEY), wrong.keys()):
        with pytest.raises(NotOpened, match=f"{said}; it was left alone"):
            await attempt
    assert record(directory).read_bytes() == before
    assert await right.load(KEY) == evolve(TOKEN, generation=1)


async def test_a_plain_record_is_not_taken_for_a_sealed_one(directory):
    """S14: whoever asks for sealing is told of a record without, and it is not lost."""
    await FileTokenStore(directory).compare_and_swap(KEY, 0, TOKEN)
    with pytest.raises(NotOpened, match="the record is not sealed"):
        await FileTokenStore(directory, encryption_key=ENCRYPTION_KEY).load(KEY)
    assert (await FileTokenStore(directory).load(KEY)).generation == 1


async def test_sealed_files_do_not_hold_the_tokens(directory):
    """S14: nor the key they belong to; without sealing they do, readable by the owner alone."""
    hidden = [text.encode() for text in (TOKEN.refresh_token.reveal(), KEY.principal, KEY.company_id)]
    await FileTokenStore(directory / "sealed", encryption_key=ENCRYPTION_KEY).compare_and_swap(KEY, 0, TOKEN)
    assert not any(text in record(directory / "sealed").read_bytes() for text in hidden)
    await FileTokenStore(directory / "plain").compare_and_swap(KEY, 0, TOKEN)
    assert all(text in record(directory / "plain").read_bytes() for text in hidden)


async def test_a_record_of_a_later_version_is_left_alone(store, directory, monkeypatch):
    """S12, F16: an old program must not destroy what a new one wrote."""
    with monkeypatch.context() as later:
        later.setattr(record_module, "VERSION", 99)
        await store.compare_and_swap(KEY, 0, TOKEN)
    before = record(directory).read_bytes()
    for attempt in (store.load(KEY), store.compare_and_swap(KEY, 1, TOKEN), store.delete(KEY), store.keys()):
        with pytest.raises(StoreTooNew, match="update this one"):
            await attempt
    assert record(directory).read_bytes() == before
    assert aside(directory) == []


@SLOW_FIXTURE
@given(st.lists(st.builds(TokenKey, origin=st.text(), principal=st.text(), company_id=st.text()), unique=True))
def test_any_text_in_a_key_is_a_safe_name(tmp_path_factory, keys):
    """F26: `../../x`, `CON`, 5,000 characters, U+202E: nothing leaves the directory, and all come back."""
    directory = tmp_path_factory.mktemp("any") / "tokens"

    async def stored():
        store = FileTokenStore(directory)
        for key in keys:
            assert await store.compare_and_swap(key, 0, evolve(TOKEN, refresh_token=Secret(key.principal)))
        for key in keys:
            assert (await store.load(key)).refresh_token == Secret(key.principal)
        return await store.keys()

    assert asyncio.run(stored()) == sorted(keys)
    assert [path.name for path in directory.parent.iterdir()] == ["tokens"]


@pytest.mark.parametrize("company_id", ["../../x", "CON", "x" * 5000, "\u202e", "a/b", ".", "\0", ""])
async def test_awkward_ids_are_safe_names(store, directory, company_id):
    """F26: those that file systems are known to stumble over."""
    key = evolve(KEY, company_id=company_id)
    assert await store.compare_and_swap(key, 0, TOKEN)
    assert await store.keys() == [key]
    assert {len(path.stem) for path in directory.iterdir()} == {32}


async def test_other_files_are_not_records(directory):
    """Notes and copies in the directory disturb nobody."""
    store = FileTokenStore(directory)
    await store.compare_and_swap(KEY, 0, TOKEN)
    (directory / "copy.record").write_bytes(record(directory).read_bytes())
    (directory / "README").write_text("ours")
    assert await store.keys() == [KEY]
    assert (directory / "copy.record").exists()


async def test_a_directory_that_is_gone_says_so(directory):
    """Whoever deletes it under a store hears of it at the next save; it is not made anew behind anybody's back."""
    store = FileTokenStore(directory)
    await store.compare_and_swap(KEY, 0, TOKEN)
    for path in directory.iterdir():
        path.unlink()
    directory.rmdir()
    with pytest.raises(StorageUnavailable, match="No such file"):
        await store.compare_and_swap(KEY, 0, TOKEN)
    assert not directory.exists()
