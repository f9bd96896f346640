"""The fixtures under each of pytest's async plugins."""

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

FUNCTION_LOOPS = ("-o", "asyncio_default_fixture_loop_scope=function")  # without it pytest-asyncio warns
ANYIO_BACKEND = '\n@pytest.fixture\ndef anyio_backend():\n    return "asyncio"\n'


def test_pytest_asyncio_in_auto_mode(run_pytest, tmp_path):
    """Coroutines need no mark."""
    said = run_pytest(
        tmp_path,
        {"test_auto.py": ASYNC.format(mark="[]")},
        "--asyncio-mode=auto",
        *FUNCTION_LOOPS,
        plugins=["pytest_asyncio.plugin"],
    )
    assert " 4 passed in" in said, said


def test_pytest_asyncio_in_strict_mode(run_pytest, tmp_path):
    """Coroutines are marked; each has its loop, or one loop goes on after each test, what a client opened does not."""
    marks = {"each": "pytest.mark.asyncio", "one": 'pytest.mark.asyncio(loop_scope="module")'}
    said = run_pytest(
        tmp_path,
        {f"test_{loops}.py": ASYNC.format(mark=mark) for loops, mark in marks.items()},
        "--asyncio-mode=strict",
        *FUNCTION_LOOPS,
        plugins=["pytest_asyncio.plugin"],
    )
    assert " 8 passed in" in said, said


def test_anyio(run_pytest, tmp_path):
    """Its plugin runs coroutines in loops of its own making."""
    pytest.importorskip("anyio", reason="anyio is not installed")
    source = ASYNC.format(mark="pytest.mark.anyio") + ANYIO_BACKEND
    said = run_pytest(tmp_path, {"test_anyio.py": source}, plugins=["anyio.pytest_plugin"])
    assert " 4 passed in" in said, said
