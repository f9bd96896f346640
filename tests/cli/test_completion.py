"""Completion in the shell: commands, options, and names of rooms and roles from a short-lived cache."""

import json
import shutil
import stat
import subprocess
import sys
from time import monotonic, sleep, time

import pytest
from alfactl import Person

from alfaview_async.cli.completion.names import LONGEST_AGE

_PATIENCE = 15.0
"""Half of what the client would wait for a server that does not answer."""
BASH = """\
eval "$SCRIPT"
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
_alfactl_completion alfactl
for found in "${COMPREPLY[@]}"; do printf '%s\\n' "$found"; done
"""


@pytest.fixture
def person(tmp_path, emulator):
    """Return somebody whose shell finds `alfactl`."""
    person = Person(tmp_path, emulator.base_url)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "alfactl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m alfaview_async "$@"\n')
    (programs / "alfactl").chmod(0o755)
    person.environment["PATH"] = f"{programs}:{person.environment['PATH']}"
    return person


def completed(person, *words):
    """Press Tab in bash after these words; return what is offered."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    done = subprocess.run(
        [bash, "--norc", "-c", BASH, "bash", "alfactl", *words],
        capture_output=True,
        encoding="utf-8",
        env=person.environment | {"SCRIPT": person.run("completion", "bash").stdout},
        cwd=person.home,
        check=False,
        timeout=_PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def offered(person, *words):
    """Ask as the script of bash does; return the names and words that it would get."""
    line = {"COMP_WORDS": " ".join(("alfactl", *words)), "COMP_CWORD": str(len(words))}
    done = person.run(**line, _ALFACTL_COMPLETE="bash_complete")
    assert (done.returncode, done.stderr) == (0, "")
    return [text.partition(",")[2] for text in done.stdout.splitlines() if text]


def cache_files(person):
    return list((person.home / ".cache" / "alfaview").glob("*.json"))


def fill_cache(person):
    assert person.run("completion", "--refill").returncode == 0


def test_commands_and_options(person):
    """Without login and server."""
    assert completed(person, "comp") == ["company", "completion"]
    assert completed(person, "company", "sw") == ["switch"]
    assert completed(person, "login", "--st") == ["--store"]
    assert completed(person, "login", "--store", "f") == ["file"]


def test_names_as_the_line_needs_them(person):
    """Blanks are escaped, or left alone inside quotes; case does not matter."""
    person.log_in()
    fill_cache(person)
    assert completed(person, "room", "show", "sem") == [r"Seminar\ A", r"Seminar\ B"]
    assert completed(person, "room", "show", '"Sem') == ["Seminar A", "Seminar B"]
    assert completed(person, "guest", "list", "--room", "Nor") == ["Nord"]
    assert completed(person, "guest", "create", "--role", "P") == ["Participant"]


def test_rooms_of_one_name_come_as_paths(person, emulator):
    """A name that two rooms bear would be refused."""
    emulator.reset("training-centre")
    person.log_in()
    fill_cache(person)
    (file,) = cache_files(person)
    rooms = json.loads(file.read_text())["room"]
    assert {"Nord/Seminar A", "Süd/Seminar A", "Lehrerzimmer"} <= set(rooms)
    assert "Seminar A" not in rooms


def test_the_cache_is_private_and_short_lived(person, emulator):
    """Mode 0600; used without asking while it is fresh, and a few minutes at most."""
    assert LONGEST_AGE <= 300
    person.log_in()
    fill_cache(person)
    (file,) = cache_files(person)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    asked = len(emulator.requests)
    file.write_text(json.dumps({"time": time() - LONGEST_AGE / 2, "room": ["Xanadu"], "role": []}))
    assert offered(person, "room", "show", "X") == ["Xanadu"]
    assert len(emulator.requests) == asked
    file.write_text(json.dumps({"time": time() - LONGEST_AGE - 1, "room": ["Xanadu"], "role": []}))
    assert offered(person, "room", "show", "X") == []


@pytest.mark.parametrize("damage", ["", "[]", '{"time": "x"}', '{"time": 1e999, "room": [], "role": []}'])
def test_a_damaged_cache_is_replaced(person, damage):
    """Nothing is offered from it, nothing is said."""
    person.log_in()
    fill_cache(person)
    (file,) = cache_files(person)
    file.write_text(damage)
    assert offered(person, "room", "show", "Xan") == []
    fill_cache(person)
    assert offered(person, "room", "show", "Nor") == ["Nord"]


@pytest.mark.parametrize("line", [("room", "show"), ("guest", "create", "--timezone", "Europe/Vienna", "--room")])
def test_a_process_of_its_own_fills_the_cache(person, line):
    """Tab does not wait for it; the next one finds the names. Options that matter to no name are left out."""
    person.log_in()
    completed(person, *line, "Nor")
    deadline = monotonic() + 20
    while not cache_files(person):
        assert monotonic() < deadline
        sleep(0.05)
    assert completed(person, *line, "Nor") == ["Nord"]


def test_a_server_that_takes_its_time(person, emulator):
    """The shell is not kept waiting for the names that would come."""
    person.log_in()
    emulator.faults.add("roomService/list", do="delay", seconds=5)
    assert offered(person, "room", "show", "S") == []


def test_silent_without_login(person):
    """No names, no words, no cache."""
    assert offered(person, "room", "show", "S") == []
    assert cache_files(person) == []


def test_silent_with_a_broken_configuration(person):
    """Not the moment to complain."""
    person.config.parent.mkdir(parents=True)
    person.config.write_text("profile = [")
    assert offered(person, "room", "show", "S") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(person, shell):
    """Each names the command and asks it with a variable; where the shell is there, it reads the script."""
    done = person.run("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_ALFACTL_COMPLETE={shell}_complete" in done.stdout
    program = shutil.which(shell)
    if program:
        checked = subprocess.run([program, "-n"], input=done.stdout, capture_output=True, encoding="utf-8", check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_which_shell(person):
    """Exit code 2."""
    done = person.run("completion")
    assert (done.returncode, done.stdout) == (2, "")
    assert "bash, zsh, fish" in done.stderr
