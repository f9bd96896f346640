"""One HTTP request with a bearer token, one answer: what `Transport` is for alfaview's POSTs, under the same rules.

What came back is not judged here. What did not come back is: `NotSent` only where it is proven that no byte left.
"""

import re
from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp import hdrs
from aiohttp.http_exceptions import HttpProcessingError
from attrs import define, field, frozen
from yarl import URL

from alfaview_async.errors import (
    ClientClosed,
    ConfigurationError,
    NotSent,
    ReplyTooLarge,
    RequestTimeout,
    TransportError,
    UntrustedServer,
)
from alfaview_async.secret import Secret, SecretBytes
from alfaview_async.transport import usable_base_url
from alfaview_async.user_agent import user_agent

TRACKING_ID = "TrackingID"
MAX_REPLY_BYTES = 8 * 1024 * 1024
"""The longest legitimate reply is a page of 100 invitees, some 40 kB."""
_KEPT_HEADERS = (hdrs.CONTENT_TYPE, hdrs.DATE, hdrs.RETRY_AFTER, hdrs.LINK, TRACKING_ID)
_CONNECT_SECONDS = 5.0
_IDLE_SECONDS = 15.0
_TRUSTED_IDLE_SECONDS = 2.0
"""A create on a connection that idled longer may meet a server that is just closing it: did it run or not?"""
_PRINTED = re.compile(r"[!-~]+")
_SENT_AGAIN_BY_AIOHTTP = frozenset({hdrs.METH_PUT, hdrs.METH_DELETE})
_BROKEN = (TimeoutError, aiohttp.ClientError, HttpProcessingError, OSError)
_NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@frozen(kw_only=True)
class HttpRequest:
    """What to send.

    Attributes:
        method: `GET`, `POST`, `PUT` or `DELETE`.
        url: Whole address.
        body: JSON, or nothing.
        repeatable: False for creates and mails: sent once, over a connection that is fresh or was used a moment ago.
        label: Method and path, for messages.
    """

    method: str
    url: URL
    body: SecretBytes | None = None
    repeatable: bool = True
    label: str


