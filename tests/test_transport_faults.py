"""What the transport makes of servers that misbehave, on real sockets."""

import asyncio
import gzip
from contextlib import asynccontextmanager

import aiohttp
import pytest

from alfaview_async import transport as transport_module
from alfaview_async.errors import ClientClosed, NotSent, ReplyTooLarge, RequestTimeout, TransportError
from alfaview_async.secret import Secret
from alfaview_async.transport import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Speaks just enough HTTP to misbehave: reads one request, then does as it is told."""

    def __init__(self, behave):
        self.behave = behave
        self.requests = []
        self.connections = 0
        self.read_one = asyncio.Event()

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.requests.append((head, await reader.readexactly(length)))
                self.read_one.set()
                await self.behave(self, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client hung up, which these tests make it do
        finally:
            writer.close()


@asynccontextmanager
async def misbehaving(behave, **options):
    server = Server(behave)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    transport = Transport(f"http://127.0.0.1:{port}/json/v1/", **options)
    try:
        yield transport, server
    finally:
        await transport.close()
        listener.close()


def answering(data):
    async def behave(_server, writer):
        writer.write(data)
        await writer.drain()

    return behave


async def hang_up(_server, writer):
    writer.transport.abort()


async def stay_silent(_server, _writer):
    await asyncio.Event().wait()


async def test_a_request_that_was_read_and_not_answered_is_doubtful():
    """The server may have carried it out before it hung up."""
    async with misbehaving(hang_up) as (transport, server):
        with pytest.raises(TransportError) as caught:
            await transport.post("a/b", b"{}", idempotent=False)
    assert type(caught.value) is TransportError
    assert len(server.requests) == 1


@pytest.mark.parametrize("idempotent", [True, False])
async def test_a_closed_port_proves_that_nothing_was_sent(idempotent, unused_tcp_port):
    """Nobody listens, so nobody can have carried it out."""
    transport = Transport(f"http://127.0.0.1:{unused_tcp_port}/")
    with pytest.raises(NotSent):
        await transport.post("a/b", b"{}", idempotent=idempotent)
    await transport.close()


async def test_silence_ends_with_the_deadline_and_leaves_doubt():
    """A request that arrived and found no answer in time is not `NotSent`."""
    async with misbehaving(stay_silent, timeout=0.1) as (transport, server):
        with pytest.raises(RequestTimeout):
            await transport.post("a/b", b"{}", idempotent=False)
    assert len(server.requests) == 1


async def test_a_dripping_answer_ends_with_the_deadline():
    """The limit is for the whole exchange, not for each byte."""

    async def drip(_server, writer):
        for byte in OK:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    async with misbehaving(drip, timeout=0.2) as (transport, _):
        with pytest.raises(RequestTimeout):
            await transport.post("a/b", b"{}")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 banana\r\n\r\n",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
    ids=["short body", "cut chunk", "bad status line", "not HTTP", "huge header", "bad gzip"],
)
async def test_malformed_answers_are_doubtful_not_refusals(answer):
    """aiohttp calls some of these status 400; taken for a refusal, a create would be sent again and mail twice."""

    async def answer_and_close(_server, writer):
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with misbehaving(answer_and_close) as (transport, server):
        with pytest.raises(TransportError) as caught:
            await transport.post("a/b", b"{}", idempotent=False)
    assert type(caught.value) is TransportError
    assert len(server.requests) == 1


async def test_a_redirect_is_not_followed():
    """The token is in the body; following a 307 would hand it to whoever the redirect names."""
    redirect = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    async with misbehaving(answering(redirect)) as (transport, server):
        assert (await transport.post("a/b", b"{}")).status == 307
    assert len(server.requests) == 1


async def test_an_endless_answer_is_cut_off(monkeypatch):
    """A small compressed body that unfolds without end stops at the limit."""
    monkeypatch.setattr(transport_module, "MAX_REPLY_BYTES", 1_000_000)
    bomb = gzip.compress(b" " * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    async with misbehaving(answering(head + bomb)) as (transport, _):
        with pytest.raises(ReplyTooLarge):
            await transport.post("a/b", b"{}")


async def test_calls_in_a_row_share_a_connection_and_creates_have_their_own():
    """Reads share one connection, creates another, both reused in a burst."""
    async with misbehaving(answering(OK)) as (transport, server):
        for _ in range(5):
            await transport.post("a/b", b"{}")
            await transport.post("a/b", b"{}", idempotent=False)
    assert (server.connections, len(server.requests)) == (2, 10)


async def test_a_create_does_not_trust_an_idle_connection(monkeypatch):
    """A connection that has idled may be about to be closed by the server; creates take a fresh one."""
    monkeypatch.setattr(transport_module, "_TRUSTED_IDLE_SECONDS", 0.05)
    async with misbehaving(answering(OK)) as (transport, server):
        await transport.post("a/b", b"{}", idempotent=False)
        await asyncio.sleep(0.06)
        await transport.post("a/b", b"{}", idempotent=False)
    assert server.connections == 2


async def test_a_cancelled_call_leaves_the_transport_usable():
    """Cancellation while waiting closes that one connection; the next call works."""
    answers = [stay_silent, answering(OK)]

    async def behave(server, writer):
        await answers[min(len(server.requests), 2) - 1](server, writer)

    async with misbehaving(behave) as (transport, server):
        call = asyncio.create_task(transport.post("a/b", b"{}"))
        await server.read_one.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await transport.post("a/b", b"{}")).body == b"{}"


async def test_a_session_of_the_callers_is_used_and_stays_open():
    """We close only what we opened."""
    async with misbehaving(answering(OK)) as (ours, server), aiohttp.ClientSession() as http:
        transport = Transport(ours.base_url, http=http)
        await transport.post("a/b", b"{}")
        await transport.close()
        assert not http.closed
        assert (await http.post(ours.base_url, data=b"x")).status == 200
    assert (server.connections, len(server.requests)) == (1, 2)


async def test_a_session_that_raises_for_status_does_not_hide_answers():
    """The caller's own habit of raising must not turn a refusal into a broken connection."""
    gone = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"
    async with misbehaving(answering(gone)) as (ours, _), aiohttp.ClientSession(raise_for_status=True) as http:
        assert (await Transport(ours.base_url, http=http).post("a/b", b"{}")).status == 404


async def test_a_malformed_answer_to_a_login_does_not_show_its_cookie():
    """aiohttp's error holds the headers of the request; it is not kept as a cause."""
    async with misbehaving(answering(b"HTTP/1.1 banana\r\n\r\n")) as (transport, _):
        with pytest.raises(TransportError) as caught:
            await transport.post("a/b", b"{}", cookie=Secret("auth=canary"))
    assert caught.value.__cause__ is None
    assert "malformed" in str(caught.value)


async def test_a_closed_transport_says_so():
    """Using a client after closing it is a clear error of ours."""
    transport = Transport("http://127.0.0.1:1/")
    await transport.close()
    with pytest.raises(ClientClosed):
        await transport.post("a/b", b"{}")


async def test_large_requests_do_not_warn_about_blocking():
    """A body beyond a mebibyte is handed to aiohttp as a file, which it writes piece by piece."""
    async with misbehaving(answering(OK)) as (transport, server):
        await transport.post("a/b", b" " * 2_000_000)
    assert len(server.requests[0][1]) == 2_000_000
