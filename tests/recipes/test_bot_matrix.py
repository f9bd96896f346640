"""The Matrix bot, run by its library against the part of Matrix' client-server API that it uses.

Requests and answers as in https://spec.matrix.org/v1.11/client-server-api/: login, sync, createRoom, send.
"""

import asyncio
import logging
from itertools import count

import pytest
from aiohttp import web

BOT, ADA, PASSWORD, TOKEN = "@links:example.org", "@ada:example.org", "wombat-secret", "syt_bGlua3M_token"
COURSE, LOBBY = "!course:example.org", "!lobby:example.org"
API = "/_matrix/client/v3"


class Homeserver:
    """A room for the course, another one, and direct chats once they are made."""

    def __init__(self):
        self.made = []
        self.sent = asyncio.Queue()
        self.syncing = asyncio.Event()
        self.batches = [(room, "state", room_of(ADA, BOT)) for room in (COURSE, LOBBY)]
        self._ids = count(1)
        self._news = asyncio.Event()

    def routes(self):
        return [
            web.post(f"{API}/login", self._login),
            web.get(f"{API}/sync", self._sync),
            web.post(f"{API}/createRoom", self._create_room),
            web.put(f"{API}/rooms/{{room}}/send/m.room.message/{{transaction}}", self._send),
        ]

    async def _login(self, request):
        asked = await request.json()
        if asked["password"] != PASSWORD:
            return web.json_response({"errcode": "M_FORBIDDEN", "error": "Invalid password"}, status=403)
        return web.json_response({"user_id": BOT, "access_token": TOKEN, "device_id": "LINKS"})

    async def _sync(self, request):
        self._check(request)
        since = int(request.query.get("since", 0))
        if since == len(self.batches) and "timeout" in request.query:
            self.syncing.set()
            self._news.clear()
            waiting = asyncio.create_task(self._news.wait())
            await asyncio.wait([waiting], timeout=int(request.query["timeout"]) / 1000)
            waiting.cancel()
        joined = {}
        for room, kind, events in self.batches[since:]:
            seen = joined.setdefault(room, {"state": {"events": []}, "timeline": {"events": [], "prev_batch": "0"}})
            seen[kind]["events"] += events
        return web.json_response({"next_batch": str(len(self.batches)), "rooms": {"join": joined}})

    async def _create_room(self, request):
        self._check(request)
        asked = await request.json()
        self.made.append(asked)
        room = f"!direct{len(self.made)}:example.org"
        rule = event(BOT, type="m.room.join_rules", state_key="", content={"join_rule": "invite"})
        name = event(BOT, type="m.room.name", state_key="", content={"name": asked["name"]})
        self._tell(room, "state", [*room_of(BOT, invited=asked["invite"]), rule, name])
        return web.json_response({"room_id": room})

    async def _send(self, request):
        self._check(request)
        self.sent.put_nowait((request.match_info["room"], await request.json()))
        return web.json_response({"event_id": f"$sent{next(self._ids)}"})

    def _check(self, request):
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"

    def _tell(self, *batch):
        self.batches.append(batch)
        self._news.set()

    def write(self, room, text="!link"):
        content = {"msgtype": "m.text", "body": text}
        said = event(ADA, type="m.room.message", content=content, event_id=f"$said{next(self._ids)}")
        self._tell(room, "timeline", [said])

    async def answer(self):
        """Return what the bot says next, and where."""
        return await asyncio.wait_for(self.sent.get(), 10)


def event(sender, **fields):
    return {"sender": sender, "origin_server_ts": 1767225600000, "event_id": "$state"} | fields


def room_of(creator, *joined, invited=()):
    content = {"creator": creator, "room_version": "10"}
    created = event(creator, type="m.room.create", state_key="", content=content)
    states = dict.fromkeys([creator, *joined], "join") | dict.fromkeys(invited, "invite")
    names = {BOT: "Links", ADA: "Ada Lovelace"}
    members = [
        event(user, type="m.room.member", state_key=user, content={"membership": state, "displayname": names[user]})
        for user, state in states.items()
    ]
    return [created, *members]


@pytest.fixture
async def matrix():
    matrix = Homeserver()
    app = web.Application()
    app.add_routes(matrix.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    matrix.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield matrix
    await runner.cleanup()


@pytest.fixture
def program(example, matrix, alfaview_emulator, monkeypatch, caplog):
    """The program with its environment."""
    module = example("bots", "matrix_bot", needs="nio")
    variables = {"MATRIX_HOMESERVER": matrix.url, "MATRIX_USER": BOT, "MATRIX_PASSWORD": PASSWORD}
    variables |= {"MATRIX_ROOM_ID": COURSE, "ALFAVIEW_ROOM": alfaview_emulator.room_id}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    caplog.set_level(logging.INFO)
    return module


@pytest.fixture
async def bot(program, matrix):
    """The bot, waiting for messages; Ctrl-C in a program is a cancellation here."""
    matrix.write(COURSE)  # before its start
    running = asyncio.create_task(program.main())
    listening = asyncio.create_task(matrix.syncing.wait())
    await asyncio.wait([running, listening], timeout=10, return_when=asyncio.FIRST_COMPLETED)
    assert listening.done(), running.exception()
    yield running
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.usefixtures("surroundings", "bot")
async def test_a_member_gets_the_same_link_twice_in_a_chat_of_two(matrix, alfaview_client, caplog):
    """What was said before the start and elsewhere is not answered; the second answer goes into the same chat.

    The rooms of the course and of the lobby have two members now, but somebody may come and read what was said.
    """
    matrix.write(LOBBY)
    matrix.write(COURSE, "hello")
    matrix.write(COURSE)
    chat, first = await matrix.answer()
    (made,) = (await alfaview_client.guests.list_guest_links()).guest_links
    assert (made.origin, made.display_name) == (f"matrix:{ADA}", "Ada Lovelace")
    assert first == {"msgtype": "m.notice", "body": f"Your personal link, for you alone: {made.join_link}"}
    matrix.write(COURSE)
    assert await matrix.answer() == (chat, first)
    (asked,) = matrix.made
    assert chat == "!direct1:example.org"
    assert (asked["invite"], asked["is_direct"], asked["preset"]) == ([ADA], True, "trusted_private_chat")
    assert matrix.sent.empty()
    assert not [secret for secret in (made.access_key, PASSWORD, TOKEN) if secret in caplog.text]


@pytest.mark.usefixtures("surroundings", "bot")
async def test_a_lost_answer_is_said_as_it_is(matrix, alfaview_emulator):
    """The member hears that the link may exist, and gets it the next time."""
    alfaview_emulator.faults.add("createGuestLinks", do="apply-then-reset", on="1")
    matrix.write(COURSE)
    assert "may exist or not" in (await matrix.answer())[1]["body"]
    matrix.write(COURSE)
    assert "https://" in (await matrix.answer())[1]["body"]
    assert alfaview_emulator.requests.count("guestService.v2/createGuestLinks") == 1


@pytest.mark.usefixtures("surroundings")
async def test_a_wrong_password_ends_the_program(program, monkeypatch):
    """With what Matrix says; both clients are closed."""
    monkeypatch.setenv("MATRIX_PASSWORD", "wrong")
    with pytest.raises(SystemExit, match="Invalid password"):
        await program.main()
