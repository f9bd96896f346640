"""Connections: our own or the caller's, what they never do, and how calls end without an answer."""

import asyncio
import gzip
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import web

from alfaview_async import errors
from alfaview_async.retry import RetryPolicy
from alfaview_async.webex import Webex, exchange

ADA = {"id": "m_1", "meetingId": "m", "email": "ada@example.org"}
ONE_TRY = RetryPolicy(attempts=1)


@asynccontextmanager
async def counting(behave):
    """A server of bare sockets that counts its connections, and waits for the clients to leave."""
    connections = []

    async def serve(reader, writer):
        connections.append(asyncio.current_task())
        await behave(reader, writer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1], connections
        await asyncio.gather(*connections)


async def test_nothing_is_opened_before_the_first_call_and_all_is_closed_after(plain):
    """Two sessions at most: for reads, and for what must not be sent twice."""
    plain.on(ADA)
    webex = Webex("token", base_url=plain.base_url)
    assert not list(webex._exchange._pools.values())
    async with webex:
        for _ in range(2):
            await webex.invitees.get("m_1")
            await webex.invitees.create(meeting_id="m", email="ada@example.org")
        (pool,) = webex._exchange._pools.values()
        sessions = list(pool.values())
        assert len(sessions) == 2
    assert all(session.closed for session in sessions)
    await webex.close()
    with pytest.raises(errors.ClientClosed):
        await webex.invitees.get("m_1")


async def test_a_session_of_the_callers_is_used_and_stays_open(plain):
    """Its own habits, to raise for a status or to keep cookies, change nothing."""
    plain.on((404, {"message": "gone", "trackingId": "x"}, {"Set-Cookie": "a=b"}), ADA)
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        async with Webex("token", base_url=plain.base_url, http=http) as webex:
            with pytest.raises(errors.NotFound):
                await webex.invitees.get("m_1")
            assert (await webex.invitees.get("m_1")).email == "ada@example.org"
        assert not http.closed
    webex = Webex("token", base_url=plain.base_url, http=http)
    with pytest.raises(errors.ClientClosed):
        await webex.invitees.get("m_1")


async def test_cookies_of_the_server_are_not_kept(plain, client):
    """A token needs no cookies; kept ones would follow us about."""
    plain.on((200, ADA, {"Set-Cookie": "session=1; Path=/"}))
    for _ in range(2):
        await client.invitees.get("m_1")
    assert plain.headers("Cookie") == [[], []]


async def test_a_caller_s_put_is_not_sent_again_by_aiohttp_either(plain):
    """Whoever's session it is, a change that mails goes out once."""
    plain.on(ADA, plain.HANG_UP)
    async with aiohttp.ClientSession() as http, Webex("token", base_url=plain.base_url, http=http) as webex:
        ada = await webex.invitees.get("m_1")
        with pytest.raises(errors.OutcomeUnknown):
            await webex.invitees.update(ada, send_email=True)
    assert plain.lines == ["GET /v1/meetingInvitees/m_1", "PUT /v1/meetingInvitees/m_1"]


async def test_silence_ends_with_the_timeout():
    """A create that arrived and found no answer is in doubt."""
    arrived, end = asyncio.Event(), asyncio.Event()

    async def stay_silent(_request):
        arrived.set()
        await end.wait()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stay_silent)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    async with Webex("token", base_url=base_url, timeout=0.1, retry=ONE_TRY) as webex:
        with pytest.raises(errors.OutcomeUnknown) as caught:
            await webex.invitees.create(meeting_id="m", email="ada@example.org")
        assert isinstance(caught.value.__cause__, errors.RequestTimeout)
        with pytest.raises(errors.RequestTimeout):
            await webex.invitees.get("m_1")
    assert arrived.is_set()
    end.set()
    await runner.cleanup()


