"""Every operation has a test of its effect; those of rooms and quotas are here, the others in the files beside it."""

import ast
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from alfaview_async import NotFound, QuotaExceeded
from alfaview_async.emulator.call import is_explained
from alfaview_async.models import (
    AccessToken,
    Permissions,
    QuotaResource,
    Room,
    RoomMoveInfo,
    RoomQuotas,
    RoomType,
    SkipFlag,
    SubRoom,
    UserInfo,
)
from alfaview_async.services import operations

pytestmark = pytest.mark.usefixtures("operations_of_docstring")

NORD = "7c9d3d4e-3b52-4f0e-8a57-0f6f1c2b9d10"
SEMINAR_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
SEMINAR_B = "e86b5a09-2f8e-4d55-b8a3-6f1d0c7e4a21"
CONFERENCE_1 = "c134df6f-990a-4f99-8020-8290295e840f"
ADA = "0a7d4c55-6f0b-4c11-9d2e-5b1f7a3c8e64"


def named_operations():
    """The operations that docstrings of tests name before the colon."""
    for file in Path(__file__).parent.glob("test_operations*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield from re.findall(r"`([^`]+)`", ast.get_docstring(node).partition(":")[0])


def test_every_operation_has_a_test():
    """None of the 60 is forgotten, and no test names one that is not there."""
    paths = {row.path for _, _, row in operations()}
    assert len(paths) == 60
    assert set(named_operations()) == paths


def test_guesses_are_told():
    """Where no source says what an operation does, the table of operations can say so."""
    guessed = {row.path for _, _, row in operations() if not is_explained(row.path)}
    assert guessed == {
        "authenticationService/authenticationCreate",
        "authenticationService/authenticationInformation",
        "authenticationService/sendCompanyDeletionEmail",
        "businessLogicService/companies/signup",
        "companyService/search",
        "quotaService/stats",
        "roomService/availableTypes",
        "userService/acceptInvitation",
    }


async def test_rooms_list(alfaview, company):
    """`roomService/list`: all rooms with the rights of the caller, and less of them for each flag."""
    company.rooms[SEMINAR_A].permissions = {"somebody": Permissions(join=True), ADA: Permissions(voice=True)}
    company.rooms[SEMINAR_A].metadata = {"floor": "1"}
    company.rooms[SEMINAR_A].sub_rooms = {"s": SubRoom(display_name="Group")}
    whole = (await alfaview.rooms.list()).rooms
    assert whole.keys() == company.rooms.keys()
    assert whole[SEMINAR_A].my_permissions.admin
    flags = [SkipFlag.SKIP_OTHER_PERMISSIONS, SkipFlag.SKIP_METADATA, SkipFlag.SKIP_SUBROOMS]
    less = (await alfaview.rooms.list(skip_flags=flags)).rooms[SEMINAR_A]
    assert (less.permissions.keys(), less.metadata, less.sub_rooms) == ({ADA}, {}, {})
    assert company.rooms[SEMINAR_A].permissions.keys() == {"somebody", ADA}


async def test_rooms_list_of_somebody_with_few_rights(app, company, emulator):
    """`roomService/list`: without those that the caller may not join, if asked; the tree stays."""
    emulator.state.users[ADA].permissions = {}
    company.rooms[SEMINAR_A].permissions = {ADA: Permissions(join=True)}
    company.rooms[CONFERENCE_1].default_permissions = Permissions(join=True, chat=True)
    listed = (await app.ask("roomService/list", skipFlags=["SKIP_UNJOINABLE"])).json["rooms"]
    assert listed.keys() == {NORD, SEMINAR_A, CONFERENCE_1}
    assert listed[CONFERENCE_1]["myPermissions"] == {"join": True, "chat": True}


async def test_rooms_create(alfaview, company):
    """`roomService/create`: one room more, with the company's usual sub-rooms unless they are skipped."""
    company.default_sub_rooms = ["Group 1", "Group 2"]
    made = await alfaview.rooms.create(room=Room(display_name="Lab", parent_id=NORD))
    assert company.rooms[made.room_id].parent_id == NORD
    assert [room.display_name for room in company.rooms[made.room_id].sub_rooms.values()] == ["Group 1", "Group 2"]
    bare = await alfaview.rooms.create(room=Room(display_name="Bare"), skip_default_subrooms=True)
    assert company.rooms[bare.room_id].sub_rooms == {}


async def test_rooms_create_beyond_the_contract(alfaview, company):
    """`roomService/create`: a department takes no place, one room too many is refused."""
    company.quotas[0].limit = 5
    before = len(company.rooms)
    await alfaview.rooms.create(room=Room(display_name="Süd", type=RoomType.DEPARTMENT))
    with pytest.raises(QuotaExceeded):
        await alfaview.rooms.create(room=Room(display_name="Lab"))
    assert len(company.rooms) == before + 1


async def test_rooms_update(alfaview, company):
    """`roomService/update`: the name changes, the rest stays."""
    await alfaview.rooms.update(room_id=SEMINAR_A, room=Room(display_name="Seminar Alpha"))
    assert company.rooms[SEMINAR_A].display_name == "Seminar Alpha"
    assert company.rooms[SEMINAR_A].parent_id == NORD


async def test_rooms_destroy(alfaview, company):
    """`roomService/destroy`: the room is gone, also from the favourites."""
    await alfaview.business.favorites_update(room_ids={SEMINAR_A: True, SEMINAR_B: True})
    await alfaview.rooms.destroy(room_id=SEMINAR_A)
    assert SEMINAR_A not in company.rooms
    assert (await alfaview.business.favorites_list()).room_ids == [SEMINAR_B]


async def test_rooms_sort(alfaview, company):
    """`roomService/sort`: a room goes behind another, one goes to the top level; siblings are numbered."""
    moves = [
        RoomMoveInfo(room_id=CONFERENCE_1, parent_id=NORD, move_after_room_id=SEMINAR_A),
        RoomMoveInfo(room_id=SEMINAR_B),
    ]
    await alfaview.rooms.sort(room_moves=moves)
    below = {key: room.sort for key, room in company.rooms.items() if room.parent_id == NORD}
    assert below == {SEMINAR_A: 1, CONFERENCE_1: 2}
    assert (company.rooms[SEMINAR_B].parent_id, company.rooms[SEMINAR_B].sort) == ("", 1)


@pytest.mark.parametrize(
    ("move", "error"),
    [
        ({"roomId": NORD, "parentId": SEMINAR_A}, (400, 3, "INVALID_ARGUMENT")),
        ({"roomId": CONFERENCE_1, "moveAfterRoomId": SEMINAR_A}, (404, 5, "ROOM_PREDECESSOR_NOT_FOUND")),
        ({"roomId": "nowhere"}, (404, 5, "ROOM_NOT_FOUND")),
        ({"roomId": CONFERENCE_1, "parentId": "nowhere"}, (404, 5, "ROOM_NOT_FOUND")),
    ],
)
async def test_rooms_sort_refused(app, company, move, error):
    """`roomService/sort`: one wrong move, and none is made."""
    before = {key: (room.parent_id, room.sort) for key, room in company.rooms.items()}
    good = {"roomId": SEMINAR_B, "parentId": NORD}
    assert (await app.ask("roomService/sort", roomMoves=[good, move])).error == error
    assert {key: (room.parent_id, room.sort) for key, room in company.rooms.items()} == before


async def test_rooms_available_types(alfaview, company):
    """`roomService/availableTypes`: one less is left of a size after a room of it was made."""
    (before,) = (await alfaview.rooms.available_types()).room_types
    await alfaview.rooms.create(room=Room(display_name="Lab", quotas=RoomQuotas(name="standard")))
    (after,) = (await alfaview.rooms.available_types()).room_types
    assert before.limit == after.limit == company.room_types[0].limit
    assert before.available - after.available == 1


async def test_rooms_create_join_link(alfaview, emulator):
    """`roomService/createJoinLink`: the token in the link is the caller's and ends when it is told to."""
    ends = int((emulator.clock.now() + timedelta(minutes=10)).timestamp())
    link = (await alfaview.rooms.create_join_link(room_id=SEMINAR_A, expires_at=ends)).join_link
    fields = parse_qs(link.partition("?")[2])
    assert (fields["companyId"], fields["roomId"]) == ([emulator.company_id], [SEMINAR_A])
    grant = emulator.state.tokens.holder(fields["token"][0])
    assert (grant.user_id, int(grant.expires_at.timestamp())) == (ADA, ends)
    with pytest.raises(NotFound):
        await alfaview.rooms.create_join_link(room_id="nowhere")


async def test_rooms_permissions(alfaview, company, emulator):
    """`roomService/permissions`: deprecated; all for who administrates rooms, else what the room says."""
    with pytest.warns(DeprecationWarning, match="roomService/permissions"):
        assert (await alfaview.rooms.permissions(room_id=SEMINAR_A)).permissions.admin
    signed = AccessToken(user_id=ADA, permissions={"13": True})
    token = (await alfaview.authentication.sign_access_token(access_token=signed)).access_token
    company.rooms[SEMINAR_A].permissions[ADA] = Permissions(voice=True)
    assert emulator.state.tokens.holder(token).permissions == {"13": True}
    emulator.state.users[ADA].permissions = {}
    with pytest.warns(DeprecationWarning, match="roomService/permissions"):
        assert (await alfaview.rooms.permissions(room_id=SEMINAR_A)).permissions == Permissions(voice=True)


async def test_rooms_status(alfaview, company):
    """`roomService/status`: deprecated; who is in which room, by sub-room if asked."""
    company.present = {SEMINAR_A: {"u1": UserInfo(online=True)}, f"{SEMINAR_A}/s1": {"u2": UserInfo(online=True)}}
    with pytest.warns(DeprecationWarning, match="roomService/status"):
        (room,) = (await alfaview.rooms.status()).rooms.values()
    assert (room.users.keys(), room.subrooms) == ({"u1", "u2"}, {})
    with pytest.warns(DeprecationWarning, match="roomService/status"):
        grouped = (await alfaview.rooms.status(room_ids=[SEMINAR_A, NORD], group_by_subroom=True)).rooms
    assert grouped[SEMINAR_A].subrooms["s1"].users.keys() == {"u2"}
    assert grouped[NORD].users == {}


async def test_quotas_info(alfaview, company):
    """`quotaService/info`: all limits, or those of one resource."""
    assert (await alfaview.quotas.info()).quotas == company.quotas
    (rooms,) = (await alfaview.quotas.info(resource=QuotaResource.ROOM_LIMIT)).quotas
    assert rooms.limit == company.quotas[0].limit


async def test_quotas_stats(alfaview):
    """`quotaService/stats`: one room more, one more in use."""
    (before,) = (await alfaview.quotas.stats(resource=QuotaResource.ROOM_LIMIT)).stats
    await alfaview.rooms.create(room=Room(display_name="Lab"))
    (after,) = (await alfaview.quotas.stats(resource=QuotaResource.ROOM_LIMIT)).stats
    assert (before.value, after.value) == (5, 6)
