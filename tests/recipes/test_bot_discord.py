"""The Discord bot, run by its library against the part of Discord's API and gateway that it uses.

Payloads as in https://docs.discord.com/developers: gateway (hello, identify, ready, INTERACTION_CREATE),
bulk overwriting of guild commands, responses to interactions, followup messages.
"""

import asyncio
import json
import logging

import pytest
from aiohttp import WSMsgType, web
from yarl import URL

from alfaview_async import ClientClosed

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
BOT, APPLICATION, SERVER, COMMAND, CHANNEL, ADA = (str(10**17 + n) for n in range(6))
GUILDS = 1 << 0
EPHEMERAL, SUPPRESS_EMBEDS = 1 << 6, 1 << 2
CHANNEL_MESSAGE, DEFERRED_CHANNEL_MESSAGE = 4, 5


class Discord:
    """One server, one bot with one command."""

    def __init__(self):
        self.commands = []
        self.responses = []
        self.followups = asyncio.Queue()
        self.elsewhere = []
        self.gateway = None
        self.ready = asyncio.Event()

    def routes(self):
        return [
            web.get("/api/users/@me", self._me),
            web.get("/api/oauth2/applications/@me", self._application),
            web.put(f"/api/applications/{APPLICATION}/guilds/{SERVER}/commands", self._overwrite_commands),
            web.post("/api/interactions/{id}/{token}/callback", self._callback),
            web.post(f"/api/webhooks/{APPLICATION}/{{token}}", self._followup),
            web.get("/gateway/", self._gateway),
            web.route("*", "/{rest:.*}", self._unexpected),
        ]

    async def _me(self, request):
        assert request.headers["Authorization"] == f"Bot {TOKEN}"
        return answer(user(BOT, "links"))

    async def _application(self, _request):
        application = {"id": APPLICATION, "name": "links", "description": "", "icon": None, "bot_public": False}
        application |= {"bot_require_code_grant": False, "verify_key": "", "owner": user(ADA, "ada"), "flags": 0}
        return answer(application)

    async def _overwrite_commands(self, request):
        self.commands = await request.json()
        known = {"id": COMMAND, "application_id": APPLICATION, "guild_id": SERVER, "version": "1"}
        return answer([command | known | {"default_member_permissions": None} for command in self.commands])

    async def _callback(self, request):
        self.responses.append(await request.json())
        interaction = {"id": request.match_info["id"], "type": 2}
        return answer({"interaction": interaction, "resource": {"type": DEFERRED_CHANNEL_MESSAGE}})

    async def _followup(self, request):
        sent = await request.json()
        self.followups.put_nowait(sent)
        message = {"id": str(10**17 + 99), "channel_id": CHANNEL, "author": user(BOT, "links"), "type": 0}
        message |= {"content": sent["content"], "flags": sent["flags"], "timestamp": "2026-01-01T00:00:00+00:00"}
        message |= {"attachments": [], "embeds": [], "mentions": [], "mention_roles": [], "edited_timestamp": None}
        return answer(message | {"pinned": False, "mention_everyone": False, "tts": False})

    async def _unexpected(self, request):
        self.elsewhere.append(request.path)
        return answer({"code": 0, "message": "404: Not Found"}, status=404)

    async def _gateway(self, request):
        self.gateway = web.WebSocketResponse()
        await self.gateway.prepare(request)
        await self.gateway.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for message in self.gateway:
            if message.type is WSMsgType.TEXT:
                await self._hear(json.loads(message.data))
        return self.gateway

    async def _hear(self, said):
        if said["op"] == 1:
            await self.gateway.send_json({"op": 11})
        elif said["op"] == 2:
            assert said["d"]["token"] == TOKEN
            assert said["d"]["intents"] == GUILDS
            resume = f"ws://127.0.0.1:{self.port}/gateway/"
            ready = {"v": 10, "user": user(BOT, "links"), "guilds": [], "session_id": "1"}
            ready |= {"resume_gateway_url": resume, "application": {"id": APPLICATION, "flags": 0}}
            await self.gateway.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
            self.ready.set()

    async def link(self, nonce):
        """Let Ada use `/link`, and return what she gets to see."""
        member = {"user": user(ADA, "ada"), "nick": "Ada L.", "roles": [], "joined_at": "2020-01-01T00:00:00+00:00"}
        member |= {"deaf": False, "mute": False, "flags": 0, "permissions": "0"}
        interaction = {"id": str(10**17 + nonce), "application_id": APPLICATION, "type": 2, "version": 1}
        interaction |= {"token": f"aW50ZXJhY3Rpb246{nonce}", "guild_id": SERVER, "channel_id": CHANNEL}
        interaction |= {"guild": {"id": SERVER, "locale": "de", "features": []}, "attachment_size_limit": 10485760}
        interaction |= {"member": member, "locale": "de", "guild_locale": "de", "app_permissions": "0"}
        interaction |= {"entitlements": [], "authorizing_integration_owners": {"0": SERVER}, "context": 0}
        interaction["data"] = {"id": COMMAND, "name": "link", "type": 1, "guild_id": SERVER}
        await self.gateway.send_json({"op": 0, "t": "INTERACTION_CREATE", "s": nonce, "d": interaction})
        return await asyncio.wait_for(self.followups.get(), 10)


