"""Handbook: list rooms."""

import pytest
from attrs import evolve

HANDBOOK_SAMPLE = {
    "2bed6af5-51b9-4188-be98-25b6623b7a0f": "Conference room 2",
    "b495c2b7-7f43-49c5-81b2-e44d429bb215": "Conference room 3",
    "c134df6f-990a-4f99-8020-8290295e840f": "Conference room 1",
}


async def rooms(app, **fields):
    return (await app.ask("roomService/list", **fields)).json.get("rooms", {})


@pytest.fixture
def many_rooms(emulator):
    """Let the company have 1,500 rooms."""
    company = emulator.state.companies[emulator.company_id]
    sample = company.rooms[emulator.room_id]
    for number in range(1500 - len(company.rooms)):
        company.rooms[emulator.state.ids.uuid()] = evolve(sample, display_name=f"Room {number}")


async def test_list_rooms(app):
    """The built-in rooms are the handbook's sample and two seminar rooms in a department."""
    found = await rooms(app)
    names = {key: room["displayName"] for key, room in found.items()}
    assert HANDBOOK_SAMPLE.items() <= names.items()
    assert sorted(names[key] for key in names.keys() - HANDBOOK_SAMPLE.keys()) == ["Nord", "Seminar A", "Seminar B"]
    nord = next(key for key, name in names.items() if name == "Nord")
    assert {found[key]["parentId"] for key, name in names.items() if name.startswith("Seminar")} == {nord}


async def test_limits(app, many_rooms):  # noqa: ARG001
    """Default 100, at most 1000."""
    assert len(await rooms(app)) == 100
    assert len(await rooms(app, limit=0)) == 100
    assert len(await rooms(app, limit=7)) == 7
    assert len(await rooms(app, limit=5000)) == 1000


async def test_pages_make_the_whole(app, many_rooms, emulator):  # noqa: ARG001
    """`offset` leads through all rooms, each once, in an order that stays, but of no sense."""
    first, second = await rooms(app, limit=1000), await rooms(app, limit=1000, offset=1000)
    assert len(second) == 500
    known = list(emulator.state.companies[emulator.company_id].rooms)
    assert set(first) | set(second) == set(known)
    assert [*first, *second] not in (known, sorted(known))
    assert list(await rooms(app, limit=1000)) == list(first)
    assert await rooms(app, offset=1500) == {}


async def test_filters(app, emulator):
    """By ids, of which unknown ones are ignored, and by types."""
    wanted = ["2bed6af5-51b9-4188-be98-25b6623b7a0f", emulator.room_id]
    assert set(await rooms(app, filterRoomIds=[*wanted, "nowhere"])) == set(wanted)
    departments = await rooms(app, filterRoomTypes=["ROOM_TYPE_DEPARTMENT"])
    assert [room["displayName"] for room in departments.values()] == ["Nord"]
    assert await rooms(app, filterRoomIds=wanted, filterRoomTypes=["ROOM_TYPE_DEPARTMENT"]) == {}


async def test_negative_numbers_are_refused(app):
    """Both are unsigned on the wire."""
    assert (await app.ask("roomService/list", limit=-1)).error == (400, 3, "INVALID_ARGUMENT")
    assert (await app.ask("roomService/list", offset=-1)).error == (400, 3, "INVALID_ARGUMENT")
