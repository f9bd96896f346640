"""One renewal, safe among processes: lock, load, adopt what a peer has renewed, else log in and save.

The server may replace the refresh token with each use, and nobody can ask for it twice. So the record says before the
request that a renewal is under way: whoever finds that note while holding the lock knows that its writer has died.
"""

import asyncio
import logging
from collections.abc import Callable
from copy import copy
from time import monotonic, time
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from alfaview_async.credentials import Credentials, RefreshToken
from alfaview_async.errors import (
    AuthenticationError,
    Outcome,
    RefreshLost,
    RefreshRejected,
    StorageTimeout,
    TokenStoreError,
    TransportError,
)
from alfaview_async.secret import NO_SECRET
from alfaview_async.tokens.store import Lease, StoredToken, TokenKey, TokenStore
from alfaview_async.transport import Transport

if TYPE_CHECKING:
    from alfaview_async.login import Login

_log = logging.getLogger("alfaview_async")
_FIRST_PENALTY = 30.0
_LONGEST_PENALTY = 900.0
_PEER_SAVES_WITHIN = 0.25
_LEASE_RESERVE = 10.0


@frozen(kw_only=True)
class Renewed:
    """What came of a renewal.

    Attributes:
        token: To be used from now on.
        login: What the server said; `None` if a peer's token was adopted.
        unsaved: The token serves from memory, the store could not take it.
    """

    token: StoredToken
    login: "Login | None" = None
    unsaved: bool = False


