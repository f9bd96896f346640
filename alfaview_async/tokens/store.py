"""What a token store promises."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from attrs import field, frozen


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
        refresh_expires_at: Unix seconds of the server's clock, 0.0 if unknown.
        generation: Grows by one with each change of the record; tells old from new where clocks cannot.
    """

    company_id: str
    refresh_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    access_expires_at: float = 0.0
    refresh_expires_at: float = 0.0
    generation: int = 0


class TokenStore(Protocol):
    """Where tokens sleep between calls and processes. Plain data, no callbacks, no reference to a client.

    Every method may raise `TokenStoreError`. None may block the event loop.
    """

    async def load(self, key: TokenKey) -> StoredToken | None:
        """Return the record, `None` if there is none or it was deleted."""
        ...

    async def compare_and_swap(self, key: TokenKey, expected_generation: int, token: StoredToken) -> bool:
        """Store `token` if the record still has the expected generation (0: there is none, or it was deleted).

        The stored record gets the next generation, whatever `token.generation` says; generations go on growing after
        a deletion. When this returns, the record survives the death of the process (memory stores aside).

        Returns:
            False if somebody else was faster; nothing was changed then.
        """
        ...

    async def delete(self, key: TokenKey) -> None:
        """Forget the tokens; the generation grows, so that a refresh under way cannot bring them back."""
        ...

    def lock(self, key: TokenKey) -> AbstractAsyncContextManager[None]:
        """Keep everybody else, in other processes too, from refreshing while the block runs."""
        ...

    async def keys(self) -> list[TokenKey]:
        """Return the keys of all records, sorted."""
        ...

    async def close(self) -> None:
        """Let go of what the store holds open."""
        ...
