"""Failures on demand as an application sees them, and what the emulator has done by then."""

import asyncio
import time

import aiohttp
import pytest

from alfaview_async.emulator import Emulator

LIST = "roomService/list"
CREATE = "guestService.v2/createGuestLinks"
GRACE = {"email": "grace@example.org", "sendEmail": True}


@pytest.fixture
def links(emulator):
    """The links that exist, whatever a client has heard."""
    return emulator.state.companies[emulator.company_id].links


async def test_error(app, emulator, links):
    """An error of alfaview's, with the request id, before anything is done."""
    emulator.faults.add(CREATE, do="error", on="1")
    answer = await app.guest_links({})
    assert answer.error == (503, 14, "UNAVAILABLE")
    assert answer.json["details"][0]["requestId"] == "ask"
    assert not links
    assert (await app.guest_links({})).status == 200


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        ("TOKEN_OUTDATED", (401, 16, "TOKEN_OUTDATED"), "token expired"),
        ("DEADLINE_EXCEEDED", (504, 4, "DEADLINE_EXCEEDED"), "context deadline exceeded"),
        ("RESOURCE_EXHAUSTED", (429, 8, "RESOURCE_EXHAUSTED"), "RESOURCE_EXHAUSTED on demand"),
        ("INSUFFICIENT_PERMISSIONS", (403, 7, "INSUFFICIENT_PERMISSIONS"), "INSUFFICIENT_PERMISSIONS on demand"),
        ("FAILED_PRECONDITION", (400, 9, "FAILED_PRECONDITION"), "FAILED_PRECONDITION on demand"),
        ("ABORTED", (409, 10, "ABORTED"), "ABORTED on demand"),
        ("INTERNAL_ERROR", (500, 13, "INTERNAL_ERROR"), "INTERNAL_ERROR on demand"),
        ("OF_TOMORROW", (500, 2, "OF_TOMORROW"), "OF_TOMORROW on demand"),
    ],
)
async def test_error_with_a_status(app, emulator, status, error, message):
    """Any status code, also an unknown one, with gRPC code and HTTP status by grpc-gateway's table."""
    emulator.faults.add(LIST, do="error", status=status)
    answer = await app.ask(LIST)
    assert answer.error == error
    assert answer.json["message"] == message


async def test_status(app, emulator, links):
    """A proxy's page of HTML; nothing is done."""
    emulator.faults.add(CREATE, do="status", on="1")
    emulator.faults.add(CREATE, do="status", on="2", http=429)
    for status in (502, 429):
        answer = await app.guest_links({})
        assert answer.status == status
        assert answer.headers["Content-Type"] == "text/html"
        assert f"<h1>{status}</h1>" in answer.text
    assert not links


@pytest.mark.parametrize(("do", "made"), [("timeout", 0), ("apply-then-timeout", 1)])
async def test_timeout(app, emulator, links, do, made):
    """No answer ever comes; the links are there or not, and the log says that there was no answer."""
    await app.ask(LIST)
    emulator.faults.add(CREATE, do=do, on="1")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await app.guest_links(GRACE)
    assert len(links) == len(emulator.outbox) == made
    assert emulator.requests[-1].status == 0
    assert (await app.guest_links(GRACE)).status == 200


@pytest.mark.parametrize(("do", "made"), [("reset", 0), ("apply-then-reset", 1)])
async def test_reset(app, emulator, links, do, made):
    """The connection is reset, before or after the work."""
    emulator.faults.add(CREATE, do=do, on="1")
    with pytest.raises(aiohttp.ClientOSError, match="reset by peer"):
        await app.guest_links(GRACE)
    assert len(links) == len(emulator.outbox) == made
    assert (await app.guest_links(GRACE)).status == 200


async def test_truncate(app, emulator, links):
    """Done, but the answer ends in the middle."""
    emulator.faults.add(CREATE, do="truncate", on="1")
    with pytest.raises(aiohttp.ClientPayloadError):
        await app.guest_links(GRACE)
    assert len(links) == 1
    assert (await app.guest_links(GRACE)).status == 200


async def test_delay(app, emulator):
    """Real seconds, then the usual answer."""
    emulator.faults.add(LIST, do="delay", seconds=0.2, on="1")
    await app.log_in_with_key()
    began = time.perf_counter()
    assert (await app.ask(LIST)).status == 200
    assert time.perf_counter() - began >= 0.2


async def test_delayed_work_is_done_after_the_client_left(app, emulator, links, until):
    """The request that was given up takes effect later: what a client must wait out before it sends again."""
    await app.ask(LIST)
    emulator.faults.add(CREATE, do="delay", seconds=0.3)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await app.guest_links(GRACE)
    assert not links
    await until(lambda: len(links) == 1)


async def test_partial(app, emulator, links):
    """The first half is done; the status is no error by its number, but says so."""
    emulator.faults.add(CREATE, do="partial", on="1")
    answer = await app.guest_links({"displayName": "a"}, {"displayName": "b"}, {"displayName": "c"})
    assert answer.status == 200
    assert answer.json["replyInfo"]["statusCode"] == "PARTIAL_ERROR"
    assert [link["displayName"] for link in answer.json["guestLinks"]] == ["a"]
    assert len(links) == 1


async def test_partial_group_links(app, emulator):
    """Works for every call with items."""
    emulator.faults.add("guestService.v2/createGroupLinks", do="partial")
    answer = await app.group_links({"description": "a"}, {"description": "b"})
    assert [link["description"] for link in answer.json["groupLinks"]] == ["a"]


async def test_clear_ends_all_faults(app, emulator):
    """Everything goes right again."""
    emulator.faults.add(LIST, do="error")
    assert (await app.ask(LIST)).status == 503
    emulator.faults.clear()
    assert (await app.ask(LIST)).status == 200


@pytest.mark.parametrize("do", ["timeout", "apply-then-timeout", "delay"])
async def test_stopping_lets_held_requests_go(app_for, until, do):
    """At once, and the client sees its connection end."""
    emulator = Emulator()
    await emulator.start()
    app = app_for(emulator)
    emulator.faults.add(CREATE, do=do, seconds=3600)
    waiting = [asyncio.create_task(app.guest_links(GRACE)) for _ in range(3)]
    await until(lambda: emulator.requests.count(CREATE) == 3)
    began = time.perf_counter()
    await emulator.stop()
    assert time.perf_counter() - began < 10  # of the hour for which they would be held
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, aiohttp.ClientConnectionError) for result in results)
    assert len(emulator.outbox) == (3 if do == "apply-then-timeout" else 0)


async def test_held_requests_end_when_the_client_leaves(app, emulator, until):
    """An emulator that runs for days keeps nothing of those who gave up."""
    emulator.faults.add(LIST, do="timeout")
    await app.log_in_with_key()
    before = len(asyncio.all_tasks())
    for _ in range(5):
        with pytest.raises(TimeoutError):
            await app.post(LIST, {}, timeout=aiohttp.ClientTimeout(total=0.05))
    assert emulator.requests.count(LIST) == 5
    await until(lambda: len(asyncio.all_tasks()) <= before)
