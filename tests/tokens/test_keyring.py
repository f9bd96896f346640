"""Tokens in a keyring, beyond what every store promises; the keyring here is one in memory."""

import os
import stat
import subprocess
import sys
from string import ascii_letters

import keyring.errors
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory_keyring import MemoryKeyring

from alfaview_async.errors import (
    KeyringLocked,
    StorageCorrupt,
    StorageUnavailable,
    StoreTooNew,
    TokenStoreError,
)
from alfaview_async.secret import NO_SECRET, Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN, TokenStoreContract
from alfaview_async.tokens.keyring import KeyringTokenStore
from alfaview_async.tokens.record import record_name
from alfaview_async.tokens.store import StoredToken, TokenKey

NAME = record_name(KEY)


class TestKeyringTokenStore(TokenStoreContract):
    @pytest.fixture(autouse=True)
    def directory(self, tmp_path):
        self.directory = tmp_path

    async def make_store(self):
        return KeyringTokenStore(backend=MemoryKeyring(), lock_directory=self.directory)


@pytest.fixture
def backend():
    return MemoryKeyring()


@pytest.fixture
def store(backend, tmp_path):
    return KeyringTokenStore(backend=backend, lock_directory=tmp_path)


def another(backend, tmp_path):
    """Make a store as another process would have it."""
    return KeyringTokenStore(backend=backend, lock_directory=tmp_path)


async def test_another_store_object_finds_the_record(store, backend, tmp_path):
    """What one process stored, the next one loads and lists."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    later = another(backend, tmp_path)
    assert await later.load(KEY) == evolve(TOKEN, generation=1)
    assert await later.keys() == [KEY]


async def test_each_key_has_an_entry_of_its_own(store, backend):
    """Beside the records there is the index, and nothing else."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    await store.compare_and_swap(OTHER_COMPANY, 0, TOKEN)
    assert backend.entries.keys() == {"index.0", NAME, record_name(OTHER_COMPANY)}


async def test_a_load_asks_once(store, backend):
    """The keyring is slow, so a process start costs one question (B16)."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.threads.clear()
    await store.load(KEY)
    assert len(backend.threads) == 1


async def test_deleting_what_is_not_there_writes_nothing(store, backend):
    """No tombstone for nobody."""
    await store.delete(KEY)
    assert backend.entries == {}


async def test_a_tombstone_holds_no_token(store, backend):
    """After a logout the entry tells the key and the generation, no secret."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    await store.delete(KEY)
    assert TOKEN.refresh_token.reveal() not in backend.entries[NAME]
    assert '"generation":2' in backend.entries[NAME]


async def test_a_large_access_token_is_left_out(store):
    """The refresh token is what must be kept; each process can get an access token with it."""
    large = evolve(TOKEN, access_token=Secret("x" * 1000))
    assert await store.compare_and_swap(KEY, 0, large)
    assert await store.load(KEY) == evolve(large, access_token=NO_SECRET, generation=1)


async def test_what_is_too_large_even_so_is_refused_before_the_call(store, backend):
    """Windows would fail with an error nobody understands; elsewhere it would work until somebody moves to Windows."""
    with pytest.raises(TokenStoreError, match=r"2560 bytes as UTF-16.*FileTokenStore"):
        await store.compare_and_swap(KEY, 0, evolve(TOKEN, refresh_token=Secret("x" * 1280)))
    assert backend.entries == {}


def texts(largest):
    return st.text(st.sampled_from(ascii_letters + 'ä\u202e\n"\\\U0001f600\x00'), max_size=largest)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(principal=texts(700), refresh=texts(1200), access=texts(1200))
async def test_no_entry_is_larger_than_windows_takes(tmp_path, principal, refresh, access):
    """2,560 bytes of UTF-16, whatever the texts: stored whole, without its access token, or refused (F33)."""
    backend = MemoryKeyring()
    store = another(backend, tmp_path)
    key = TokenKey(origin="https://apis.alfaview.com", principal=principal)
    token = StoredToken(company_id="c", refresh_token=Secret(refresh), access_token=Secret(access), generation=1)
    try:
        await store.compare_and_swap(key, 0, token)
    except TokenStoreError:
        assert backend.entries == {}
    else:
        assert await store.load(key) in (token, evolve(token, access_token=NO_SECRET))
    assert all(len(text.encode("utf-16-le")) <= 2560 for text in backend.entries.values())


