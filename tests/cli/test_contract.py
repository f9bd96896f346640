"""What scripts and people may rely on in every command: streams, exit codes, options, languages."""

import json
import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import click
import pytest
from alfactl import COMPANY

from alfaview_async import cli
from alfaview_async.cli import texts
from alfaview_async.cli.app import alfactl
from alfaview_async.cli.declaring import Command, LazyGroup
from alfaview_async.cli.failures import Exit

KEY = {"ALFAVIEW_CLIENT_ID": "demo", "ALFAVIEW_CODE": "demo-secret", "ALFAVIEW_COMPANY_ID": COMPANY}


def leaves(group, above=()):
    """Yield each command with its name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*above, name))
        else:
            yield " ".join((*above, name)), command


def test_exit_codes():
    """As documented: scripts have them written down."""
    assert {code.name: code.value for code in Exit} == {
        "DONE": 0,
        "BUG": 1,
        "USAGE": 2,
        "DECLINED": 3,
        "NOT_LOGGED_IN": 4,
        "PARTIAL": 5,
        "REJECTED_INPUT": 6,
        "NOT_FOUND": 7,
        "REFUSED": 8,
        "UNREACHABLE": 9,
        "UNKNOWN_OUTCOME": 10,
        "INTERRUPTED": 130,
    }


def test_the_tree():
    """The commands that the documents promise."""
    groups = {name for name, _ in leaves(alfactl)}
    promised = (
        "login, logout, status, token, profile list, profile use, profile delete, company list, company switch, "
        "room list, room show, room create, room delete, role list, guest create, guest list, guest show, "
        "guest update, guest resend, guest delete, group create, group list, group show, group update, group delete, "
        "group join-url, link inspect, bulk template, bulk validate, bulk create, bulk resume, bulk jobs, bulk show, "
        "bulk retry, bulk reconcile, bulk export, bulk revoke, source invitario login, source invitario test, "
        "source invitario pull, webex invite, task watch, quota, user list, user invite, api, emulator run, "
        "emulator seed, emulator reset, demo, config get, config set, config list, config path, doctor, completion, "
        "version"
    )
    assert set(promised.split(", ")) - groups == set()


def test_every_command_takes_the_global_options():
    """`--json` and the others work wherever they stand in the line; each command says what it does."""
    wanted = {"--output", "--json", "--fields", "--profile", "--company", "--emulator", "--dry-run", "--yes"}
    wanted |= {"--no-input", "--quiet", "--verbose", "--color", "--timeout", "--lang", "--base-url"}
    for name, command in leaves(alfactl):
        options = {option for param in command.params for option in param.opts}
        assert wanted - options == set(), name
        assert isinstance(command, Command), name
        assert (command.help or "").strip(), name


def test_both_languages_have_the_same_texts():
    """Keys, and the places in them; no text is empty, none is longer than a line."""
    loaded = [tomllib.loads((files(texts) / f"{lang}.toml").read_text(encoding="utf-8")) for lang in texts.LANGUAGES]
    english, german = loaded
    assert english.keys() == german.keys()
    for key, text in english.items():
        places = [{place for _, place, _, _ in string.Formatter().parse(side) if place} for side in (text, german[key])]
        assert places[0] == places[1], key
        assert text, key
        assert german[key], key


def test_every_text_that_commands_speak_is_there():
    """Also those that only a rare error needs."""
    keys = tomllib.loads((files(texts) / "en.toml").read_text(encoding="utf-8")).keys()
    called = re.compile(r'''(?:\.say|\.may|\.fail|invocation\.text|self\.text|Misuse)\(\s*"([a-z-]+)"''')
    spoken = {
        key: path.name for path in Path(cli.__file__).parent.rglob("*.py") for key in called.findall(path.read_text())
    }
    assert len(spoken) > 50
    assert {key: name for key, name in spoken.items() if key not in keys} == {}


@pytest.mark.parametrize(
    ("environment", "german"),
    [
        ({"LANG": "de_AT.UTF-8"}, True),
        ({"LANG": "de_DE", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_MESSAGES": "de_DE"}, True),
        ({"LANG": "fr_FR.UTF-8"}, False),
    ],
)
def test_the_language_of_the_system(newcomer, environment, german):
    """LC_ALL > LC_MESSAGES > LANG, as gettext has it; what is no language of ours is English."""
    done = newcomer.run("status", **environment)
    assert ("keine Anmeldung" in done.stderr) is german


def test_the_language_of_the_configuration(newcomer):
    """`lang` in the file counts before the system's, --lang before both; on errors too."""
    newcomer.config.parent.mkdir(parents=True)
    newcomer.config.write_text('[profile.default]\nlang = "de"\n')
    assert "keine Anmeldung" in newcomer.run("room", "list").stderr
    assert "no credentials" in newcomer.run("room", "list", "--lang", "en").stderr


