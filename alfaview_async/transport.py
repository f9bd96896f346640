"""Bytes over HTTP: one POST, one answer; the only client-side file that knows aiohttp's client.

What came back is not judged here. What did not come back is: `NotSent` only where it is proven that no byte left.
"""

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from io import BytesIO
from ipaddress import ip_address
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary, ref

import aiohttp
from aiohttp import hdrs
from aiohttp.http_exceptions import HttpProcessingError
from attrs import define
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
from alfaview_async.http_reply import HttpReply, HttpStream, LargeBody, ShownHeaders
from alfaview_async.secret import NO_SECRET, Secret, SecretBytes
from alfaview_async.user_agent import user_agent

MAX_REPLY_BYTES = 128 * 1024 * 1024
"""The longest legitimate reply is a list of all links of a company, 36 MB for 50,000 of them."""
_LARGE_REQUEST = 1024 * 1024
_LARGE_REPLY = 1024 * 1024
"""Joining or copying more would hold up the event loop."""
_CONNECT_SECONDS = 5.0
_BROKEN = (TimeoutError, aiohttp.ClientError, HttpProcessingError, OSError)
_IDLE_SECONDS = 15.0
_TRUSTED_IDLE_SECONDS = 2.0
"""A create on a connection that idled longer may meet a server that is just closing it: did it run or not?"""


@define
class _Departure:
    """Whether the request left: the headers-sent hook of this one request fired."""

    happened: bool = False


class _Pool:
    """The connections of one event loop: those of reads, and those of creates."""

    def __init__(self) -> None:
        self.reads: aiohttp.ClientSession | None = None
        self.creates: aiohttp.ClientSession | None = None

    def open(self, *, idempotent: bool) -> aiohttp.ClientSession:
        """Open the session for reads or for creates."""
        session = _open(careful=not idempotent)
        if idempotent:
            self.reads = session
        else:
            self.creates = session
        return session

    def opened(self) -> list[aiohttp.ClientSession]:
        """Return the sessions that were opened."""
        return [session for session in (self.reads, self.creates) if session is not None]


class Transport:
    """POST requests to one alfaview, over connections of our own or over a session of the caller's.

    Args:
        base_url: E.g. `https://apis.alfaview.com/json/v1/`; plain http only to this machine.
        http: A session of the caller's, never closed by us. It carries every call; its idle connections are then
            its own business, and a create that meets a dying one ends as `OutcomeUnknown`.
        timeout: Seconds for one exchange, from the first byte to the last.

    Raises:
        ConfigurationError: The base URL cannot be used.
    """

    def __init__(self, base_url: str, *, http: aiohttp.ClientSession | None = None, timeout: float = 30.0) -> None:
        if not 0 < timeout < float("inf"):
            raise ConfigurationError(f"timeout must be a positive number of seconds, not {timeout!r}")
        self._base = usable_base_url(base_url)
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(_CONNECT_SECONDS, timeout))
        self._patience = aiohttp.ClientTimeout(sock_connect=min(_CONNECT_SECONDS, timeout), sock_read=timeout)
        self._seconds = timeout
        self._callers = http
        self._pools: WeakKeyDictionary[AbstractEventLoop, _Pool] = WeakKeyDictionary()
        self._latest: tuple[ReferenceType[AbstractEventLoop], _Pool] | None = None
        self._urls: dict[str, URL] = {}
        self._closed = False
        self._added_headers: Mapping[str, str] = _our_headers() if http else {}

    @property
    def base_url(self) -> str:
        """The base URL, ending in a slash."""
        return self._base

    @property
    def longest_exchange(self) -> float:
        """Seconds after which an exchange has ended, one way or the other."""
        return self._seconds

    async def post(
        self, path: str, body: SecretBytes, *, idempotent: bool = True, cookie: Secret = NO_SECRET
    ) -> HttpReply:
        """Send one request and return the whole answer, whatever it is.

        Args:
            path: `service/name`.
            body: JSON.
            idempotent: False sends it over a connection that is fresh or was used a moment ago.
            cookie: The `Cookie` header, verbatim; aiohttp's own cookies would be quoted.

        Raises:
            NotSent: Proven: no byte of the request left.
            RequestTimeout: No whole answer in time.
            TransportError: No whole answer, for any other reason.
            ReplyTooLarge: The answer is longer than `MAX_REPLY_BYTES`.
        """
        departure = None if idempotent else _Departure()
        try:
            response = await self._session(idempotent=idempotent).post(
                self._url(path),
                data=aiohttp.BytesPayload(body) if len(body) <= _LARGE_REQUEST else BytesIO(body),
                headers=self._added_headers
                if cookie is NO_SECRET
                else {**self._added_headers, hdrs.COOKIE: cookie.reveal()},
                allow_redirects=False,
                raise_for_status=False,
                timeout=self._timeout,
                trace_request_ctx=departure,
            )
            content = response.content
            # A short answer comes with its headers: it needs no further step of the loop, and at its end aiohttp has
            # taken the connection back. What is packed may grow.
            if content.is_eof() and response.connection is None and hdrs.CONTENT_ENCODING not in response.headers:
                whole: SecretBytes | LargeBody = SecretBytes(content.read_nowait())
            else:
                async with response:
                    whole = await _whole_body(response, path)
            return HttpReply(response.status, ShownHeaders(response.headers), whole)
        except _BROKEN as error:
            raise self._judged(error, path, departure) from _without_frames(error)

    @asynccontextmanager
    async def stream(self, path: str, body: SecretBytes) -> AsyncIterator[HttpStream]:
        """Send one request and yield its answer line by line; errors as in `post`, in the lines too."""
        try:
            async with self._session(idempotent=True).post(
                self._url(path),
                data=body,
                headers=self._added_headers,
                allow_redirects=False,
                raise_for_status=False,
                timeout=self._patience,
            ) as response:
                lines = aiter(response.content) if response.status == HTTPStatus.OK else _whole(response, path)
                yield HttpStream(response.status, ShownHeaders(response.headers), lines)
        except _BROKEN as error:
            raise self._judged(error, path, None) from _without_frames(error)

    async def close(self) -> None:
        """Close the connections we opened in this loop for good; a session of the caller's stays open."""
        self._closed = True
        await self.close_connections()

    async def close_connections(self) -> None:
        """Close the connections we opened in this loop; the next call opens new ones."""
        self._latest = None
        pool = self._pools.pop(get_running_loop(), None)
        if pool is not None:
            for session in pool.opened():
                await session.close()

    def _url(self, path: str) -> URL:
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = URL(self._base + path, encoded=True)
        return url

    def _session(self, *, idempotent: bool) -> aiohttp.ClientSession:
        """Return what the running loop uses, opened on first use; a fork, too, has a loop of its own."""
        session = self._callers
        if session is None:
            pool = self._pool()
            session = (pool.reads if idempotent else pool.creates) or pool.open(idempotent=idempotent)
        if session.closed or self._closed:
            raise ClientClosed("the client, or the session it was given, is closed; make a new one")
        return session

    def _pool(self) -> _Pool:
        loop = get_running_loop()
        if self._latest is not None and self._latest[0]() is loop:
            return self._latest[1]
        pool = self._pools.get(loop)
        if pool is None:
            if self._closed:
                raise ClientClosed("the client is closed; make a new one")
            pool = self._pools[loop] = _Pool()
        self._latest = ref(loop), pool
        return pool

    def _judged(self, error: Exception, path: str, departure: _Departure | None) -> TransportError:
        """Say what is known: by the hook where we set it, else by the errors that only connecting can raise."""
        where = URL(self._base).authority
        if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
            return UntrustedServer(f"{where} has no valid TLS certificate ({error})", operation=path)
        if isinstance(error, aiohttp.ClientHttpProxyError):
            refusal = f"the proxy refuses the way to {where} (HTTP {error.status}); nothing was sent"
            return NotSent(refusal, operation=path)
        unsent = departure is not None and self._callers is None and not departure.happened
        if unsent or isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
            return NotSent(f"cannot reach {where} ({_reason(error)}); nothing was sent", operation=path)
        if isinstance(error, TimeoutError):
            return RequestTimeout(f"{where} did not answer within {self._seconds:g} s", operation=path)
        return TransportError(f"the connection to {where} broke ({_reason(error)})", operation=path)


