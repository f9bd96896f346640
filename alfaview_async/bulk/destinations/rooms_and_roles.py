"""The rooms and roles of a company, and the rows that name others: all of them are found at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
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
_MOST_NAMES = 10
"""So many unknown ones an error shows, and for so many it is guessed what was meant: in a wrong column every cell is
one, and there may be thousands of rooms."""

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

        Blocking: among thousands of rooms, guessing what was meant takes seconds. Within an event loop call
        `await asyncio.to_thread(there.usable, guests)` then.

        Args:
            guests: A list as it was read. Rows that name no room, or no role, get those of the whole job later.

        Returns:
            The list; what is wrong with the rows that were left out stands in its `problems`, with the others.
        """
        _, no_rooms = self._found_rooms(guest.room for guest in guests.recipients if guest.room)
        _, no_roles = self._found_roles(guest.role for guest in guests.recipients if guest.role)
        room_slips, role_slips = self._rooms_meant(_absent(no_rooms)), self._roles_meant(_absent(no_roles))
        problems: list[RowProblem] = []
        kept: list[Recipient] = []
        for guest in guests.recipients:
            before = len(problems)
            if why := no_rooms.get(guest.room):
                problems.append(_problem(guests, guest, ("room",), guest.room, why, room_slips))
            if why := no_roles.get(guest.role):
                problems.append(_problem(guests, guest, ("role", *_FLAGS), guest.role, why, role_slips))
            if len(problems) == before:
                kept.append(guest)
        left_out = {problem.line for problem in problems}
        return evolve(
            guests,
            recipients=tuple(kept),
            problems=tuple(sorted([*guests.problems, *problems], key=lambda problem: problem.line)),
            warnings=tuple(warning for warning in guests.warnings if warning.line not in left_out),
        )

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

    def _rooms_meant(self, names: Sequence[str]) -> dict[str, str]:
        """Return name -> path of the room that was probably meant, where that can be told."""
        spelt: dict[str, list[str]] = {}
        for room_id, path in room_paths(self.rooms).items() if names else ():
            for spelling in {path.casefold(), self.rooms[room_id].display_name.casefold()}:
                spelt.setdefault(spelling, []).append(path)
        close = {name: _nearest(name.casefold(), spelt) for name in names[:_MOST_NAMES]}
        return {name: paths.pop() for name, paths in close.items() if len(paths) == 1}

    def _roles_meant(self, names: Sequence[str]) -> dict[str, str]:
        """Return name -> role that was probably meant, where that can be told."""
        roles = [role.name for role in self.roles.values()]
        meant: dict[str, str] = {}
        for name in names[:_MOST_NAMES]:
            shown = meant_role(self.roles, name)  # perhaps with its name in the other language behind it
            fitting = [role for role in roles if role == shown or shown.startswith(f"{role} (")]
            meant[name] = max(fitting, key=len, default="")
        return meant


def _found(names: Iterable[str], find: Callable[[str], tuple[str, object]]) -> tuple[dict[str, str], _Refusals]:
    ids: dict[str, str] = {}
    refused: _Refusals = {}
    for name in dict.fromkeys(names):
        try:
            ids[name], _ = find(name)
        except (NotFound, AmbiguousName) as error:
            refused[name] = error
    return ids, refused


def _nearest(name: str, spelt: Mapping[str, Sequence[str]]) -> set[str]:
    """Return what is spelt nearly like it; several if they are equally near."""
    close = {spelling: SequenceMatcher(None, spelling, name).ratio() for spelling in get_close_matches(name, spelt)}
    return {
        meant for spelling, likeness in close.items() if likeness == max(close.values()) for meant in spelt[spelling]
    }


def _absent(refused: _Refusals) -> list[str]:
    return [name for name, error in refused.items() if isinstance(error, NotFound)]


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
