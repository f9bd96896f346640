"""`alfactl --help` starts quickly, since it loads next to nothing; benchmarks/cli_start.py has the figures."""

import subprocess
import sys

import pytest

HEAVY = {"aiohttp", "asyncio", "attr", "attrs", "cattrs", "keyring", "orjson", "rich", "ssl", "stamina", "tomlkit"}


def loaded_by(*arguments):
    """Return the modules that a run of `alfactl` imports."""
    command = [sys.executable, "-X", "importtime", "-m", "alfaview_async", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout
    lines = [line.rsplit("|", 1) for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {name.strip() for _, name in lines}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments):
    """Only click and the list of commands: no HTTP, no models, no event loop, no settings."""
    loaded = loaded_by(*arguments)
    assert "click.core" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    ours = {name for name in loaded if name.startswith("alfaview_async.")}
    names = ("_lazy", "cli", "cli.app", "cli.declaring", "cli.failures", "cli.global_options")
    assert ours == {f"alfaview_async.{name}" for name in names}


def test_help_measures_the_terminal_by_itself():
    """`shutil`, by which click does it, brings along five kinds of archives."""
    assert "shutil" not in loaded_by("--help")


@pytest.mark.parametrize("command", ["status", "config", "version", "profile"])
def test_help_of_a_command_loads_no_http(command):
    """A page of help for settings needs no client."""
    assert "aiohttp" not in loaded_by(command, "--help")
