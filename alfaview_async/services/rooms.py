"""What `roomService` offers: rooms and departments."""

from collections.abc import AsyncGenerator, Mapping

from alfaview_async.errors import AmbiguousName, NotFound
from alfaview_async.models.rooms import (
    AvailableTypesReply,
    AvailableTypesRequest,
    CreateJoinLinkReply,
    CreateJoinLinkRequest,
    Room,
    RoomCreateReply,
    RoomCreateRequest,
    RoomDestroyReply,
    RoomDestroyRequest,
    RoomListReply,
    RoomListRequest,
    RoomPermissionsReply,
    RoomPermissionsRequest,
    RoomSortReply,
    RoomSortRequest,
    RoomStatusReply,
    RoomStatusRequest,
    RoomType,
    RoomUpdateReply,
    RoomUpdateRequest,
)
from alfaview_async.operation import Operation, Service
from alfaview_async.services.room_tree import RoomNode, room_tree

_LARGEST_PAGE = 1000


class RoomService(Service):
    """What `roomService` offers: rooms and departments."""

    available_types = Operation(
        "roomService/availableTypes", AvailableTypesRequest, AvailableTypesReply, idempotent=True
    )
    """List the sizes of room that the contract allows."""
    list = Operation("roomService/list", RoomListRequest, RoomListReply, idempotent=True)
    """List rooms of the company: up to `limit` (default 100, at most 1000) from `offset`, in no promised order."""
    create = Operation("roomService/create", RoomCreateRequest, RoomCreateReply, idempotent=False)
    """Create a room or a department."""
    create_join_link = Operation(
        "roomService/createJoinLink", CreateJoinLinkRequest, CreateJoinLinkReply, idempotent=False
    )
    """Make a link that opens the client as the owner of the token: a secret."""
    destroy = Operation("roomService/destroy", RoomDestroyRequest, RoomDestroyReply, idempotent=True)
    """Delete a room or a department."""
    permissions = Operation(
        "roomService/permissions", RoomPermissionsRequest, RoomPermissionsReply, idempotent=True, deprecated=True
    )
    """Tell what the caller may do in a room."""
    sort = Operation("roomService/sort", RoomSortRequest, RoomSortReply, idempotent=True)
    """Move rooms within the tree."""
    status = Operation("roomService/status", RoomStatusRequest, RoomStatusReply, idempotent=True, deprecated=True)
    """Tell who is in which room."""
    update = Operation("roomService/update", RoomUpdateRequest, RoomUpdateReply, idempotent=True)
    """Change a room: entries of its maps are added or overwritten, others stay."""

    def all(self) -> AsyncGenerator[tuple[str, Room], None]:
        """Yield every room and department with its id, each once, in no promised order.

        Pages are fetched as they are needed, until one is not full; the server may repeat a room between pages.

        Raises:
            AlfaviewError: As in `Alfaview.call`, while iterating.
        """
        return self._paged()

    def departments(self) -> AsyncGenerator[tuple[str, Room], None]:
        """Yield every department with its id; otherwise as `all`."""
        return self._paged(RoomType.DEPARTMENT)

    async def tree(self) -> tuple[RoomNode, ...]:
        """Return the tops of the tree of departments and rooms: all rooms of the company, each once.

        Siblings are ordered by `sort`, then by name. A room whose parent is not listed stands at the top; so does the
        first room of a loop, which only a defect can make.

        Raises:
            AlfaviewError: As in `Alfaview.call`.
        """
        return room_tree({room_id: room async for room_id, room in self.all()})

    async def find(self, text: str) -> tuple[str, Room]:
        """Find a room by its id, its exact name, or its path, e.g. `Nord/Seminar A`.

        Raises:
            NotFound: No such room in the company.
            AmbiguousName: Several rooms bear the name; the message has their paths and ids.
            AlfaviewError: As in `Alfaview.call`.
        """
        return room_named({room_id: room async for room_id, room in self.all()}, text)

    async def _paged(self, *types: RoomType) -> AsyncGenerator[tuple[str, Room], None]:
        seen: set[str] = set()
        offset = 0
        while True:
            page = (await self.list(limit=_LARGEST_PAGE, offset=offset, filter_room_types=[*types])).rooms
            for room_id, room in page.items():
                if room_id not in seen and (not types or room.type in types):
                    seen.add(room_id)
                    yield room_id, room
            if len(page) < _LARGEST_PAGE:
                return
            offset += len(page)


def room_named(rooms: Mapping[str, Room], text: str) -> tuple[str, Room]:
    """Find a room among all of a company; arguments, result and errors as of `RoomService.find`."""
    if text in rooms:
        return text, rooms[text]
    paths = room_paths(rooms)
    found = [room_id for room_id, room in rooms.items() if text in (room.display_name, paths[room_id])]
    if not found:
        message = f"no room {text!r} among the {len(rooms)} of this company"
        raise NotFound.of(text, message, operation=RoomService.list.path)
    if len(found) > 1:
        choices = ", ".join(sorted(f"{paths[room_id]} ({room_id})" for room_id in found))
        raise AmbiguousName(f"{len(found)} rooms are called {text!r}: {choices}; use the path or the id")
    return found[0], rooms[found[0]]


def room_paths(rooms: Mapping[str, Room]) -> dict[str, str]:
    """Return the path of each room by its id: the names from the top of the tree down to it, e.g. `Nord/Seminar A`.

    Args:
        rooms: All of a company, by id. A room whose parent is not among them stands at the top.
    """
    return {room_id: _path(room_id, rooms) for room_id in rooms}


def _path(room_id: str, rooms: Mapping[str, Room]) -> str:
    """Return the path of a room; a loop, which only a defect can make, ends it."""
    names: list[str] = []
    seen: set[str] = set()
    while room_id in rooms and room_id not in seen:
        seen.add(room_id)
        names.append(rooms[room_id].display_name)
        room_id = rooms[room_id].parent_id
    return "/".join(reversed(names))
