"""One personal guest link for each member of a community; the bots beside this file hand it out in private."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Self
from weakref import WeakValueDictionary

from alfaview_async import Alfaview, AlfaviewError, OutcomeUnknown
from alfaview_async.models import GuestLinkCreation

VALID_FOR = timedelta(hours=12)
WORTH_HAVING = timedelta(hours=1)
"""A link that ends sooner is not handed out again."""
IN_DOUBT_FOR = 180.0
"""Seconds for which a request whose answer was lost may still be carried out; alfaview documents no bound."""
IN_DOUBT = (
    "alfaview has not answered in time, so your link may exist or not. "
    "Please ask again in three minutes: then I find it, or make it."
)
NO_LINK = "I cannot get you a link at the moment. Please try again later."

log = logging.getLogger(__name__)


class PersonalLinks:
    """Hands out guest links into one room, one for each member.

    A link bears the id of its member in `origin`; that is how it is found again, also after a restart of the bot.

    Args:
        alfaview: Not closed here.
        room_id: The room.
        role_id: The permission group of those who come with a link.
    """

    def __init__(self, alfaview: Alfaview, room_id: str, role_id: str) -> None:
        self._alfaview = alfaview
        self._room_id = room_id
        self._role_id = role_id
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._in_doubt_until: dict[str, float] = {}

    @classmethod
    async def into(cls, alfaview: Alfaview, room: str, role: str = "Participant") -> Self:
        """Look up room and role by name; a bot should find out at its start that there is no such room.

        Raises:
            AlfaviewError: No such room or role, or alfaview cannot be reached.
        """
        room_id, _ = await alfaview.rooms.find(room)
        role_id, _ = await alfaview.business.permission_group(role)
        return cls(alfaview, room_id, role_id)

    async def answer(self, member: str, display_name: str) -> str:
        """Return what to tell a member in private: the link, or what is known about it.

        Args:
            member: An id that never changes and that no other service uses, e.g. `discord:80351110224678912`.
            display_name: The name that others in the room see.
        """
        try:
            return f"Your personal link, for you alone: {await self.link(member, display_name)}"
        except OutcomeUnknown as doubt:
            log.warning("%s: %s", member, doubt)
            return IN_DOUBT
        except AlfaviewError as error:
            log.warning("%s: %s", member, error)
            return NO_LINK

    async def link(self, member: str, display_name: str) -> str:
        """Return the link that the member has, or a new one.

        Raises:
            OutcomeUnknown: The link may or may not have been made, now or a moment ago.
            AlfaviewError: As in `Alfaview.call`.
        """
        async with self._asking.setdefault(member, asyncio.Lock()):
            found = await self._existing(member)
            if found:
                return found
            if monotonic() < self._in_doubt_until.get(member, 0.0):
                raise OutcomeUnknown("an earlier request may still be carried out")
            try:
                return await self._new(member, display_name)
            except OutcomeUnknown:
                self._in_doubt_until[member] = monotonic() + IN_DOUBT_FOR
                raise

    async def _existing(self, member: str) -> str:
        still_needed = datetime.now(UTC) + WORTH_HAVING
        async for link in self._alfaview.guests.links(self._room_id):
            if link.origin == member and link.valid_until and link.valid_until > still_needed:
                return link.join_link
        return ""

    async def _new(self, member: str, display_name: str) -> str:
        creation = GuestLinkCreation(
            display_name=display_name,
            permission_group_id=self._role_id,
            valid_until=datetime.now(UTC) + VALID_FOR,
        )
        reply = await self._alfaview.guests.create_guest_links(
            room_id=self._room_id, guest_link_creations=[creation], origin=member
        )
        self._in_doubt_until.pop(member, None)
        return reply.guest_links[0].join_link
