"""A company with more rooms than a page holds."""

import pytest
from attrs import evolve

ROOMS = 5000


@pytest.fixture
def rooms(emulator, company):
    """Let the company have 5,000 rooms; their ids."""
    sample = company.rooms[emulator.room_id]
    for number in range(ROOMS - len(company.rooms)):
        company.rooms[emulator.state.ids.uuid()] = evolve(sample, display_name=f"Room {number}")
    return set(company.rooms)


@pytest.mark.parametrize("unsteady", [False, True])
async def test_all_rooms_once_each(alfaview, emulator, rooms, unsteady):
    """Whole and without repetition, also where pages overlap and each is shuffled anew."""
    emulator.state.habits.unsteady_rooms = unsteady
    listed = [room_id async for room_id, _ in alfaview.rooms.all()]
    assert len(listed) == ROOMS
    assert set(listed) == rooms
    assert emulator.requests.count("roomService/list") == 6


async def test_unsteady_pages(app, emulator, rooms):
    """A page begins with a room of the page before it, and no two answers have one order."""
    assert len(rooms) == ROOMS
    emulator.state.habits.unsteady_rooms = True
    first, again = [list((await app.ask("roomService/list", limit=1000)).json["rooms"]) for _ in range(2)]
    assert first != again
    assert set(first) == set(again)
    second = (await app.ask("roomService/list", limit=1000, offset=1000)).json["rooms"]
    assert len(set(first) & set(second)) == 1
