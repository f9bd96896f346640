"""The fixtures under pytest alone: loops and classes, resets, seeds, wrong marks; one process runs the lot."""

import re
from collections import Counter

import pytest

LOOPS = """
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

STATE = """
import pytest

@pytest.mark.parametrize("number", range(4))
def test_reset_comes_before_the_test(alfaview_emulator, number):
    assert len(alfaview_emulator.faults) == 0
    assert alfaview_emulator.faults.add("roomService/list", do="reset").seen == 0

def test_the_server_may_be_stopped(alfaview_server, alfaview_emulator):
    alfaview_server.stop()

def test_and_is_there_again(alfaview_emulator):
    assert alfaview_emulator.base_url.startswith("http://127.0.0.1:")

@pytest.mark.alfaview(faults=[{"operation": "createGuestLinks", "do": "error", "status": "QUOTA_EXCEEDED"}])
class TestNearest:
    def test_of_the_class(self, alfaview_emulator):
        assert [fault.status for fault in alfaview_emulator.faults] == ["QUOTA_EXCEEDED"]

    @pytest.mark.alfaview(faults=["deleteLink@3:reset", "roomService/*:delay"], now="2027-01-01T00:00+02:00")
    def test_of_the_function(self, alfaview_emulator):
        assert [(fault.operation, fault.on) for fault in alfaview_emulator.faults] == [
            ("guestService.v2/deleteLink", "3"), ("roomService/*", "")
        ]
        assert alfaview_emulator.clock.now().isoformat() == "2026-12-31T22:00:00+00:00"
"""

SEEDS = """
import pytest
from alfaview_async.emulator import Cookie

SCHOOL = {"companies": {"school": {"rooms": {"aula": {"displayName": "Aula"}}}}}

@pytest.mark.alfaview(seed="training-centre", habits={"emit_defaults": True, "cookie": "kept"})
def test_by_name(alfaview_emulator):
    assert "alan@example.org" in [user.username for user in alfaview_emulator.state.users.values()]
    assert alfaview_emulator.habits.emit_defaults and alfaview_emulator.habits.cookie is Cookie.KEPT

@pytest.mark.alfaview(seed=SCHOOL)
def test_from_data(alfaview_emulator, alfaview_env):
    assert alfaview_env["ALFAVIEW_COMPANY_ID"] == alfaview_emulator.company_id == "school"
    assert not alfaview_emulator.habits.emit_defaults

@pytest.mark.alfaview(seed="school.json")
def test_from_a_file(alfaview_emulator):
    assert alfaview_emulator.room_id == "aula"

def test_the_usual_one_again(alfaview_emulator):
    assert alfaview_emulator.company_id == "01FH0EX2VQQ378MV7Z5NAGHESK"
"""

WRONG_MARK = """
import pytest

@pytest.mark.alfaview(clock="2026-12-24T18:00Z")
def test_misspelt(alfaview_emulator):
    pass

@pytest.mark.alfaview("createGuestLinks@2:reset")
def test_by_position(alfaview_emulator):
    pass

@pytest.mark.alfaview(now="2026-12-24T18:00")
def test_no_zone(alfaview_emulator):
    pass

@pytest.mark.alfaview(habits={"emit_zeros": True})
def test_no_habit(alfaview_emulator):
    pass

@pytest.mark.alfaview(seed="no-such-school.json")
def test_no_file(alfaview_emulator):
    pass
"""

FILES = {"loops": LOOPS, "state": STATE, "seeds": SEEDS, "wrong_mark": WRONG_MARK}
SCHOOL = '{"companies": {"school": {"rooms": {"aula": {"displayName": "Aula"}}}}}'


@pytest.fixture(scope="module")
def said(run_pytest, tmp_path_factory):
    """What pytest says of all these files."""
    directory = tmp_path_factory.mktemp("theirs")
    (directory / "school.json").write_text(SCHOOL, encoding="utf-8")
    return run_pytest(directory, {f"test_{name}.py": source for name, source in FILES.items()}, "-v")


def outcomes(said, name):
    """Count the outcomes of one file; a test that passes and whose fixtures then fail has two."""
    return Counter(re.findall(rf"^test_{name}\.py::\S+ ([A-Z]+)", said, re.MULTILINE))


def test_no_async_plugin_at_all(said):
    """Programs with loops of their own, and classes of unittest."""
    assert outcomes(said, "loops") == {"PASSED": 7}, said


def test_state_is_reset_before_each_test(said):
    """Whatever the test before did, to faults or to the server; and the nearest mark decides."""
    assert outcomes(said, "state") == {"PASSED": 8}, said


def test_seeds_and_habits_of_the_mark(said):
    """A name, data, a file beside the tests; each for one test."""
    assert outcomes(said, "seeds") == {"PASSED": 4}, said


def test_wrong_marks_are_errors(said):
    """The message says what the mark takes, and what is missing."""
    assert outcomes(said, "wrong_mark") == {"ERROR": 5}, said
    assert said.count("wrong arguments of a mark; expected alfaview(seed=None, faults=(), now=None, habits={})") >= 2
    assert "freeze at which zone's time?" in said
    assert "no habit 'emit_zeros'; there are emit_defaults, " in said
    assert "cannot read the seed file no-such-school.json: No such file" in said