def answer(value, status=200):
    """Answer as Discord does: its content type names no encoding, and discord.py takes others for text."""
    return web.Response(body=json.dumps(value).encode(), content_type="application/json", status=status)


def user(user_id, name):
    return {"id": user_id, "username": name, "discriminator": "0", "avatar": None, "global_name": None, "bot": False}


@pytest.fixture
async def discord(example, monkeypatch):
    example("bots", "discord_bot", needs="discord")
    from discord.gateway import DiscordWebSocket  # noqa: PLC0415 - may be missing
    from discord.http import Route  # noqa: PLC0415 - may be missing

    discord = Discord()
    app = web.Application()
    app.add_routes(discord.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    discord.port = runner.addresses[0][1]
    monkeypatch.setattr(Route, "BASE", f"http://127.0.0.1:{discord.port}/api")
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(f"ws://127.0.0.1:{discord.port}/gateway/"))
    yield discord
    await runner.cleanup()


@pytest.fixture
async def bot(example, discord, alfaview_emulator, caplog):
    """The bot, logged in and listening."""
    caplog.set_level(logging.INFO)
    bot = example("bots", "discord_bot").LinkBot(server_id=int(SERVER), room=alfaview_emulator.room_id)
    async with bot:
        running = asyncio.create_task(bot.start(TOKEN))
        ready = asyncio.create_task(discord.ready.wait())
        await asyncio.wait([running, ready], timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert ready.done(), running.exception()
        yield
    await running
    with pytest.raises(ClientClosed):
        await bot.alfaview.rooms.list()


@pytest.mark.usefixtures("surroundings", "bot")
async def test_a_member_gets_the_same_link_twice_and_nobody_sees_it(discord, alfaview_client, caplog):
    """Both answers are ephemeral from the first byte on; the link is in no channel and in no log."""
    first, second = [await discord.link(nonce) for nonce in (2, 3)]
    (made,) = (await alfaview_client.guests.list_guest_links()).guest_links
    assert (made.origin, made.display_name) == (f"discord:{ADA}", "Ada L.")
    assert first["content"] == second["content"] == f"Your personal link, for you alone: {made.join_link}"
    assert {seen["flags"] for seen in (first, second)} == {EPHEMERAL | SUPPRESS_EMBEDS}
    assert discord.responses == [{"type": DEFERRED_CHANNEL_MESSAGE, "data": {"flags": EPHEMERAL}}] * 2
    assert discord.elsewhere == []
    assert [command["name"] for command in discord.commands] == ["link"]
    assert not [secret for secret in (made.access_key, TOKEN) if secret in caplog.text]


@pytest.mark.usefixtures("surroundings", "bot")
async def test_a_lost_answer_is_said_as_it_is(discord, alfaview_emulator):
    """The member hears that the link may exist, and gets it the next time."""
    alfaview_emulator.faults.add("createGuestLinks", do="apply-then-reset", on="1")
    assert "may exist or not" in (await discord.link(2))["content"]
    assert "https://" in (await discord.link(3))["content"]
    assert alfaview_emulator.requests.count("guestService.v2/createGuestLinks") == 1
