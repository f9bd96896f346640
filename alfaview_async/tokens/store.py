"""What a token store promises."""

from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import Protocol

from attrs import frozen

from alfaview_async.secret import NO_SECRET, Secret


@frozen(kw_only=True, order=True)
class TokenKey:
    """Whose tokens a record holds.

    Attributes:
        origin: Scheme, host and port of the base URL.
        principal: Who logs in: two users of one company have two records.
        company_id: The company asked for; empty where none was.
    """

    origin: str
    principal: str
    company_id: str = ""


@frozen(kw_only=True)
class StoredToken:
    """What outlives a process: plain data.

    Attributes:
        company_id: The company the tokens belong to; a refresh token is worth nothing without it.
        refresh_token: Empty where the login gave none.
        access_token: Shared, so that many processes need one login.
        access_expires_at: Unix seconds of the server's clock, 0.0 if unknown.
        access_lifetime: Seconds the access token was valid when it was issued, 0.0 if unknown.
        refresh_expires_at: Unix seconds of the server's clock, 0.0 if unknown.
        renewing_since: Unix seconds of the writer's clock at which a renewal was begun whose end is not stored; 0.0 if
            none is under way. Found by somebody who holds the lock, it means that the writer died in between, and that
            the server may have replaced the refresh token.
        suspect: The server has refused the refresh token; it is kept for people to look at, not used again.
        generation: Grows by one with each change of the record; tells old from new where clocks cannot.
    """

    company_id: str
    refresh_token: Secret = NO_SECRET
    access_token: Secret = NO_SECRET
    access_expires_at: float = 0.0
    access_lifetime: float = 0.0
    refresh_expires_at: float = 0.0
    renewing_since: float = 0.0
    suspect: bool = False
    generation: int = 0


@frozen
class Lease:
    """A lock that is held.

    Attributes:
        until: `time.monotonic()` at which the lock ends by itself; infinite where it ends with its holder.
    """

    until: float = float("inf")

    def remaining(self) -> float:
        """Return the seconds for which the lock is certainly ours."""
        return self.until - monotonic()


class TokenStore(Protocol):
    """Where tokens sleep between calls and processes. Plain data, no callbacks, no reference to a client.

    Every method may raise `TokenStoreError`. None may block the event loop.
    """

    async def load(self, key: TokenKey) -> StoredToken | None:
        """Return the record, `None` if there is none or it was deleted."""
        ...

    async def compare_and_swap(self, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        """Store `token` if the record still has the expected generation (0: there is none, or it was deleted).

        The stored record gets the next generation, whatever `token.generation` says: 1 where there never was one;
        after a deletion generations go on growing. When this returns, the record survives the death of the process
        (memory stores aside).

        Returns:
            False if somebody else was faster; nothing was changed then.
        """
        ...

    async def delete(self, key: TokenKey) -> None:
        """Forget the tokens; the generation grows, so that a refresh under way cannot bring them back."""
        ...

    def lock(self, key: TokenKey) -> AbstractAsyncContextManager[Lease]:
        """Keep everybody else, in other processes too, from refreshing while the block runs."""
        ...

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted."""
        ...

    async def close(self) -> None:
        """Let go of what the store holds open."""
        ...
