"""Large replies: over real HTTP, whole, and with turns for others while they are read."""

import asyncio

import pytest

from alfaview_async import Alfaview, ApiKey, errors
from alfaview_async.http_reply import LargeBody
from alfaview_async.models import GuestLink
from alfaview_async.secret import SecretBytes
from alfaview_async.transport import Transport

LIST = "guestService.v2/listGuestLinks"
NAMES = ["Ada", "Grace :-}", '"},{"', "\N{SNOWMAN}\\"]
LINKS = [{"id": str(number), "displayName": NAMES[number % 4], "accessKey": "k" * 300} for number in range(4000)]
"""1.4 megabytes of JSON."""


@pytest.fixture
async def client(plain_server):
    credentials = ApiKey(client_id="alias", code="secret", company_id="company-1")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        yield alfaview


async def turns_until(work):
    """Return the result of the work and how often others had their turn meanwhile."""
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    try:
        return await work, turns
    finally:
        task.cancel()


async def test_a_large_list_is_read_whole(plain_server, client):
    """All links in their order, whatever their names look like."""
    plain_server.on(LIST, {"guestLinks": LINKS, "replyInfo": {"statusMessage": "OK"}})
    reply = await client.guests.list_guest_links()
    assert reply.guest_links == [
        GuestLink(id=link["id"], display_name=link["displayName"], access_key=link["accessKey"]) for link in LINKS
    ]
    assert reply.info.status_message == "OK"


async def test_a_large_list_of_plain_json_is_read_whole(plain_server, client):
    """Operations that no table knows answer at length, too."""
    plain_server.on("meetingService/list", {"meetings": LINKS})
    assert await client.call_raw("meetingService/list", idempotent=True) == {"meetings": LINKS}


async def test_a_large_refusal_is_a_refusal(plain_server, client):
    """What stands behind the list counts as much as what stands before it."""
    plain_server.on(LIST, {"guestLinks": LINKS, "replyInfo": {"statusCode": "NOT_FOUND"}})
    with pytest.raises(errors.NotFound):
        await client.guests.list_guest_links()


async def test_a_large_list_that_does_not_fit_tells_the_place(plain_server, client):
    """As in a small one."""
    plain_server.on(LIST, {"guestLinks": [*LINKS, {"managed": "no"}]})
    with pytest.raises(errors.BadReply, match=r"\$\.guestLinks\[4000\]\.managed: expected true or false, found text"):
        await client.guests.list_guest_links()


async def test_a_large_body_is_not_copied_and_not_shown(plain_server):
    """It comes as it was collected; small ones are bytes. Neither shows what is in it."""
    plain_server.on(LIST, {"guestLinks": LINKS})
    plain_server.on("a/b", {"guestLinks": LINKS[:10]})
    transport = Transport(plain_server.base_url)
    large = (await transport.post(LIST, SecretBytes(b"{}"))).body
    small = (await transport.post("a/b", SecretBytes(b"{}"))).body
    await transport.close()
    assert type(large) is LargeBody
    assert type(small) is SecretBytes
    assert repr(large) == f"<{len(large)} bytes>"
    assert "Ada" not in f"{large!r}{small!r}{large}"


async def test_others_have_their_turn_while_a_large_list_is_decoded(plain_server, client, monkeypatch):
    """Decoding alone: the bytes are already here."""
    plain_server.on(LIST, {"guestLinks": LINKS})
    reply = await client._transport.post(LIST, SecretBytes(b"{}"))

    async def answered(*_args, **_options):
        return reply

    await client.accessible_companies()
    monkeypatch.setattr(client._transport, "post", answered)
    listed, turns = await turns_until(client.guests.list_guest_links())
    assert len(listed.guest_links) == len(LINKS)
    assert turns >= 5
