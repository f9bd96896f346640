"""What the bots of `examples/bots` share: one link for each member, whatever happens."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from alfaview_async import NotFound, OutcomeUnknown

ADA, BOB = "chat:ada", "chat:bob"


@pytest.fixture
def bots(example):
    return example("bots", "personal_links")


@pytest.fixture
async def links(bots, alfaview_client, alfaview_emulator):
    return await bots.PersonalLinks.into(alfaview_client, alfaview_emulator.room_id)


async def origins(alfaview_client):
    return sorted(link.origin for link in (await alfaview_client.guests.list_guest_links()).guest_links)


async def test_everybody_gets_one_link_however_often_they_ask(links, alfaview_client):
    """Ten requests at the same time, of two members, make two links without mail, for half a day."""
    asked = await asyncio.gather(*(links.link(member, member.title()) for member in [ADA, BOB] * 5))
    assert len(set(asked)) == 2
    made = (await alfaview_client.guests.list_guest_links()).guest_links
    assert sorted(link.origin for link in made) == [ADA, BOB]
    assert {link.join_link for link in made} == set(asked)
    hours = [(link.valid_until - datetime.now(UTC)) / timedelta(hours=1) for link in made]
    assert hours == pytest.approx([12, 12], abs=0.1)


async def test_a_link_outlives_the_bot_that_made_it(bots, links, alfaview_client, alfaview_emulator):
    """What marks it is kept by alfaview: a bot that was started anew finds it."""
    first = await links.link(ADA, "Ada")
    later = await bots.PersonalLinks.into(alfaview_client, alfaview_emulator.room_id)
    assert await later.link(ADA, "Ada") == first


@pytest.mark.parametrize(("left", "again"), [(timedelta(minutes=59), False), (timedelta(minutes=61), True)])
async def test_a_link_that_ends_soon_is_not_handed_out_again(bots, links, monkeypatch, left, again):
    """With less than an hour left there is a new one."""
    monkeypatch.setattr(bots, "VALID_FOR", left)
    first = await links.link(ADA, "Ada")
    assert (await links.link(ADA, "Ada") == first) is again


async def test_a_lost_answer_is_said_and_the_link_found_later(bots, links, alfaview_emulator, alfaview_client, caplog):
    """The link was made, the answer lost: the member hears so, and gets that very link the next time."""
    alfaview_emulator.faults.add("createGuestLinks", do="apply-then-reset", on="1")
    assert await links.answer(ADA, "Ada") == bots.IN_DOUBT
    (made,) = (await alfaview_client.guests.list_guest_links()).guest_links
    assert await links.answer(ADA, "Ada") == f"Your personal link, for you alone: {made.join_link}"
    assert ADA in caplog.text
    assert made.access_key not in caplog.text


async def test_no_second_request_while_the_first_may_still_be_carried_out(
    bots, links, alfaview_emulator, alfaview_client, monkeypatch
):
    """For three minutes the bot only looks; then it asks again."""
    alfaview_emulator.faults.add("createGuestLinks", do="reset", on="1")
    with pytest.raises(OutcomeUnknown):
        await links.link(ADA, "Ada")
    with pytest.raises(OutcomeUnknown, match="earlier request"):
        await links.link(ADA, "Ada")
    assert await links.link(BOB, "Bob")
    assert await origins(alfaview_client) == [BOB]
    passed = bots.monotonic() + bots.IN_DOUBT_FOR
    monkeypatch.setattr(bots, "monotonic", lambda: passed)
    assert await links.link(ADA, "Ada")
    assert await origins(alfaview_client) == [ADA, BOB]


async def test_other_errors_are_logged_with_their_request_and_told_without_details(
    bots, links, alfaview_emulator, caplog
):
    """A member cannot do anything about a refusal; those who run the bot can."""
    caplog.set_level(logging.WARNING)
    alfaview_emulator.faults.add("listGuestLinks", do="error", status="INSUFFICIENT_PERMISSIONS")
    assert await links.answer(ADA, "Ada") == bots.NO_LINK
    (record,) = [record for record in caplog.records if record.name == "personal_links"]
    assert record.message.startswith("chat:ada: guestService.v2/listGuestLinks: ")
    assert "request" in record.message


async def test_a_room_that_is_not_there_is_noticed_at_the_start(bots, alfaview_client):
    """Not when the first member asks."""
    with pytest.raises(NotFound, match="Nowhere"):
        await bots.PersonalLinks.into(alfaview_client, "Nowhere")
