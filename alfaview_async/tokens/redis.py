"""Tokens in Redis: for services on several hosts that share one login."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from secrets import token_hex
from time import time
from typing import TYPE_CHECKING

from attrs import field, fields, frozen

from alfaview_async.errors import ConfigurationError, StorageCorrupt, StoreTooNew
from alfaview_async.secret import Secret, SecretBytes
from alfaview_async.tokens.cipher import AesGcm
from alfaview_async.tokens.record import NotOpened, TokenRecord, record_name
from alfaview_async.tokens.redis_lock import RedisLocks
from alfaview_async.tokens.redis_scripts import READ, REPLACE, SET_ASIDE, Commands
from alfaview_async.tokens.store import Lease, StoredToken, TokenKey

if TYPE_CHECKING:
    from redis.asyncio import Redis

_NAME = re.compile(rb"[a-z2-7]{32}")
_SCAN_SIZE = 1000


@frozen
class _Found:
    """What is in the place of a record.

    Attributes:
        generation: As changes are compared with it.
        change: Names the change that put it there.
        data: The record as bytes; none if it is no record at all.
    """

    generation: bytes = b""
    change: bytes = b""
    data: bytes = field(default=b"", repr=False)


class RedisTokenStore:
    """Keeps tokens in Redis, for any number of processes and hosts.

    A record never ends by itself; what it survives is said by the persistence settings of Redis. A record is replaced
    only if it still is the one that was read, so of two writers one wins. The lock ends with its lease: a process that
    sleeps for longer is not kept from a second renewal, but from overwriting what its peer has saved meanwhile.

    Args:
        redis: A URL (`rediss://`, `redis://`, `unix://`), for connections of our own in each event loop; or a
            `redis.asyncio.Redis` of yours, which is used in one event loop and never closed.
        prefix: Begins the names of all keys.
        encryption_key: 32 random bytes; records are then sealed with AES-GCM, each under its name, so that they cannot
            be exchanged. Needs the extra `crypto`. Recommended: others may read what is in a Redis.
        allow_plaintext: Talk without TLS to another machine.
        lease_seconds: After how many seconds a lock ends by itself if its holder died. Must be at least twice the
            client's timeout and 10 seconds.

    Raises:
        ConfigurationError: redis-py is not installed, the URL or the encryption key cannot be used, or tokens would
            travel unprotected.
    """

    def __init__(
        self,
        redis: "str | Redis",
        *,
        prefix: str = "alfaview_async:",
        encryption_key: bytes | None = None,
        allow_plaintext: bool = False,
        lease_seconds: float = 90.0,
    ) -> None:
        server = Secret(redis) if isinstance(redis, str) else redis
        redis, encryption_key = "", SecretBytes(encryption_key) if encryption_key is not None else None
        try:
            from alfaview_async.tokens.redis_connection import RedisConnection  # noqa: PLC0415 - needs an extra
        except ImportError:
            raise ConfigurationError("tokens in Redis need redis-py; pip install 'alfaview-async[redis]'") from None
        if not 0 < lease_seconds < float("inf"):
            raise ConfigurationError("lease_seconds must be a number above 0")
        self._cipher = AesGcm(encryption_key) if encryption_key is not None else None
        self._redis = RedisConnection(server, allow_plaintext=allow_plaintext)
        self._locks = RedisLocks(self._redis, lease_seconds)
        self._prefix = prefix.encode()

    def __repr__(self) -> str:
        return f"<RedisTokenStore {self._redis.where}{', sealed' if self._cipher else ''}>"

    async def load(self, key: TokenKey) -> StoredToken | None:
        """Return the record, `None` if there is none or it was deleted.

        Raises:
            StorageUnavailable: Redis cannot be reached, or refused.
            StorageTimeout: Redis did not answer within 2 seconds.
            StorageCorrupt: The record is unreadable; it was renamed to `*.corrupt-<time>`. Or it was sealed with
                another key or under another name: then it stays where it is.
            StoreTooNew: The record was written by a later version; it stays where it is.
        """
        record = await self._read(record_name(key))
        return record.token if record else None

    async def compare_and_swap(self, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        """Store `token` if the record still has the expected generation; errors as in `load`."""
        while True:
            record = await self._read(record_name(key)) or TokenRecord(key=key)
            if record.expected != expected_generation:
                return False
            if await self._replace(record, token):
                return True

    async def delete(self, key: TokenKey) -> None:
        """Forget the tokens; Redis keeps the generation. Errors as in `load`."""
        while not await self._replace(await self._read(record_name(key)) or TokenRecord(key=key), None):
            pass

    @asynccontextmanager
    async def lock(self, key: TokenKey) -> AsyncIterator[Lease]:
        """Keep other tasks, processes and hosts from refreshing.

        Raises:
            StorageTimeout: Others have kept the lock for longer than one lease, or Redis did not answer.
            StorageUnavailable: Redis cannot be reached, or refused.
        """
        async with self._locks.held(self._place(record_name(key), ".lock")) as lease:
            yield lease

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted; errors as in `load`."""
        records = [await self._read(name) for name in await self._names()]
        return sorted(record.key for record in records if record is not None and record.token is not None)

    async def close(self) -> None:
        """Close the connections we opened in this event loop; a client of yours stays open."""
        await self._locks.settled()
        await self._redis.close()

    async def _read(self, name: str) -> TokenRecord | None:
        found = await self._redis.ask(lambda redis: self._found(redis, name))
        if found is None:
            return None
        record = self._understood(name, found)
        if isinstance(record, NotOpened):
            raise NotOpened(
                f"the token record {self._place(name).decode()} in Redis cannot be opened: {record}; it was left "
                "alone: use the key it was sealed with, or delete it and log in anew"
            )
        if isinstance(record, StorageCorrupt):
            raise await self._set_aside(name, found.change, record.message)
        if isinstance(record, StoreTooNew):
            raise record
        return record

    async def _found(self, redis: Commands, name: str) -> _Found | None:
        answer = await redis.run(READ, [self._place(name)])
        if not answer:
            return None
        return _Found(*(part or b"" for part in answer)) if len(answer) == len(fields(_Found)) else _Found()

    def _understood(self, name: str, found: _Found) -> TokenRecord | StorageCorrupt | StoreTooNew:
        """Return the record, or what is wrong with it: an error without the frames in which the bytes are seen."""
        try:
            record = TokenRecord.from_bytes(found.data, name, self._cipher)
        except (StorageCorrupt, StoreTooNew) as error:
            return type(error)(error.message)
        return record if found.generation == b"%d" % record.generation else StorageCorrupt("its generation was changed")

    async def _set_aside(self, name: str, change: bytes, why: str) -> StorageCorrupt:
        place, aside = self._place(name), self._place(name, f".corrupt-{int(time())}-{token_hex(3)}")
        await self._redis.ask(lambda redis: redis.run(SET_ASIDE, [place, aside], change))
        return StorageCorrupt(
            f"the token record {place.decode()} in Redis was unusable ({why}); it is now {aside.decode()}; log in anew"
        )

    async def _replace(self, record: TokenRecord, token: StoredToken | None) -> bool:
        """Store the next record unless another came between; the bytes are seen by no frame that an error shows."""
        name, next_record, change = record_name(record.key), record.next(token), token_hex(16)
        before = str(record.generation or "")
        stored = await self._redis.ask(
            lambda redis: redis.run(
                REPLACE,
                [self._place(name)],
                before,
                next_record.generation,
                change,
                next_record.to_bytes(self._cipher),
            )
        )
        return bool(stored)

    async def _names(self) -> set[str]:
        pattern = re.sub(rb"[*?\[\]\\]", rb"\\\g<0>", self._prefix) + b"?" * 32
        names: set[bytes] = set()
        cursor = -1
        while cursor:
            cursor, page = await self._redis.ask(partial(_scan, cursor=max(0, cursor), pattern=pattern))
            names.update(place.removeprefix(self._prefix) for place in page)
        return {name.decode() for name in names if _NAME.fullmatch(name)}

    def _place(self, name: str, suffix: str = "") -> bytes:
        return self._prefix + (name + suffix).encode()


async def _scan(redis: Commands, *, cursor: int, pattern: bytes) -> tuple[int, list[bytes]]:
    answer = await redis.send("SCAN", cursor, "MATCH", pattern, "COUNT", _SCAN_SIZE)
    match answer:
        case [next_cursor, list(page)]:
            return int(next_cursor), page
        case _:
            raise ConnectionError("it does not answer as Redis does")
