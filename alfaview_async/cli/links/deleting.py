"""Links that are to go: asked about, then deleted one by one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alfaview_async.cli.arguments.finding import Rooms
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.links.refusals import refusals
from alfaview_async.cli.links.surroundings import Link
from alfaview_async.errors import NotFound
from alfaview_async.models.guests import GuestLink

if TYPE_CHECKING:
    from alfaview_async import Alfaview


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
