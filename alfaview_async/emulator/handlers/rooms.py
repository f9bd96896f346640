"""`roomService`: the tree of departments and rooms."""

from collections.abc import Mapping
from typing import TypeVar
from zlib import crc32

from attrs import evolve

from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.common import Permissions
from alfaview_async.models.enums import OpenEnum
from alfaview_async.models.rooms import (
    FeatureState,
    Room,
    RoomCreateReply,
    RoomCreateRequest,
    RoomDestroyReply,
    RoomDestroyRequest,
    RoomFeature,
    RoomListReply,
    RoomListRequest,
    RoomMode,
    RoomQuotas,
    RoomType,
    RoomUpdateReply,
    RoomUpdateRequest,
    SubRoom,
)
from alfaview_async.models.status import StatusCode
from alfaview_async.services.rooms import RoomService

Entry = TypeVar("Entry", Permissions, SubRoom)

_USUAL_PAGE = 100
_LARGEST_PAGE = 1000
_UINT32 = range(2**32)
_USUAL_QUOTAS = RoomQuotas(active_participants=50, passive_participants=0, sub_rooms=10)


@handles(RoomService.list)
def list_rooms(call: Call, request: RoomListRequest) -> RoomListReply:
    """List rooms (handbook: list rooms): in no useful order, but in the same one for every page."""
    if request.limit < 0 or request.offset < 0:
        raise Refused(StatusCode.INVALID_ARGUMENT, "limit and offset must not be negative")
    rooms = call.company.rooms
    ids = set(request.filter_room_ids or rooms)
    types = set(request.filter_room_types or RoomType)
    found = sorted((key for key, room in rooms.items() if key in ids and room.type in types), key=_shuffled)
    limit = min(request.limit or _USUAL_PAGE, _LARGEST_PAGE)
    return RoomListReply(rooms={key: rooms[key] for key in found[request.offset : request.offset + limit]})


@handles(RoomService.create)
def create(call: Call, request: RoomCreateRequest) -> RoomCreateReply:
    """Create a room or department (handbook: create rooms and departments)."""
    wanted = request.room
    if not wanted.display_name:
        raise Refused(StatusCode.INVALID_ARGUMENT, "room.displayName is required")
    room = Room(type=RoomType.ROOM, mode=RoomMode.NORMAL, quotas=evolve(_USUAL_QUOTAS))
    _overwrite(call, room, wanted)
    room.created_at, room.created_by = call.state.clock.now(), call.caller.user_id
    room_id = call.state.ids.uuid()
    call.company.rooms[room_id] = room
    return RoomCreateReply(room_id=room_id, room=room)


@handles(RoomService.update)
def update(call: Call, request: RoomUpdateRequest) -> RoomUpdateReply:
    """Change a room: what is given is added or overwritten, entries marked `remove` go."""
    room = call.room(request.room_id)
    if request.room is not None:
        _refuse_loop(call, request.room_id, request.room.parent_id)
        _overwrite(call, room, request.room)
    if request.remove_default_permissions:
        room.default_permissions = None
    return RoomUpdateReply(room=room)


@handles(RoomService.destroy)
def destroy(call: Call, request: RoomDestroyRequest) -> RoomDestroyReply:
    """Delete a room with its links. Guess: a department that still holds rooms is refused, never emptied in passing."""
    call.room(request.room_id)
    company = call.company
    if any(room.parent_id == request.room_id for room in company.rooms.values()):
        raise Refused(StatusCode.FAILED_PRECONDITION, "the department still holds rooms")
    del company.rooms[request.room_id]
    for link_id in [link_id for link_id, link in company.links.items() if link.room_id == request.room_id]:
        del company.links[link_id]
    return RoomDestroyReply()


def _overwrite(call: Call, room: Room, wanted: Room) -> None:
    """Take over what is given; a zero cannot be told from absence and changes nothing."""
    _refuse_unknown(wanted.type, "room.type")
    _refuse_unknown(wanted.mode, "room.mode")
    _refuse_large(wanted)
    if wanted.parent_id:
        call.room(wanted.parent_id)
    room.type = wanted.type if wanted.type is not RoomType.KEEP else room.type
    room.mode = wanted.mode if wanted.mode is not RoomMode.KEEP else room.mode
    room.display_name = wanted.display_name or room.display_name
    room.parent_id = wanted.parent_id or room.parent_id
    room.allow_spectators = wanted.allow_spectators or room.allow_spectators
    room.sort = wanted.sort or room.sort
    room.default_permissions = wanted.default_permissions or room.default_permissions
    room.quotas = _quotas(wanted.quotas or RoomQuotas(), room.quotas or RoomQuotas())
    room.metadata |= wanted.metadata
    room.permissions = _merged(room.permissions, wanted.permissions)
    room.sub_rooms = _merged(room.sub_rooms, wanted.sub_rooms)
    room.features = _features(room.features, wanted.features)


def _quotas(wanted: RoomQuotas, present: RoomQuotas) -> RoomQuotas:
    return RoomQuotas(
        name=wanted.name or present.name,
        active_participants=wanted.active_participants or present.active_participants,
        passive_participants=wanted.passive_participants or present.passive_participants,
        sub_rooms=wanted.sub_rooms or present.sub_rooms,
    )


def _merged(present: Mapping[str, Entry], wanted: Mapping[str, Entry]) -> dict[str, Entry]:
    return {key: entry for key, entry in {**present, **wanted}.items() if not entry.remove}


def _features(present: list[RoomFeature], wanted: list[RoomFeature]) -> list[RoomFeature]:
    features = {feature.id: feature for feature in present}
    for feature in wanted:
        if feature.remove:
            features.pop(feature.id, None)
        elif feature.state is not FeatureState.UNCHANGED:
            features[feature.id] = feature
    return list(features.values())


def _refuse_unknown(value: OpenEnum, place: str) -> None:
    if value not in set(type(value)):
        raise Refused(StatusCode.INVALID_ARGUMENT, f"{place}: unknown value; known are {', '.join(type(value))}")


def _refuse_large(wanted: Room) -> None:
    """Refuse numbers that do not travel: they are 32 bits wide."""
    quotas = wanted.quotas or RoomQuotas()
    numbers = [quotas.active_participants, quotas.passive_participants, quotas.sub_rooms]
    if any(number not in _UINT32 for number in [*numbers, *(room.sort for room in wanted.sub_rooms.values())]):
        raise Refused(StatusCode.INVALID_ARGUMENT, "quotas and sorts must be numbers from 0 to 4294967295")


def _refuse_loop(call: Call, room_id: str, parent_id: str) -> None:
    """Refuse a parent that stands below the room, or is it."""
    above = parent_id
    while above:
        if above == room_id:
            raise Refused(StatusCode.INVALID_ARGUMENT, "a room cannot stand below itself")
        above = call.room(above).parent_id


def _shuffled(room_id: str) -> int:
    return crc32(room_id.encode())
