"""`alfactl guest`: personal links for single guests."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import attrs
import click

from alfaview_async.cli.arguments.checked_values import checked_address, checked_name
from alfaview_async.cli.arguments.finding import find_role, find_room
from alfaview_async.cli.arguments.moments import frame_options, time_frame, timezone_option
from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.links.deleting import ask_about, delete_links
from alfaview_async.cli.links.kind import LinkKind, links_option
from alfaview_async.cli.links.refusals import refusals
from alfaview_async.cli.links.surroundings import Surroundings, is_expired
from alfaview_async.cli.links.watching import watch
from alfaview_async.cli.logins.client import client
from alfaview_async.models.guests import GuestLink, GuestLinkCreation

if TYPE_CHECKING:
    from alfaview_async import Alfaview

_locale = click.option("--locale", type=click.Choice(["de", "en"]), help="Language of the e-mail [en].")
_send = click.option("--send-email", is_flag=True, help="Let alfaview e-mail the link to the guest; asks first.")


async def _fetch(alfaview: "Alfaview", link_id: str) -> GuestLink | None:
    return (await alfaview.guests.get_guest_link(id=link_id)).guest_link


_KIND = LinkKind(
    name="guest",
    some=("id", "display_name", "email", "room", "role", "state", "valid_from", "valid_until", "join_link"),
    more=(
        "room_id",
        "permission_group_id",
        "locale",
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
def guest() -> None:
    """Personal links for single guests. Many at once: alfactl bulk."""


@guest.command(
    epilog=example('alfactl guest create "Jörg Weiß" --room "Seminar A" --role Participant --until 2026-12-24')
)
@click.argument("name")
@click.option("--room", default="", metavar="ROOM", help="Id, exact name or path of the room.")
@click.option("--role", default="", metavar="ROLE", help="Id, name or German/English alias: alfactl role list.")
@click.option("--email", default="", help="Address of the guest.")
@frame_options
@_locale
@_send
@click.option("--dial-in", is_flag=True, help="Let the guest enter by telephone.")
@links_option
@asynchronous
async def create(
    invocation: Invocation,
    name: str,
    *,
    room: str,
    role: str,
    email: str,
    start: str,
    end: str,
    locale: str | None,
    send_email: bool,
    dial_in: bool,
    links: bool | None,
) -> None:
    """Create a link for the guest NAME. Nobody is e-mailed without --send-email."""
    _KIND.check_fields(invocation, links=links, with_task=True)
    frame = time_frame(invocation, start, end)
    if send_email and not email:
        raise invocation.fail("email-needed", Exit.USAGE)
    name, address = checked_name(invocation, name), checked_address(invocation, email)
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        room_id, _ = await find_room(invocation, alfaview, names.rooms, room)
        role_id, found_role = find_role(invocation, names.roles, role)
        path = names.rooms.paths[room_id]
        if send_email and not invocation.may("create-and-mail", name=name, room=path, email=address):
            return
        if invocation.dry_run:
            what = invocation.text("create-guest", name=name, room=path, role=found_role.name)
            invocation.say("dry-run", what=what)
            return
        wanted = GuestLinkCreation(
            email=address,
            display_name=name,
            valid_from=frame.start,
            valid_until=frame.end,
            locale=locale or invocation.settings["locale"].value,
            send_email=send_email,
            permission_group_id=role_id,
            allow_dial_in=dial_in,
        )
        with refusals(invocation, path, f'alfactl guest list --room "{path}"'):
            reply = await alfaview.guests.create_guest_links(
                room_id=room_id, guest_link_creations=[wanted], timezone=invocation.settings["timezone"].value
            )
        task_id = reply.tracking_info.task_id if reply.tracking_info else ""
        _KIND.show(invocation, names, reply.guest_links[0], links=links, task_id=task_id)
        if send_email:
            invocation.say("mail-requested", count=1)


@guest.command("list", epilog=example('alfactl guest list --room "Seminar A" -o csv', "alfactl guest list --expired"))
@click.option("--room", default="", metavar="ROOM", help="Only those of this room.")
@click.option("--expired", is_flag=True, help="Only those that are no longer valid.")
@click.option("--watch", "watching", is_flag=True, help="Go on and show changes; in a pipe, as JSON lines.")
@click.option(
    "--interval", type=click.FloatRange(min=0.1), default=3.0, show_default=True, help="Seconds between two looks."
)
@timezone_option
@links_option
@asynchronous
async def list_links(
    invocation: Invocation, *, room: str, expired: bool, watching: bool, interval: float, links: bool | None
) -> None:
    """List guest links, of one room or of the whole company."""
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        room_id = (await find_room(invocation, alfaview, names.rooms, room))[0] if room else ""
        shown = _KIND.columns(invocation, links=links)

        async def listing() -> AsyncIterator[GuestLink]:
            async for link in alfaview.guests.links(room_id):
                if not expired or is_expired(link):
                    yield link

        if watching:
            await watch(invocation, listing, names, shown, interval)
        invocation.show([names.row(invocation, link) async for link in listing()], shown)


@guest.command(epilog=example("alfactl guest show LINK_ID --json"))
@click.argument("link_id")
@timezone_option
@links_option
@asynchronous
async def show(invocation: Invocation, link_id: str, *, links: bool | None) -> None:
    """Show the guest link of an id."""
    await _KIND.show_one(invocation, link_id, links=links)


@guest.command(epilog=example('alfactl guest update LINK_ID --until "2026-12-24 20:00" --role Moderator'))
@click.argument("link_id")
@click.option("--name", default="", help="New name.")
@click.option("--email", default="", help="New address.")
@click.option("--role", default="", metavar="ROLE", help="New role: id, name or alias.")
@frame_options
@_locale
@_send
@click.option("--dial-in/--no-dial-in", default=None, help="Let the guest enter by telephone.")
@links_option
@asynchronous
async def update(
    invocation: Invocation,
    link_id: str,
    *,
    name: str,
    email: str,
    role: str,
    start: str,
    end: str,
    locale: str | None,
    send_email: bool,
    dial_in: bool | None,
    links: bool | None,
) -> None:
    """Change the guest link of an id; the link itself stays the same. What is not named stays, too."""
    _KIND.check_fields(invocation, links=links)
    frame = time_frame(invocation, start, end)
    changes: dict[str, Any] = {
        "display_name": checked_name(invocation, name),
        "email": checked_address(invocation, email),
        "locale": locale,
        "valid_from": frame.start,
        "valid_until": frame.end,
    }
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        link = await _KIND.one(invocation, alfaview, link_id)
        changes["permission_group_id"] = find_role(invocation, names.roles, role)[0] if role else ""
        wanted = attrs.evolve(link, **{key: value for key, value in changes.items() if value})
        keep_dial_in = link.dial_in_allowed if dial_in is None else dial_in
        if wanted == link and keep_dial_in == link.dial_in_allowed and not send_email:
            raise invocation.fail("nothing-to-change", Exit.USAGE)
        if send_email and not wanted.email:
            raise invocation.fail("email-needed", Exit.USAGE)
        if send_email and not invocation.may("mail-guest-one", name=wanted.display_name, email=wanted.email):
            return
        path = names.rooms.paths.get(link.room_id, link.room_id)
        if invocation.dry_run:
            invocation.say("dry-run", what=invocation.text("update-link", id=link_id, room=path))
            return
        with refusals(invocation, path, f"alfactl guest show {link_id}"):
            await alfaview.guests.update_guest_link(
                guest_link=wanted,
                send_email=send_email,
                timezone=invocation.settings["timezone"].value,
                allow_dial_in=keep_dial_in,
            )
        _KIND.show(invocation, names, await _KIND.one(invocation, alfaview, link_id), links=links)


@guest.command(epilog=example("alfactl guest resend LINK_ID --yes"))
@click.argument("link_ids", metavar="LINK_ID...", nargs=-1, required=True)
@timezone_option
@asynchronous
async def resend(invocation: Invocation, link_ids: tuple[str, ...]) -> None:
    """E-mail guests their links again; asks first, since mails cannot be called back."""
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        found = await _all_links(invocation, alfaview, link_ids)
        if missing := [link.display_name or link.id for link in found if not link.email]:
            raise invocation.fail("no-address", Exit.USAGE, name=", ".join(missing))
        if not ask_about(invocation, "mail-guest", found, names.rooms):
            return
        mailed = 0
        try:
            for link in found:
                path = names.rooms.paths.get(link.room_id, link.room_id)
                with refusals(invocation, path, f"alfactl guest show {link.id}"):
                    await alfaview.guests.resend_guest_link_email(
                        room_id=link.room_id, id=link.id, timezone=invocation.settings["timezone"].value
                    )
                mailed += 1
        finally:  # who has a mail already must be known before anybody tries again
            invocation.say("mail-requested" if mailed == len(found) else "mailed-some", count=mailed, all=len(found))


@guest.command(
    epilog=example("alfactl guest delete LINK_ID", 'alfactl guest delete --room "Seminar A" --expired --yes')
)
@click.argument("link_ids", metavar="[LINK_ID]...", nargs=-1)
@click.option("--room", default="", metavar="ROOM", help="With --expired: only those of this room.")
@click.option("--expired", is_flag=True, help="All that are no longer valid.")
@asynchronous
async def delete(invocation: Invocation, link_ids: tuple[str, ...], *, room: str, expired: bool) -> None:
    """Delete guest links: those named, or all that have expired. Whoever has such a link can no longer enter."""
    if bool(link_ids) is expired or (room and not expired):
        raise invocation.fail("what-to-delete", Exit.USAGE)
    async with client(invocation) as alfaview:
        names = await Surroundings.of(alfaview)
        if expired:
            room_id = (await find_room(invocation, alfaview, names.rooms, room))[0] if room else ""
            found = [link async for link in alfaview.guests.links(room_id) if is_expired(link)]
        else:
            found = await _all_links(invocation, alfaview, link_ids)
        if not found:
            invocation.say("no-expired-links")
            return
        await delete_links(invocation, alfaview, _KIND.name, found, names.rooms)


async def _all_links(invocation: Invocation, alfaview: "Alfaview", link_ids: tuple[str, ...]) -> list[GuestLink]:
    return list(
        await asyncio.gather(*(_KIND.one(invocation, alfaview, link_id) for link_id in dict.fromkeys(link_ids)))
    )
