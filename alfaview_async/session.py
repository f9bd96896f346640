"""Who we are: the access token in use, and one renewal for all who wait for the next."""

import asyncio
import logging
from asyncio import AbstractEventLoop
from time import monotonic
from weakref import WeakKeyDictionary

from attrs import evolve
from yarl import URL

from alfaview_async.access_token import AccessToken, access_token, is_worth_using
from alfaview_async.credentials import Credentials, RefreshToken
from alfaview_async.errors import ClientClosed, TokenStoreError
from alfaview_async.renewal import Renewal, Renewed
from alfaview_async.secret import NO_SECRET
from alfaview_async.single_flight import SingleFlight
from alfaview_async.tokens.store import StoredToken, TokenKey, TokenStore
from alfaview_async.transport import Transport

_log = logging.getLogger("alfaview_async")
_CLOSE_SECONDS = 5.0
_DISTRUST_SECONDS = 30.0
_FIRST_SAVE_AGAIN = 1.0
_LAST_SAVE_AGAIN = 60.0


class Session:
    """The identity of one client: hands out access tokens that are valid.

    Args:
        credentials: How to log in.
        transport: The way to the server.
        store: Where tokens sleep; shared with other clients and processes.
    """

    def __init__(self, credentials: Credentials, transport: Transport, store: TokenStore) -> None:
        origin = str(URL(transport.base_url).origin())
        self.credentials = credentials
        self._key = TokenKey(origin=origin, principal=credentials.principal, company_id=credentials.company_id)
        self._store = store
        self._renewal = Renewal(credentials, transport, store, self._key)
        self._flights: WeakKeyDictionary[AbstractEventLoop, SingleFlight[AccessToken]] = WeakKeyDictionary()
        self._token: AccessToken | None = None
        self._generation = 0
        self._replaced = NO_SECRET
        self._clock_skew = 0.0
        self._company_ids: tuple[str, ...] | None = None
        self._distrusted_at = -_DISTRUST_SECONDS
        self._unsaved: StoredToken | None = None
        self._saving: asyncio.Task[None] | None = None
        self._closed = False

    def token_at_hand(self, *, for_create: bool = False) -> AccessToken | None:
        """Return the access token, if it is valid and need not be renewed now; arguments as of `token`."""
        token = self._token
        if token is None or (token.renew_for_create_at if for_create else token.renew_at).has_come():
            return None
        return token

    async def token(self, *, for_create: bool = False) -> AccessToken:
        """Return an access token that is valid now; renewed before it ends.

        Args:
            for_create: Want one with time left, since a create must not meet the end of its token.

        Raises:
            AuthenticationError: The credentials were refused; remembered for a while, not tried again at once.
            CompanyMismatch: The login entered another company.
            TransportError: The server cannot be reached.
            TokenStoreError: The token store failed, and going on without it would put the refresh token at risk.
            ClientClosed: The client was closed.
        """
        if token := self.token_at_hand(for_create=for_create):
            return token
        token = await self._flight().result()
        if for_create and token.renew_for_create_at.has_come():
            token = await self._flight().result()  # a peer's token, good enough for reads
        return token

    def invalidate(self, generation: int) -> None:
        """Note that the server refused the token of this generation; a newer one stays."""
        if self._token is not None and self._token.generation <= generation:
            self._replaced = self._token.text
            self._token = None

    def distrust(self, generation: int) -> None:
        """Note that the server does not know the token of this generation, though its time has not come.

        It may have forgotten all tokens; or it says so whatever the token: so it is believed once in a while only.
        """
        if monotonic() - self._distrusted_at > _DISTRUST_SECONDS:
            self._distrusted_at = monotonic()
            self.invalidate(generation)

    async def company_ids(self) -> tuple[str, ...]:
        """Return the companies that this login may enter; known from a login, so one is made if there was none."""
        if self._company_ids is None:
            stored = await self._store.load(self._key)
            self._replaced, self._token = stored.access_token if stored else NO_SECRET, None
            await self._flight().result()
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
        return (
            evolve(credentials, refresh_token=stored.refresh_token) if stored and stored.refresh_token else credentials
        )

    async def log_out(self) -> None:
        """Forget the tokens, in the store too."""
        await self._flight().landed()
        self._stop_saving()
        self._renewal.forget()
        self._token = None
        await self._store.delete(self._key)

    async def close(self) -> None:
        """Let a renewal under way end, so that a token the server has just replaced is not lost; 5 seconds at most."""
        if self._closed:
            return
        self._closed = True
        flight = self._flights.get(asyncio.get_running_loop())
        if flight is not None:
            await flight.landed(within=_CLOSE_SECONDS)
        unsaved = self._unsaved
        self._stop_saving()
        if unsaved is not None:
            try:
                await self._renewal.save_late(unsaved)
            except TokenStoreError as error:
                _log.warning("the token could not be stored before closing; the next start logs in anew: %s", error)

    def _flight(self) -> SingleFlight[AccessToken]:
        """Return the renewal of the running loop: a future of one loop cannot be awaited in another."""
        if self._closed:
            raise ClientClosed("the client is closed; make a new one")
        loop = asyncio.get_running_loop()
        flight = self._flights.get(loop)
        if flight is None:
            flight = self._flights[loop] = SingleFlight(self._renew)
        return flight

    async def _renew(self) -> AccessToken:
        if self._token is not None:
            self._replaced = self._token.text
        return self._publish(await self._renewal.run(self._is_news))

    def _is_news(self, stored: StoredToken) -> bool:
        """Tell whether a peer has renewed since, with time left to use it."""
        if not stored.access_token or stored.access_token == self._replaced:
            return False
        return is_worth_using(stored.access_expires_at, stored.access_lifetime, self._clock_skew)

    def _publish(self, renewed: Renewed) -> AccessToken:
        if renewed.login is not None:
            self._clock_skew, self._company_ids = renewed.login.clock_skew, renewed.login.company_ids
        self._stop_saving()
        if renewed.unsaved:
            self._unsaved = renewed.token
            self._saving = asyncio.create_task(self._save_again(renewed.token))
        self._generation += 1
        stored = renewed.token
        self._token = access_token(
            stored.access_token,
            company_id=stored.company_id,
            generation=self._generation,
            expires_at=stored.access_expires_at,
            lifetime=stored.access_lifetime,
            clock_skew=self._clock_skew,
            is_new=renewed.login is not None,
            again=stored.access_token == self._replaced,
        )
        return self._token

    async def _save_again(self, token: StoredToken) -> None:
        """Try to store a token that serves from memory, ever more rarely."""
        pause = _FIRST_SAVE_AGAIN
        while self._unsaved is token:
            await asyncio.sleep(pause)
            pause = min(_LAST_SAVE_AGAIN, 2 * pause)
            try:
                await self._renewal.save_late(token)
            except TokenStoreError as error:
                _log.debug("the token still could not be stored: %s", error)
            else:
                self._unsaved = None

    def _stop_saving(self) -> None:
        self._unsaved = None
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
