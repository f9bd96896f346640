"""The programs of `examples/`, loaded as their pages say; what they need is installed by the group `recipes`."""

import asyncio
import importlib
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

REASON = "pip install --group recipes"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def example(monkeypatch):
    """Load a program anew, with its neighbours beside it: `example("web", "backend")`; skip without its framework."""

    def load(folder, name, *, needs=None):
        if needs:
            pytest.importorskip(needs, reason=REASON)
        monkeypatch.syspath_prepend(EXAMPLES / folder)
        for neighbour in (EXAMPLES / folder).glob("*.py"):
            sys.modules.pop(neighbour.stem, None)
        return importlib.import_module(name)

    return load


@pytest.fixture
def surroundings(alfaview_env, tmp_path, monkeypatch):
    """Lead an example to the emulator, and its journals into the directory of the test; to no Redis."""
    monkeypatch.setenv("JOURNALS", str(tmp_path / "journals"))
    monkeypatch.delenv("REDIS_URL", raising=False)
    return alfaview_env


@pytest.fixture
def listener():
    """Listen on a free port; who connects before the server is there waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def guests(alfaview_server, alfaview_emulator):
    """Tell the addresses that have a link on the emulator, sorted; who has two is there twice."""
    company = alfaview_emulator.company_id
    return lambda: alfaview_server.call(
        lambda: sorted(link.email for link in alfaview_emulator.state.companies[company].links.values())
    )


@asynccontextmanager
async def _served(app, listener, **options):
    if isinstance(app, web.Application):
        runner = web.AppRunner(app, **options)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        stop = runner.cleanup
    else:
        uvicorn = pytest.importorskip("uvicorn", reason=REASON)
        server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_level="warning"))
        running = asyncio.create_task(server.serve(sockets=[listener]))

        async def stop():
            server.should_exit = True
            await running

    host, port = listener.getsockname()
    try:
        async with aiohttp.ClientSession(f"http://{host}:{port}") as browser:
            yield browser
    finally:
        await stop()


@pytest.fixture
def served():
    """Serve an application on a listener, by the server that its page names, and yield a browser that is there."""
    return _served
