"""Handbook: create guest links, delete guest and group links."""

import re
from datetime import UTC, datetime

import pytest

COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
SEMINAR_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
SEMINAR_B = "e86b5a09-2f8e-4d55-b8a3-6f1d0c7e4a21"
MODERATOR = "1390a746-5fda-454a-9a10-b21af32e38ed"
PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


async def listed(app, room_id=SEMINAR_A):
    return (await app.ask("guestService.v2/listGuestLinks", roomId=room_id)).json.get("guestLinks", [])


async def permissions(app):
    rooms = (await app.ask("roomService/list", filterRoomIds=[SEMINAR_A])).json["rooms"]
    return rooms[SEMINAR_A].get("permissions", {})


async def test_create_guest_links(app, emulator):
    """An array that corresponds to the creations, each with join link, key and what was asked for."""
    emulator.clock.freeze(datetime(2026, 3, 1, 12, tzinfo=UTC))
    answer = await app.guest_links(
        {
            "email": "guest@example.org",
            "displayName": "Grace",
            "validFrom": "2022-07-25T07:25:48.057Z",
            "validUntil": "2022-07-25T09:25:48.057+02:00",
            "locale": "en-US",
        },
        {"email": "other@example.org"},
        origin="run 7",
    )
    first, second = answer.json["guestLinks"]
    assert re.fullmatch(UUID, answer.json["trackingInfo"]["taskId"])
    assert re.fullmatch(UUID, first["id"])
    assert re.fullmatch(r"[A-Za-z0-9]{32}", first["accessKey"])
    assert first == {
        "id": first["id"],
        "accessKey": first["accessKey"],
        "joinLink": f"https://app.alfaview.com/#/join/{COMPANY}/{SEMINAR_A}/{first['accessKey']}/v2",
        "roomId": SEMINAR_A,
        "displayName": "Grace",
        "email": "guest@example.org",
        "locale": "en-US",
        "permissionGroupId": PARTICIPANT,
        "validFrom": "2022-07-25T07:25:48.057Z",
        "validUntil": "2022-07-25T07:25:48.057Z",
        "createdAt": "2026-03-01T12:00:00Z",
        "createdBy": "0a7d4c55-6f0b-4c11-9d2e-5b1f7a3c8e64",
        "origin": "run 7",
    }
    assert second["email"] == "other@example.org"
    assert second["accessKey"] != first["accessKey"]


async def test_order_of_the_reply_is_that_of_the_request(app):
    """Row by row, so that links can be matched to guests."""
    names = [f"guest {number}" for number in range(50)]
    links = (await app.guest_links(*({"displayName": name} for name in names))).json["guestLinks"]
    assert [link["displayName"] for link in links] == names
    assert len({link["id"] for link in links}) == 50


async def test_links_are_listed_by_room_and_by_company(app):
    """An empty room id asks for the whole company; each link carries its origin."""
    made = (await app.guest_links({}, origin="here")).json["guestLinks"]
    other = (await app.guest_links({}, roomId=SEMINAR_B)).json["guestLinks"]
    assert await listed(app) == made
    assert await listed(app, SEMINAR_B) == other
    assert await listed(app, "") == made + other


async def test_a_link_can_be_got_by_id(app):
    """With the call of its kind, room named or not, and with the call for both kinds."""
    link = (await app.guest_links({"displayName": "Grace"})).json["guestLinks"][0]
    for fields in ({}, {"roomId": SEMINAR_A}):
        answer = await app.ask("guestService.v2/getGuestLink", id=link["id"], **fields)
        assert answer.json["guestLink"] == link
    assert (await app.ask("guestService.v2/getLink", id=link["id"])).json["guestLink"] == link


@pytest.mark.parametrize("call", ["getGuestLink", "getGroupLink", "getLink"])
async def test_unknown_links(app, call):
    """No such id."""
    assert (await app.ask(f"guestService.v2/{call}", id=UNKNOWN)).error == (404, 5, "NOT_FOUND")


async def test_the_kind_and_room_of_a_link_must_fit(app):
    """A guest link is no group link, and is not in another room."""
    link = (await app.guest_links({})).json["guestLinks"][0]
    assert (await app.ask("guestService.v2/getGroupLink", id=link["id"])).error == (404, 5, "NOT_FOUND")
    elsewhere = await app.ask("guestService.v2/getGuestLink", id=link["id"], roomId=SEMINAR_B)
    assert elsewhere.error == (404, 5, "NOT_FOUND")


async def test_links_open_the_room(app):
    """The guest gets the rights of the permission group, unless told to skip that, until the link is deleted."""
    open_link, _ = (await app.guest_links({}, {"skipRoomPermissionsUpdate": True})).json["guestLinks"]
    participant = {"voice": True, "video": True, "join": True, "screen": True, "chat": True}
    assert await permissions(app) == {open_link["id"]: participant}
    await app.ask("guestService.v2/deleteLink", roomId=SEMINAR_A, id=open_link["id"])
    assert await permissions(app) == {}


