"""Two Webexes to talk to: the emulator, and a plain server that knows nothing of our code."""

import json
from contextlib import asynccontextmanager

import pytest
import stamina
from aiohttp import web

from alfaview_async.emulator.webex import WebexEmulator
from alfaview_async.webex import Webex

TOKEN = "Zm9vYmFy-canary_0123456789.abcdef~+/="
HANG_UP = object()


@pytest.fixture(autouse=True)
def no_waiting():
    """Retries follow one another at once; how long they would wait is told by the policy, which has its own tests."""
    with stamina.set_testing(True, attempts=4):
        yield


@asynccontextmanager
async def serving(app):
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def emulator():
    emulator = WebexEmulator()
    app = web.Application()
    app.add_routes(emulator.routes("/webex/v1"))
    async with serving(app) as origin:
        emulator.base_url = f"{origin}/webex/v1"
        yield emulator


@pytest.fixture
def meeting(emulator):
    return emulator.state.add_meeting("870f51ff287b41be84648412901e0402")


@pytest.fixture
async def webex(emulator):
    async with Webex(emulator.token, base_url=emulator.base_url) as webex:
        yield webex


class PlainWebex:
    """Gives its answers in order, the last one again and again, and keeps what was sent, byte for byte."""

    HANG_UP = HANG_UP
    TOKEN = TOKEN

    def __init__(self):
        self.answers = []
        self.sent = []

    def on(self, *answers):
        """Set the answers: `HANG_UP`, a JSON value, or a tuple of status, body and headers."""
        self.answers = list(answers)

    @property
    def lines(self):
        return [line for line, _, _ in self.sent]

    @property
    def bodies(self):
        return [json.loads(body) for _, body, _ in self.sent if body]

    def headers(self, name):
        return [headers.getall(name, []) for _, _, headers in self.sent]

    async def answer(self, request):
        self.sent.append((f"{request.method} {request.raw_path}", await request.read(), request.headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is HANG_UP:
            request.transport.abort()
            return web.Response()
        status, body, headers = (*answer, {}, {})[:3] if isinstance(answer, tuple) else (200, answer, {})
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = web.Response(status=status, body=data, headers=headers)
        response.headers.setdefault("Content-Type", "application/json")
        return response


@pytest.fixture
async def plain():
    plain = PlainWebex()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", plain.answer)
    async with serving(app) as origin:
        plain.origin, plain.base_url = origin, f"{origin}/v1"
        yield plain


@pytest.fixture
async def client(plain):
    async with Webex(TOKEN, base_url=plain.base_url) as client:
        yield client
