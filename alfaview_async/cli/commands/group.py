"""`alfactl group`: links that many people share."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import attrs
import click

from alfaview_async.cli.arguments.finding import find_role, find_room
from alfaview_async.cli.arguments.moments import frame_options, time_frame, timezone_option
from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.links.deleting import delete_links
from alfaview_async.cli.links.kind import LinkKind, links_option
from alfaview_async.cli.links.refusals import refusals
from alfaview_async.cli.links.surroundings import Surroundings, is_expired
from alfaview_async.cli.logins.client import client
from alfaview_async.cli.output.asking import interruptible_reading
from alfaview_async.models.guests import GroupLink, GroupLinkCreation

if TYPE_CHECKING:
    from alfaview_async import Alfaview

_LAUNCH = ("web", "native")


async def _fetch(alfaview: "Alfaview", link_id: str) -> GroupLink | None:
    return (await alfaview.guests.get_group_link(id=link_id)).group_link


_KIND = LinkKind(
    name="group",
    some=("id", "description", "room", "role", "state", "valid_from", "valid_until", "join_link"),
    more=(
        "room_id",
        "permission_group_id",
        "created_by",
        "created_at",
        "managed",
        "origin",
        "dial_in_allowed",
        "dial_in_code",
        "access_key",
    ),
    fetch=_fetch,
)


@click.group(cls=Group)
def group() -> None:
    """Links that many people share: whoever has one can enter under any name."""


@group.command(epilog=example('alfactl group create "Autumn course" --room "Seminar A" --role Participant'))
@click.argument("description")
@click.option("--room", default="", metavar="ROOM", help="Id, exact name or path of the room.")
@click.option("--role", default="", metavar="ROLE", help="Id, name or German/English alias: alfactl role list.")
@frame_options
@click.option("--dial-in", is_flag=True, help="Let people enter by telephone.")
@links_option
@asynchronous
async def create(
    invocation: Invocation,
    description: str,
    *,
    room: str,
    role: str,
    start: str,
    end: str,
    dial_in: bool,
    links: bool | None,
) -> None:
    """Create a link for a group. Those who use it do not see DESCRIPTION."""
    _KIND.check_fields(invocation, links=links, with_task=True)
    frame = time_frame(invocation, start, end)
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        room_id, _ = await find_room(invocation, alfaview, names.rooms, room)
        role_id, found_role = find_role(invocation, names.roles, role)
        path = names.rooms.paths[room_id]
        if invocation.dry_run:
            what = invocation.text("create-group", name=description, room=path, role=found_role.name)
            invocation.say("dry-run", what=what)
            return
        wanted = GroupLinkCreation(
            description=description,
            valid_from=frame.start,
            valid_until=frame.end,
            permission_group_id=role_id,
            allow_dial_in=dial_in,
        )
        with refusals(invocation, path, f'alfactl group list --room "{path}"'):
            reply = await alfaview.guests.create_group_links(room_id=room_id, group_link_creations=[wanted])
        task_id = reply.tracking_info.task_id if reply.tracking_info else ""
        _KIND.show(invocation, names, reply.group_links[0], links=links, task_id=task_id)


@group.command("list", epilog=example('alfactl group list --room "Seminar A"'))
@click.option("--room", default="", metavar="ROOM", help="Only those of this room.")
@click.option("--expired", is_flag=True, help="Only those that are no longer valid.")
@timezone_option
@links_option
@asynchronous
async def list_links(invocation: Invocation, *, room: str, expired: bool, links: bool | None) -> None:
    """List group links, of one room or of the whole company."""
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        room_id = (await find_room(invocation, alfaview, names.rooms, room))[0] if room else ""
        listed = [link async for link in alfaview.guests.group_links(room_id)]
        rows = [names.row(invocation, link) for link in listed if not expired or is_expired(link)]
        invocation.show(rows, _KIND.columns(invocation, links=links))


@group.command(epilog=example("alfactl group show LINK_ID"))
@click.argument("link_id")
@timezone_option
@links_option
@asynchronous
async def show(invocation: Invocation, link_id: str, *, links: bool | None) -> None:
    """Show the group link of an id."""
    await _KIND.show_one(invocation, link_id, links=links)


@group.command(epilog=example('alfactl group update LINK_ID --description "Winter course" --until 2027-03-31'))
@click.argument("link_id")
@click.option("--description", default="", help="New description.")
@click.option("--role", default="", metavar="ROLE", help="New role: id, name or alias.")
@frame_options
@click.option("--dial-in/--no-dial-in", default=None, help="Let people enter by telephone.")
@links_option
@asynchronous
async def update(
    invocation: Invocation,
    link_id: str,
    *,
    description: str,
    role: str,
    start: str,
    end: str,
    dial_in: bool | None,
    links: bool | None,
) -> None:
    """Change the group link of an id; the link itself stays the same. What is not named stays, too."""
    _KIND.check_fields(invocation, links=links)
    frame = time_frame(invocation, start, end)
    changes: dict[str, Any] = {"description": description, "valid_from": frame.start, "valid_until": frame.end}
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        link = await _KIND.one(invocation, alfaview, link_id)
        changes["permission_group_id"] = find_role(invocation, names.roles, role)[0] if role else ""
        wanted = attrs.evolve(link, **{key: value for key, value in changes.items() if value})
        keep_dial_in = link.dial_in_allowed if dial_in is None else dial_in
        if wanted == link and keep_dial_in == link.dial_in_allowed:
            raise invocation.fail("nothing-to-change", Exit.USAGE)
        path = names.rooms.paths.get(link.room_id, link.room_id)
        if invocation.dry_run:
            invocation.say("dry-run", what=invocation.text("update-link", id=link_id, room=path))
            return
        with refusals(invocation, path, f"alfactl group show {link_id}"):
            await alfaview.guests.update_group_link(group_link=wanted, allow_dial_in=keep_dial_in)
        _KIND.show(invocation, names, await _KIND.one(invocation, alfaview, link_id), links=links)


@group.command(epilog=example("alfactl group delete LINK_ID"))
@click.argument("link_ids", metavar="LINK_ID...", nargs=-1, required=True)
@asynchronous
async def delete(invocation: Invocation, link_ids: tuple[str, ...]) -> None:
    """Delete group links: whoever has one can no longer enter."""
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        wanted = (_KIND.one(invocation, alfaview, link_id) for link_id in dict.fromkeys(link_ids))
        await delete_links(invocation, alfaview, _KIND.name, await asyncio.gather(*wanted), names.rooms)


@group.command(
    "join-url",
    epilog=example(
        'alfactl group join-url LINK_ID --name "Jörg Weiß" --native',
        "pbpaste | alfactl group join-url - --name Ada --web",
    ),
)
@click.argument("link")
@click.option("--name", default="", help="Name to show in the room.")
@click.option("--external-id", default="", help="32 to 256 characters, unique for a person, who can be in only once.")
@click.option("--web", "form", flag_value="web", help="Print the URL for the browser only.")
@click.option("--native", "form", flag_value="native", help="Print the URL for the desktop client only.")
@asynchronous
async def join_url(invocation: Invocation, link: str, *, name: str, external_id: str, form: str | None) -> None:
    """Enter with a group link, and print the URL that opens the room. It is good for 12 hours, for one person.

    LINK is the id of a group link, a join link, or - to read a join link from stdin, where no process list shows it.
    """
    columns = (form,) if form else _LAUNCH
    invocation.check_fields(columns)
    with interruptible_reading():
        text = sys.stdin.read() if link == "-" else link
    async with client(invocation) as alfaview:
        is_id = link != "-" and "/" not in link
        join_link = (await _KIND.one(invocation, alfaview, link)).join_link if is_id else text
        launch = await alfaview.guests.launch_url(join_link, display_name=name, external_id=external_id)
        if form and not invocation.json:
            click.echo(getattr(launch, form))
        else:
            invocation.show_record({url: getattr(launch, url) for url in columns}, columns)