async def test_dial_in_is_written_and_read_under_two_names(app):
    """`allowDialIn` is asked for, `dialInAllowed` and a code come back; `dialInAllowed` asks for nothing."""
    with_code, without = (await app.guest_links({"allowDialIn": True}, {"dialInAllowed": True})).json["guestLinks"]
    assert with_code["dialInAllowed"] is True
    assert with_code["dialInCode"].isdecimal()
    assert not {"dialInAllowed", "dialInCode"} & without.keys()


@pytest.mark.parametrize(
    ("creation", "error"),
    [
        ({"permissionGroupId": UNKNOWN}, (404, 5, "NOT_FOUND")),
        ({"permissionGroupId": ""}, (404, 5, "NOT_FOUND")),
        ({"validFrom": "2026-01-02T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"}, (400, 3, "INVALID_ARGUMENT")),
        ({"validFrom": "tomorrow"}, (400, 3, "INVALID_ARGUMENT")),
        ({"validFrom": "0001-01-01T00:00:00Z"}, (400, 3, "INVALID_ARGUMENT")),
        ({"validUntil": "9999-12-31T23:59:59Z"}, (400, 3, "INVALID_ARGUMENT")),
        ({"sendEmail": True}, (400, 3, "INVALID_ARGUMENT")),
    ],
)
async def test_all_or_nothing(app, emulator, creation, error):
    """One bad item, and neither a link is made nor a mail sent."""
    good = {"email": "guest@example.org", "sendEmail": True}
    assert (await app.guest_links(good, creation)).error == error
    assert await listed(app) == []
    assert emulator.outbox == []


async def test_what_else_is_refused(app):
    """A room that is not there, an empty list, a time zone that does not exist."""
    assert (await app.guest_links({}, roomId=UNKNOWN)).error == (404, 5, "ROOM_NOT_FOUND")
    assert (await app.ask("guestService.v2/listGuestLinks", roomId=UNKNOWN)).error == (404, 5, "ROOM_NOT_FOUND")
    assert (await app.guest_links()).error == (400, 3, "INVALID_ARGUMENT")
    for name in ("Europe/Atlantis", "../../etc/passwd", "Europe"):
        assert (await app.guest_links({}, timezone=name)).error == (400, 3, "INVALID_ARGUMENT")


async def test_delete_guest_link(app):
    """One at a time, with the room that is the link's; then it is gone."""
    first, second = (await app.guest_links({}, {})).json["guestLinks"]
    wrong_room = await app.ask("guestService.v2/deleteLink", roomId=SEMINAR_B, id=first["id"])
    assert wrong_room.error == (404, 5, "NOT_FOUND")
    deleted = await app.ask("guestService.v2/deleteLink", roomId=SEMINAR_A, id=first["id"])
    assert deleted.json["replyInfo"]["statusMessage"] == "OK"
    assert re.fullmatch(UUID, deleted.json["trackingInfo"]["taskId"])
    assert await listed(app) == [second]
    again = await app.ask("guestService.v2/deleteLink", roomId=SEMINAR_A, id=first["id"])
    assert again.error == (404, 5, "NOT_FOUND")


async def test_update_guest_link(app):
    """What is given is overwritten, key and creation stay, and the new role holds in the room."""
    link = (await app.guest_links({"displayName": "Grace", "email": "a@example.org"})).json["guestLinks"][0]
    change = {
        "id": link["id"],
        "displayName": "Grace H.",
        "permissionGroupId": MODERATOR,
        "validUntil": "2030-01-01T00:00:00Z",
        "accessKey": "chosen by the caller",
    }
    answer = await app.ask("guestService.v2/updateGuestLink", guestLink=change, allowDialIn=True)
    assert re.fullmatch(UUID, answer.json["trackingInfo"]["taskId"])
    (now,) = await listed(app)
    assert now == link | {
        "displayName": "Grace H.",
        "permissionGroupId": MODERATOR,
        "validUntil": "2030-01-01T00:00:00Z",
        "dialInAllowed": True,
        "dialInCode": now["dialInCode"],
    }
    assert (await permissions(app))[link["id"]]["promote"] is True


async def test_refused_update_changes_nothing(app):
    """A frame that ends before it begins, an unknown role, an unknown link."""
    link = (await app.guest_links({"validFrom": "2026-01-02T00:00:00Z"})).json["guestLinks"][0]
    for change in ({"validUntil": "2026-01-01T00:00:00Z"}, {"permissionGroupId": UNKNOWN}, {"id": UNKNOWN}):
        answer = await app.ask("guestService.v2/updateGuestLink", guestLink={"id": link["id"], **change})
        assert answer.status in {400, 404}
    assert await listed(app) == [link]