def usable_base_url(text: str) -> str:
    """Check a base URL and return it with a slash at its end.

    Raises:
        ConfigurationError: Not https (http is for this machine only), or with user, query or fragment.
    """
    unreadable = ConfigurationError("the base URL is not readable; expected https://host/json/v1/")
    try:
        url = URL(text)
        host = url.host
    except ValueError:
        raise unreadable from None
    if not host:
        raise unreadable
    if url.user or url.password or url.query_string or url.fragment:
        raise ConfigurationError("the base URL may hold scheme, host, port and path only")
    if url.scheme != "https" and not (url.scheme == "http" and _is_this_machine(host)):
        raise ConfigurationError(f"the base URL must start with https://; http:// only to this machine, not to {host}")
    return str(url).rstrip("/") + "/"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _our_headers() -> dict[str, str]:
    return {
        hdrs.CONTENT_TYPE: "application/json",
        hdrs.ACCEPT: "application/json",
        hdrs.USER_AGENT: user_agent(),
    }


def _open(*, careful: bool) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(keepalive_timeout=_TRUSTED_IDLE_SECONDS if careful else _IDLE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=_our_headers(),
        trace_configs=[_departures()] if careful else None,
    )


def _departures() -> aiohttp.TraceConfig:
    """Note when the headers of a request were sent; costs time, so only creates pay for it."""
    trace = aiohttp.TraceConfig()

    async def note(_session: aiohttp.ClientSession, context: Any, _params: Any) -> None:
        context.trace_request_ctx.happened = True

    trace.on_request_headers_sent.append(note)
    return trace


async def _whole_body(response: aiohttp.ClientResponse, path: str) -> SecretBytes | LargeBody:
    length = response.content_length
    if length is not None and length <= _LARGE_REPLY and hdrs.CONTENT_ENCODING not in response.headers:
        return SecretBytes(await response.read())
    body = LargeBody()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_REPLY_BYTES:
            response.close()
            raise ReplyTooLarge(
                f"the reply is longer than {MAX_REPLY_BYTES} bytes", operation=path, http_status=response.status
            )
    return body if len(body) > _LARGE_REPLY else SecretBytes(body)


async def _whole(response: aiohttp.ClientResponse, path: str) -> AsyncIterator[bytes]:
    """Yield an error body as one line, however it is laid out."""
    yield bytes(await _whole_body(response, path))


def _without_frames(error: Exception) -> Exception | None:
    """Keep an error as a cause, without aiohttp's frames: their locals are our request and the server's answer.

    Some errors hold the headers of the request themselves, cookie and all; those are not kept.
    """
    return None if isinstance(error, aiohttp.ClientResponseError) else error.with_traceback(None)


def _reason(error: Exception) -> str:
    """Name the kind of an error; aiohttp's texts may quote what the server sent."""
    if isinstance(error, aiohttp.ClientResponseError):
        return "a malformed answer"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
