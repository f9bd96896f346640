"""What links are shown with: the names of rooms and roles beside their ids, and their state."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from alfaview_async.cli.arguments.finding import Rooms
from alfaview_async.cli.arguments.moments import local, now
from alfaview_async.cli.invocation import Invocation
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.guests import GroupLink, GuestLink

if TYPE_CHECKING:
    from alfaview_async import Alfaview

Link = GuestLink | GroupLink
Row = dict[str, Any]


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
