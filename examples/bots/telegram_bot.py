"""A Telegram bot: `/link`, in a private chat, gives a member of one group a personal alfaview link."""

import logging
from os import environ
from typing import Any

from personal_links import PersonalLinks
from telegram import Bot, LinkPreviewOptions, Update
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest
from telegram.ext import Application, ApplicationBuilder, CommandHandler, ContextTypes, filters

from alfaview_async import Alfaview

Telegram = Application[Any, Any, Any, Any, Any, Any]
MEMBERS = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER}


class LinkBot:
    """Serves the members of one group.

    Args:
        group_id: The group whose members may ask; the bot must be in it, as an administrator.
        room: Name or path of the alfaview room.
    """

    links: PersonalLinks

    def __init__(self, *, group_id: int, room: str) -> None:
        self.alfaview = Alfaview.from_env()
        self.group_id = group_id
        self.room = room

    async def open(self, _application: object) -> None:
        """Open what the commands need, before the first one can come."""
        self.links = await PersonalLinks.into(self.alfaview, self.room)

    async def close(self, _application: object) -> None:
        """Close the client."""
        await self.alfaview.close()

    async def link(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a member of the group; anybody can write to a bot."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return
        answer = "This is for members of the group only."
        if await self._is_member(context.bot, user.id):
            answer = await self.links.answer(f"telegram:{user.id}", user.full_name)
        await message.reply_text(answer, link_preview_options=LinkPreviewOptions(is_disabled=True))

    async def send_here(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say in a group where links are to be had: there everybody would see them."""
        if update.effective_message is not None:
            await update.effective_message.reply_text(f"Please write /link to me alone: {context.bot.link}")

    async def _is_member(self, telegram: Bot, user_id: int) -> bool:
        try:
            member = await telegram.get_chat_member(self.group_id, user_id)
        except BadRequest:  # nobody of that id was ever there
            return False
        return bool(getattr(member, "is_member", member.status in MEMBERS))  # the restricted may be out


def application(bot: LinkBot, token: str, base_url: str = "https://api.telegram.org/bot") -> Telegram:
    """Put the bot together; `base_url` may lead to a Bot API server of your own."""
    built = ApplicationBuilder().token(token).base_url(base_url).post_init(bot.open).post_shutdown(bot.close).build()
    alone = filters.ChatType.PRIVATE
    built.add_handler(CommandHandler("link", bot.link, alone, block=False))
    built.add_handler(CommandHandler("link", bot.send_here, ~alone))
    return built


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs URLs, and Telegram's hold the token of the bot
    links_for_members = LinkBot(group_id=int(environ["TELEGRAM_GROUP_ID"]), room=environ["ALFAVIEW_ROOM"])
    application(links_for_members, environ["TELEGRAM_TOKEN"]).run_polling(allowed_updates=[Update.MESSAGE])
