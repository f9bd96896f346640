"""Tokens in files: for scripts and services of one machine, shared by its processes.

One file for each key in a directory of our own. A record is replaced as a whole, so a reader sees the old one or the
new one, and after a save it survives a kill and a power cut. Whoever changes a record holds its change lock, all in
one piece of work of a side thread: a cancelled caller leaves no half-done change and no lock behind.
"""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from functools import partial
from secrets import token_hex
from time import time

from alfaview_async.errors import StorageCorrupt, StorageUnavailable
from alfaview_async.secret import SecretBytes
from alfaview_async.tokens.cipher import AesGcm
from alfaview_async.tokens.directory import PrivateDirectory
from alfaview_async.tokens.lock_file import locked
from alfaview_async.tokens.record import LARGEST_RECORD, NotOpened, TokenRecord, record_name
from alfaview_async.tokens.side_thread import SideThread
from alfaview_async.tokens.store import Lease, StoredToken, TokenKey

_BOUND_SECONDS = 5.0
_PAUSE_SECONDS = 0.02
"""After a renewal lock was held: the kernel lets the process that is awake take it again before those it must wake."""
_RECORD = ".record"
_CHANGE_LOCK = ".change"
_RENEWAL_LOCK = ".lock"
_RECORD_FILE = re.compile(r"(?P<name>[a-z2-7]{32})\.record")
_UNFINISHED = re.compile(r"(?P<name>[a-z2-7]{32})\.record\.[0-9a-f]{12}\.tmp")


