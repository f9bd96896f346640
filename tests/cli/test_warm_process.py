"""The warm processes that tests run are in nothing different from `python -m alfaview_async`, which users start."""

import signal
import subprocess
import sys

import pytest
from alfactl import Person, Terminal

LISTENING = ("emulator", "run", "--port", "0")


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    return Person(tmp_path_factory.mktemp("home"))


def cold(person, *arguments, stdin="", **environment):
    return subprocess.run(
        [sys.executable, "-m", "alfaview_async", *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        cwd=person.home,
        env=person.environment | environment,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "environment"),
    [
        (("--help",), "", {"COLUMNS": "60"}),
        (("status", "--json"), "", {"TZ": "Asia/Tokyo", "ALFAVIEW_COMPANY_ID": "c"}),
        (("link", "inspect", "-"), "alfaview://apis.alfaview.com:443?companyId=ä&roomId=R&token=t\n", {}),
        (("room", "list"), "", {"LANG": "de_DE.UTF-8", "PYTHONIOENCODING": "ascii"}),
        (("bulk", "validate", "no-such-list.csv"), "", {}),
    ],
)
def test_they_say_the_same_and_end_alike(person, arguments, stdin, environment):
    """Width, environment, time zone, stdin, encoding, exit code."""
    real, warm = (
        cold(person, *arguments, stdin=stdin, **environment),
        person.run(*arguments, stdin=stdin, **environment),
    )
    assert (warm.returncode, warm.stdout, warm.stderr) == (real.returncode, real.stdout, real.stderr)
    assert real.stdout + real.stderr


def test_nothing_is_left_by_the_command_before(person):
    """Each has the directory and the environment of its own."""
    first = person.run("config", "set", "timezone", "UTC")
    assert first.returncode == 0, first.stderr
    elsewhere = person.home / "elsewhere"
    elsewhere.mkdir()
    other = Person(elsewhere)
    assert "Europe/Berlin" in other.run("config", "list", "-o", "csv").stdout
    assert "UTC" in person.run("config", "list", "-o", "csv").stdout


def test_signals_end_them(person):
    """SIGKILL does, and what handlers do for other signals is done."""
    with person.start(*LISTENING) as process:
        assert process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
    with person.start(*LISTENING) as process:
        assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


def test_the_end_of_a_block_ends_them(person):
    """Nobody waits for what goes on until it is stopped."""
    with person.start(*LISTENING) as process:
        assert process.stdout.readline()
    assert process.returncode == -signal.SIGKILL


def test_a_terminal_is_theirs(person):
    """Its Ctrl-C reaches them."""
    terminal = Terminal(person, *LISTENING)
    terminal.read_until("127.0.0.1")
    terminal.type("\x03")
    assert terminal.end() == 0


FIRST = """
import os, sys, traceback
import aiohttp, cattrs, click, orjson, rich.console  # strangers, which take longest
from alfaview_async.cli.app import alfactl

context = click.Context(alfactl)
for name in alfactl.list_commands(context):
    pid = os.fork()
    if not pid:
        try:
            alfactl.get_command(context, name)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        sys.exit(name)
    print(name)
"""


def test_each_command_can_be_the_first_that_is_imported():
    """Warm processes would not tell a module that another one must be imported before."""
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) > 20
