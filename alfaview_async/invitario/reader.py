"""Invitario: the door to the guest list of one event. Logs in when needed, and out in every case."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

import orjson

from alfaview_async.errors import AlfaviewError, ClientClosed, ConfigurationError
from alfaview_async.http_reply import HttpReply
from alfaview_async.invitario.guests import Guests
from alfaview_async.invitario.listing import is_moment
from alfaview_async.invitario.refusals import SessionEnded
from alfaview_async.invitario.replies import list_of, session_of, success
from alfaview_async.retry import RetryBudget, RetryPolicy, repeat
from alfaview_async.secret import NO_SECRET, Secret, SecretBytes, SecretJson
from alfaview_async.single_flight import SingleFlight
from alfaview_async.transport import Transport

T = TypeVar("T")

_LOGIN = "api/v1/login"
_ALL = "api/v1/guest/list/all"
_RECENT = "api/v1/guest/list/recent"
_LOGOUT = "api/v1/logout"
_FAREWELL_SECONDS = 5.0
"""How long closing waits for a login under way, and then for the logout."""

_log = logging.getLogger("alfaview_async")


class Invitario:
    """Reads the guest list of an Invitario event; use it with `async with`, or call `close()`.

    Nothing is sent before the first call. Leaving logs out, also after errors and when the task is cancelled: a
    check-in configuration may limit the devices that are logged in at once. All calls are reads and are repeated where
    that can help; a session that has ended is replaced once. One object serves any number of tasks of one event loop.

    Source: Invitario's article "Documentation API v1.0".

    Args:
        base_url: Address of your Invitario, without `/api/v1/`: scheme and host of its admin pages. Plain http only to
            this machine.
        event_id: From the address of the event's admin page, `.../admin/event/ID`.
        api_key: The "App Code" of a check-in configuration. One made for this program alone is advised; if it is
            limited to a segment, so is the guest list.
        station_name: The "Name" of that configuration.
        timeout: Seconds for one exchange.
        retry: How patient to be; default `RetryPolicy()`: 4 attempts within 60 seconds.

    Raises:
        ConfigurationError: The base URL cannot be used, or an argument is empty.
    """

    def __init__(
        self,
        *,
        base_url: str,
        event_id: str,
        api_key: str | Secret,
        station_name: str,
        timeout: float = 30.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._event_id = event_id
        api_key = self._api_key = Secret.of(api_key)  # so that no traceback through here shows the text
        for name, value in (("event_id", event_id), ("api_key", api_key), ("station_name", station_name)):
            if not value:
                raise ConfigurationError(f"{name} is empty; Invitario's check-in menu shows it")
        self._transport = Transport(base_url, timeout=timeout)
        self._station_name = station_name
        self._policy = retry or RetryPolicy()
        self._budget = RetryBudget()
        self._session = NO_SECRET
        self._login = SingleFlight(self._log_in)
        self._farewell: asyncio.Task[None] | None = None

    @property
    def event_id(self) -> str:
        """The id of the event."""
        return self._event_id

    async def guests(self) -> Guests:
        """Return all guests, deleted ones among them, and the cursor for `changes`.

        Raises:
            InvitarioError: Invitario refused: `EventUnknown`, `ApiKeyIncorrect`, or one of the others.
            TransportError: No answer, after retries.
            BadReply: An answer that is not Invitario's, or an incomplete list.
            StatusError: An HTTP error without a code of Invitario's, e.g. `Unavailable`.
            ClientClosed: It was closed.
        """
        return await self._list(_ALL)

    async def changes(self, since: str | datetime) -> Guests:
        """Return the guests that were added, changed or deleted since, and the cursor for the next time.

        Any change counts, a check-in too; a guest who was here before may come again.

        Args:
            since: The `cursor` of an earlier answer: the server's clock, not this machine's. An aware datetime does
                too; fractions of its second are cut.

        Raises:
            ConfigurationError: `since` is no moment with an offset.
            AlfaviewError: As in `guests`.
        """
        return await self._list(_RECENT, sinceDateTime=_cursor(since))

    async def close(self) -> None:
        """Log out, in 10 seconds at most, and close the connections. May be called twice.

        A logout that fails is logged as a warning: the session then ends by itself, 24 hours after its last use.
        A cancellation waits for the end of it.
        """
        if self._farewell is None:
            self._farewell = asyncio.create_task(self._take_leave())
        cancellation: asyncio.CancelledError | None = None
        while not self._farewell.done():
            try:
                await asyncio.wait([self._farewell])
            except asyncio.CancelledError as error:
                cancellation = error
        if cancellation is not None:
            raise cancellation
        await self._farewell

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Invitario event {self._event_id}>"

    async def _list(self, path: str, **parameters: str) -> Guests:
        session = await self._logged_in()
        try:
            return await self._guests(path, session, parameters)
        except SessionEnded:
            if self._session == session:
                self._session = NO_SECRET
        return await self._guests(path, await self._logged_in(), parameters)

    async def _guests(self, path: str, session: Secret, parameters: dict[str, str]) -> Guests:
        async def attempt() -> Guests:
            http = await self._answer(path, SecretJson(parameters, sessionToken=session.reveal()))
            # In a thread: 10,000 guests take a third of a second.
            return await asyncio.to_thread(list_of, path, http, (self._api_key, session))

        return await self._patiently(attempt)

    async def _logged_in(self) -> Secret:
        if self._farewell is not None:
            raise ClientClosed("this reader is closed; make a new one")
        return self._session or await self._login.result()

    async def _log_in(self) -> Secret:
        async def attempt() -> Secret:
            key = SecretJson(eventId=self._event_id, apiKey=self._api_key.reveal(), stationName=self._station_name)
            return session_of(_LOGIN, await self._answer(_LOGIN, key), (self._api_key,))

        self._session = await self._patiently(attempt)
        return self._session

    async def _take_leave(self) -> None:
        """End the session and the connections; a login under way would leave a session behind, so it lands first."""
        try:
            await self._login.landed(within=_FAREWELL_SECONDS)
            if self._session:
                async with asyncio.timeout(_FAREWELL_SECONDS):
                    await self._log_out(self._session)
        except SessionEnded:
            _log.debug("Invitario had ended the session already")
        except (AlfaviewError, TimeoutError) as error:
            reason = str(error) or f"no answer within {_FAREWELL_SECONDS:g} s"
            _log.warning("cannot log out of Invitario (%s); the session lives on for up to 24 hours", reason)
        finally:
            self._session = NO_SECRET
            await self._transport.close()

    async def _log_out(self, session: Secret) -> None:
        async def attempt() -> None:
            http = await self._answer(_LOGOUT, SecretJson(sessionToken=session.reveal()))
            success(_LOGOUT, http, (self._api_key, session))

        await self._patiently(attempt)

    async def _answer(self, path: str, body: SecretJson) -> HttpReply:
        try:
            data = SecretBytes(orjson.dumps(body))
        except orjson.JSONEncodeError:
            raise ConfigurationError("event_id, api_key and station_name must be Unicode text") from None
        return await self._transport.post(path, data)

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        began = monotonic()
        try:
            result = await attempt()
        except AlfaviewError as failure:
            return await repeat(attempt, failure, self._policy, self._budget, idempotent=True, began=began)
        self._budget.earn()
        return result


def _cursor(since: str | datetime) -> str:
    text = since if isinstance(since, str) else since.isoformat(timespec="seconds")
    if not is_moment(text):
        raise ConfigurationError(f"{text[:40]!r} is no moment with an offset; give the cursor of an earlier answer")
    return text
