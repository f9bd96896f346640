"""Keyrings cannot list their entries, so the store keeps an index: it may lag, it must never do harm."""

import pytest
from attrs import evolve
from memory_keyring import MemoryKeyring

from alfaview_async.errors import StorageUnavailable
from alfaview_async.testing import KEY, OTHER_COMPANY, OTHER_PRINCIPAL, TOKEN
from alfaview_async.tokens.keyring import KeyringTokenStore
from alfaview_async.tokens.record import record_name
from alfaview_async.tokens.store import TokenKey


@pytest.fixture
def backend():
    return MemoryKeyring()


@pytest.fixture
def store(backend, tmp_path):
    return KeyringTokenStore(backend=backend, lock_directory=tmp_path)


async def test_many_keys_are_listed(store, backend):
    """The index grows by pages, each within what Windows takes."""
    keys = [TokenKey(origin="https://apis.alfaview.com", principal=f"user:{number:03}") for number in range(100)]
    for key in keys:
        assert await store.compare_and_swap(key, 0, TOKEN)
    assert await store.keys() == keys
    pages = [text for name, text in backend.entries.items() if name.startswith("index.")]
    assert len(pages) == 4
    assert max(len(page.encode("utf-16-le")) for page in pages) <= 2560


async def test_a_lost_index_comes_back_with_the_saves(store, backend, tmp_path):
    """Records are found without it; the next process that saves one lists it again."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    del backend.entries["index.0"]
    assert await store.keys() == []
    assert await store.load(KEY) == evolve(TOKEN, generation=1)
    await KeyringTokenStore(backend=backend, lock_directory=tmp_path).compare_and_swap(KEY, 1, TOKEN)
    assert await store.keys() == [KEY]


async def test_a_record_that_somebody_removed_is_not_listed(store, backend):
    """People tidy up in keyring applications; a login under that key works as before."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    await store.compare_and_swap(OTHER_COMPANY, 0, TOKEN)
    del backend.entries[record_name(KEY)]
    assert await store.keys() == [OTHER_COMPANY]
    assert await store.load(KEY) is None
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    assert await store.keys() == sorted([KEY, OTHER_COMPANY])


async def test_a_crash_between_index_and_record_hides_nothing(store, backend):
    """The name is listed first: too many names do no harm, a record too few would be hidden."""

    def die(method, name, _text):
        if method == "set" and name == record_name(KEY):
            raise OSError

    backend.before = die
    with pytest.raises(StorageUnavailable):
        await store.compare_and_swap(KEY, 0, TOKEN)
    assert record_name(KEY) in backend.entries["index.0"]
    assert await store.keys() == []
    backend.before = lambda *_: None
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    assert await store.keys() == [KEY]


@pytest.mark.parametrize("junk", ["", "junk", "\x00\ud800", "UPPER" * 10, "{}"])
async def test_junk_in_the_index_is_dropped(store, backend, junk):
    """What is no name is not asked for, and goes with the next change of the page."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.entries["index.0"] += f" {junk} {record_name(KEY)}"
    assert await store.keys() == [KEY]
    await store.compare_and_swap(OTHER_PRINCIPAL, 0, TOKEN)
    assert await store.keys() == sorted([KEY, OTHER_PRINCIPAL])
    assert set(backend.entries["index.0"].split()) == {record_name(KEY), record_name(OTHER_PRINCIPAL)}


async def test_a_name_is_listed_once(store, backend, tmp_path):
    """However often it is saved, by whom ever; a logout keeps the name for the next login."""
    for generation in range(3):
        other = KeyringTokenStore(backend=backend, lock_directory=tmp_path)
        assert await other.compare_and_swap(KEY, generation, TOKEN)
    await store.delete(KEY)
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    assert backend.entries["index.0"] == record_name(KEY)