@pytest.mark.parametrize(
    ("arguments", "code", "end"),
    [
        (["room", "list"], "not-logged-in", 4),
        (["room", "list", "--no-such-option"], "usage", 2),
        (["no-such-command"], "usage", 2),
        (["room", "show"], "usage", 2),
        (["config", "set", "code", "x"], "secret-in-config", 2),
        (["profile", "use", "x"], "no-profile", 7),
    ],
)
def test_errors_are_json_where_json_is_wanted(newcomer, arguments, code, end):
    """One object on stderr with code, message and the next step; stdout is empty; the exit code is the same."""
    plain = newcomer.run(*arguments)
    assert (plain.returncode, plain.stdout) == (end, "")
    assert plain.stderr.startswith(f"error[{code}]: ")
    for done in (newcomer.run(*arguments, "--json"), newcomer.run("--json", *arguments)):
        assert (done.returncode, done.stdout) == (end, "")
        error = json.loads(done.stderr)
        assert error.keys() == {"type", "code", "message", "details", "next"}
        assert (error["type"], error["code"]) == ("error", code)
        assert error["message"] in plain.stderr
        assert error["next"].startswith("alfactl ")
        assert f"next: {error['next']}" in plain.stderr


def test_no_arguments(newcomer):
    """`alfactl` alone shows help; a group alone is a mistake, answered with its help on stderr."""
    alone = newcomer.run()
    assert (alone.returncode, alone.stderr) == (0, "")
    assert "Try: alfactl demo" in alone.stdout
    group = newcomer.run("room")
    assert (group.returncode, group.stdout) == (2, "")
    assert "Usage: alfactl room" in group.stderr


def test_nothing_but_data_on_stdout(newcomer, emulator):
    """Also with all that -v has to say; without it, a retry that went well is not worth a word. No secret among it."""
    for options, logged in (([], False), (["-v"], True), (["-vv"], True)):
        emulator.faults.add("roomService/list", do="error", times=1)
        done = newcomer.run("room", "list", "--json", *options, **KEY)
        assert (done.returncode, len(json.loads(done.stdout))) == (0, 6)
        assert ("retry" in done.stderr) is logged
        assert bool(done.stderr) is logged
        assert "demo-secret" not in done.stderr


def test_a_reader_that_leaves_early(newcomer, emulator):
    """`alfactl ... | head -1` says nothing of a broken pipe."""
    emulator.reset("large")
    with newcomer.start("room", "list", "-o", "jsonl", **KEY) as process:
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 0


def test_a_stream_that_is_not_utf_8(newcomer):
    """Marks become words, names stay readable; nothing ends in a traceback."""
    key = ("--client-id", "demo", "--company", COMPANY, "--store", "file", "--secret-stdin")
    done = newcomer.run("login", *key, stdin="demo-secret", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("[ok] Logged in to Nordlicht Akademie")
    newcomer.log_in_as_user()
    listed = newcomer.run("company", "list", PYTHONIOENCODING="ascii")
    assert (listed.returncode, r"S\xfcdwind Institut" in listed.stdout) == (0, True), listed.stderr


@pytest.mark.parametrize(
    "arguments", [["login", "--store", "file"], ["room", "delete", "Nord"], ["profile", "delete", "default"]]
)
def test_nobody_is_asked_where_nobody_is(newcomer, arguments):
    """In a pipe that stays open and silent; exit code 3, and what to type instead."""
    newcomer.log_in()
    done = newcomer.run(*arguments, "--json")
    assert done.returncode == 3
    assert json.loads(done.stderr)["next"]


def test_groups_know_their_commands_without_importing_them():
    """What help lists is what there is."""
    assert isinstance(alfactl, LazyGroup)
    context = click.Context(alfactl)
    assert [name for name in alfactl.list_commands(context) if alfactl.get_command(context, name) is None] == []
