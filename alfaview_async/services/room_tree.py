"""The tree of departments and rooms, made of the flat map that alfaview lists; pure."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from alfaview_async.models.rooms import Room


@frozen(kw_only=True)
class RoomNode:
    """A room or department and what it holds.

    Attributes:
        id: Of the room.
        room: What alfaview tells of it.
        children: What it holds, by `sort`, then by name.
    """

    id: str
    room: Room
    children: tuple["RoomNode", ...] = ()

    def walk(self) -> Iterator["RoomNode"]:
        """Yield this node and all below it, each before its children."""
        waiting: list[RoomNode] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


def room_tree(rooms: Mapping[str, Room]) -> tuple[RoomNode, ...]:
    """Arrange all rooms of a company as a tree; result as of `RoomService.tree`."""
    children: dict[str, list[str]] = {}
    for room_id in sorted(rooms, key=lambda room_id: _place(room_id, rooms[room_id])):
        parent_id = rooms[room_id].parent_id
        children.setdefault(parent_id if parent_id in rooms else "", []).append(room_id)
    tops = children.get("", [])
    order = _from_the_top(tops, children)
    for first in _first_of_loops(rooms, set(order)):
        children[rooms[first].parent_id].remove(first)
        order += _from_the_top([first], children)
        tops.append(first)
    tops.sort(key=lambda room_id: _place(room_id, rooms[room_id]))
    nodes: dict[str, RoomNode] = {}
    for room_id in reversed(order):  # children first, and no recursion: a tree may be deeper than Python's stack
        below = tuple(nodes[child] for child in children.get(room_id, ()))
        nodes[room_id] = RoomNode(id=room_id, room=rooms[room_id], children=below)
    return tuple(nodes[room_id] for room_id in tops)


def _place(room_id: str, room: Room) -> tuple[int, str, str, str]:
    return room.sort, room.display_name.casefold(), room.display_name, room_id


def _from_the_top(tops: list[str], children: Mapping[str, list[str]]) -> list[str]:
    """Return everything at and below some rooms, parents before their children."""
    order = [*tops]
    for room_id in order:  # grows while it is read
        order += children.get(room_id, ())
    return order


def _first_of_loops(rooms: Mapping[str, Room], reached: set[str]) -> Iterator[str]:
    """Yield one room of each loop, the first in order: what hangs on a loop is not reached from the top."""
    for start in rooms:
        path: dict[str, None] = {}
        room_id = start
        while room_id not in reached and room_id not in path:
            path[room_id] = None
            room_id = rooms[room_id].parent_id
        if room_id in path:
            steps = list(path)
            loop = steps[steps.index(room_id) :]
            yield min(loop, key=lambda room_id: _place(room_id, rooms[room_id]))
        reached.update(path)
