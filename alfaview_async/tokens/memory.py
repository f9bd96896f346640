"""Tokens that live as long as the store object; the default."""

from asyncio import AbstractEventLoop, Lock, get_running_loop
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from alfaview_async.tokens.record import TokenRecord
from alfaview_async.tokens.store import Lease, StoredToken, TokenKey


class MemoryTokenStore:
    """Keeps tokens in this object; clients that share it share their logins."""

    def __init__(self) -> None:
        self._records: dict[TokenKey, TokenRecord] = {}
        self._locks: WeakKeyDictionary[AbstractEventLoop, defaultdict[TokenKey, Lock]] = WeakKeyDictionary()

    async def load(self, key: TokenKey) -> StoredToken | None:
        """Return the record, `None` if there is none or it was deleted."""
        return self._record(key).token

    async def compare_and_swap(self, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        """Store `token` if the record still has the expected generation."""
        record = self._record(key)
        if record.expected != expected_generation:
            return False
        self._records[key] = record.next(token)
        return True

    async def delete(self, key: TokenKey) -> None:
        """Forget the tokens."""
        self._records[key] = self._record(key).next(None)

    @asynccontextmanager
    async def lock(self, key: TokenKey) -> AsyncIterator[Lease]:
        """Keep other tasks of this event loop from refreshing; a lock of asyncio knows one loop only."""
        async with self._locks.setdefault(get_running_loop(), defaultdict(Lock))[key]:
            yield Lease()

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted."""
        return sorted(key for key, record in self._records.items() if record.token is not None)

    async def close(self) -> None:
        """Nothing is held open."""

    def _record(self, key: TokenKey) -> TokenRecord:
        return self._records.get(key) or TokenRecord(key=key)
