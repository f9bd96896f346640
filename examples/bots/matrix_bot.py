"""A Matrix bot: who writes `!link` in one room gets a personal alfaview link in a direct chat."""

import asyncio
import logging
from os import environ

from nio import (  # type: ignore[import-untyped]  # ships no types
    AsyncClient,
    LoginError,
    MatrixRoom,
    RoomCreateError,
    RoomMessageText,
    RoomPreset,
    RoomSendError,
    SyncError,
)
from personal_links import PersonalLinks

from alfaview_async import Alfaview

CHAT_NAME = "Your alfaview link"
"""Tells the rooms that the bot has made from those that people have brought it into."""

log = logging.getLogger(__name__)


class LinkBot:
    """Serves the members of one Matrix room.

    Args:
        matrix: Logged in.
        links: Of the alfaview room.
        room_id: The Matrix room whose members may ask.
    """

    def __init__(self, matrix: AsyncClient, links: PersonalLinks, room_id: str) -> None:
        self._matrix = matrix
        self._links = links
        self._room_id = room_id

    async def on_message(self, room: MatrixRoom, message: RoomMessageText) -> None:
        """Answer a member in a direct chat; the room itself sees nothing."""
        if room.room_id != self._room_id or message.body.strip() != "!link":
            return
        chat = await self._direct_chat(message.sender)
        if not chat:
            return
        name = room.user_name(message.sender) or message.sender
        text = await self._links.answer(f"matrix:{message.sender}", name)
        sent = await self._matrix.room_send(chat, "m.room.message", {"msgtype": "m.notice", "body": text})
        if isinstance(sent, RoomSendError):
            log.warning("%s: no answer could be sent: %s", message.sender, sent.message)

    async def _direct_chat(self, member: str) -> str:
        """Find the room that we made for the two of us, and that nobody can enter uninvited; or make one."""
        us = {self._matrix.user_id, member}
        for room in self._matrix.rooms.values():
            ours = room.name == CHAT_NAME and room.join_rule == "invite" and not room.encrypted
            if ours and us == {*room.users, *room.invited_users}:
                return str(room.room_id)
        made = await self._matrix.room_create(
            is_direct=True, invite=[member], preset=RoomPreset.trusted_private_chat, name=CHAT_NAME
        )
        if isinstance(made, RoomCreateError):
            log.warning("%s: no direct chat could be opened: %s", member, made.message)
            return ""
        return str(made.room_id)


async def main() -> None:
    """Serve until the program is ended."""
    matrix = AsyncClient(environ["MATRIX_HOMESERVER"], environ["MATRIX_USER"])
    try:
        async with Alfaview.from_env() as alfaview:
            links = await PersonalLinks.into(alfaview, environ["ALFAVIEW_ROOM"])
            logged_in = await matrix.login(environ["MATRIX_PASSWORD"], device_name="alfaview links")
            if isinstance(logged_in, LoginError):
                raise SystemExit(f"Matrix refused the login: {logged_in.message}")
            seen = await matrix.sync(full_state=True)  # what was said before is not answered again
            if isinstance(seen, SyncError):
                raise SystemExit(f"Matrix shows no rooms: {seen.message}")
            bot = LinkBot(matrix, links, environ["MATRIX_ROOM_ID"])
            matrix.add_event_callback(bot.on_message, RoomMessageText)  # pyright: ignore[reportArgumentType] - it gets such only
            await matrix.sync_forever(timeout=30_000)
    finally:
        await matrix.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
