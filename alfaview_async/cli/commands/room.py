"""`alfactl room`: rooms and departments."""

from collections.abc import Iterator
from typing import Any

import click

from alfaview_async.cli.arguments.finding import Rooms, find_room
from alfaview_async.cli.arguments.moments import local
from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.links.refusals import refusals
from alfaview_async.cli.logins.client import client
from alfaview_async.models.rooms import Room, RoomQuotas, RoomType

_COLUMNS = ("id", "display_name", "type", "path", "parent_id")
_DETAILS = (*_COLUMNS, "mode", "participants", "spectators", "sub_rooms", "created_at", "created_by", "managed")


@click.group(cls=Group)
def room() -> None:
    """Rooms and departments. A room is named by its id, its exact name, or its path, e.g. "Nord/Seminar A"."""


@room.command("list", epilog=example("alfactl room list --tree", "alfactl room list -o csv --fields id,path"))
@click.option("--tree", is_flag=True, help="Show departments with their rooms below them.")
@asynchronous
async def list_rooms(invocation: Invocation, *, tree: bool) -> None:
    """List all rooms and departments of the company."""
    async with client(invocation) as alfaview:
        rooms = await Rooms.of(alfaview)
        if tree:
            invocation.show(_branches(rooms), ("tree", "id", "type"))
        else:
            in_order = sorted(rooms.by_id, key=lambda room_id: rooms.paths[room_id].casefold())
            invocation.show([_row(rooms, room_id) for room_id in in_order], _COLUMNS)


@room.command(epilog=example('alfactl room show "Nord/Seminar A" --json'))
@click.argument("name", metavar="ROOM")
@asynchronous
async def show(invocation: Invocation, name: str) -> None:
    """Show one room; with --check, look for one that is not there in your other companies."""
    async with client(invocation) as alfaview:
        rooms = await Rooms.of(alfaview)
        room_id, found = await find_room(invocation, alfaview, rooms, name)
        size = found.quotas or RoomQuotas()
        more = {
            "mode": found.mode,
            "participants": size.active_participants,
            "spectators": size.passive_participants,
            "sub_rooms": [sub_room.display_name for sub_room in found.sub_rooms.values()],
            "created_at": local(invocation, found.created_at),
            "created_by": found.created_by,
            "managed": found.managed,
        }
        invocation.show_record(_row(rooms, room_id) | more, _DETAILS)


@room.command(epilog=example('alfactl room create "Seminar C" --below Nord', "alfactl room create West --department"))
@click.argument("name", metavar="NAME")
@click.option("--below", metavar="ROOM", default="", help="The department to put it into.")
@click.option("--department", is_flag=True, help="Make a department instead of a room.")
@asynchronous
async def create(invocation: Invocation, name: str, *, below: str, department: bool) -> None:
    """Create a room or department."""
    invocation.check_fields(_COLUMNS)
    async with client(invocation) as alfaview:
        parent, path = "", name
        if below:
            rooms = await Rooms.of(alfaview)
            parent, _ = await find_room(invocation, alfaview, rooms, below)
            path = f"{rooms.paths[parent]}/{name}"
        kind = RoomType.DEPARTMENT if department else RoomType.ROOM
        if invocation.dry_run:
            key = "create-department" if department else "create-room"
            invocation.say("dry-run", what=invocation.text(key, room=path))
            return
        with refusals(invocation, path, "alfactl room list"):
            reply = await alfaview.rooms.create(room=Room(display_name=name, parent_id=parent, type=kind))
        made = {"id": reply.room_id, "display_name": name, "type": kind, "path": path, "parent_id": parent}
        invocation.show_record(made, _COLUMNS)


@room.command(epilog=example('alfactl room delete "Nord/Seminar A"', 'alfactl room delete "Seminar A" --dry-run'))
@click.argument("name", metavar="ROOM")
@asynchronous
async def delete(invocation: Invocation, name: str) -> None:
    """Delete a room with all its links; asks first."""
    async with client(invocation) as alfaview:
        rooms = await Rooms.of(alfaview)
        room_id, _ = await find_room(invocation, alfaview, rooms, name)
        path = rooms.paths[room_id]
        if invocation.may("delete-room", room=path, id=room_id):
            with refusals(invocation, path, "alfactl room list"):
                await alfaview.rooms.destroy(room_id=room_id)
            invocation.say("deleted-room", room=path)


def _row(rooms: Rooms, room_id: str) -> dict[str, Any]:
    found = rooms.by_id[room_id]
    names = {"id": room_id, "display_name": found.display_name, "path": rooms.paths[room_id]}
    return names | {"type": found.type, "parent_id": found.parent_id}


def _branches(rooms: Rooms) -> Iterator[dict[str, Any]]:
    waiting = [(0, node) for node in reversed(rooms.tops)]
    while waiting:
        depth, node = waiting.pop()
        yield {"tree": "  " * depth + node.room.display_name, "id": node.id, "type": node.room.type}
        waiting += [(depth + 1, child) for child in reversed(node.children)]
