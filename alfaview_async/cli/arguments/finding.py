"""Rooms and roles as people name them: what is not found is answered with what was probably meant."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Self

from attrs import frozen

from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.errors import AlfaviewError, AmbiguousName, NotFound
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.rooms import Room
from alfaview_async.services.role_names import group_named, meant_role
from alfaview_async.services.room_tree import RoomNode, room_tree
from alfaview_async.services.rooms import RoomService, room_named, room_paths

if TYPE_CHECKING:
    from alfaview_async import Alfaview

_MOST_SUGGESTIONS = 3


@frozen(kw_only=True)
class Rooms:
    """All rooms and departments of the company.

    Attributes:
        by_id: Id -> room.
        tops: The same as a tree.
        paths: Id -> names from the top down, e.g. `Nord/Seminar A`.
    """

    by_id: Mapping[str, Room]
    tops: tuple[RoomNode, ...]
    paths: Mapping[str, str]

    @classmethod
    async def of(cls, alfaview: "Alfaview") -> Self:
        """List them.

        Raises:
            AlfaviewError: As in `Alfaview.call`.
        """
        by_id = {room_id: room async for room_id, room in alfaview.rooms.all()}
        return cls(by_id=by_id, tops=room_tree(by_id), paths=room_paths(by_id))


async def find_room(invocation: Invocation, alfaview: "Alfaview", rooms: Rooms, text: str) -> tuple[str, Room]:
    """Find a room by its id, its exact name, or its path.

    Args:
        invocation: Of the command; with `--check` it is told in which other company of the login there is such a room.
        alfaview: Its client.
        rooms: Those of the company.
        text: What the user wrote; empty: the setting `room`.

    Raises:
        Failure: No such room, several of them, or none was named.
    """
    name = text or invocation.settings["room"].value
    if not name:
        raise invocation.fail("room-needed", Exit.USAGE)
    try:
        return room_named(rooms.by_id, name)
    except AmbiguousName as error:
        same = [key for key, room in rooms.by_id.items() if name in (room.display_name, rooms.paths[key])]
        lines = sorted(f"{rooms.paths[room_id]}  {room_id}" for room_id in same)
        message = invocation.text("ambiguous-room", count=len(lines), room=name)
        following = invocation.text("ambiguous-room-next")
        raise Failure("ambiguous-room", Exit.NOT_FOUND, message, tuple(lines), next_step=following) from error
    except NotFound as error:
        raise await _no_room(invocation, alfaview, rooms, name) from error


async def absent_room(invocation: Invocation, alfaview: "Alfaview", error: NotFound) -> Failure | None:
    """Tell of a room that the library has missed as `find_room` does; `None` if it was something else.

    Raises:
        AlfaviewError: The rooms of the company cannot be listed any more.
    """
    if not error.name or error.operation != RoomService.list.path:
        return None
    return await _no_room(invocation, alfaview, await Rooms.of(alfaview), error.name)


def find_role(invocation: Invocation, groups: Mapping[str, PermissionGroup], text: str) -> tuple[str, PermissionGroup]:
    """Find a role by its id, its name, or its name in German or English; empty: the setting `role`.

    Raises:
        Failure: No such role, several of them, or none was named.
    """
    available = ", ".join(sorted(group.name for group in groups.values()))
    name = text or invocation.settings["role"].value
    if not name:
        raise invocation.fail("role-needed", Exit.USAGE, available=available)
    try:
        return group_named(groups, name)
    except AmbiguousName as error:
        raise invocation.fail("ambiguous-role", Exit.NOT_FOUND, error=error.message, role=name) from error
    except NotFound as error:
        meant = meant_role(groups, name)
        hint = [invocation.text("did-you-mean", meant=meant)] if meant else []
        hint.append(invocation.text("available", names=available))
        message = invocation.text("unknown-role", role=name)
        raise Failure("unknown-role", Exit.NOT_FOUND, message, (" ".join(hint),)) from error


async def _no_room(invocation: Invocation, alfaview: "Alfaview", rooms: Rooms, name: str) -> Failure:
    own, companies = await _companies(invocation, alfaview)
    message = invocation.text("room-not-found", room=name, company=companies.get(own) or own)
    failure = Failure("room-not-found", Exit.NOT_FOUND, message, next_step=invocation.text("room-not-found-next"))
    if close := _close_names(rooms, name):
        failure.details += (invocation.text("did-you-mean", meant=", ".join(close)),)
    others = {company_id: shown for company_id, shown in companies.items() if company_id != own}
    if others and not invocation.check:
        failure.details += (invocation.text("room-elsewhere-unknown", count=len(companies)),)
        failure.next_step = invocation.text("room-elsewhere-unknown-next")
    elif others:
        there = [company_id for company_id in others if await _has_room(alfaview, company_id, name)]
        names = ", ".join(others[company_id] for company_id in there)
        key = "room-elsewhere" if there else "room-nowhere"
        failure.details += (invocation.text(key, count=len(companies), companies=names),)
        if there:
            failure.next_step = invocation.text("room-elsewhere-next", company=there[0])
    return failure


async def _companies(invocation: Invocation, alfaview: "Alfaview") -> tuple[str, dict[str, str]]:
    """Return the company that was entered, and the names of those that the login may enter, as far as it may know."""
    own = invocation.settings["company"].value
    try:
        own = (await alfaview.authentication.access_token_information()).company_id or own
        listed = {**(await alfaview.companies.list()).companies, **await alfaview.accessible_companies()}
    except AlfaviewError:
        return own, {}  # the room is what failed; not knowing a name makes that no worse
    return own, {company_id: company.display_name for company_id, company in listed.items()}


async def _has_room(alfaview: "Alfaview", company_id: str, name: str) -> bool:
    async with await alfaview.switch_company(company_id) as sibling:
        try:
            await sibling.rooms.find(name)
        except NotFound:
            return False
        except AmbiguousName:
            return True
    return True


def _close_names(rooms: Rooms, name: str) -> list[str]:
    """Return the paths of rooms whose name or path is nearly the one that was asked for."""
    folded: dict[str, list[str]] = {}
    for room_id, path in rooms.paths.items():
        for spelling in {path.casefold(), rooms.by_id[room_id].display_name.casefold()}:
            folded.setdefault(spelling, []).append(path)
    close = get_close_matches(name.casefold(), folded, n=_MOST_SUGGESTIONS)
    return list(dict.fromkeys(path for spelling in close for path in folded[spelling]))[:_MOST_SUGGESTIONS]
