"""Handbook: create rooms and departments; changing and deleting them, which the vendor's PHP library shows."""

from datetime import UTC, datetime

import pytest

NORD = "7c9d3d4e-3b52-4f0e-8a57-0f6f1c2b9d10"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def create(app, **room):
    return (await app.ask("roomService/create", room=room)).json


async def update(app, room_id, **fields):
    return (await app.ask("roomService/update", roomId=room_id, **fields)).json["room"]


async def listed(app, room_id):
    """The room as the list has it, without the caller's rights, which are not the room's."""
    room = (await app.ask("roomService/list", filterRoomIds=[room_id])).json["rooms"][room_id]
    assert room.pop("myPermissions")["join"]
    return room


async def test_create_room(app, emulator):
    """The reply has id and room; what was not given has its usual value, and the room is listed."""
    emulator.clock.freeze(datetime(2026, 3, 1, 12, tzinfo=UTC))
    made = await create(app, displayName="Lab")
    assert made["room"] == {
        "displayName": "Lab",
        "mode": "ROOM_MODE_NORMAL",
        "type": "ROOM_TYPE_ROOM",
        "quotas": {"activeParticipants": 50, "subRooms": 10},
        "createdAt": "2026-03-01T12:00:00Z",
        "createdBy": "0a7d4c55-6f0b-4c11-9d2e-5b1f7a3c8e64",
    }
    assert await listed(app, made["roomId"]) == made["room"]


async def test_create_room_as_the_handbook_shows(app):
    """Mode, type, quota by name, permissions by user and default permissions are kept."""
    made = await create(
        app,
        displayName="Conference Room 1",
        mode="ROOM_MODE_SPECTATOR",
        type="ROOM_TYPE_ROOM",
        quotas={"name": "large"},
        permissions={"user-1": {"voice": True, "join": True}},
        defaultPermissions={"join": True},
    )
    room = made["room"]
    assert room["mode"] == "ROOM_MODE_SPECTATOR"
    assert room["quotas"] == {"name": "large", "activeParticipants": 50, "subRooms": 10}
    assert room["permissions"] == {"user-1": {"voice": True, "join": True}}
    assert room["defaultPermissions"] == {"join": True}


async def test_create_department_and_room_below(app):
    """`parentId` places a room in the tree."""
    department = await create(app, displayName="Süd", type="ROOM_TYPE_DEPARTMENT")
    room = await create(app, displayName="Labor", parentId=department["roomId"])
    assert department["room"]["type"] == "ROOM_TYPE_DEPARTMENT"
    assert room["room"]["parentId"] == department["roomId"]


@pytest.mark.parametrize(
    ("room", "error"),
    [
        ({}, (400, 3, "INVALID_ARGUMENT")),
        ({"displayName": "X", "parentId": UNKNOWN}, (404, 5, "ROOM_NOT_FOUND")),
        ({"displayName": "X", "type": "ROOM"}, (400, 3, "INVALID_ARGUMENT")),
        ({"displayName": "X", "mode": "SPECTATOR"}, (400, 3, "INVALID_ARGUMENT")),
    ],
)
async def test_refused_rooms(app, room, error):
    """No name, no such parent, no such type or mode: nothing is made."""
    before = (await app.ask("roomService/list")).json["rooms"]
    assert (await app.ask("roomService/create", room=room)).error == error
    assert (await app.ask("roomService/list")).json["rooms"] == before


async def test_update_adds_and_overwrites(app):
    """What is not given stays, and entries of maps are added to those that are there."""
    made = await create(app, displayName="Lab", metadata={"floor": "1"}, permissions={"a": {"join": True}})
    room = await update(
        app,
        made["roomId"],
        room={
            "displayName": "Labor",
            "quotas": {"activeParticipants": 20},
            "metadata": {"wing": "west"},
            "permissions": {"b": {"join": True}},
            "subRooms": {"s1": {"displayName": "Group 1"}},
            "sort": "-3",
        },
    )
    assert room["displayName"] == "Labor"
    assert room["quotas"] == {"activeParticipants": 20, "subRooms": 10}
    assert room["metadata"] == {"floor": "1", "wing": "west"}
    assert room["permissions"] == {"a": {"join": True}, "b": {"join": True}}
    assert room["subRooms"] == {"s1": {"displayName": "Group 1"}}
    assert room["sort"] == "-3"
    assert room["type"] == "ROOM_TYPE_ROOM"
    assert await listed(app, made["roomId"]) == room


async def test_update_removes_marked_entries(app):
    """`remove` takes an entry out of its map or list; default permissions have a flag of their own."""
    feature = {"id": "RAISE_HANDS", "state": "ENABLED"}
    made = await create(
        app,
        displayName="Lab",
        permissions={"a": {"join": True}, "b": {"join": True}},
        subRooms={"s1": {"displayName": "Group 1"}},
        features=[feature],
        defaultPermissions={"join": True},
    )
    assert made["room"]["features"] == [feature]
    gone = {"remove": True}
    room = await update(
        app,
        made["roomId"],
        room={"permissions": {"a": gone}, "subRooms": {"s1": gone}, "features": [{"id": "RAISE_HANDS", **gone}]},
        removeDefaultPermissions=True,
    )
    assert room["permissions"] == {"b": {"join": True}}
    assert not {"subRooms", "features", "defaultPermissions"} & room.keys()


async def test_update_moves_but_never_into_itself(app, emulator):
    """A department cannot stand below itself or below a room of its own."""
    assert (await update(app, emulator.room_id, room={"parentId": NORD}))["parentId"] == NORD
    for parent in (NORD, emulator.room_id):
        answer = await app.ask("roomService/update", roomId=NORD, room={"parentId": parent})
        assert answer.error == (400, 3, "INVALID_ARGUMENT")


async def test_destroy_takes_the_links_along(app, emulator):
    """A room is gone with its links."""
    link = (await app.guest_links({"displayName": "Ada"})).json["guestLinks"][0]
    assert (await app.ask("roomService/destroy", roomId=emulator.room_id)).status == 200
    assert (await app.ask("roomService/list", filterRoomIds=[emulator.room_id])).json.get("rooms", {}) == {}
    assert (await app.ask("guestService.v2/getLink", id=link["id"])).error == (404, 5, "NOT_FOUND")
    assert (await app.enter(link)).error == (401, 16, "AUTHENTICATION_ERROR")


async def test_destroy_refuses_a_department_with_rooms(app):
    """It is emptied first, room by room."""
    assert (await app.ask("roomService/destroy", roomId=NORD)).error == (400, 9, "FAILED_PRECONDITION")
    for room_id in ("4173dafb-5cde-5c85-95a3-20ebdf43698a", "e86b5a09-2f8e-4d55-b8a3-6f1d0c7e4a21", NORD):
        assert (await app.ask("roomService/destroy", roomId=room_id)).status == 200


@pytest.mark.parametrize("operation", ["update", "destroy"])
async def test_unknown_rooms(app, operation):
    """Rooms of other companies are unknown too."""
    for room_id in (UNKNOWN, "", "5726d492-6eb2-5f59-9ee8-203181250dc4"):
        answer = await app.ask(f"roomService/{operation}", roomId=room_id)
        assert answer.error == (404, 5, "ROOM_NOT_FOUND")
