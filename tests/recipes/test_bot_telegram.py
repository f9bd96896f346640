"""The Telegram bot, run by its library against the part of Telegram's Bot API that it uses.

Requests and answers as in https://core.telegram.org/bots/api: getMe, deleteWebhook, getUpdates, getChatMember,
sendMessage.
"""

import asyncio
import json
import logging
from itertools import count

import pytest
from aiohttp import web

from alfaview_async import ClientClosed

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
GROUP = -1001234567890
ADA, EVE = 4711, 666


class BotApi:
    """One bot, one group whose only member is Ada."""

    def __init__(self):
        self.sent = []
        self._updates = []
        self._news = asyncio.Event()
        self._answered = asyncio.Event()
        self._ids = count(1)

    async def answer(self, request):
        method = request.match_info["method"]
        fields = dict(await request.post())
        if method == "getChatMember" and int(fields["user_id"]) != ADA:
            refusal = {"ok": False, "error_code": 400, "description": "Bad Request: user not found"}
            return web.json_response(refusal, status=400)
        return web.json_response({"ok": True, "result": await getattr(self, method)(fields)})

    async def getMe(self, _):  # noqa: N802 - Telegram's names
        return {"id": 110201543, "is_bot": True, "first_name": "Links", "username": "alfaview_links_bot"}

    async def deleteWebhook(self, _):  # noqa: N802 - Telegram's names
        return True

    async def getUpdates(self, fields):  # noqa: N802 - Telegram's names
        assert json.loads(fields["allowed_updates"]) == ["message"]
        first = int(fields.get("offset", 0))
        self._updates = [update for update in self._updates if update["update_id"] >= first]
        if not self._updates:
            self._news.clear()
            waiting = asyncio.create_task(self._news.wait())
            await asyncio.wait([waiting], timeout=float(fields.get("timeout", 0)))
            waiting.cancel()
        return self._updates

    async def getChatMember(self, fields):  # noqa: N802 - Telegram's names
        assert int(fields["chat_id"]) == GROUP
        return {"status": "member", "user": person(int(fields["user_id"]))}

    async def sendMessage(self, fields):  # noqa: N802 - Telegram's names
        self.sent.append((int(fields["chat_id"]), fields["text"]))
        self._answered.set()
        return {"message_id": next(self._ids), "date": 1767225600, "chat": private(int(fields["chat_id"]))}

    async def write(self, user_id, chat):
        """Let somebody write `/link` into a chat, and return what the bot answers, and where."""
        command = {"type": "bot_command", "offset": 0, "length": 5}
        message = {"message_id": next(self._ids), "date": 1767225600, "from": person(user_id), "chat": chat}
        message |= {"text": "/link", "entities": [command]}
        self._answered.clear()
        self._updates.append({"update_id": next(self._ids), "message": message})
        self._news.set()
        await asyncio.wait_for(self._answered.wait(), 10)
        return self.sent[-1]


def person(user_id):
    return {"id": user_id, "is_bot": False, "first_name": "Ada", "last_name": "Lovelace"}


def private(chat_id):
    return {"id": chat_id, "type": "private", "first_name": "Ada"}


@pytest.fixture
async def telegram():
    api = BotApi()
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/{{method}}", api.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    yield api
    await runner.cleanup()


@pytest.fixture
async def bot(example, telegram, alfaview_emulator, caplog):
    """The bot, polling in a thread of its own as it would in the main thread of a program."""
    module = example("bots", "telegram_bot", needs="telegram")
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, "httpx")
    bot = module.LinkBot(group_id=GROUP, room=alfaview_emulator.room_id)
    application = module.application(bot, TOKEN, telegram.base_url)
    loop = asyncio.new_event_loop()

    def poll():
        asyncio.set_event_loop(loop)
        application.run_polling(allowed_updates=["message"], stop_signals=None)

    polling = asyncio.create_task(asyncio.to_thread(poll))
    yield
    loop.call_soon_threadsafe(application.stop_running)
    await asyncio.wait_for(polling, 10)
    with pytest.raises(ClientClosed):
        await bot.alfaview.rooms.list()


@pytest.mark.usefixtures("surroundings", "bot")
async def test_a_member_gets_the_same_link_twice_in_the_private_chat(telegram, alfaview_client, caplog):
    """The bot of the page, with its library: the link goes to the member alone, and into no log."""
    chat, first = await telegram.write(ADA, private(ADA))
    (made,) = (await alfaview_client.guests.list_guest_links()).guest_links
    assert (chat, first) == (ADA, f"Your personal link, for you alone: {made.join_link}")
    assert (made.origin, made.display_name) == ("telegram:4711", "Ada Lovelace")
    assert await telegram.write(ADA, private(ADA)) == (chat, first)
    assert len((await alfaview_client.guests.list_guest_links()).guest_links) == 1
    assert not [secret for secret in (made.access_key, TOKEN) if secret in caplog.text]


@pytest.mark.usefixtures("surroundings", "bot")
async def test_groups_and_strangers_get_no_link(telegram, alfaview_client):
    """Who writes in the group is told to write to the bot alone; who is not in the group gets nothing."""
    group = {"id": GROUP, "type": "supergroup", "title": "Course"}
    assert await telegram.write(ADA, group) == (
        GROUP,
        "Please write /link to me alone: https://t.me/alfaview_links_bot",
    )
    assert await telegram.write(EVE, private(EVE)) == (EVE, "This is for members of the group only.")
    assert (await alfaview_client.guests.list_guest_links()).guest_links == []


@pytest.mark.usefixtures("surroundings", "bot")
async def test_a_lost_answer_is_said_as_it_is(telegram, alfaview_emulator):
    """The member hears that the link may exist, and gets it the next time."""
    alfaview_emulator.faults.add("createGuestLinks", do="apply-then-reset", on="1")
    assert "may exist or not" in (await telegram.write(ADA, private(ADA)))[1]
    assert "https://" in (await telegram.write(ADA, private(ADA)))[1]
    assert alfaview_emulator.requests.count("guestService.v2/createGuestLinks") == 1
