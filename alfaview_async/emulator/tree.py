"""The tree of rooms: who stands below whom, and in which order."""

from collections.abc import Sequence

from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.rooms import Room, RoomMoveInfo
from alfaview_async.models.status import StatusCode

Rooms = dict[str, Room]


def refuse_loop(rooms: Rooms, room_id: str, parent_id: str) -> None:
    """Refuse a parent that stands below the room, or is it.

    Raises:
        Refused: It does, or there is no such parent.
    """
    _refuse_loop({other: room.parent_id for other, room in rooms.items()}, room_id, parent_id)


def move(rooms: Rooms, moves: Sequence[RoomMoveInfo]) -> None:
    """Carry out moves one after the other, all or none; siblings are numbered anew from 1.

    Guess: a move tells the whole new place: no parent means the top, no predecessor the first place there.

    Raises:
        Refused: No such room, a predecessor that stands elsewhere, or a room below itself.
    """
    parents = {room_id: room.parent_id for room_id, room in rooms.items()}
    orders: dict[str, list[str]] = {}
    for room_id in sorted(rooms, key=lambda room_id: rooms[room_id].sort):
        orders.setdefault(parents[room_id], []).append(room_id)
    touched = set()
    for step in moves:
        if step.room_id not in parents:
            raise Refused(StatusCode.ROOM_NOT_FOUND, "roomMoves: no such room in this company")
        _refuse_loop(parents, step.room_id, step.parent_id)
        orders[parents[step.room_id]].remove(step.room_id)
        siblings = orders.setdefault(step.parent_id, [])
        if step.move_after_room_id and step.move_after_room_id not in siblings:
            raise Refused(StatusCode.ROOM_PREDECESSOR_NOT_FOUND, "moveAfterRoomId does not stand below parentId")
        place = siblings.index(step.move_after_room_id) + 1 if step.move_after_room_id else 0
        siblings.insert(place, step.room_id)
        parents[step.room_id] = step.parent_id
        touched.add(step.parent_id)
    for parent_id in touched:
        for number, room_id in enumerate(orders[parent_id], start=1):
            rooms[room_id].parent_id, rooms[room_id].sort = parents[room_id], number


def _refuse_loop(parents: dict[str, str], room_id: str, parent_id: str) -> None:
    above = parent_id
    while above:
        if above == room_id:
            raise Refused(StatusCode.INVALID_ARGUMENT, "a room cannot stand below itself")
        if above not in parents:
            raise Refused(StatusCode.ROOM_NOT_FOUND, "parentId: no such room in this company")
        above = parents[above]
