"""Webex: the door. Holds one token, and what it opened."""

from types import TracebackType
from typing import Self

import aiohttp

from alfaview_async.retry import RetryPolicy
from alfaview_async.secret import Secret
from alfaview_async.webex.calls import Calls
from alfaview_async.webex.exchange import Exchange
from alfaview_async.webex.invitees import Invitees

BASE_URL = "https://webexapis.com/v1"


class Webex:
    """A client for Webex's meeting invitees; use it with `async with`, or call `close()`.

    Nothing is opened before the first call. Source: developer.webex.com, "Meeting Invitees" and "REST API Basics".

    Args:
        token: Access token of a user, an integration or a service app, with the scopes for meetings. It is used as it
            is, never renewed: once it has ended, calls raise `AuthenticationError`.
        base_url: Default: Webex's. Plain http only to this machine.
        http: An `aiohttp.ClientSession` of yours for all calls; it is never closed by the client. Default: our own.
        timeout: Seconds for one exchange; default 30.
        retry: How patient to be; default `RetryPolicy()`: 4 attempts within 60 seconds. Creates and mails are sent
            again only if nothing was sent, or if Webex put them off (429, 423).

    Attributes:
        invitees: The calls.

    Raises:
        ConfigurationError: The token, the base URL or the timeout cannot be used.
    """

    def __init__(
        self,
        token: str | Secret,
        *,
        base_url: str = BASE_URL,
        http: aiohttp.ClientSession | None = None,
        timeout: float = 30.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        token = Secret.of(token)  # so that no traceback of this frame shows it
        self._exchange = Exchange(base_url, token, http=http, timeout=timeout)
        self.invitees = Invitees(Calls(self._exchange, retry or RetryPolicy()), self._exchange.base_url)

    async def close(self) -> None:
        """Close what the client opened; a session of yours stays open. May be called twice."""
        await self._exchange.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        exchange: Exchange | None = getattr(self, "_exchange", None)  # tracebacks show half-made clients too
        return f"<Webex at {exchange.base_url}>" if exchange else "<Webex>"
