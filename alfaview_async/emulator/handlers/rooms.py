"""`roomService`: the tree of departments and rooms."""

from zlib import crc32

from attrs import evolve

from alfaview_async.emulator import room_changes, tree
from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.room_rights import rights
from alfaview_async.models.rooms import (
    AvailableRoomType,
    AvailableTypesReply,
    AvailableTypesRequest,
    Room,
    RoomCreateReply,
    RoomCreateRequest,
    RoomDestroyReply,
    RoomDestroyRequest,
    RoomListReply,
    RoomListRequest,
    RoomQuotas,
    RoomSortReply,
    RoomSortRequest,
    RoomType,
    RoomUpdateReply,
    RoomUpdateRequest,
    SkipFlag,
)
from alfaview_async.models.status import StatusCode
from alfaview_async.services.rooms import RoomService

_USUAL_PAGE = 100
_LARGEST_PAGE = 1000


@handles(RoomService.list)
def list_rooms(call: Call, request: RoomListRequest) -> RoomListReply:
    """List rooms (handbook: list rooms): in no useful order, but in the same one for every page."""
    if request.limit < 0 or request.offset < 0:
        raise Refused(StatusCode.INVALID_ARGUMENT, "limit and offset must not be negative")
    rooms = call.company.rooms
    ids = set(request.filter_room_ids or rooms)
    types = set(request.filter_room_types or RoomType)
    found = [key for key, room in rooms.items() if key in ids and room.type in types]
    if SkipFlag.SKIP_UNJOINABLE in request.skip_flags:
        found = [key for key in found if _is_joinable(call, rooms[key])]
    page = _page(call, sorted(found, key=_shuffled), request)
    if call.access.return_object_ids_only:
        return RoomListReply(rooms={key: Room() for key in page})
    return RoomListReply(rooms={key: _shown(call, rooms[key], request.skip_flags) for key in page})


@handles(RoomService.create)
def create(call: Call, request: RoomCreateRequest) -> RoomCreateReply:
    """Create a room or department (handbook: create rooms and departments)."""
    room_id, room = room_changes.make(
        call.state, call.company, request.room, call.caller.user_id, sub_rooms=not request.skip_default_subrooms
    )
    return RoomCreateReply(room_id=room_id, room=room)


@handles(RoomService.update)
def update(call: Call, request: RoomUpdateRequest) -> RoomUpdateReply:
    """Change a room: what is given is added or overwritten, entries marked `remove` go."""
    room = call.room(request.room_id)
    if request.room is not None:
        tree.refuse_loop(call.company.rooms, request.room_id, request.room.parent_id)
        room_changes.overwrite(call.company, room, request.room)
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
    for place in [place for place in company.present if place.partition("/")[0] == request.room_id]:
        del company.present[place]
    for link_id in [link_id for link_id, link in company.links.items() if link.room_id == request.room_id]:
        del company.links[link_id]
    return RoomDestroyReply()


@handles(RoomService.sort)
def sort(call: Call, request: RoomSortRequest) -> RoomSortReply:
    """Move rooms within the tree, all or none."""
    tree.move(call.company.rooms, request.room_moves)
    return RoomSortReply()


@handles(RoomService.available_types, explained=False)
def available_types(call: Call, request: AvailableTypesRequest) -> AvailableTypesReply:
    """List the sizes of room of the contract. Guess: the rooms of all kinds take from what is left, departments not."""
    if request.type is RoomType.DEPARTMENT:
        return AvailableTypesReply()
    rooms = [room for room in call.company.rooms.values() if room.type is not RoomType.DEPARTMENT]
    return AvailableTypesReply(room_types=[_available(size, rooms) for size in call.company.room_types])


def _available(size: AvailableRoomType, rooms: list[Room]) -> AvailableRoomType:
    quota = size.quota or RoomQuotas()
    used = sum(_is_of(room.quotas or RoomQuotas(), quota) for room in rooms)
    return evolve(size, available=max(size.limit - used, 0))


def _is_of(quotas: RoomQuotas, size: RoomQuotas) -> bool:
    return quotas.name == size.name if quotas.name else evolve(quotas, name=size.name) == size


def _page(call: Call, found: list[str], request: RoomListRequest) -> list[str]:
    limit = min(request.limit or _USUAL_PAGE, _LARGEST_PAGE)
    if not call.state.habits.unsteady_rooms:
        return found[request.offset : request.offset + limit]
    begin = max(request.offset - request.offset // limit, 0)
    page = found[begin : begin + limit]
    call.state.ids.shuffle(page)
    return page


def _shown(call: Call, room: Room, skipped: list[SkipFlag]) -> Room:
    """Copy a room as the caller may see it, without the parts that the caller does not want."""
    shown = evolve(room, my_permissions=rights(call.state, call.caller, room))
    if SkipFlag.SKIP_OTHER_PERMISSIONS in skipped:
        shown.permissions = {key: room.permissions[key] for key in room.permissions if key == call.caller.user_id}
    if SkipFlag.SKIP_METADATA in skipped:
        shown.metadata = {}
    if SkipFlag.SKIP_SUBROOMS in skipped:
        shown.sub_rooms = {}
    return shown


def _is_joinable(call: Call, room: Room) -> bool:
    """Guess: departments, which nobody can join, are no reason to lose the tree."""
    return room.type is RoomType.DEPARTMENT or rights(call.state, call.caller, room).join


def _shuffled(room_id: str) -> int:
    return crc32(room_id.encode())
