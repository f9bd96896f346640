"""Runs pytest as somebody else's project does: another process, another directory, warnings are errors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import alfaview_async

PACKAGES = Path(alfaview_async.__file__).parents[1]
INI = "[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n"


@pytest.fixture(scope="session")
def run_pytest():
    """Write test files, by name, into a directory, run pytest there with just the plugins named; return what it says.

    A cold pytest costs more than a second of computing: what needs the same plugins and options shares one.
    """

    def run(directory, sources, *arguments, plugins=(), autoload=False):
        for name, text in {"pytest.ini": INI, **sources}.items():
            (directory / name).write_text(text, encoding="utf-8")
        named = [f"-p{name}" for name in ([] if autoload else ["alfaview_async.pytest_plugin", *plugins])]
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV", "ALFAVIEW"))}
        search = {"PYTHONPATH": str(PACKAGES)} | ({} if autoload else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-ra", *named, *arguments],
            cwd=directory,
            env=kept | search,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout + done.stderr

    return run
