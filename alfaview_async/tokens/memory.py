"""Tokens that live as long as the store object; the default."""

from asyncio import Lock
from collections import defaultdict
from contextlib import AbstractAsyncContextManager

from attrs import evolve

from alfaview_async.tokens.store import StoredToken, TokenKey


class MemoryTokenStore:
    """Keeps tokens in this object; clients that share it share their logins."""

    def __init__(self) -> None:
        self._records: dict[TokenKey, StoredToken | None] = {}
        self._generations: defaultdict[TokenKey, int] = defaultdict(int)
        self._locks: defaultdict[TokenKey, Lock] = defaultdict(Lock)

    async def load(self, key: TokenKey) -> StoredToken | None:
        """Return the record, `None` if there is none or it was deleted."""
        return self._records.get(key)

    async def compare_and_swap(self, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        """Store `token` if the record still has the expected generation."""
        record = self._records.get(key)
        if (record.generation if record else 0) != expected_generation:
            return False
        self._generations[key] += 1
        self._records[key] = evolve(token, generation=self._generations[key])
        return True

    async def delete(self, key: TokenKey) -> None:
        """Forget the tokens."""
        self._generations[key] += 1
        self._records[key] = None

    def lock(self, key: TokenKey) -> AbstractAsyncContextManager[None]:
        """Keep other tasks of this process from refreshing."""
        return self._locks[key]

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted."""
        return sorted(key for key, record in self._records.items() if record is not None)

    async def close(self) -> None:
        """Nothing is held open."""
