"""A personal link for a guest, made once however often a browser asks for it."""

import asyncio
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from alfaview_async import Alfaview
from alfaview_async.models import GuestLinkCreation

ROLE = "Participant"


class Invitations:
    """Makes links in tasks of its own: a browser that goes away cancels its request, but not the link.

    Args:
        alfaview: The client of this process; must stay open for longer than this.
    """

    def __init__(self, alfaview: Alfaview) -> None:
        self._alfaview = alfaview
        self._under_way: dict[tuple[str, str], asyncio.Task[str]] = {}

    async def link_for(self, email: str, display_name: str, *, room: str) -> str:
        """Return the join link of a guest; requests for the same guest at the same time share one answer.

        Raises:
            NotFound: There is no such room.
            OutcomeUnknown: The link may have been made or not.
            AlfaviewError: As in `Alfaview.call`.
        """
        guest = room, email.casefold()
        making = self._under_way.get(guest)
        if making is None:
            making = self._under_way[guest] = asyncio.create_task(self._make(email, display_name, room))
            making.add_done_callback(lambda _: self._under_way.pop(guest))
        await asyncio.wait([making])  # unlike `await making`, this can be cancelled without cancelling the task
        return making.result()

    async def _make(self, email: str, display_name: str, room: str) -> str:
        (room_id, _), (role_id, _) = await asyncio.gather(
            self._alfaview.rooms.find(room), self._alfaview.business.permission_group(ROLE)
        )
        async for link in self._alfaview.guests.links(room_id):
            still_valid = link.valid_until is None or link.valid_until > datetime.now(UTC)
            if still_valid and link.email.casefold() == email.casefold():
                return link.join_link  # of an earlier request, whose answer may have got lost
        creation = GuestLinkCreation(email=email, display_name=display_name, permission_group_id=role_id)
        reply = await self._alfaview.guests.create_guest_links(room_id=room_id, guest_link_creations=[creation])
        return reply.guest_links[0].join_link

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Wait for the links under way, before the client is closed."""
        if self._under_way:
            await asyncio.wait(self._under_way.values())
