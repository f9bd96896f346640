"""Tokens in the keyring of the desktop: for people's own machines, sealed by the operating system.

One small entry for each key, and index entries beside them, since keyrings cannot list. A keyring has no
compare-and-swap, so changes are made under a lock file of our own.
"""

import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path
from secrets import token_hex
from time import time
from typing import TYPE_CHECKING

from attrs import evolve

from alfaview_async.errors import StorageCorrupt, StorageUnavailable, TokenStoreError
from alfaview_async.secret import NO_SECRET
from alfaview_async.tokens.directory import PrivateDirectory
from alfaview_async.tokens.lock_file import locked
from alfaview_async.tokens.os_keyring import Entries, OsKeyring
from alfaview_async.tokens.record import NotOpened, TokenRecord, record_name
from alfaview_async.tokens.side_thread import SideThread
from alfaview_async.tokens.store import Lease, StoredToken, TokenKey

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

LARGEST_ENTRY = 2560
"""Bytes as UTF-16: what the Windows Credential Manager takes; the same limit everywhere, for writing and reading."""
_NAMES_PER_PAGE = 32
_LOCK_SECONDS = 5.0
_CHANGE_LOCK = "keyring.change"
_NAME = re.compile("[a-z2-7]{32}")


class KeyringTokenStore:
    """Keeps tokens in a keyring: Secret Service, KWallet, macOS Keychain, Windows Credential Manager.

    The keyring is looked for at the first use, in a thread of its own, and no call waits for it longer than 3 seconds.
    Backends that keep plain text or nothing are refused. A login whose record would be larger than `LARGEST_ENTRY` is
    stored without its access token, so that each process gets one for itself.

    Args:
        service: Under which keyring applications show the entries; stores of another service see nothing of ours.
        backend: A `keyring` backend to use, whatever it is; by default the one configured for `keyring`, else the best
            one here, if it is the operating system's. Of a chain only the best such one is used.
        lock_directory: Shared by all processes that use these entries; made with mode 0700 if it is not there. By
            default `$XDG_STATE_HOME/alfaview_async/locks`, or in `~/.local/state`.

    Raises:
        StorageUnavailable: The lock directory cannot be made or written, is not ours, or others may write to it.
    """

    def __init__(
        self,
        service: str = "alfaview_async",
        *,
        backend: "KeyringBackend | None" = None,
        lock_directory: str | os.PathLike[str] | None = None,
    ) -> None:
        directory = PrivateDirectory(_default_directory() if lock_directory is None else lock_directory)
        self._place: PrivateDirectory | None = directory
        self._service = service
        self._locks: dict[str, SideThread] = {}
        self._keyring = OsKeyring(service, backend, partial(self._locked, _CHANGE_LOCK), f"{directory}/{_CHANGE_LOCK}")
        self._listed: set[str] = set()

    def __repr__(self) -> str:
        return f"<KeyringTokenStore {self._service}>"

    async def load(self, key: TokenKey) -> StoredToken | None:
        """Return the record, `None` if there is none or it was deleted.

        Raises:
            StorageUnavailable: There is no keyring to use, or it fails.
            KeyringLocked: It is locked.
            StorageTimeout: It did not answer for 3 seconds.
            StorageCorrupt: The record is unreadable; it was moved to an entry `*.corrupt-<time>`.
            StoreTooNew: The record was written by a later version.
        """
        record = await self._loaded(record_name(key))
        return record.token if record else None

    async def compare_and_swap(self, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        """Store `token` if the record still has the expected generation; errors as in `load`.

        A save that raises `StorageTimeout` or is cancelled may still happen; nobody else can save before it ended.

        Raises:
            TokenStoreError: The login is too large for a keyring, even without its access token.
        """
        return await self._keyring.change(lambda entries: self._swap(entries, key, expected_generation, token))

    async def delete(self, key: TokenKey) -> None:
        """Forget the tokens; the entry keeps the generation. Errors as in `load`."""
        await self._keyring.change(lambda entries: _bury(entries, record_name(key)))

    @asynccontextmanager
    async def lock(self, key: TokenKey) -> AsyncIterator[Lease]:
        """Keep other tasks and processes from refreshing.

        Raises:
            StorageTimeout: Somebody else has kept the lock for 5 seconds.
        """
        name = f"{record_name(key)}.lock"
        thread = SideThread(partial(self._locked, name), bound=_LOCK_SECONDS, shown=f"{self._directory}/{name}")
        async with self._locks.setdefault(name, thread).held():
            yield Lease()

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted; asks for each entry, at some 30 ms. Errors as in `load`."""
        names = await self._keyring.read(lambda entries: [name for _, page in _pages(entries) for name in page])
        records = [await self._loaded(name) for name in dict.fromkeys(names)]
        return sorted(record.key for record in records if record is not None and record.token is not None)

    async def close(self) -> None:
        """Let go of the lock directory; the store cannot be used for changes and locks any more."""
        self._place = None
        self._locks.clear()

    @property
    def _directory(self) -> PrivateDirectory:
        if self._place is None:
            raise StorageUnavailable(f"the keyring token store {self._service} was closed; make a new one")
        return self._place

    def _locked(self, name: str) -> AbstractContextManager[None]:
        return locked(partial(self._directory.open_lock, name))

    async def _loaded(self, name: str) -> TokenRecord | None:
        try:
            return await self._keyring.read(lambda entries: _read(entries, name))
        except StorageCorrupt:
            return await self._keyring.change(lambda entries: _read_or_put_aside(entries, name))

    def _swap(self, entries: Entries, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        name = record_name(key)
        record = _read_or_put_aside(entries, name) or TokenRecord(key=key)
        if record.expected != expected_generation:
            return False
        text = _text(record.next(token))
        if name not in self._listed:
            _list(entries, name)
            self._listed.add(name)
        entries.write(name, text)
        return True


def _bury(entries: Entries, name: str) -> None:
    record = _read_or_put_aside(entries, name)
    if record is not None and record.token is not None:
        entries.write(name, _text(record.next(None)))


def _read(entries: Entries, name: str) -> TokenRecord | None:
    text = entries.read(name)
    return None if text is None else _record(text, name)


def _read_or_put_aside(entries: Entries, name: str) -> TokenRecord | None:
    """Read in a change: what is unreadable moves out of the way, so that the next save works."""
    text = entries.read(name)
    if text is None:
        return None
    try:
        return _record(text, name)
    except NotOpened:
        raise
    except StorageCorrupt as corrupt:
        aside = f"{name}.corrupt-{int(time())}-{token_hex(3)}"
        entries.write(aside, text)
        entries.remove(name)
        raise StorageCorrupt(
            f"the token record in the keyring entry {name} was unusable ({corrupt}); it is now in the entry {aside}; "
            "log in anew"
        ) from None


def _record(text: str, name: str) -> TokenRecord:
    if not _fits(text):
        raise StorageCorrupt(f"no token record: larger than {LARGEST_ENTRY} bytes")
    return TokenRecord.from_bytes(text.encode(errors="surrogatepass"), name)


def _text(record: TokenRecord) -> str:
    text = record.to_bytes().decode()
    if not _fits(text) and record.token is not None:
        text = evolve(record, token=evolve(record.token, access_token=NO_SECRET)).to_bytes().decode()
    if not _fits(text):
        raise TokenStoreError(
            f"the tokens of this login are larger than a keyring entry may be ({LARGEST_ENTRY} bytes as UTF-16); "
            "they were not stored; use FileTokenStore(directory)"
        )
    return text


def _fits(text: str) -> bool:
    return len(text.encode("utf-16-le", errors="surrogatepass")) <= LARGEST_ENTRY


def _pages(entries: Entries) -> Iterator[tuple[int, list[str]]]:
    """Yield the pages of the index: names of records that are or were there; a name too many does no harm."""
    for number in count():
        text = entries.read(f"index.{number}")
        if text is None:
            return
        yield number, _NAME.findall(text)


def _list(entries: Entries, name: str) -> None:
    """Put a name on the first page with room. Called before its record is written: a crash leaves no hidden one."""
    room: tuple[int, list[str]] | None = None
    following = 0
    for number, names in _pages(entries):
        if name in names:
            return
        if room is None and len(names) < _NAMES_PER_PAGE:
            room = number, names
        following = number + 1
    number, names = room or (following, [])
    entries.write(f"index.{number}", " ".join([*names, name]))


def _default_directory() -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (state if state.is_absolute() else Path("~/.local/state")) / "alfaview_async" / "locks"
