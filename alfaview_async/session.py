"""Who we are: credentials, the access token, and one renewal for all who wait.

Between processes the order is: lock, load, adopt what a peer has renewed, else log in, save, publish, unlock.
"""

import logging
from time import monotonic, time

from attrs import evolve
from yarl import URL

from alfaview_async.access_token import AccessToken, access_token
from alfaview_async.credentials import Credentials, RefreshToken
from alfaview_async.errors import AuthenticationError, ClientClosed, TokenStoreError
from alfaview_async.login import Login, log_in, refresh
from alfaview_async.secret import Secret
from alfaview_async.single_flight import SingleFlight
from alfaview_async.tokens.store import NO_SECRET, StoredToken, TokenKey, TokenStore
from alfaview_async.transport import Transport

_log = logging.getLogger("alfaview_async")
_FIRST_PENALTY = 30.0
_LONGEST_PENALTY = 900.0


class Session:
    """The identity of one client: hands out access tokens that are valid.

    Args:
        credentials: How to log in.
        transport: The way to the server.
        store: Where refresh tokens sleep; shared with other clients and processes.
    """

    def __init__(self, credentials: Credentials, transport: Transport, store: TokenStore) -> None:
        origin = str(URL(transport.base_url).origin())
        self.credentials = credentials
        self._key = TokenKey(origin=origin, principal=credentials.principal, company_id=credentials.company_id)
        self._transport = transport
        self._store = store
        self._token: AccessToken | None = None
        self._spent_generation = 0
        self._clock_skew = 0.0
        self._company_ids: tuple[str, ...] | None = None
        self._renewal = SingleFlight(self._renew)
        self._refused: AuthenticationError | None = None
        self._refused_until = 0.0
        self._penalty = _FIRST_PENALTY
        self._closed = False

    async def token(self, *, for_create: bool = False) -> AccessToken:
        """Return an access token that is valid now; renewed before it ends.

        Args:
            for_create: Want one with time left, since a create must not meet the end of its token.

        Raises:
            AuthenticationError: The credentials were refused; remembered for a while, not tried again at once.
            CompanyMismatch: The login entered another company.
            TransportError: The server cannot be reached.
            TokenStoreError: The token store cannot be read.
            ClientClosed: The client was closed.
        """
        token = self._token
        if token is not None and time() < (token.renew_for_create_at if for_create else token.renew_at):
            return token
        if self._closed:
            raise ClientClosed("the client is closed; make a new one")
        return await self._renewal.result()

    def invalidate(self, generation: int) -> None:
        """Note that the server refused the token of this generation; a newer one stays."""
        self._spent_generation = max(self._spent_generation, generation)
        if self._token is not None and self._token.generation <= generation:
            self._token = None

    async def company_ids(self) -> tuple[str, ...]:
        """Return the companies that this login may enter; known from a login, so one is made if there was none."""
        if self._company_ids is None:
            self._token = None
            self._spent_generation = max(self._spent_generation, await self._stored_generation())
            await self._renewal.result()
        return self._company_ids or ()

    async def credentials_for(self, company_id: str) -> Credentials:
        """Return the login into another company; a refresh token in its present state, since uses replace it.

        Raises:
            ConfigurationError: The login belongs to one company.
            TokenStoreError: The token store cannot be read.
        """
        credentials = self.credentials.for_company(company_id)
        if not isinstance(credentials, RefreshToken):
            return credentials
        stored = await self._store.load(self._key)
        if stored is None or not stored.refresh_token:
            return credentials
        return evolve(credentials, refresh_token=stored.refresh_token.reveal())

    async def log_out(self) -> None:
        """Forget the tokens, in the store too."""
        await self._renewal.landed()
        self._token = None
        await self._store.delete(self._key)

    async def close(self) -> None:
        """Let a renewal under way end, so that a token the server has just replaced is not lost."""
        self._closed = True
        await self._renewal.landed()

    async def _stored_generation(self) -> int:
        stored = await self._store.load(self._key)
        return stored.generation if stored else 0

    async def _renew(self) -> AccessToken:
        async with self._store.lock(self._key):
            stored = await self._store.load(self._key)
            if stored is not None and self._is_news(stored):
                return self._publish(stored)
            login = await self._log_in(stored)
            renewed = _record(login, stored)
            return self._publish(await self._save(renewed, stored.generation if stored else 0))

    def _is_news(self, stored: StoredToken) -> bool:
        """Tell whether a peer has renewed since, with time left to use it."""
        if stored.generation <= self._spent_generation or not stored.access_token:
            return False
        fresh = self._as_access_token(stored)
        mine = self._token.generation if self._token else 0
        return stored.generation > mine and time() < fresh.renew_at

    async def _log_in(self, stored: StoredToken | None) -> Login:
        if stored is not None and stored.refresh_token:
            try:
                return self._learn(
                    await refresh(
                        self._transport, stored.refresh_token.reveal(), stored.company_id or self._key.company_id
                    )
                )
            except AuthenticationError as error:
                if (
                    isinstance(self.credentials, RefreshToken)
                    and Secret(self.credentials.refresh_token) == stored.refresh_token
                ):
                    raise
                _log.info("the refresh token was refused (%s); logging in anew", error.status)
        return self._learn(await self._log_in_anew())

    async def _log_in_anew(self) -> Login:
        if self._refused is not None and monotonic() < self._refused_until:
            raise self._refused
        first_token = self.credentials.refresh_token if isinstance(self.credentials, RefreshToken) else ""
        try:
            login = await log_in(
                self._transport,
                self.credentials.request(),
                refresh_token=first_token,
                company_id=self._key.company_id,
            )
        except AuthenticationError as error:
            self._refused, self._refused_until = error, monotonic() + self._penalty
            self._penalty = min(_LONGEST_PENALTY, self._penalty * 2)
            raise
        self._refused, self._penalty = None, _FIRST_PENALTY
        return login

    def _learn(self, login: Login) -> Login:
        self._clock_skew, self._company_ids = login.clock_skew, login.company_ids
        return login

    async def _save(self, renewed: StoredToken, expected_generation: int) -> StoredToken:
        """Store the new tokens; without a store that works they still serve from memory."""
        current = evolve(renewed, generation=max(expected_generation, self._spent_generation) + 1)
        try:
            if not await self._store.compare_and_swap(self._key, expected_generation, renewed):
                _log.warning("the token record changed while it was renewed; the newer one stays in the store")
                return current
            return await self._store.load(self._key) or current
        except TokenStoreError as error:
            _log.warning("the renewed token could not be stored, it is used from memory: %s", error)
            return current

    def _publish(self, stored: StoredToken) -> AccessToken:
        self._token = self._as_access_token(stored)
        return self._token

    def _as_access_token(self, stored: StoredToken) -> AccessToken:
        return access_token(
            stored.access_token.reveal(),
            company_id=stored.company_id,
            generation=stored.generation,
            expires_at=stored.access_expires_at,
            clock_skew=self._clock_skew,
        )


def _record(login: Login, stored: StoredToken | None) -> StoredToken:
    """Merge a login into the record: a server that sends no new refresh token means the old one to be kept."""
    kept = (stored.refresh_token, stored.refresh_expires_at) if stored else (NO_SECRET, 0.0)
    token, expires_at = kept if login.refresh_token is None else (Secret(login.refresh_token), login.refresh_expires_at)
    return StoredToken(
        company_id=login.company_id,
        refresh_token=token,
        access_token=Secret(login.access_token),
        access_expires_at=login.expires_at,
        refresh_expires_at=expires_at,
    )
