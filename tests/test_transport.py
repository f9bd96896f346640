"""What the transport makes of replies and exceptions that no server would send on demand.

The only place where aiohttp is patched; everything else speaks real HTTP.
"""

import ssl
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from aioresponses import aioresponses

from alfaview_async.errors import ConfigurationError, NotSent, Outcome, RequestTimeout, TransportError, UntrustedServer
from alfaview_async.secret import Secret
from alfaview_async.transport import Transport, usable_base_url

BASE = "https://apis.example.org/json/v1/"
URL = BASE + "roomService/list"


class Response(aiohttp.ClientResponse):
    """aioresponses does not know the writer that aiohttp 3.14 asks for the size of its output."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, stream_writer=SimpleNamespace(output_size=0))


@pytest.fixture
async def transport():
    transport = Transport(BASE)
    yield transport
    await transport.close()


@pytest.fixture
def server():
    with aioresponses() as server:
        yield server


async def test_answers_come_back_as_they_are(transport, server):
    """Status, body, cookies and the headers that matter are handed on unjudged."""
    server.post(
        URL,
        status=418,
        body=b"\xff{",
        headers={"retry-after": "7", "X-Tea": "green", "Set-Cookie": "auth=a/b=="},
        response_class=Response,
    )
    reply = await transport.post("roomService/list", b"{}")
    assert (reply.status, reply.body, reply.headers.set_cookie()) == (418, b"\xff{", ("auth=a/b==",))
    assert reply.headers == {"Content-Type": "application/json", "Retry-After": "7"}


async def test_the_request_is_a_post_of_json_without_redirects(transport, server):
    """Exactly one POST with the body given, a JSON content type, and redirects switched off."""
    server.post(URL, response_class=Response)
    await transport.post("roomService/list", b'{"limit":1}')
    ((method, url), (call,)) = next(iter(server.requests.items()))
    assert (method, str(url), call.kwargs["data"].decode()) == ("POST", URL, '{"limit":1}')
    assert call.kwargs["allow_redirects"] is False
    assert call.kwargs["headers"]["Content-Type"] == "application/json"
    assert "Cookie" not in call.kwargs["headers"]


async def test_the_cookie_header_is_sent_verbatim(transport, server):
    """A token with `/` and `=` is not quoted, which is what aiohttp's own cookies would do."""
    server.post(URL, response_class=Response)
    await transport.post("roomService/list", b"{}", cookie=Secret("auth=a/b=="))
    ((_, (call,)),) = server.requests.items()
    assert call.kwargs["headers"]["Cookie"] == "auth=a/b=="


KEY = ConnectionKey("apis.example.org", 443, True, True, None, None, None)  # noqa: FBT003 - aiohttp's own order
MAYBE_SENT = [
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientOSError(104, "Connection reset by peer"),
    aiohttp.ClientPayloadError("not enough data"),
    aiohttp.ClientResponseError(SimpleNamespace(real_url=URL), (), status=400, message="bad status line"),
    ConnectionResetError(104, "Connection reset by peer"),
]
NOT_SENT = [
    aiohttp.ClientConnectorError(KEY, OSError(111, "Connection refused")),
    aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")),
    aiohttp.ConnectionTimeoutError(),
]


@pytest.mark.parametrize("error", MAYBE_SENT, ids=lambda error: type(error).__name__)
async def test_broken_connections_leave_doubt(transport, server, error):
    """After the request may have left, nothing is said about its effect; a malformed answer is not a refusal."""
    server.post(URL, exception=error)
    with pytest.raises(TransportError) as caught:
        await transport.post("roomService/list", b"{}")
    assert type(caught.value) is TransportError
    assert caught.value.outcome is Outcome.AMBIGUOUS
    assert caught.value.operation == "roomService/list"


@pytest.mark.parametrize("error", NOT_SENT, ids=lambda error: type(error).__name__)
async def test_connections_that_never_stood_prove_that_nothing_was_sent(transport, server, error):
    """Refused, unknown and unreachable hosts never saw the request."""
    server.post(URL, exception=error)
    with pytest.raises(NotSent) as caught:
        await transport.post("roomService/list", b"{}")
    assert caught.value.outcome is Outcome.NOT_SENT
    assert "apis.example.org" in str(caught.value)


async def test_a_timeout_is_both_ours_and_pythons(transport, server):
    """`except TimeoutError` catches it, as does `except TransportError`."""
    server.post(URL, exception=TimeoutError())
    with pytest.raises(TimeoutError) as caught:
        await transport.post("roomService/list", b"{}")
    assert isinstance(caught.value, RequestTimeout)
    assert "30 s" in str(caught.value)


async def test_a_false_certificate_is_final(transport, server):
    """Nothing was sent, and trying again cannot help."""
    refused = aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("self-signed"))
    server.post(URL, exception=refused)
    with pytest.raises(UntrustedServer) as caught:
        await transport.post("roomService/list", b"{}")
    assert caught.value.outcome is Outcome.FATAL


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_a_timeout_must_end(timeout):
    """Zero means "for ever" to aiohttp, which nobody means who writes it."""
    with pytest.raises(ConfigurationError, match="timeout"):
        Transport(BASE, timeout=timeout)


@pytest.mark.parametrize(
    "text",
    [
        "http://apis.alfaview.com/json/v1/",
        "http://127.0.0.1.evil.example/",
        "ftp://apis.alfaview.com/",
        "https://user:secret@apis.alfaview.com/json/v1/",
        "https://apis.alfaview.com/json/v1/?a=b",
        "https://apis.alfaview.com/json/v1/#x",
        "https:///json/v1/",
        "apis.alfaview.com/json/v1",
        "file:///etc/passwd",
        "https://[",
        "",
    ],
)
def test_unusable_base_urls_are_refused(text):
    """Plain http beyond this machine, users, queries and fragments never get as far as a request."""
    with pytest.raises(ConfigurationError) as caught:
        usable_base_url(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("https://apis.alfaview.com/json/v1", "https://apis.alfaview.com/json/v1/"),
        ("https://apis.alfaview.com/json/v1/", "https://apis.alfaview.com/json/v1/"),
        ("http://127.0.0.1:8080/json/v1/", "http://127.0.0.1:8080/json/v1/"),
        ("http://[::1]:8080/json/v1/", "http://[::1]:8080/json/v1/"),
        ("http://localhost:1/x", "http://localhost:1/x/"),
    ],
)
def test_usable_base_urls_end_in_a_slash(text, used):
    """Paths are appended to the base URL, so it ends in exactly one slash."""
    assert usable_base_url(text) == used
