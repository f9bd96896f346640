"""Two servers: one that replays hand-written JSON and knows nothing of our code, and the emulator, to be disturbed."""

import json
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from alfaview_async.emulator.invitario import InvitarioEmulator
from alfaview_async.invitario import Invitario
from alfaview_async.retry import RetryPolicy

PREFIX = "/api/v1/"
HASTY = RetryPolicy(wait=0.001)
STATION = {"event_id": "123", "api_key": "aBcDeFgH", "station_name": "Main Entrance"}
"""The article's own values."""


@asynccontextmanager
async def listening(app):
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Replay:
    """Answers each path with what it was given, the last one for ever, and keeps what was sent."""

    def __init__(self):
        self.answers = {}
        self.sent = []

    def on(self, path, *answers, status=200, headers=None):
        self.answers[path] = [(status, answer, headers or {}) for answer in answers]

    def bodies(self, path):
        return [body for sent_path, body in self.sent if sent_path == path]

    async def answer(self, request):
        path = request.match_info["path"]
        self.sent.append((path, json.loads(await request.read())))
        answers = self.answers[path]
        status, body, headers = answers.pop(0) if len(answers) > 1 else answers[0]
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(status=status, body=data, headers={"Content-Type": "application/json"} | headers)

    def reader(self, **options):
        return Invitario(**{"base_url": self.base_url, "retry": HASTY} | STATION | options)


@pytest.fixture
def sample():
    """Read a sample of the article."""

    def load(name):
        return json.loads((Path(__file__).parent / "samples" / f"{name}.json").read_text(encoding="utf-8"))

    return load


@pytest.fixture
async def replay(sample):
    server = Replay()
    server.on("login", sample("login"))
    server.on("logout", sample("logout"))
    server.on("guest/list/all", sample("guest_list"))
    server.on("guest/list/recent", sample("guest_list"))
    app = web.Application()
    app.router.add_post(PREFIX + "{path:.+}", server.answer)
    async with listening(app) as server.base_url:
        yield server


class Station:
    """The emulator on a port of its own, with what goes wrong before and after it answers."""

    def __init__(self):
        self.emulator = InvitarioEmulator()
        self.state = self.emulator.state
        self.sent = Counter()
        self._faults = defaultdict(list)

    @property
    def event(self):
        return self.state.events[self.emulator.event_id]

    def disturb(self, path, *faults):
        """Let the next requests to a path fail so, in this order; then all is well."""
        self._faults[path] += faults

    def reader(self, **options):
        key = {name: getattr(self.emulator, name) for name in ("event_id", "api_key", "station_name")}
        return Invitario(**{"base_url": self.base_url, "retry": HASTY} | key | options)

    @web.middleware
    async def disturbed(self, request, handler):
        path = request.path.removeprefix(PREFIX)
        self.sent[path] += 1
        faults = self._faults[path]
        return await (faults.pop(0)(request, handler) if faults else handler(request))


@pytest.fixture
async def station():
    station = Station()
    app = web.Application(middlewares=[station.disturbed])
    app.add_routes(station.emulator.routes())
    async with listening(app) as station.base_url:
        yield station


@pytest.fixture
async def reader(station):
    async with station.reader() as reader:
        yield reader
