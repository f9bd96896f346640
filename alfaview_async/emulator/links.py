"""Rules of guest and group links: their frames of time, their keys, and the door they open in the room."""

from datetime import datetime
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from attrs import evolve

from alfaview_async.emulator.call import Call
from alfaview_async.emulator.outbox import invitation, zone
from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.guests import GroupLink, GroupLinkCreation, GuestLink, GuestLinkCreation
from alfaview_async.models.status import StatusCode

Link = TypeVar("Link", GuestLink, GroupLink)
AnyLink = GuestLink | GroupLink
Creation = GuestLinkCreation | GroupLinkCreation

_JOIN_BASE = "https://app.alfaview.com/#/join/"
_YEARS = range(2, 9999)
"""In the first and last year a time may not exist in the zone of the mail."""


def check(call: Call, link: AnyLink | Creation) -> None:
    """Check what alfaview can know to be wrong.

    Raises:
        Refused: A frame that ends before it begins or at the edge of the calendar, or no such permission group.
    """
    if any(moment and moment.year not in _YEARS for moment in (link.valid_from, link.valid_until)):
        raise Refused(StatusCode.INVALID_ARGUMENT, "validFrom and validUntil must be times of our days")
    if link.valid_from and link.valid_until and link.valid_until < link.valid_from:
        raise Refused(StatusCode.INVALID_ARGUMENT, "validUntil is before validFrom")
    if link.permission_group_id not in call.company.permission_groups:
        raise Refused(StatusCode.NOT_FOUND, "permissionGroupId: no such group; permissionGroups/list has the ids")


def check_address(email: str) -> None:
    """Check that a mail can be sent.

    Raises:
        Refused: No address.
    """
    if not email:
        raise Refused(StatusCode.INVALID_ARGUMENT, "email is needed to send a mail")


def issue(call: Call, link: Link, creation: Creation, room_id: str, origin: str) -> Link:
    """Give a new link what both kinds have, and keep it."""
    ids, company = call.state.ids, call.company
    link.id, link.access_key = ids.uuid(), ids.access_key()
    link.room_id, link.origin = room_id, origin
    link.join_link = join_link(company.id, room_id, link.access_key)
    link.permission_group_id = creation.permission_group_id
    link.valid_from, link.valid_until = creation.valid_from, creation.valid_until
    link.created_at, link.created_by = call.state.clock.now(), call.caller.user_id
    if creation.allow_dial_in:
        allow_dial_in(call, link)
    company.links[link.id] = link
    if not creation.skip_room_permissions_update:
        open_room(call, link)
    return link


def join_link(company_id: str, room_id: str, access_key: str) -> str:
    """Write the link for people (handbook: join links)."""
    return f"{_JOIN_BASE}{company_id}/{room_id}/{access_key}/v2"


def changed(link: Link, wanted: Link) -> Link:
    """Copy a link with the role and frame of another; a zero cannot be told from absence and changes nothing."""
    return evolve(
        link,
        permission_group_id=wanted.permission_group_id or link.permission_group_id,
        valid_from=wanted.valid_from or link.valid_from,
        valid_until=wanted.valid_until or link.valid_until,
    )


def replace(call: Call, link: AnyLink, *, dial_in: bool, skip_room: bool) -> None:
    """Keep the changed copy of a link in place of the link.

    Raises:
        Refused: As in `check`; then the link stays as it was.
    """
    check(call, link)
    if dial_in:
        allow_dial_in(call, link)
    call.company.links[link.id] = link
    if not skip_room:
        open_room(call, link)


def find(call: Call, kind: type[Link], link_id: str, room_id: str = "") -> Link:
    """Find a link of the caller's company.

    Raises:
        Refused: None of this kind with this id, or it belongs to another room.
    """
    link = call.company.links.get(link_id)
    if not isinstance(link, kind) or (room_id and link.room_id != room_id):
        raise Refused(StatusCode.NOT_FOUND, "no such link")
    return link


def of_room(call: Call, kind: type[Link], room_id: str) -> list[Link]:
    """List the links of a room, or of the whole company if none is named.

    Raises:
        Refused: No such room.
    """
    if room_id:
        call.room(room_id)
    return [link for link in call.company.links.values() if isinstance(link, kind) and room_id in ("", link.room_id)]


def open_room(call: Call, link: AnyLink) -> None:
    """Let whoever comes with the link do in the room what the permission group says; entered by the link's id."""
    group = call.company.permission_groups[link.permission_group_id]
    if group.permissions:
        call.room(link.room_id).permissions[link.id] = group.permissions


def close_room(call: Call, link: AnyLink) -> None:
    """Take the right to enter the room away."""
    call.room(link.room_id).permissions.pop(link.id, None)


def allow_dial_in(call: Call, link: AnyLink) -> None:
    """Let people enter by telephone."""
    link.dial_in_allowed = True
    link.dial_in_code = link.dial_in_code or call.state.ids.dial_in_code()


def is_active(link: AnyLink, now: datetime) -> bool:
    """Tell whether the link is within its frame; both ends belong to it."""
    return (link.valid_from is None or link.valid_from <= now) and (link.valid_until is None or now <= link.valid_until)


def guest_id(call: Call, link: AnyLink, external_id: str) -> str:
    """Tell who enters: the one guest of a guest link, one person by external id, or anybody.

    Guess: the id of the guest is the id of the guest link, as the rights in the room are kept under that.
    """
    if isinstance(link, GuestLink):
        return link.id
    return str(uuid5(NAMESPACE_URL, f"{link.id}/{external_id}")) if external_id else call.state.ids.uuid()


def mail(call: Call, link: GuestLink, timezone: str) -> None:
    """Mail a guest the link."""
    room_name = call.room(link.room_id).display_name
    call.state.outbox.append(invitation(link, room_name, zone(timezone), call.state.clock.now()))
