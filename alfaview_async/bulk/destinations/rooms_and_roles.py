"""The rooms and roles of a company, and the rows that name others: all of them are found at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Self

from attrs import evolve, frozen

from alfaview_async.bulk.destinations import rows_shown
from alfaview_async.bulk.recipients import GuestList, Recipient, RowProblem
from alfaview_async.bulk.validation import yes
from alfaview_async.client import Alfaview
from alfaview_async.errors import AmbiguousName, NotFound
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.rooms import Room
from alfaview_async.services.role_names import group_named, meant_role
from alfaview_async.services.rooms import room_named, room_paths

_FLAGS = ("co_host", "panelist")
"""Columns of yes and no that name a role, too."""
_MOST_NAMES = 10  # of which an error speaks: a wrong column gives each row a name of its own

_Refusals = dict[str, NotFound | AmbiguousName]
"""Name -> why it means no room or role."""


@frozen(kw_only=True)
class RoomsAndRoles:
    """What rows can name in a company.

    Attributes:
        rooms: All its rooms and departments, by id.
        roles: All its permission groups, by id.
    """

    rooms: Mapping[str, Room]
    roles: Mapping[str, PermissionGroup]

    @classmethod
    async def of(cls, alfaview: Alfaview) -> Self:
        """List them.

        Raises:
            AlfaviewError: As in `Alfaview.call`.
        """
        roles = (await alfaview.business.permission_groups_list()).permission_groups
        return cls(rooms={room_id: room async for room_id, room in alfaview.rooms.all()}, roles=roles)

    def usable(self, guests: GuestList) -> GuestList:
        """Leave out rows whose room or role does not exist, or whose name for it is borne by several.

        Args:
            guests: A list as it was read. Rows that name no room, or no role, get those of the whole job later.

        Returns:
            The list; what is wrong with the rows that were left out stands in its `problems`, with the others.
        """
        _, no_rooms = self._found_rooms(guest.room for guest in guests.recipients if guest.room)
        _, no_roles = self._found_roles(guest.role for guest in guests.recipients if guest.role)
        room_slips = {name: self._room_meant(name) for name, why in no_rooms.items() if isinstance(why, NotFound)}
        role_slips = {name: self._role_meant(name) for name, why in no_roles.items() if isinstance(why, NotFound)}
        problems = list(guests.problems)
        kept: list[Recipient] = []
        for guest in guests.recipients:
            before = len(problems)
            if why := no_rooms.get(guest.room):
                problems.append(_problem(guests, guest, ("room",), guest.room, why, room_slips))
            if why := no_roles.get(guest.role):
                problems.append(_problem(guests, guest, ("role", *_FLAGS), guest.role, why, role_slips))
            if len(problems) == before:
                kept.append(guest)
        in_order = tuple(sorted(problems, key=lambda problem: problem.line))
        return evolve(guests, recipients=tuple(kept), problems=in_order)

    def ids(
        self, recipients: Sequence[Recipient], rooms: Sequence[str], roles: Sequence[str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Find the rooms and roles of all rows.

        Args:
            recipients: The rows.
            rooms: What each of them, or else the whole job, calls its room.
            roles: Likewise its role.

        Returns:
            Name -> id for the rooms, and for the roles.

        Raises:
            NotFound: Some do not exist; the message has all of them, with their rows, and `name` the first.
            AmbiguousName: All exist, but some names mean several; the message has all of them, with their rows.
        """
        room_ids, no_rooms = self._found_rooms(rooms)
        role_ids, no_roles = self._found_roles(roles)
        if no_rooms or no_roles:
            raise _refusal([*_concerned(no_rooms, rooms, recipients), *_concerned(no_roles, roles, recipients)])
        return room_ids, role_ids

    def _found_rooms(self, names: Iterable[str]) -> tuple[dict[str, str], _Refusals]:
        return _found(names, partial(room_named, self.rooms))

    def _found_roles(self, names: Iterable[str]) -> tuple[dict[str, str], _Refusals]:
        return _found(names, partial(group_named, self.roles))

    def _room_meant(self, name: str) -> str:
        """Return the path of the room that was probably meant; empty if nobody can tell."""
        spelt: dict[str, list[str]] = {}
        for room_id, path in room_paths(self.rooms).items():
            for spelling in {path.casefold(), self.rooms[room_id].display_name.casefold()}:
                spelt.setdefault(spelling, []).append(path)
        close = get_close_matches(name.casefold(), spelt, n=1)
        paths = spelt[close[0]] if close else []
        return paths[0] if len(paths) == 1 else ""

    def _role_meant(self, name: str) -> str:
        """Return the name of the role that was probably meant; empty if nobody can tell."""
        shown = meant_role(self.roles, name)  # perhaps with its name in the other language behind it
        names = [role.name for role in self.roles.values()]
        return max((name for name in names if name == shown or shown.startswith(f"{name} (")), key=len, default="")


def _found(names: Iterable[str], find: Callable[[str], tuple[str, object]]) -> tuple[dict[str, str], _Refusals]:
    ids: dict[str, str] = {}
    refused: _Refusals = {}
    for name in dict.fromkeys(names):
        try:
            ids[name], _ = find(name)
        except (NotFound, AmbiguousName) as error:
            refused[name] = error
    return ids, refused


def _problem(
    guests: GuestList,
    guest: Recipient,
    fields: tuple[str, ...],
    name: str,
    why: NotFound | AmbiguousName,
    slips: Mapping[str, str],
) -> RowProblem:
    column, value = _cell(guests, guest, fields)
    return RowProblem(
        line=guest.line,
        column=column,
        value=value or name,
        reason=why.message,
        suggestion=slips.get(name, ""),
    )


def _cell(guests: GuestList, guest: Recipient, fields: tuple[str, ...]) -> tuple[str, str]:
    """Return the header and the cell in which the row names it; empty texts if something else named it for all rows."""
    for field in fields:
        header = guests.columns.get(field, "")
        cell = guest.extra.get(header, "")
        if cell.strip() and (field not in _FLAGS or yes(cell)):
            return header, cell
    return "", ""


def _concerned(
    refused: _Refusals, names: Sequence[str], recipients: Sequence[Recipient]
) -> list[tuple[NotFound | AmbiguousName, list[Recipient]]]:
    rows: dict[str, list[Recipient]] = {name: [] for name in refused}
    for name, recipient in zip(names, recipients, strict=True):
        if name in rows:
            rows[name].append(recipient)
    return [(error, rows[name]) for name, error in refused.items()]


def _refusal(refused: Sequence[tuple[NotFound | AmbiguousName, list[Recipient]]]) -> NotFound | AmbiguousName:
    told = [f"{rows_shown(rows)}: {error.message}" for error, rows in refused[:_MOST_NAMES]]
    if len(refused) > _MOST_NAMES:
        told.append(f"and {len(refused) - _MOST_NAMES} more such names")
    message = "; ".join([*told, "nothing was sent"])
    for error, _ in refused:
        if isinstance(error, NotFound):
            return NotFound.of(error.name, message, operation=error.operation)
    return AmbiguousName(message)
