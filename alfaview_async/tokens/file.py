"""Tokens in files: for scripts and services of one machine, shared by its processes.

One file for each key in a directory of our own. A record is replaced as a whole, so a reader sees the old one or the
new one, and after a save it survives a kill and a power cut. Locks are taken with `flock` on files that are never
deleted: they end with the process that holds them.
"""

import asyncio
import fcntl
import os
import stat
from base64 import b32encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from time import monotonic, time

import orjson
from attrs import asdict, evolve, frozen

from alfaview_async.errors import StorageCorrupt, StorageTimeout, StorageUnavailable, StoreTooNew
from alfaview_async.tokens.store import StoredToken, TokenKey

_VERSION = 1
_LOCK_SECONDS = 5.0
_LOCK_POLL_SECONDS = 0.005
_LARGEST_RECORD = 64 * 1024


@frozen
class _Record:
    """What a file holds; `token` is `None` after a deletion, the generation stays."""

    key: TokenKey
    generation: int
    token: StoredToken | None


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
    async def lock(self, key: TokenKey) -> AsyncIterator[None]:
        """Keep other tasks and processes from refreshing.

        Raises:
            StorageTimeout: Somebody else has kept the lock for 5 seconds.
        """
        async with self._flock(self._path(key, ".lock")):
            yield

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted; errors as in `load`."""
        return sorted(await asyncio.to_thread(self._living_keys))

    async def close(self) -> None:
        """Nothing is held open."""

    async def _changed(self, key: TokenKey, expected_generation: int | None, token: StoredToken | None) -> bool:
        async with self._flock(self._path(key, ".change")):
            return await asyncio.to_thread(self._change, key, expected_generation, token)

    def _change(self, key: TokenKey, expected_generation: int | None, token: StoredToken | None) -> bool:
        record = self._read(key)
        current = record.token.generation if record and record.token else 0
        if expected_generation is not None and current != expected_generation:
            return False
        generation = (record.generation if record else 0) + 1
        self._write(_Record(key, generation, evolve(token, generation=generation) if token else None))
        return True

    def _read(self, key: TokenKey) -> _Record | None:
        path = self._path(key, ".json")
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise StorageUnavailable(f"{path} is no regular file; remove it")
                data = file.read(_LARGEST_RECORD + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageUnavailable(f"cannot read {path}: {error.strerror}") from error
        record = self._parsed(path, data)
        if record.key != key:
            raise self._quarantined(path, "it belongs to another login")
        return record

    def _parsed(self, path: Path, data: bytes) -> _Record:
        try:
            raw = orjson.loads(data) if len(data) <= _LARGEST_RECORD else None
            if isinstance(raw, dict) and isinstance(raw.get("version"), int) and raw["version"] > _VERSION:
                raise StoreTooNew(f"{path} was written by a later version of alfaview_async; update this one")
            if not isinstance(raw, dict) or raw.get("version") != _VERSION:
                raise self._quarantined(path, "it is no token record")
            token = StoredToken(**raw["token"]) if raw["token"] is not None else None
            return _Record(TokenKey(**raw["key"]), int(raw["generation"]), token)
        except (ValueError, TypeError, KeyError):
            raise self._quarantined(path, "it is no token record") from None

    def _quarantined(self, path: Path, why: str) -> StorageCorrupt:
        aside = path.with_name(f"{path.name}.corrupt-{int(time())}-{token_hex(3)}")
        path.replace(aside)
        return StorageCorrupt(f"the token record {path} was unusable ({why}); see {aside.name}; log in anew")

    def _write(self, record: _Record) -> None:
        path = self._path(record.key, ".json")
        temporary = path.with_name(f"{path.name}.{token_hex(6)}.tmp")
        data = orjson.dumps({"version": _VERSION} | asdict(record))
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
        records = [self._parsed(path, path.read_bytes()) for path in self._directory.glob("*.json")]
        return [record.key for record in records if record.token is not None]

    def _path(self, key: TokenKey, suffix: str) -> Path:
        """Name the file of a key by a digest: ids may hold characters that file names must not."""
        digest = sha256(f"{key.origin}\n{key.principal}\n{key.company_id}".encode()).digest()
        return self._directory / (b32encode(digest).decode()[:32].lower() + suffix)

    @asynccontextmanager
    async def _flock(self, path: Path) -> AsyncIterator[None]:
        """Hold a lock without a thread: a thread that waits in `flock` could not be cancelled, and would keep it."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageUnavailable(f"cannot open the lock {path}: {error.strerror}") from error
        try:
            deadline = monotonic() + _LOCK_SECONDS
            while not _locked(descriptor):
                if monotonic() > deadline:
                    raise StorageTimeout(f"another process has held {path} for {_LOCK_SECONDS:g} s")
                await asyncio.sleep(_LOCK_POLL_SECONDS)
            yield
        finally:
            os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
