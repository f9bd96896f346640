"""A lock between hosts: a key in Redis with a random owner, which ends by itself if its holder dies.

Who wants it queues, first in this process, then at a list in Redis, where a release wakes the one that has waited
longest. No server asks who holds the lock, so a holder that sleeps through its lease is not stopped from what it does;
`Lease.remaining()` tells it, and the generation of the record keeps it from overwriting what came after.
"""

import asyncio
import logging
from asyncio import AbstractEventLoop, Lock
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from math import ceil
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from alfaview_async.errors import StorageTimeout, TokenStoreError
from alfaview_async.tokens.redis_scripts import ACQUIRE, RELEASE
from alfaview_async.tokens.store import Lease

if TYPE_CHECKING:
    from alfaview_async.tokens.redis_connection import RedisConnection

_log = logging.getLogger("alfaview_async")
_GRACE_SECONDS = 5.0
_PASS_MILLISECONDS = 500
_ROUNDED_MILLISECONDS = 2
"""Redis counts whole milliseconds: what a holder believes to have left must not be more than what it has."""
_SHORTEST_BLOCK = 0.01
_NEXT = b".next"


class RedisLocks:
    """Locks of one Redis server.

    Args:
        redis: The way there.
        lease_seconds: After how many seconds a lock ends by itself.
    """

    def __init__(self, redis: "RedisConnection", lease_seconds: float) -> None:
        self._redis = redis
        self._lease_seconds = lease_seconds
        self._queues: WeakKeyDictionary[AbstractEventLoop, defaultdict[bytes, Lock]] = WeakKeyDictionary()
        self._unwaited: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def held(self, name: bytes) -> AsyncIterator[Lease]:
        """Hold a lock while the block runs; errors as in `RedisTokenStore.lock`.

        Cancelled at any moment, it leaves a lock that was released or ends by itself.
        """
        deadline = monotonic() + self._lease_seconds + _GRACE_SECONDS
        queue = self._queues.setdefault(asyncio.get_running_loop(), defaultdict(Lock))[name]
        try:
            await asyncio.wait_for(queue.acquire(), deadline - monotonic())
        except TimeoutError:
            raise self._not_free(name) from None
        try:
            owner = token_hex(16)
            lease = await self._acquired(name, owner, deadline)
            try:
                yield lease
            finally:
                await asyncio.shield(self._begun(self._release(name, owner, logging.WARNING)))
        finally:
            queue.release()

    async def settled(self) -> None:
        """Wait for the releases that go on although their callers were cancelled."""
        loop = asyncio.get_running_loop()
        if ours := [task for task in self._unwaited if task.get_loop() is loop]:
            await asyncio.wait(ours)

    async def _acquired(self, name: bytes, owner: str, deadline: float) -> Lease:
        passed = b""
        while monotonic() < deadline:
            began = monotonic()
            attempt = asyncio.create_task(self._acquire(name, owner, passed))
            try:
                milliseconds = await asyncio.shield(attempt)
            except BaseException:
                _ = self._begun(self._undo(attempt, name, owner))
                raise
            if not milliseconds:
                return Lease(until=began + self._lease_seconds)
            ends = milliseconds / 1000 if milliseconds > 0 else self._lease_seconds
            passed = await self._passed(name, min(ends, deadline - began))
        raise self._not_free(name)

    async def _acquire(self, name: bytes, owner: str, passed: bytes) -> int:
        """Take the lock, or tell when it ends."""
        keys, lease = [name, name + _NEXT], ceil(self._lease_seconds * 1000) + _ROUNDED_MILLISECONDS
        return int(await self._redis.ask(lambda redis: redis.run(ACQUIRE, keys, owner, lease, passed)))

    async def _passed(self, name: bytes, seconds: float) -> bytes:
        """Wait for the lock to be passed on to us, or for a while."""
        block = max(_SHORTEST_BLOCK, min(seconds, self._redis.longest_block))  # 0 would be without end
        answer = await self._redis.ask(lambda redis: redis.send("BLPOP", name + _NEXT, f"{block:.3f}"))
        return bytes(answer[1]) if answer else b""

    async def _undo(self, attempt: asyncio.Task[int], name: bytes, owner: str) -> None:
        """Give back what an attempt may have taken although its caller is gone."""
        outcome = (await asyncio.gather(attempt, return_exceptions=True))[0]
        if not isinstance(outcome, int) or not outcome:
            await self._release(name, owner, logging.DEBUG)

    async def _release(self, name: bytes, owner: str, level: int) -> None:
        keys, passed = [name, name + _NEXT], token_hex(16)
        try:
            await self._redis.ask(lambda redis: redis.run(RELEASE, keys, owner, passed, _PASS_MILLISECONDS))
        except TokenStoreError as error:
            _log.log(level, "a lock could not be released, it ends within %g s: %s", self._lease_seconds, error)

    def _not_free(self, name: bytes) -> StorageTimeout:
        return StorageTimeout(
            f"the lock {name.decode()} in Redis was not free for {self._lease_seconds + _GRACE_SECONDS:g} s; "
            "delete it if nobody holds it"
        )

    def _begun(self, work: Coroutine[Any, Any, None]) -> "asyncio.Future[None]":
        """Go on with work whatever becomes of the caller."""
        task = asyncio.create_task(work)
        self._unwaited.add(task)
        task.add_done_callback(self._unwaited.discard)
        return task
