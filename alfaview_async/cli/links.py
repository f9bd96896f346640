"""What guest and group links have in common on the command line: rows, names beside ids, deletion, refusals."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.finding import Rooms
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.moments import local, now
from alfaview_async.errors import NotFound, OutcomeUnknown, PermissionDenied, QuotaExceeded, StatusError
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.guests import GroupLink, GuestLink

if TYPE_CHECKING:
    from alfaview_async import Alfaview

Link = GuestLink | GroupLink
Row = dict[str, Any]

SECRETS = frozenset({"join_link", "access_key", "dial_in_code"})


@frozen(kw_only=True)
class Surroundings:
    """The rooms and roles of the company, which links name by their ids."""

    rooms: Rooms
    roles: Mapping[str, PermissionGroup]

    @classmethod
    async def of(cls, alfaview: "Alfaview") -> "Surroundings":
        """List them.

        Raises:
            AlfaviewError: As in `Alfaview.call`.
        """
        rooms, listed = await asyncio.gather(Rooms.of(alfaview), alfaview.business.permission_groups_list())
        return cls(rooms=rooms, roles=listed.permission_groups)

    def row(self, invocation: Invocation, link: Link) -> Row:
        """Return a link with the names of its room and role, its state, and times of the user's zone."""
        values = {field.name: getattr(link, field.name) for field in attrs.fields(type(link))}
        values |= {name: local(invocation, value) for name, value in values.items() if isinstance(value, datetime)}
        role = self.roles.get(link.permission_group_id)
        return values | {
            "room": self.rooms.paths.get(link.room_id, ""),
            "role": role.name if role else "",
            "state": _state(link),
        }


def is_expired(link: Link) -> bool:
    """Tell whether nobody can enter with the link any more."""
    return link.valid_until is not None and link.valid_until < now()


def _state(link: Link) -> str:
    if is_expired(link):
        return "expired"
    return "pending" if link.valid_from and link.valid_from > now() else "active"


def columns(invocation: Invocation, some: Sequence[str], every: Sequence[str], *, links: bool | None) -> list[str]:
    """Choose what to show of links.

    Args:
        invocation: Of the command.
        some: What people look at.
        every: What there is, for programs and for `--fields`.
        links: Whether to show what lets its bearer in; `None`: yes, but not in a table on a terminal, where long links
            would be folded and could not be copied.
    """
    if links is None:
        links = bool(invocation.fields) or invocation.output != "table" or not sys.stdout.isatty()
    chosen = every if invocation.fields or invocation.json else some
    return [name for name in chosen if links or name not in SECRETS]


@contextmanager
def refusals(invocation: Invocation, room: str, look: str) -> Iterator[None]:
    """Name the room if alfaview refuses to make or change a link in it, and what to look at if nobody knows.

    Args:
        invocation: Of the command.
        room: Its name.
        look: The command that shows whether it has happened.
    """
    try:
        yield
    except PermissionDenied as error:
        raise _refused(invocation, "refused", error, room) from error
    except QuotaExceeded as error:
        raise _refused(invocation, "quota", error, room) from error
    except OutcomeUnknown as error:
        message = invocation.text("outcome-unknown-room", room=room)
        following = invocation.text("look-first", command=look)
        raise Failure(
            "outcome-unknown", Exit.UNKNOWN_OUTCOME, message, (error.message,), next_step=following
        ) from error


def _refused(invocation: Invocation, code: str, error: StatusError, room: str) -> Failure:
    failure = invocation.fail(code, Exit.REFUSED, error=error)
    failure.message = invocation.text("refused-room", room=room, status=error.status)
    failure.details = (str(error), *failure.details)
    return failure


async def delete_links(
    invocation: Invocation, alfaview: "Alfaview", kind: str, links: Sequence[Link], rooms: Rooms
) -> None:
    """Ask, then delete links one by one, as alfaview wants it; one that is gone already is no error.

    Args:
        invocation: Of the command.
        alfaview: Its client.
        kind: `guest` or `group`, for the texts.
        links: What to delete; at least one.
        rooms: Those of the company.

    Raises:
        Failure: The answer was no, or there is nobody to ask.
        AlfaviewError: As in `Alfaview.call`; how many were deleted before that was said.
    """
    if not ask_about(invocation, f"delete-{kind}", links, rooms):
        return
    deleted = 0
    try:
        for link in links:
            with refusals(invocation, rooms.paths.get(link.room_id, link.room_id), f"alfactl {kind} list"):
                await _delete(alfaview, link)
            deleted += 1
    finally:
        invocation.say("deleted-links" if deleted == len(links) else "deleted-some", count=deleted, all=len(links))


def ask_about(invocation: Invocation, key: str, links: Sequence[Link], rooms: Rooms) -> bool:
    """Ask with the text `key-one` or `key-many`; result and errors as of `Invocation.may`."""
    if len(links) > 1:
        return invocation.may(f"{key}-many", count=len(links))
    link = links[0]
    name = link.display_name or link.email if isinstance(link, GuestLink) else link.description
    room = rooms.paths.get(link.room_id, link.room_id)
    return invocation.may(f"{key}-one", name=name, id=link.id, room=room, email=getattr(link, "email", ""))


async def _delete(alfaview: "Alfaview", link: Link) -> None:
    try:
        await alfaview.guests.delete_link(room_id=link.room_id, id=link.id)
    except NotFound:
        return
