"""Servers to talk to: the emulator, and one that knows nothing of our code."""

import gc
import json
import os
import signal
from contextlib import asynccontextmanager
from time import monotonic, time

import pytest
from aiohttp import web
from hypothesis import settings

from alfaview_async import Alfaview, ApiKey
from alfaview_async.emulator import Emulator

settings.register_profile("ours", deadline=None, max_examples=60)  # a busy machine is no failure; CI has 12 minutes
settings.load_profile("ours")

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # so a shell starts what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what tests start inherits it, and Ctrl-C is tested


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One worker more than processors: tests wait for processes and clocks a third of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish():
    """Six thousand collected tests are no garbage: no search for garbage shall look through them."""
    gc.collect()
    gc.freeze()


LOGIN = {"replyInfo": {"statusMessage": "OK"}, "accessToken": "dG9rZW4+/w==", "expiresAt": "4102444800"}


class PlainServer:
    """Answers with hand-written JSON, in order for each path, and keeps what was sent, byte for byte."""

    def __init__(self):
        self.answers = {"authenticationService/authenticate": [LOGIN | {"companyId": "company-1"}]}
        self.headers = {}
        self.sent = []

    def on(self, path, *answers, headers=None):
        self.answers[path] = list(answers)
        self.headers[path] = headers or {}

    def bodies(self, path):
        return [body for sent_path, body, _ in self.sent if sent_path == path]

    def cookies(self, path):
        return [headers.get("Cookie") for sent_path, _, headers in self.sent if sent_path == path]

    async def answer(self, request):
        path = request.match_info["path"]
        self.sent.append((path, json.loads(await request.read()), request.headers))
        answers = self.answers[path]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | self.headers.get(path, {})
        return web.Response(status=status, body=data, headers=headers)


@asynccontextmanager
async def served(server):
    app = web.Application()
    app.router.add_post("/json/v1/{path:.+}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/json/v1/"
    try:
        yield server
    finally:
        await runner.cleanup()


@pytest.fixture
async def plain_server():
    async with served(PlainServer()) as server:
        yield server


@pytest.fixture
async def plain_client(plain_server):
    credentials = ApiKey(client_id="alias", code="secret", company_id="company-1")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        yield alfaview


@pytest.fixture
async def emulator():
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
def api_key(emulator):
    return ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)


@pytest.fixture
async def alfaview(emulator, api_key):
    async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
        yield alfaview


@pytest.fixture
def later(monkeypatch):
    """Move this machine's clocks forward: both, or the one that people can set; and the emulator's if given."""
    passed = {"wall": 0.0, "boot": 0.0}

    def move(seconds, emulator=None, *, set_by_hand=False):
        passed["wall"] += seconds
        passed["boot"] += 0.0 if set_by_hand else seconds
        if emulator:
            emulator.clock.advance(seconds=seconds)

    for name in ("access_token.wall_clock", "login.time", "renewal.time"):
        monkeypatch.setattr(f"alfaview_async.{name}", lambda: time() + passed["wall"])
    monkeypatch.setattr("alfaview_async.access_token.boot_clock", lambda: monotonic() + passed["boot"])
    return move
