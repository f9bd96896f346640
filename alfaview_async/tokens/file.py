"""Tokens in files: for scripts and services of one machine, shared by its processes.

One file for each key in a directory of our own. A record is replaced as a whole, so a reader sees the old one or the
new one, and after a save it survives a kill and a power cut. Locks are taken with `flock` on files that are never
deleted: they end with the process that holds them.
"""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from time import time

from alfaview_async.errors import StorageCorrupt, StorageUnavailable
from alfaview_async.tokens.lock_file import held
from alfaview_async.tokens.record import LARGEST_RECORD, TokenRecord, record_name
from alfaview_async.tokens.store import Lease, StoredToken, TokenKey


class FileTokenStore:
    """Keeps tokens in a directory that only its owner can read.

    Args:
        directory: Made with mode 0700 if it is not there.

    Raises:
        StorageUnavailable: The directory cannot be made or written, is not ours, or others may write to it.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._directory = Path(directory)
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = self._directory.stat()
        except OSError as error:
            raise StorageUnavailable(f"cannot make the token directory {self._directory}: {error.strerror}") from error
        if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise StorageUnavailable(
                f"the token directory {self._directory} is not yours, or others may write to it; chmod 700 it"
            )
        if not os.access(self._directory, os.W_OK | os.X_OK):
            raise StorageUnavailable(
                f"the token directory {self._directory} cannot be written; choose another or use MemoryTokenStore()"
            )

    async def load(self, key: TokenKey) -> StoredToken | None:
        """Return the record, `None` if there is none or it was deleted.

        Raises:
            StorageCorrupt: The record is unreadable; it was moved to `*.corrupt-<time>`.
            StoreTooNew: The record was written by a later version.
        """
        record = await asyncio.to_thread(self._read, key)
        return record.token if record else None

    async def compare_and_swap(self, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        """Store `token` if the record still has the expected generation; errors as in `load`."""
        return await self._changed(key, expected_generation, token)

    async def delete(self, key: TokenKey) -> None:
        """Forget the tokens; the file keeps the generation."""
        await self._changed(key, None, None)

    @asynccontextmanager
    async def lock(self, key: TokenKey) -> AsyncIterator[Lease]:
        """Keep other tasks and processes from refreshing.

        Raises:
            StorageTimeout: Somebody else has kept the lock for 5 seconds.
        """
        async with held(self._path(key, ".lock")):
            yield Lease()

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted; errors as in `load`."""
        return sorted(await asyncio.to_thread(self._living_keys))

    async def close(self) -> None:
        """Nothing is held open."""

    async def _changed(self, key: TokenKey, expected_generation: int | None, token: StoredToken | None) -> bool:
        async with held(self._path(key, ".change")):
            return await asyncio.to_thread(self._change, key, expected_generation, token)

    def _change(self, key: TokenKey, expected_generation: int | None, token: StoredToken | None) -> bool:
        record = self._read(key) or TokenRecord(key=key)
        if expected_generation is not None and record.expected != expected_generation:
            return False
        self._write(record.next(token))
        return True

    def _read(self, key: TokenKey) -> TokenRecord | None:
        path = self._path(key, ".json")
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise StorageUnavailable(f"{path} is no regular file; remove it")
                data = file.read(LARGEST_RECORD + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageUnavailable(f"cannot read {path}: {error.strerror}") from error
        try:
            return TokenRecord.from_bytes(data, key)
        except StorageCorrupt as corrupt:
            raise self._quarantined(path, corrupt) from None

    def _quarantined(self, path: Path, why: StorageCorrupt) -> StorageCorrupt:
        aside = path.with_name(f"{path.name}.corrupt-{int(time())}-{token_hex(3)}")
        path.replace(aside)
        return StorageCorrupt(f"the token record {path} was unusable ({why}); see {aside.name}; log in anew")

    def _write(self, record: TokenRecord) -> None:
        path = self._path(record.key, ".json")
        temporary = path.with_name(f"{path.name}.{token_hex(6)}.tmp")
        data = record.to_bytes()
        try:
            try:
                with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
                _sync_directory(self._directory)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(f"cannot write {path}: {error.strerror}; the old record is intact") from error

    def _living_keys(self) -> list[TokenKey]:
        records = [TokenRecord.from_bytes(path.read_bytes()) for path in self._directory.glob("*.json")]
        return [record.key for record in records if record.token is not None]

    def _path(self, key: TokenKey, suffix: str) -> Path:
        return self._directory / (record_name(key) + suffix)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
