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
    """Below 5 ms of computing, beside pytest; in one of three attempts, since caches may be cold."""
    code = (
        "import pytest; from time import process_time; began = process_time(); "
        "import alfaview_async.pytest_plugin; print(process_time() - began)"
    )
    command = [sys.executable, "-c", code]

    def spent():
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert any(0 < spent() < LOAD_SECONDS for _ in range(3))


def test_the_mark_is_documented(run_pytest, tmp_path):
    """`pytest --markers` tells of it."""
    said = run_pytest(tmp_path, {}, "--markers")
    assert "@pytest.mark.alfaview(seed=None, faults=(), now=None, habits={}): how" in said


def test_each_worker_has_a_server_of_its_own(run_pytest, tmp_path):
    """Two workers, two ports; and one port for all tests of a worker."""
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    (tmp_path / "seen").mkdir()
    said = run_pytest(tmp_path, {"test_workers.py": WORKERS}, "-n2", "--dist=load", plugins=["xdist.plugin"])
    assert " 8 passed in" in said, said
    workers, ports = zip(*(path.name.split() for path in (tmp_path / "seen").iterdir()), strict=True)
    assert sorted(workers) == ["gw0", "gw1"]
    assert len(set(ports)) == 2


def test_pytest_finds_the_plugin_where_the_package_is_installed(run_pytest, tmp_path):
    """The entry point, beside whatever other plugins are there."""
    if not any(
        found.value == "alfaview_async.pytest_plugin" for found in importlib.metadata.entry_points(group="pytest11")
    ):
        reason = "the installed metadata has no entry point pytest11; install the package again"
        (pytest.fail if os.environ.get("REQUIRE_SERVICES") == "1" else pytest.skip)(reason)
    source = "def test_it(alfaview_emulator, alfaview_env):\n    assert alfaview_env\n"
    one_loop_each = ("-o", "asyncio_default_fixture_loop_scope=function")
    said = run_pytest(tmp_path, {"test_it.py": source}, *one_loop_each, autoload=True)
    assert " 1 passed in" in said, said


def test_the_plugin_is_as_small_as_it_says():
    """No import of ours at the top of the plugin."""
    source = Path(alfaview_async.__file__).with_name("pytest_plugin.py").read_text(encoding="utf-8")
    assert "\nfrom alfaview_async" not in source
    assert "\nimport alfaview_async" not in source
