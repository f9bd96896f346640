"""Mails and events over the admin API: those that are there, and those that come while somebody waits."""

import asyncio
import json
import time
from datetime import datetime
from html.parser import HTMLParser

import pytest

from alfaview_async.emulator import Emulator, admin_waiting

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def at(text):
    return datetime.fromisoformat(text)


async def get(http, emulator, path):
    async with http.get(emulator.page_url + path) as answer:
        return answer.status, await answer.json()


async def outbox(http, emulator, query=""):
    status, found = await get(http, emulator, f"outbox?{query}")
    assert status == 200, found
    return [mail["to"] for mail in found["mails"]]


async def mail_to(app, *addresses):
    creations = [{"email": address, "sendEmail": True, "displayName": address, "locale": "de"} for address in addresses]
    return await app.guest_links(*creations, timezone="America/New_York")


async def test_outbox(app, http, emulator):
    """Numbered, in the order they were sent, with the local time of the zone that was asked for."""
    emulator.clock.freeze(at("2026-07-01T12:00Z"))
    link = (await mail_to(app, "ada@example.org")).json["guestLinks"][0]
    (mail,) = (await get(http, emulator, "outbox"))[1]["mails"]
    assert mail["number"] == 1
    assert (mail["to"], mail["locale"], mail["timezone"]) == ("ada@example.org", "de", "America/New_York")
    assert (mail["sentAt"], mail["localTime"]) == ("2026-07-01T12:00:00.000Z", "2026-07-01 08:00")
    assert mail["joinLink"] == link["joinLink"]
    assert mail["joinLink"] in mail["text"]


async def test_which_mails(app, http, emulator):
    """To an address in any case, after a number, from a time on, the latest only."""
    emulator.clock.freeze(at("2026-07-01T12:00Z"))
    await mail_to(app, "a@example.org", "b@example.org")
    emulator.clock.advance(minutes=30)
    await mail_to(app, "A@example.org")
    assert await outbox(http, emulator, "to=a@EXAMPLE.org") == ["a@example.org", "A@example.org"]
    assert await outbox(http, emulator, "since=1") == ["b@example.org", "A@example.org"]
    assert await outbox(http, emulator, "since=2026-07-01T12:30Z") == ["A@example.org"]
    assert await outbox(http, emulator, "limit=1") == ["A@example.org"]
    assert await outbox(http, emulator, "to=c@example.org") == []


@pytest.mark.parametrize("query", ["since=soon", "since=2026-07-01T13:00", "wait=-1", "wait=61", "wait=nan", "limit=x"])
async def test_malformed_queries(http, emulator, query):
    """A mistake is not taken for no mails."""
    status, found = await get(http, emulator, f"outbox?{query}")
    assert status == 400
    assert list(found) == ["error"]


async def test_waiting_for_a_mail(app, http, emulator):
    """The answer comes with the mail that fits, not before and not much later."""
    await app.log_in_with_key()
    waiting = asyncio.create_task(outbox(http, emulator, "to=b@example.org&wait=30"))
    await mail_to(app, "a@example.org")
    assert not waiting.done()
    await mail_to(app, "b@example.org")
    async with asyncio.timeout(1):
        assert await waiting == ["b@example.org"]


async def test_waiting_in_vain(http, emulator):
    """After the seconds that were asked for the list is empty."""
    began = time.perf_counter()
    assert await outbox(http, emulator, "wait=0.2") == []
    assert time.perf_counter() - began >= 0.2


async def test_delete(app, http, emulator):
    """The outbox is empty; the links stay."""
    await mail_to(app, "a@example.org")
    headers = {"Content-Type": "application/json"}
    async with http.delete(emulator.page_url + "outbox", headers=headers) as answer:
        assert answer.status == 200
    assert len(emulator.outbox) == 0
    assert len(emulator.state.companies[emulator.company_id].links) == 1


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.links = []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.links += [value for name, value in attrs if name == "href"]


async def test_a_mail_as_a_page(app, http, emulator):
    """The text with its link to click on; a hostile name stays text, and the policy would stop it if it did not."""
    creation = {"email": "a@example.org", "sendEmail": True, "displayName": HOSTILE}
    link = (await app.guest_links(creation)).json["guestLinks"][0]
    async with http.get(emulator.page_url + "outbox/1") as answer:
        text, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    tags = Tags()
    tags.feed(text)
    assert set(tags.found) == {"html", "meta", "title", "style", "h1", "p", "article", "a"}
    assert tags.links == [link["joinLink"]]
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


async def events(http, emulator, number):
    """Read so many events."""
    found = []
    async with http.get(emulator.page_url + "events") as answer:
        assert answer.content_type == "text/event-stream"
        async for line in answer.content:
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:]))
            if len(found) == number:
                return found
    return found


async def test_events(app, http, emulator):
    """The overview at once, whenever somebody begins to listen."""
    (first,) = await events(http, emulator, 1)
    assert (first["requests"], first["mails"], first["clock"]["frozen"]) == (0, 0, False)
    await mail_to(app, "a@example.org")
    (later,) = await events(http, emulator, 1)
    assert (later["requests"], later["mails"]) == (2, 1)
    assert later["revision"] > first["revision"]


async def test_events_come_with_the_change(app, http, emulator, monkeypatch):
    """A mail shows without any heartbeat."""
    monkeypatch.setattr(admin_waiting, "_HEARTBEAT_SECONDS", 3600)
    await app.log_in_with_key()
    async with http.get(emulator.page_url + "events") as answer:
        await answer.content.readuntil(b"\n\n")
        await mail_to(app, "a@example.org")
        said = b""
        async with asyncio.timeout(20):
            while b'"mails":1' not in said:
                said = await answer.content.readuntil(b"\n\n")


async def test_events_follow_python_too(http, emulator):
    """A clock that a test froze shows within the second."""
    reading = asyncio.create_task(events(http, emulator, 3))
    emulator.clock.freeze(at("2026-07-01T12:00Z"))
    async with asyncio.timeout(5):
        assert (await reading)[-1]["clock"] == {"now": "2026-07-01T12:00:00.000Z", "frozen": True}


async def test_stopping_ends_all_waiting(http):
    """Nobody holds the emulator up: neither a page nor a test that waits for a mail."""
    emulator = Emulator()
    await emulator.start()
    page = await http.get(emulator.page_url + "events")
    await page.content.readuntil(b"\n\n")
    waiting = [asyncio.create_task(outbox(http, emulator, "wait=60")) for _ in range(3)]
    assert await outbox(http, emulator) == []
    began = time.perf_counter()
    await emulator.stop()
    assert time.perf_counter() - began < 10  # of the minute for which they would wait
    async with asyncio.timeout(2):
        await asyncio.gather(*waiting, return_exceptions=True)
        assert await page.content.read() == b""
    await emulator.start()
    assert (await events(http, emulator, 1))[0]["requests"] == 0
    await emulator.stop()
