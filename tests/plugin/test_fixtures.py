"""What the plugin costs, says and shares."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

import alfaview_async

LOAD_SECONDS = 0.005
HEAVY = ("aiohttp", "attr", "attrs", "cattrs", "orjson", "asyncio", "alfaview_async.client", "alfaview_async.emulator")
LOADED = f"import sys, pytest; before = {{*sys.modules}}; import alfaview_async.pytest_plugin; \
print(*({{*{HEAVY}}} & ({{*sys.modules}} - before)))"

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

@pytest.mark.alfaview(seed="school.json")
def test_no_file(alfaview_emulator):
    pass
"""

WORKERS = """
import os
from pathlib import Path
import pytest

@pytest.mark.parametrize("number", range(8))
def test_where(alfaview_server, number):
    Path("seen", f"{os.environ['PYTEST_XDIST_WORKER']} {alfaview_server.base_url.split(':')[2][:-9]}").touch()
"""


def test_loading_the_plugin_loads_nothing_heavy():
    """Every pytest run pays for it, also those that never heard of us."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_loading_the_plugin_is_quick():
    """Below 5 ms of computing, beside pytest; the best of three, since caches may be cold."""
    code = (
        "import pytest; from time import process_time; began = process_time(); "
        "import alfaview_async.pytest_plugin; print(process_time() - began)"
    )
    command = [sys.executable, "-c", code]
    spent = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    assert 0 < min(spent) < LOAD_SECONDS


def test_state_is_reset_before_each_test(run_pytest):
    """Whatever the test before did, to faults or to the server; and the nearest mark decides."""
    said = run_pytest(STATE)
    assert " 8 passed in" in said, said


def test_seeds_and_habits_of_the_mark(run_pytest, tmp_path):
    """A name, data, a file beside the tests; each for one test."""
    (tmp_path / "school.json").write_text('{"companies": {"school": {"rooms": {"aula": {"displayName": "Aula"}}}}}')
    said = run_pytest(SEEDS)
    assert " 4 passed in" in said, said


def test_wrong_marks_are_errors(run_pytest):
    """The message says what the mark takes, and what is missing."""
    said = run_pytest(WRONG_MARK)
    assert " 5 errors in" in said, said
    assert said.count("wrong arguments of a mark; expected alfaview(seed=None, faults=(), now=None, habits={})") >= 2
    assert "freeze at which zone's time?" in said
    assert "no habit 'emit_zeros'; there are emit_defaults, " in said
    assert "cannot read the seed file school.json: No such file" in said


def test_the_mark_is_documented(run_pytest):
    """`pytest --markers` tells of it."""
    assert "@pytest.mark.alfaview(seed=None, faults=(), now=None, habits={}): how" in run_pytest("", "--markers")


def test_each_worker_has_a_server_of_its_own(run_pytest, tmp_path):
    """Two workers, two ports; and one port for all tests of a worker."""
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    (tmp_path / "seen").mkdir()
    said = run_pytest(WORKERS, "-n2", "--dist=load", plugins=["xdist.plugin"])
    assert " 8 passed in" in said, said
    workers, ports = zip(*(path.name.split() for path in (tmp_path / "seen").iterdir()), strict=True)
    assert sorted(workers) == ["gw0", "gw1"]
    assert len(set(ports)) == 2


def test_pytest_finds_the_plugin_where_the_package_is_installed(run_pytest):
    """The entry point, beside whatever other plugins are there."""
    if not any(
        found.value == "alfaview_async.pytest_plugin" for found in importlib.metadata.entry_points(group="pytest11")
    ):
        reason = "the installed metadata has no entry point pytest11; install the package again"
        (pytest.fail if os.environ.get("REQUIRE_SERVICES") == "1" else pytest.skip)(reason)
    source = "def test_it(alfaview_emulator, alfaview_env):\n    assert alfaview_env\n"
    said = run_pytest(source, "-o", "asyncio_default_fixture_loop_scope=function", autoload=True)
    assert " 1 passed in" in said, said


def test_the_plugin_is_as_small_as_it_says():
    """No import of ours at the top of the plugin."""
    source = Path(alfaview_async.__file__).with_name("pytest_plugin.py").read_text(encoding="utf-8")
    assert "\nfrom alfaview_async" not in source
    assert "\nimport alfaview_async" not in source