class FileTokenStore:
    """Keeps tokens in a directory that only its owner can read.

    The directory is checked and swept when the store is made. After that nothing blocks the event loop, or waits for
    the disk or a lock for more than 5 seconds. Processes and threads of one machine may share the directory; hosts
    should not, since network file systems break locks: on one there is a warning.

    Args:
        directory: Made with mode 0700 if it is not there; `~` is the home directory.
        encryption_key: 32 random bytes; records are then sealed with AES-GCM, each under its name, so that they cannot
            be exchanged. Needs the extra `crypto`. Without it records are plain text that only the owner can read.

    Raises:
        StorageUnavailable: The directory cannot be made or written, is not ours, or others may write to it.
        ConfigurationError: The encryption key cannot be used.
    """

    def __init__(self, directory: str | os.PathLike[str], *, encryption_key: bytes | None = None) -> None:
        self._shown = os.fspath(directory)
        if encryption_key is not None:
            encryption_key = SecretBytes(encryption_key)  # a failure below may be shown with the locals of this frame
        self._cipher = AesGcm(encryption_key) if encryption_key is not None else None
        self._place: PrivateDirectory | None = PrivateDirectory(directory)
        self._reading = SideThread(nullcontext, bound=_BOUND_SECONDS, shown=self._shown)
        self._locks: dict[str, SideThread] = {}
        self._sweep()

    def __repr__(self) -> str:
        return f"<FileTokenStore {self._shown}>"

    async def load(self, key: TokenKey) -> StoredToken | None:
        """Return the record, `None` if there is none or it was deleted.

        Raises:
            StorageCorrupt: The record is unreadable; it was moved to `*.corrupt-<time>`. Or it was sealed with another
                key or under another name: then it stays where it is.
            StoreTooNew: The record was written by a later version; it stays where it is.
            StorageUnavailable: The file cannot be read, or is not one that only we can have written.
            StorageTimeout: The disk has not answered within 5 seconds.
        """
        record = await self._record(record_name(key))
        return record.token if record else None

    async def compare_and_swap(self, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        """Store `token` if the record still has the expected generation; errors as in `load`.

        A caller that is cancelled, or told of a `StorageTimeout`, does not know whether it was stored: `load` tells.
        """
        return await self._changed(key, expected_generation, token)

    async def delete(self, key: TokenKey) -> None:
        """Forget the tokens; the file keeps the generation. Errors as in `load`."""
        await self._changed(key, None, None)

    @asynccontextmanager
    async def lock(self, key: TokenKey) -> AsyncIterator[Lease]:
        """Keep other tasks and processes from refreshing.

        Raises:
            StorageTimeout: Somebody else has kept the lock for 5 seconds; it is not taken away from them.
            StorageUnavailable: The lock cannot be opened, or is not a file of ours.
        """
        async with self._locked(record_name(key) + _RENEWAL_LOCK, pause=_PAUSE_SECONDS).held():
            yield Lease()

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted; errors as in `load`."""
        names = await self._reading.run(self._names)
        records = [await self._record(name) for name in names]
        return sorted(record.key for record in records if record is not None and record.token is not None)

    async def close(self) -> None:
        """Let go of the directory, within a second after the last work in it; the store cannot be used any more."""
        self._place = None
        self._locks.clear()

    @property
    def _directory(self) -> PrivateDirectory:
        if self._place is None:
            raise StorageUnavailable(f"the token store in {self._shown} was closed; make a new one")
        return self._place

    def _locked(self, name: str, *, pause: float = 0.0) -> SideThread:
        take = partial(locked, partial(self._directory.open_lock, name))
        thread = SideThread(take, bound=_BOUND_SECONDS, shown=f"{self._shown}/{name}", pause=pause)
        return self._locks.setdefault(name, thread)

    async def _record(self, name: str) -> TokenRecord | None:
        try:
            return await self._reading.run(partial(self._read, name))
        except NotOpened:
            raise
        except StorageCorrupt:  # looked at again under the lock: somebody may have written a good one since
            return await self._locked(name + _CHANGE_LOCK).run(partial(self._read_or_set_aside, name))

    async def _changed(self, key: TokenKey, expected_generation: int | None, token: StoredToken | None) -> bool:
        change = partial(self._change, key, expected_generation, token)
        return await self._locked(record_name(key) + _CHANGE_LOCK).run(change)

    def _change(self, key: TokenKey, expected_generation: int | None, token: StoredToken | None) -> bool:
        name = record_name(key)
        record = self._read_or_set_aside(name) or TokenRecord(key=key)
        if expected_generation is not None and record.expected != expected_generation:
            return False
        self._directory.replace(name + _RECORD, record.next(token).to_bytes(self._cipher))
        return True

    def _read_or_set_aside(self, name: str) -> TokenRecord | None:
        try:
            return self._read(name)
        except NotOpened:
            raise
        except StorageCorrupt as corrupt:
            aside = f"{name}{_RECORD}.corrupt-{int(time())}-{token_hex(3)}"
            self._directory.set_aside(name + _RECORD, aside)
            raise StorageCorrupt(
                f"the token record {self._shown}/{name}{_RECORD} was unusable ({corrupt}); it was moved to {aside}; "
                "log in anew"
            ) from None

    def _read(self, name: str) -> TokenRecord | None:
        data = self._directory.read(name + _RECORD, LARGEST_RECORD + 1)
        try:
            return None if data is None else TokenRecord.from_bytes(data, name, self._cipher)
        except NotOpened as error:
            raise NotOpened(
                f"{self._shown}/{name}{_RECORD} cannot be opened: {error}; it was left alone: use the key it was "
                "sealed with, or remove it and log in anew"
            ) from None

    def _names(self) -> list[str]:
        return [found["name"] for found in map(_RECORD_FILE.fullmatch, self._directory.names()) if found]

    def _sweep(self) -> None:
        """Remove what writers left who died: who can lock a record's changes knows that nobody is writing it."""
        for entry in self._directory.names():
            if (unfinished := _UNFINISHED.fullmatch(entry)) is None:
                continue
            lock = partial(self._directory.open_lock, unfinished["name"] + _CHANGE_LOCK)
            with suppress(BlockingIOError), locked(lock, wait=False):
                self._directory.remove(entry)