GARBAGE = {
    "empty": "",
    "cut": '{"version":1,"key":["https://apis',
    "list": "[]",
    "no fields": '{"version":1}',
    "null": "null",
    "not text": "\\xff\\xfe",
    "a lone surrogate": "\ud800",
    "large": "x" * 1281,
}


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("use", ["load", "save", "delete", "keys"])
async def test_an_unreadable_record_is_put_aside_not_taken_for_absent(store, backend, use, text):
    """Whoever meets it hears of it; the text is kept in another entry; the next save works (S9)."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.entries[NAME] = text
    uses = {
        "load": lambda: store.load(KEY),
        "save": lambda: store.compare_and_swap(KEY, 1, TOKEN),
        "delete": lambda: store.delete(KEY),
        "keys": store.keys,
    }
    with pytest.raises(StorageCorrupt, match=f"{NAME}.corrupt-"):
        await uses[use]()
    (aside,) = (name for name in backend.entries if name.startswith(f"{NAME}.corrupt-"))
    assert backend.entries[aside] == text
    assert await store.load(KEY) is None
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    assert await store.keys() == [KEY]


async def test_a_record_of_another_login_is_not_used(store, backend):
    """The key inside is checked: an entry that somebody renamed gives nobody another's tokens (S11)."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.entries[record_name(OTHER_COMPANY)] = backend.entries[NAME]
    with pytest.raises(StorageCorrupt, match="another login"):
        await store.load(OTHER_COMPANY)


async def test_a_record_of_a_later_version_is_left_alone(store, backend):
    """An old program must not destroy what a new one wrote (S12)."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.entries[NAME] = later = backend.entries[NAME].replace('"version":1', '"version":99')
    for attempt in (store.load(KEY), store.compare_and_swap(KEY, 1, TOKEN), store.delete(KEY)):
        with pytest.raises(StoreTooNew):
            await attempt
    assert backend.entries[NAME] == later


async def test_a_sealed_record_is_left_alone(store, backend):
    """Nothing here seals records, so whoever did has the key, and can still read it."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    backend.entries[NAME] = "sealed 1\n..."
    with pytest.raises(StorageCorrupt, match="no encryption key"):
        await store.load(KEY)
    assert backend.entries[NAME] == "sealed 1\n..."


@pytest.mark.parametrize("method", ["get", "set"])
@pytest.mark.parametrize("error", [keyring.errors.PasswordSetError, RuntimeError, OSError, SystemExit])
async def test_a_failing_keyring_is_an_error_of_ours(store, backend, method, error):
    """Strangers' exceptions, exits among them, come as one of ours that names the remedies; later calls work."""

    def fail(called, _name, text):
        if called == method:
            raise error(f"could not store {text}")

    backend.before = fail
    with pytest.raises(StorageUnavailable, match=rf"{error.__name__}.*FileTokenStore.*MemoryTokenStore.*environment"):
        await store.compare_and_swap(KEY, 0, TOKEN)
    backend.before = lambda *_: None
    assert await store.compare_and_swap(KEY, 0, TOKEN)


async def test_a_locked_keyring_is_told_apart(store, backend):
    """Unlocking helps here, another store is not needed."""

    def fail(*_):
        raise keyring.errors.KeyringLocked("Failed to unlock the collection!")

    backend.before = fail
    with pytest.raises(KeyringLocked, match="unlock"):
        await store.load(KEY)


@pytest.mark.parametrize("state", ["absolute", "relative", "unset"])
async def test_the_locks_lie_in_the_state_directory_of_the_user(tmp_path, monkeypatch, backend, state):
    """Where every process of the user finds them; a relative XDG_STATE_HOME is none, says its specification."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    base = tmp_path / ("chosen" if state == "absolute" else ".local/state")
    monkeypatch.setenv("XDG_STATE_HOME", {"absolute": str(base), "relative": "chosen", "unset": ""}[state])
    before = os.umask(0)
    try:
        store = KeyringTokenStore(backend=backend)
        await store.compare_and_swap(KEY, 0, TOKEN)
        async with store.lock(KEY):
            pass
    finally:
        os.umask(before)
    locks = base / "alfaview_async" / "locks"
    assert {path.name for path in locks.iterdir()} == {"keyring.change", f"{NAME}.lock"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (locks, locks.parent)} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in locks.iterdir()} == {0o600}


def test_a_lock_directory_open_to_others_is_refused(tmp_path):
    """Whoever may write there could hold the locks, or make two processes hold different ones."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    with pytest.raises(StorageUnavailable, match="chmod 700"):
        KeyringTokenStore(lock_directory=tmp_path / "shared")


async def test_a_closed_store_says_so(store):
    """Not an error of a file that is closed."""
    await store.close()
    with pytest.raises(StorageUnavailable, match="closed"):
        await store.compare_and_swap(KEY, 0, TOKEN)


def test_the_keyring_library_is_not_loaded_before_it_is_used(tmp_path):
    """It costs a fifth of a second and asks D-Bus: not in the event loop, not at import."""
    code = (
        "import sys; from alfaview_async.tokens.keyring import KeyringTokenStore; "
        f"KeyringTokenStore(lock_directory={str(tmp_path / 'locks')!r}); "
        "print([name for name in sys.modules if name.startswith(('keyring', 'secretstorage', 'jeepney'))])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
