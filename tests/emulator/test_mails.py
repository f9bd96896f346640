"""Mails to guests (handbook: create guest links): recipient, language, link and zone; never the wording."""

from datetime import UTC, datetime

import pytest

SEMINAR_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
GRACE = {"email": "grace@example.org", "displayName": "Grace", "sendEmail": True}


async def test_send_email_sends_one_mail_per_guest(app, emulator):
    """Only those who ask for it get one, with their own link."""
    emulator.clock.freeze(datetime(2026, 3, 1, 12, tzinfo=UTC))
    silent, grace, ada = (
        await app.guest_links({"email": "no@example.org"}, GRACE, GRACE | {"email": "ada@example.org"})
    ).json["guestLinks"]
    assert [mail.to for mail in emulator.outbox] == ["grace@example.org", "ada@example.org"]
    assert [mail.link_id for mail in emulator.outbox] == [grace["id"], ada["id"]]
    (mail,) = emulator.outbox.to("GRACE@example.org")
    assert mail.join_link == grace["joinLink"]
    assert grace["joinLink"] in mail.text
    assert "Grace" in mail.text
    assert "Seminar A" in mail.subject
    assert mail.sent_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert silent["joinLink"] not in mail.text


@pytest.mark.parametrize(
    ("locale", "language"),
    [("", "en"), ("en", "en"), ("de", "de"), ("de-AT", "de"), ("DE", "de"), ("en-US", "en"), ("fr", "en")],
)
async def test_language(app, emulator, locale, language):
    """German or English, which is the default; the link keeps the locale as it was given."""
    link = (await app.guest_links(GRACE | {"locale": locale})).json["guestLinks"][0]
    assert emulator.outbox[0].locale == language
    assert link.get("locale", "") == locale


async def test_languages_differ(app, emulator):
    """Subject and text are in the language of the guest."""
    await app.guest_links(GRACE, GRACE | {"locale": "de"})
    english, german = emulator.outbox
    assert english.subject != german.subject
    assert "Hello" in english.text
    assert "Guten Tag" in german.text


@pytest.mark.parametrize(
    ("timezone", "shown"),
    [
        ("", "2022-07-25 09:25"),
        ("Europe/Berlin", "2022-07-25 09:25"),
        ("America/New_York", "2022-07-25 03:25"),
        ("Asia/Kolkata", "2022-07-25 12:55"),
        ("UTC", "2022-07-25 07:25"),
    ],
)
async def test_times_are_in_the_zone_of_the_request(app, emulator, timezone, shown):
    """Berlin unless told otherwise, and the zone stands beside the times."""
    await app.guest_links(GRACE | {"validFrom": "2022-07-25T07:25:48.057Z"}, timezone=timezone)
    (mail,) = emulator.outbox
    assert shown in mail.text
    assert mail.timezone == (timezone or "Europe/Berlin")
    assert mail.timezone in mail.text


async def test_every_frame_is_told(app, emulator):
    """Begin and end stand in the mail if there are any, in German form too."""
    start, end = {"validFrom": "2022-07-25T07:00:00Z"}, {"validUntil": "2022-07-26T07:00:00Z"}
    frames = ({}, start, end, start | end)
    await app.guest_links(*(GRACE | {"locale": "de"} | frame for frame in frames))
    told = [("25.07.2022 09:00" in mail.text, "26.07.2022 09:00" in mail.text) for mail in emulator.outbox]
    assert told == [(False, False), (True, False), (False, True), (True, True)]


async def test_resend(app, emulator):
    """The same link again, with the times in the zone of this request."""
    creation = GRACE | {"sendEmail": False, "validFrom": "2022-07-25T07:00:00Z"}
    link = (await app.guest_links(creation)).json["guestLinks"][0]
    assert emulator.outbox == []
    again = {"roomId": SEMINAR_A, "id": link["id"], "timezone": "UTC"}
    answer = await app.ask("guestService.v2/resendGuestLinkEmail", **again)
    assert answer.json["trackingInfo"]["taskId"]
    (mail,) = emulator.outbox
    assert mail.link_id == link["id"]
    assert "2022-07-25 07:00" in mail.text


async def test_resend_needs_a_guest_link_with_address(app):
    """Group links have no recipient, and some guest links neither."""
    group = (await app.group_links({})).json["groupLinks"][0]
    nameless = (await app.guest_links({})).json["guestLinks"][0]
    path = "guestService.v2/resendGuestLinkEmail"
    assert (await app.ask(path, roomId=SEMINAR_A, id=group["id"])).error == (404, 5, "NOT_FOUND")
    assert (await app.ask(path, roomId=SEMINAR_A, id=nameless["id"])).error == (400, 3, "INVALID_ARGUMENT")


async def test_update_can_mail_too(app, emulator):
    """To the new address."""
    link = (await app.guest_links(GRACE | {"sendEmail": False})).json["guestLinks"][0]
    change = {"id": link["id"], "email": "new@example.org"}
    await app.ask("guestService.v2/updateGuestLink", guestLink=change, sendEmail=True)
    assert [mail.to for mail in emulator.outbox] == ["new@example.org"]
    assert emulator.outbox[0].join_link == link["joinLink"]


async def test_a_mail_shows_no_link_in_its_repr(app, emulator):
    """Logs and failing tests print reprs."""
    link = (await app.guest_links(GRACE)).json["guestLinks"][0]
    assert link["accessKey"] not in repr(emulator.outbox)
