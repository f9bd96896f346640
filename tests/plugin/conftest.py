"""Runs pytest as somebody else's project does: another process, another directory, warnings are errors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import alfaview_async

PACKAGES = Path(alfaview_async.__file__).parents[1]
INI = "[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n"


@pytest.fixture
def run_pytest(tmp_path):
    """Write a test file, run pytest on it with just the plugins named, and return what it says."""

    def run(source, *arguments, plugins=(), autoload=False):
        (tmp_path / "pytest.ini").write_text(INI, encoding="utf-8")
        (tmp_path / "test_theirs.py").write_text(source, encoding="utf-8")
        named = [f"-p{name}" for name in ([] if autoload else ["alfaview_async.pytest_plugin", *plugins])]
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV", "ALFAVIEW"))}
        search = {"PYTHONPATH": str(PACKAGES)} | ({} if autoload else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-ra", *named, *arguments],
            cwd=tmp_path,
            env=kept | search,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout + done.stderr

    return run
