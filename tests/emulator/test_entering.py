"""Handbook: generate join url from group link."""

from datetime import UTC, datetime

import pytest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FRAME = {"validFrom": "2026-03-01T13:00:00Z", "validUntil": "2026-03-01T15:00:00Z"}


async def test_authenticate_with_a_group_link(app, emulator):
    """No access info is needed; the token ends after 12 hours and is one of a guest."""
    emulator.clock.freeze(NOON)
    link = (await app.group_links({})).json["groupLinks"][0]
    reply = (await app.enter(link)).json
    assert reply["replyInfo"] == {"statusMessage": "OK"}
    assert reply["tokenExpiresAt"] == "2026-03-02T00:00:00Z"
    assert reply["linkInfo"]["type"] == "TYPE_GROUP_LINK"
    assert reply["userId"]
    assert len(reply["accessToken"]) == 292
    app.token = reply["accessToken"]
    facts = (await app.ask("authenticationService/accessTokenInformation")).json
    assert facts["userId"] == reply["userId"]
    assert "permissions" not in facts
    emulator.clock.advance(hours=12)
    outdated = await app.ask("authenticationService/accessTokenInformation")
    assert outdated.error == (401, 16, "TOKEN_OUTDATED")


async def test_authenticate_with_a_guest_link(app):
    """It is for one person, who is the same each time and bears the name of the link."""
    link = (await app.guest_links({"displayName": "Grace"})).json["guestLinks"][0]
    first, second = (await app.enter(link)).json, (await app.enter(link)).json
    assert first["linkInfo"] == {"type": "TYPE_GUEST_LINK", "displayName": "Grace"}
    assert first["userId"] == second["userId"]
    assert first["accessToken"] != second["accessToken"]


async def test_external_id_makes_the_user_id_reproducible(app):
    """One person has one user id per link; without external id everybody is somebody new."""
    one, other = (await app.group_links({}, {})).json["groupLinks"]
    me, you = "m" * 32, "y" * 256

    async def user(link, **fields):
        return (await app.enter(link, **fields)).json["userId"]

    assert await user(one, externalId=me) == await user(one, externalId=me)
    assert len({await user(one, externalId=me), await user(one, externalId=you), await user(other, externalId=me)}) == 3
    assert await user(one) != await user(one)
    assert await user(one, externalId="") != await user(one, externalId="")


@pytest.mark.parametrize("length", [1, 31, 257])
async def test_external_id_of_the_wrong_length(app, length):
    """optional,min=32,max=256."""
    link = (await app.group_links({})).json["groupLinks"][0]
    assert (await app.enter(link, externalId="x" * length)).error == (400, 3, "INVALID_ARGUMENT")


@pytest.mark.parametrize("wrong", ["companyId", "roomId", "accessKey"])
async def test_wrong_parts_of_a_link(app, wrong):
    """Company, room and key belong together; the answer does not tell which one was wrong."""
    link = (await app.group_links({})).json["groupLinks"][0]
    answer = await app.enter(link, **{wrong: "x" * 32})
    assert answer.error == (401, 16, "AUTHENTICATION_ERROR")
    assert "x" * 32 not in answer.text


@pytest.mark.parametrize(
    ("frame", "times"),
    [
        (FRAME, [False, True, True, False]),
        ({"validFrom": FRAME["validFrom"]}, [False, True, True, True]),
        ({"validUntil": FRAME["validUntil"]}, [True, True, True, False]),
        ({}, [True, True, True, True]),
    ],
)
async def test_time_frame_by_the_emulators_clock(app, emulator, frame, times):
    """Before, at the begin, at the end and after; open ends are open."""
    emulator.clock.freeze(NOON)
    link = (await app.group_links(frame)).json["groupLinks"][0]
    seen = []
    for hour, minute in ((12, 59), (13, 0), (15, 0), (15, 1)):
        emulator.clock.freeze(NOON.replace(hour=hour, minute=minute))
        seen.append("accessToken" in (await app.enter(link)).json)
    assert seen == times


async def test_outside_the_frame_there_is_only_link_info(app, emulator):
    """The answer is OK and has neither token nor user nor expiry, nor a reply info."""
    emulator.clock.freeze(NOON)
    link = (await app.guest_links({"displayName": "Grace", **FRAME})).json["guestLinks"][0]
    answer = await app.enter(link)
    assert answer.status == 200
    assert answer.json == {
        "linkInfo": {"type": "TYPE_GUEST_LINK", "displayName": "Grace", **FRAME},
    }