class Renewal:
    """Renews the tokens of one login.

    Args:
        credentials: How to log in.
        transport: The way to the server.
        store: Shared with peers.
        key: Under which the record is kept.
    """

    def __init__(self, credentials: Credentials, transport: Transport, store: TokenStore, key: TokenKey) -> None:
        self._credentials = credentials
        self._transport = transport
        self._store = store
        self._key = key
        self._refusal: AuthenticationError | None = None
        self._refused_until = 0.0
        self._penalty = _FIRST_PENALTY
        self._latest: StoredToken | None = None

    async def run(self, is_news: Callable[[StoredToken], bool]) -> Renewed:
        """Renew once.

        Args:
            is_news: Tells whether a stored token is one to adopt: not the one that is to be replaced.

        Raises:
            AuthenticationError: Refused; subclasses `RefreshRejected` and `RefreshLost` for refresh tokens.
            CompanyMismatch: The login entered another company; nothing was stored.
            TransportError: The server cannot be reached.
            TokenStoreError: The store failed, and without it the refresh token would be at risk.
        """
        renewed: Renewed | None = None
        try:
            async with self._store.lock(self._key) as lease:
                stored = await self._store.load(self._key)
                if stored is not None and is_news(stored):
                    renewed = Renewed(token=stored)
                else:
                    renewed = await self._renewed(stored or await self._forgotten_by_the_store(), lease, is_news)
        except TokenStoreError as error:
            if renewed is None and isinstance(self._credentials, RefreshToken):
                raise
            _log.warning("the token store does not work, going on without it: %s", error)
        if renewed is None:
            login = await self._log_in()
            renewed = Renewed(token=_record(login, None), login=login, unsaved=True)
        self._latest = renewed.token
        return renewed

    def forget(self) -> None:
        """Do not go on with the latest tokens; for a logout."""
        self._latest = None

    async def save_late(self, token: StoredToken) -> None:
        """Store a token that serves from memory, unless the store has a later one by now.

        Raises:
            TokenStoreError: It still does not work.
        """
        async with self._store.lock(self._key):
            stored = await self._store.load(self._key)
            if stored is None or stored.access_expires_at < token.access_expires_at:
                await self._store.compare_and_swap(self._key, stored.generation if stored else 0, token)

    async def _forgotten_by_the_store(self) -> StoredToken | None:
        """A store that was emptied must not cost the login of those who have no other: the latest token is here.

        One in which a peer has logged out looks the same, but goes on counting generations. So a record without tokens
        is stored first; its generation tells.

        Returns:
            The latest token as the record to go on from; `None` if there is none, or a peer has logged out.
        """
        if self._latest is None or not isinstance(self._credentials, RefreshToken):
            return None
        if not await self._store.compare_and_swap(self._key, 0, StoredToken(company_id=self._latest.company_id)):
            raise _changed_while_locked()
        placed = await self._store.load(self._key)
        if placed is not None and placed.generation == 1:
            return evolve(self._latest, generation=1, renewing_since=0.0)
        self.forget()
        await self._store.delete(self._key)
        return None

    async def _renewed(
        self, stored: StoredToken | None, lease: Lease, is_news: Callable[[StoredToken], bool]
    ) -> Renewed:
        usable = stored is not None and stored.refresh_token and not stored.suspect
        if stored is None or not usable:
            login = await self._log_in(stored)
            return await self._saved(login, stored)
        noted = await self._note(stored, lease)
        try:
            login = await self._refresh(noted)
        except AuthenticationError as refusal:
            return await self._after_refusal(refusal, stored, noted, is_news)
        except TransportError as error:
            if error.outcome is Outcome.NOT_SENT:
                await self._store.compare_and_swap(self._key, noted.generation, evolve(noted, renewing_since=0.0))
            raise
        return await self._saved(login, noted)

    async def _note(self, stored: StoredToken, lease: Lease) -> StoredToken:
        """Write down that the refresh token is about to be used, while the lock is certainly ours."""
        if lease.remaining() < 2 * self._transport.longest_exchange + _LEASE_RESERVE:
            raise StorageTimeout(
                "the lock of the token record ends too early; its lease must be longer than twice the client's timeout "
                f"and {_LEASE_RESERVE:g} s"
            )
        if not await self._store.compare_and_swap(self._key, stored.generation, evolve(stored, renewing_since=time())):
            raise _changed_while_locked()
        return evolve(stored, generation=stored.generation + 1)

    async def _refresh(self, noted: StoredToken) -> "Login":
        """Use the refresh token; when the answer is lost, once more: the server may not have seen the first."""
        from alfaview_async.login import refresh  # noqa: PLC0415 - models load on use

        company_id = noted.company_id or self._key.company_id
        try:
            return await refresh(self._transport, noted.refresh_token, company_id)
        except TransportError as error:
            if error.outcome is not Outcome.AMBIGUOUS:
                raise
            return await refresh(self._transport, noted.refresh_token, company_id)

    async def _after_refusal(
        self,
        refusal: AuthenticationError,
        stored: StoredToken,
        noted: StoredToken,
        is_news: Callable[[StoredToken], bool],
    ) -> Renewed:
        """A peer without our lock may just be saving; else only the credentials help."""
        for _ in range(2):
            await asyncio.sleep(_PEER_SAVES_WITHIN)
            current = await self._store.load(self._key)
            if current is not None and current.generation > noted.generation and is_news(current):
                return Renewed(token=current)
        try:
            login = await self._log_in(stored)
        except RefreshRejected as hopeless:
            await self._store.compare_and_swap(self._key, noted.generation, evolve(noted, suspect=True))
            raise hopeless from refusal
        _log.info("the refresh token was refused (%s); logged in anew", refusal.status)
        return await self._saved(login, evolve(noted, refresh_token=NO_SECRET))

    async def _log_in(self, stored: StoredToken | None = None) -> "Login":
        """Use the credentials themselves; a refusal is remembered, so that a wrong password does not lock the account.

        Args:
            stored: The record whose refresh token was refused; credentials that are the same token are no way out.
        """
        from alfaview_async.login import log_in  # noqa: PLC0415 - models load on use

        first_token = NO_SECRET
        if isinstance(self._credentials, RefreshToken):
            first_token = self._credentials.refresh_token
            if stored is not None and stored.refresh_token == self._credentials.refresh_token:
                raise _rejected(stored)
        if self._refusal is not None and monotonic() < self._refused_until:
            raise copy(self._refusal)  # one object raised again and again would collect all tracebacks
        try:
            login = await log_in(self._transport, self._credentials)
        except AuthenticationError as error:
            refusal = _rejected(stored) if first_token and stored else error
            self._refusal, self._refused_until = refusal, monotonic() + self._penalty
            self._penalty = min(_LONGEST_PENALTY, self._penalty * 2)
            raise refusal from (None if refusal is error else error)
        self._refusal, self._penalty = None, _FIRST_PENALTY
        return login

    async def _saved(self, login: "Login", stored: StoredToken | None) -> Renewed:
        """Store what the server gave; a store that fails now does not fail the caller, the token serves from memory."""
        token = _record(login, stored)
        try:
            if await self._store.compare_and_swap(self._key, stored.generation if stored else 0, token):
                return Renewed(token=token, login=login)
            _log.warning("the token record changed during a renewal, by a logout or a peer; it was left as it is")
            return Renewed(token=token, login=login)
        except TokenStoreError as error:
            _log.warning("the renewed token could not be stored, it serves from memory: %s", error)
            return Renewed(token=token, login=login, unsaved=True)


def _record(login: "Login", stored: StoredToken | None) -> StoredToken:
    """Merge a login into the record: a server that sends no new refresh token means the old one to be kept."""
    kept = (stored.refresh_token, stored.refresh_expires_at) if stored and not stored.suspect else (NO_SECRET, 0.0)
    new = (login.refresh_token or NO_SECRET, login.refresh_expires_at)
    token, expires_at = kept if login.refresh_token is None else new
    return StoredToken(
        company_id=login.company_id,
        refresh_token=token,
        access_token=login.access_token,
        access_expires_at=login.expires_at,
        access_lifetime=login.lifetime,
        refresh_expires_at=expires_at,
    )


def _changed_while_locked() -> StorageTimeout:
    return StorageTimeout("the token record changed although it was locked; try again")


def _rejected(stored: StoredToken) -> RefreshRejected:
    """Say why the refresh token is worth nothing any more, as far as anybody can know."""
    if stored.renewing_since:
        return RefreshLost(
            "the server refused the refresh token; a process died while it was renewing the token, so that its "
            "successor is lost; log in with an API key or a password",
            status="AUTHENTICATION_ERROR",
        )
    return RefreshRejected(
        "the server refused the refresh token: it has ended, was revoked, or was used elsewhere; log in with an API "
        "key or a password",
        status="AUTHENTICATION_ERROR",
    )