@frozen
class HttpAnswer:
    """What a server answered.

    Attributes:
        status: HTTP status.
        headers: Those that say something about the answer; of one that stood there several times, all, with commas.
        body: Whole and unpacked.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: SecretBytes


@define
class _Departure:
    """Whether the request left: the headers-sent hook of this one request fired."""

    happened: bool = False


class _BrokenOnce(aiohttp.ClientError):
    """A connection that broke; unlike the error it stands for, aiohttp does not answer it by sending again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Exchange:
    """Requests to one server with one token, over connections of our own or over a session of the caller's.

    Args:
        base_url: E.g. `https://webexapis.com/v1`; plain http only to this machine.
        token: Bearer token.
        http: A session of the caller's, never closed by us.
        timeout: Seconds for one exchange, from the first byte to the last.

    Raises:
        ConfigurationError: The base URL, the token or the timeout cannot be used.
    """

    def __init__(self, base_url: str, token: Secret, *, http: aiohttp.ClientSession | None, timeout: float) -> None:
        if not 0 < timeout < float("inf"):
            raise ConfigurationError(f"timeout must be a positive number of seconds, not {timeout!r}")
        self.base_url = URL(usable_base_url(base_url), encoded=True)
        self._token = _usable(token)
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(_CONNECT_SECONDS, timeout))
        self._callers = http
        self._pools: WeakKeyDictionary[AbstractEventLoop, dict[bool, aiohttp.ClientSession]] = WeakKeyDictionary()
        self._closed = False
        self._headers = {
            hdrs.ACCEPT: "application/json",
            hdrs.USER_AGENT: user_agent(),
        }

    async def send(self, request: HttpRequest, tracking_id: str) -> HttpAnswer:
        """Send one request and return the whole answer, whatever it is.

        Raises:
            NotSent: Proven: no byte of the request left.
            RequestTimeout: No whole answer in time.
            TransportError: No whole answer, for any other reason.
            ReplyTooLarge: The answer is longer than `MAX_REPLY_BYTES`.
            ClientClosed: We, or the caller's session, were closed.
        """
        departure = _Departure()
        try:
            return await self._exchanged(request, tracking_id, departure)
        except _BROKEN as error:
            raise self._judged(error, request, departure) from _without_frames(error)

    def without_token(self, answer: HttpAnswer) -> HttpAnswer:
        """Take out our token, which a confused server may send back: what is in a failure gets into messages."""
        return HttpAnswer(
            answer.status,
            {name: value.replace(self._token.reveal(), "***") for name, value in answer.headers.items()},
            SecretBytes(answer.body.replace(self._token.reveal().encode(), b"***")),
        )

    async def close(self) -> None:
        """Close the connections we opened in this loop; a session of the caller's stays open."""
        self._closed = True
        for session in self._pools.pop(get_running_loop(), {}).values():
            await session.close()

    async def _exchanged(self, request: HttpRequest, tracking_id: str, departure: _Departure) -> HttpAnswer:
        content = {} if request.body is None else {hdrs.CONTENT_TYPE: "application/json"}
        async with self._session(repeatable=request.repeatable).request(
            request.method,
            request.url,
            data=request.body,
            headers=self._headers
            | content
            | {TRACKING_ID: tracking_id, hdrs.AUTHORIZATION: f"Bearer {self._token.reveal()}"},
            allow_redirects=False,
            raise_for_status=False,
            timeout=self._timeout,
            trace_request_ctx=departure,
            middlewares=(_send_once,) if request.method in _SENT_AGAIN_BY_AIOHTTP else None,
        ) as response:
            body = await _whole_body(response, request.label)
            headers = {
                name: ", ".join(response.headers.getall(name)) for name in _KEPT_HEADERS if name in response.headers
            }
            return HttpAnswer(response.status, headers, SecretBytes(body))

    def _session(self, *, repeatable: bool) -> aiohttp.ClientSession:
        """Return what the running loop uses, opened on first use; creates and mails have connections of their own."""
        session = self._callers or self._own_session(repeatable=repeatable)
        if self._closed or session.closed:
            raise ClientClosed("the client, or the session it was given, is closed; make a new one")
        return session

    def _own_session(self, *, repeatable: bool) -> aiohttp.ClientSession:
        if self._closed:
            raise ClientClosed("the client is closed; make a new one")
        pool = self._pools.setdefault(get_running_loop(), {})
        if repeatable not in pool:
            pool[repeatable] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    keepalive_timeout=_IDLE_SECONDS if repeatable else _TRUSTED_IDLE_SECONDS
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=None if repeatable else [_departures()],
            )
        return pool[repeatable]

    def _judged(self, error: Exception, request: HttpRequest, departure: _Departure) -> TransportError:
        """Say what is known: by the hook where we set it, else by the errors that only connecting can raise."""
        where = self.base_url.authority
        if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
            return UntrustedServer(f"{where} has no valid TLS certificate ({error})", operation=request.label)
        hooked = not request.repeatable and self._callers is None
        if (hooked and not departure.happened) or isinstance(error, _NEVER_CONNECTED):
            return NotSent(f"cannot reach {where} ({_reason(error)}); nothing was sent", operation=request.label)
        if isinstance(error, TimeoutError):
            return RequestTimeout(f"{where} did not answer within {self._timeout.total:g} s", operation=request.label)
        return TransportError(f"the connection to {where} broke ({_reason(error)})", operation=request.label)


async def _send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending again by itself when the connection breaks.

    A second PUT would mail twice; a second DELETE would find nothing, and we would not know that the first one did it.
    """
    try:
        return await handler(request)
    except _NEVER_CONNECTED:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        error.with_traceback(None)  # its frames hold our token
        raise _BrokenOnce(_reason(error)) from None


def _departures() -> aiohttp.TraceConfig:
    """Note when the headers of a request were sent."""
    trace = aiohttp.TraceConfig()

    async def note(_session: aiohttp.ClientSession, context: Any, _params: Any) -> None:
        context.trace_request_ctx.happened = True

    trace.on_request_headers_sent.append(note)
    return trace


async def _whole_body(response: aiohttp.ClientResponse, label: str) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_REPLY_BYTES:
            response.close()
            too_large = f"the reply is longer than {MAX_REPLY_BYTES} bytes"
            raise ReplyTooLarge(too_large, operation=label, http_status=response.status)
    return bytes(body)


def _usable(token: Secret) -> Secret:
    """Check that a token fits into a header; what it is worth only Webex knows."""
    if not _PRINTED.fullmatch(token.reveal()):
        raise ConfigurationError("the Webex token is empty, or holds blanks; give the bare token, without `Bearer`")
    return token


def _without_frames(error: Exception) -> Exception | None:
    """Keep an error as a cause, without aiohttp's frames: their locals are our request, token and all."""
    return None if isinstance(error, aiohttp.ClientResponseError) else error.with_traceback(None)


def _reason(error: Exception) -> str:
    """Name the kind of an error; aiohttp's texts may quote what the server sent."""
    if isinstance(error, _BrokenOnce):
        return error.reason
    if isinstance(error, aiohttp.ClientResponseError):
        return "a malformed answer"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
