"""Handbook: create group links, delete guest and group links."""

import re

import pytest

COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
SEMINAR_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
SPECTATOR = "885e356d-02dd-4eec-960c-cd647f4b859a"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def listed(app, room_id=SEMINAR_A):
    return (await app.ask("guestService.v2/listGroupLinks", roomId=room_id)).json.get("groupLinks", [])


async def test_create_group_links(app):
    """Several at once, in order, each with a join link of its own."""
    answer = await app.group_links(
        {"description": "Monday", "validFrom": "2022-08-01T13:15:00Z", "validUntil": "2022-08-02T14:00:00Z"},
        {"description": "Tuesday", "permissionGroupId": SPECTATOR, "allowDialIn": True},
        origin="course 12",
    )
    assert answer.json["replyInfo"]["statusMessage"] == "OK"
    assert answer.json["trackingInfo"]["taskId"]
    monday, tuesday = answer.json["groupLinks"]
    assert [monday["description"], tuesday["description"]] == ["Monday", "Tuesday"]
    assert monday["validFrom"] == "2022-08-01T13:15:00Z"
    assert monday["validUntil"] == "2022-08-02T14:00:00Z"
    assert "validFrom" not in tuesday
    assert tuesday["dialInAllowed"] is True
    for link in (monday, tuesday):
        assert re.fullmatch(r"[A-Za-z0-9]{32}", link["accessKey"])
        assert link["joinLink"] == f"https://app.alfaview.com/#/join/{COMPANY}/{SEMINAR_A}/{link['accessKey']}/v2"
        assert link["origin"] == "course 12"
    assert await listed(app) == [monday, tuesday]
    assert await listed(app, "") == [monday, tuesday]


async def test_group_links_are_not_guest_links(app):
    """Each kind has its list; `getLink` finds both."""
    group = (await app.group_links({})).json["groupLinks"][0]
    guest = (await app.guest_links({})).json["guestLinks"][0]
    assert await listed(app) == [group]
    assert (await app.ask("guestService.v2/getGroupLink", id=group["id"])).json["groupLink"] == group
    assert (await app.ask("guestService.v2/getLink", id=group["id"])).json["groupLink"] == group
    assert (await app.ask("guestService.v2/getGroupLink", id=guest["id"])).error == (404, 5, "NOT_FOUND")


@pytest.mark.parametrize(
    ("creation", "error"),
    [
        ({"permissionGroupId": UNKNOWN}, (404, 5, "NOT_FOUND")),
        ({"validFrom": "2026-01-02T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"}, (400, 3, "INVALID_ARGUMENT")),
    ],
)
async def test_all_or_nothing(app, creation, error):
    """One bad item, and no link is made."""
    assert (await app.group_links({}, creation)).error == error
    assert await listed(app) == []


async def test_nothing_to_create_and_nowhere(app):
    """An empty list and an unknown room are refused."""
    assert (await app.group_links()).error == (400, 3, "INVALID_ARGUMENT")
    assert (await app.group_links({}, roomId=UNKNOWN)).error == (404, 5, "ROOM_NOT_FOUND")


async def test_update_group_link(app):
    """The reply has the changed link; what was not given stays."""
    link = (await app.group_links({"description": "Monday"})).json["groupLinks"][0]
    change = {"id": link["id"], "description": "Friday", "validFrom": "2030-01-01T00:00:00Z"}
    answer = await app.ask("guestService.v2/updateGroupLink", groupLink=change)
    assert answer.json["groupLink"] == link | {"description": "Friday", "validFrom": "2030-01-01T00:00:00Z"}
    assert answer.json["trackingInfo"]["taskId"]
    assert await listed(app) == [answer.json["groupLink"]]


async def test_delete_group_link(app):
    """The same call as for guest links."""
    link = (await app.group_links({})).json["groupLinks"][0]
    assert (await app.ask("guestService.v2/deleteLink", roomId=SEMINAR_A, id=link["id"])).status == 200
    assert await listed(app) == []
    assert (await app.enter(link)).error == (401, 16, "AUTHENTICATION_ERROR")