@pytest.mark.parametrize("packed", [True, False])
async def test_an_endless_answer_is_cut_off(plain, client, monkeypatch, packed):
    """Also one that unfolds without end."""
    monkeypatch.setattr(exchange, "MAX_REPLY_BYTES", 100_000)
    body = b" " * 10_000_000
    plain.on((200, gzip.compress(body) if packed else body, {"Content-Encoding": "gzip"} if packed else {}))
    with pytest.raises(errors.ReplyTooLarge):
        await client.invitees.get("m_1")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 banana\r\n\r\n",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
    ids=["short body", "bad status line", "not HTTP", "huge header", "bad gzip"],
)
async def test_malformed_answers_leave_a_create_in_doubt(answer):
    """The server has read the request; what it did with it is unknown."""

    async def misbehave(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with (
        counting(misbehave) as (port, connections),
        Webex("token", base_url=f"http://127.0.0.1:{port}", retry=ONE_TRY) as webex,
    ):
        with pytest.raises(errors.OutcomeUnknown):
            await webex.invitees.create(meeting_id="m", email="ada@example.org")
        with pytest.raises(errors.TransportError):
            await webex.invitees.get("m_1")
    assert len(connections) == 2


@pytest.mark.parametrize(
    "base_url", ["http://webexapis.com/v1", "https://u:p@webexapis.com/v1", "webexapis.com", "https://x/?a"]
)
def test_base_urls_that_would_leak_the_token_are_refused(base_url):
    """Plain http goes to this machine only."""
    with pytest.raises(errors.ConfigurationError):
        Webex("token", base_url=base_url)


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_a_timeout_is_a_positive_number(timeout):
    """Without an end, a call may hang for ever."""
    with pytest.raises(errors.ConfigurationError):
        Webex("token", timeout=timeout)


@pytest.mark.parametrize(
    ("own_session", "error"), [(True, errors.NotSent), (False, errors.OutcomeUnknown)], ids=["ours", "the caller's"]
)
async def test_a_handshake_without_end_proves_that_nothing_was_sent(own_session, error):
    """Before TLS stands, not a byte of the request can have left; of a caller's session we cannot know so much."""

    async def stay_silent(reader, _writer):
        await reader.read()

    async with counting(stay_silent) as (port, connections), aiohttp.ClientSession() as http:
        base_url, caller_s = f"https://127.0.0.1:{port}", None if own_session else http
        async with Webex("token", base_url=base_url, http=caller_s, timeout=0.1, retry=ONE_TRY) as webex:
            with pytest.raises(error):
                await webex.invitees.create(meeting_id="m", email="ada@example.org")
    assert len(connections) == 1


async def test_a_create_does_not_trust_an_idle_connection(monkeypatch):
    """A connection that has idled may be about to be closed by the server; creates take a fresh one, reads do not."""
    monkeypatch.setattr(exchange, "_TRUSTED_IDLE_SECONDS", 0.05)
    body = b'{"id": "m_1", "email": "ada@example.org"}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    async def serve_all(reader, writer):
        while head := await reader.readuntil(b"\r\n\r\n"):
            if b"content-length: " in head.lower():
                await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            writer.write(answer)

    async def serve(reader, writer):
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the client hangs up when it is done
            await serve_all(reader, writer)

    async with counting(serve) as (port, connections), Webex("token", base_url=f"http://127.0.0.1:{port}") as webex:
        for _ in range(2):
            await webex.invitees.create(meeting_id="m", email="ada@example.org")
            await webex.invitees.get("m_1")
        assert len(connections) == 2
        await asyncio.sleep(0.06)
        await webex.invitees.create(meeting_id="m", email="ada@example.org")
        await webex.invitees.get("m_1")
    assert len(connections) == 3


async def test_a_token_that_is_a_word_of_the_answer_changes_no_answer(plain):
    """It is hidden in messages only."""
    plain.on(ADA)
    async with Webex("ada", base_url=plain.base_url) as webex:
        assert (await webex.invitees.get("m_1")).email == "ada@example.org"
