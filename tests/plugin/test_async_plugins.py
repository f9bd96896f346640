"""The fixtures under each of pytest's async plugins, and under none."""

import pytest

ASYNC = """
import gc
from datetime import UTC, datetime
import pytest
from alfaview_async.models import Room

pytestmark = {mark}

async def test_one_room_is_made(alfaview_client, alfaview_emulator):
    await alfaview_client.rooms.create(room=Room(display_name="Aula"))
    assert alfaview_emulator.requests.count("roomService/create") == 1

async def test_the_next_test_knows_nothing_of_it(alfaview_client, alfaview_emulator):
    gc.collect()  # what the test before left open would be told now
    assert len(alfaview_emulator.requests) == 0
    assert "Aula" not in [room.display_name async for _, room in alfaview_client.rooms.all()]

@pytest.mark.alfaview(faults=["roomService/list@1:reset"], now="2026-12-24T18:00+01:00")
async def test_faults_and_time_of_the_mark(alfaview_client, alfaview_emulator):
    await alfaview_client.rooms.list()
    assert alfaview_emulator.requests.count("roomService/list") == 2
    assert alfaview_emulator.clock.now() == datetime(2026, 12, 24, 17, tzinfo=UTC)
    alfaview_emulator.clock.advance(hours=13)
    await alfaview_client.rooms.list()
    assert alfaview_emulator.requests.count("authenticationService/authenticate") == 2

async def test_a_client_that_is_closed_by_the_test(alfaview_client):
    async with alfaview_client:
        assert await alfaview_client.rooms.list()
"""

SYNC = """
import asyncio
import gc
import threading
import unittest
import pytest
from alfaview_async import Alfaview, ClientClosed

def test_the_environment_leads_to_the_emulator(alfaview_env, alfaview_emulator):
    async def program():
        async with Alfaview.from_env() as alfaview:
            await alfaview.rooms.list()
    asyncio.run(program())
    assert alfaview_env["ALFAVIEW_BASE_URL"] == alfaview_emulator.base_url
    assert alfaview_emulator.requests.count("roomService/list") == 1

def test_a_client_in_one_loop_after_the_other(alfaview_client, alfaview_emulator):
    async def program():
        return await alfaview_client.rooms.list()
    assert asyncio.run(program()).rooms.keys() == asyncio.run(program()).rooms.keys()
    assert alfaview_emulator.requests.count("authenticationService/authenticate") == 1
    gc.collect()

def test_a_client_that_is_never_used(alfaview_client):
    pass

CLIENTS = []

def test_a_client_in_a_loop_that_outlives_the_test(alfaview_client, loop_elsewhere):
    asyncio.run_coroutine_threadsafe(alfaview_client.companies.list(), loop_elsewhere).result(10)
    CLIENTS.append(alfaview_client)

def test_is_closed_after_the_test():
    with pytest.raises(ClientClosed):
        asyncio.run(CLIENTS[0].rooms.list())

@pytest.fixture(scope="session")
def loop_elsewhere():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()

class Base:
    @pytest.fixture(autouse=True)
    def begin(self, alfaview_client, alfaview_emulator):
        self.client, self.emulator = alfaview_client, alfaview_emulator

@pytest.mark.alfaview(now="2026-12-24T18:00Z", seed="empty")
class PlainCase(Base, unittest.TestCase):
    def test_the_mark_of_a_class(self):
        self.assertEqual(self.emulator.clock.now().hour, 18)
        self.assertEqual(asyncio.run(self.client.rooms.list()).rooms, {})

class AsyncCase(Base, unittest.IsolatedAsyncioTestCase):
    async def test_a_call(self):
        self.assertEqual(len((await self.client.rooms.list()).rooms), 6)
        self.assertEqual(self.emulator.requests.count("roomService/list"), 1)
"""

FUNCTION_LOOPS = ("-o", "asyncio_default_fixture_loop_scope=function")  # without it pytest-asyncio warns
ANYIO_BACKEND = '\n@pytest.fixture\ndef anyio_backend():\n    return "asyncio"\n'


def test_pytest_asyncio_in_auto_mode(run_pytest):
    """Coroutines need no mark."""
    said = run_pytest(
        ASYNC.format(mark="[]"), "--asyncio-mode=auto", *FUNCTION_LOOPS, plugins=["pytest_asyncio.plugin"]
    )
    assert " 4 passed in" in said, said


def test_pytest_asyncio_in_strict_mode(run_pytest):
    """Coroutines are marked."""
    said = run_pytest(
        ASYNC.format(mark="pytest.mark.asyncio"),
        "--asyncio-mode=strict",
        *FUNCTION_LOOPS,
        plugins=["pytest_asyncio.plugin"],
    )
    assert " 4 passed in" in said, said


def test_pytest_asyncio_with_one_loop_for_all_tests(run_pytest):
    """The loop goes on after each test; what a client opened in it does not."""
    marks = 'pytest.mark.asyncio(loop_scope="module")'
    said = run_pytest(
        ASYNC.format(mark=marks), "--asyncio-mode=strict", *FUNCTION_LOOPS, plugins=["pytest_asyncio.plugin"]
    )
    assert " 4 passed in" in said, said


def test_anyio(run_pytest):
    """Its plugin runs coroutines in loops of its own making."""
    pytest.importorskip("anyio", reason="anyio is not installed")
    source = ASYNC.format(mark="pytest.mark.anyio") + ANYIO_BACKEND
    said = run_pytest(source, plugins=["anyio.pytest_plugin"])
    assert " 4 passed in" in said, said


def test_no_async_plugin_at_all(run_pytest):
    """Programs with loops of their own, and classes of unittest."""
    said = run_pytest(SYNC)
    assert " 7 passed in" in said, said
