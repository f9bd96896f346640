"""`alfactl emulator` against an emulator that runs: data on stdout, words for people on stderr."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from alfactl import Person, Terminal

from alfaview_async.emulator.faults import Do
from alfaview_async.emulator.outbox import Mail

NOON = datetime(2026, 12, 24, 12, tzinfo=UTC)
SEED = "training-centre"


@pytest.fixture
def alfactl(emulator, tmp_path):
    """Run a command that finds the emulator as the code under test does; and never through a proxy."""
    person = Person(tmp_path, emulator.base_url, http_proxy="http://127.0.0.1:9")

    def run(*arguments, code=0):
        done = person.run("emulator", *arguments)
        assert done.returncode == code, done.stderr
        return done

    return run


def mailed(emulator, *addresses, subject="Invitation"):
    for address in addresses:
        emulator.outbox.append(Mail(to=address, locale="de", subject=subject, text="", sent_at=NOON))


def test_faults(alfactl, emulator):
    """Added with options or in one word, listed with what they did, taken back one by one or all."""
    first = alfactl("fault", "add", "createGuestLinks", "--on", "2", "--do", "apply-then-timeout")
    assert first.stdout.splitlines() == [
        "id\tmatch\ton\tdo\ttimes\tfired\tseen\tstatus\thttp\tseconds",
        "1\tguestService.v2/createGuestLinks\t2\tapply-then-timeout\t\t0\t0\t\t\t",
    ]
    alfactl("fault", "add", "roomService/*@10%:reset", "--times", "3")
    (found,) = json.loads(
        alfactl("fault", "add", "roomService/list", "--do", "status", "--http", "503", "--json").stdout
    )
    assert (found["id"], found["http"], found["status"]) == (3, 503, "UNAVAILABLE")
    assert alfactl("fault", "list").stdout.splitlines()[-1] == "3\troomService/list\t\tstatus\t\t0\t0\t\t503\t"
    assert [(fault.operation, fault.on, fault.do) for fault in emulator.faults][1] == ("roomService/*", "10%", "reset")
    assert alfactl("fault", "clear", "1").stderr == "2 faults left\n"
    assert [line.split("\t")[0] for line in alfactl("fault", "list").stdout.splitlines()] == ["id", "2", "3"]
    cleared = alfactl("fault", "clear")
    assert (cleared.stdout, cleared.stderr, len(emulator.faults)) == ("", "0 faults left\n", 0)


def test_a_status_that_nobody_knows_may_be_a_slip(alfactl, emulator):
    """It is sent all the same, as a later server would; on stderr it is said what may have been meant."""
    known = alfactl("fault", "add", "roomService/list", "--do", "error", "--status", "QUOTA_EXCEEDED")
    assert known.stderr == ""
    slip = alfactl("fault", "add", "roomService/list", "--do", "error", "--status", "QUOTA_EXEEDED")
    assert slip.stderr.splitlines() == [
        "! alfaview has no status QUOTA_EXEEDED that is known here; the emulator sends it all the same",
        "did you mean QUOTA_EXCEEDED?",
    ]
    assert slip.stdout.splitlines()[-1] == "2\troomService/list\t\terror\t\t0\t0\tQUOTA_EXEEDED\t\t"
    assert [fault.status for fault in emulator.faults] == ["QUOTA_EXCEEDED", "QUOTA_EXEEDED"]


def test_what_a_fault_can_do_is_in_the_help(alfactl):
    """All of it."""
    shown = " ".join(alfactl("fault", "add", "--help").stdout.split()).replace("- ", "-")
    assert set(shown.partition("One of: ")[2].partition(".")[0].split()) == set(Do)


def test_mistakes_are_told_in_one_line(alfactl):
    """What the emulator refuses, with its reason."""
    done = alfactl("fault", "add", "roomService/lists", "--do", "reset", code=2)
    assert (done.stdout, len(done.stderr.splitlines())) == ("", 1)
    assert "error[emulator-refused]: no operation 'roomService/lists'" in done.stderr
    assert "no seed 'x'; there are standard, training-centre" in alfactl("reset", "--seed", "x", code=2).stderr


def test_the_clock(alfactl, emulator):
    """Frozen, moved, let run."""
    assert (
        alfactl("clock", "freeze", "2026-12-24T13:00+01:00").stdout == "now\t2026-12-24T12:00:00.000Z\nfrozen\ttrue\n"
    )
    assert alfactl("clock", "advance", "1d12h30m").stdout == "now\t2026-12-26T00:30:00.000Z\nfrozen\ttrue\n"
    assert json.loads(alfactl("clock", "now", "--json").stdout) == {"now": "2026-12-26T00:30:00.000Z", "frozen": True}
    assert alfactl("clock", "thaw").stdout.startswith("now\t2026-12-26T00:30:0")
    assert not emulator.clock.is_frozen
    alfactl("clock", "now", "2027-01-01T00:00Z")
    assert timedelta() <= emulator.clock.now() - datetime(2027, 1, 1, tzinfo=UTC) < timedelta(minutes=1)
    assert "12 hours" in alfactl("clock", "advance", "12 hours", code=2).stderr
    assert "no time with a zone" in alfactl("clock", "freeze", "noon", code=2).stderr


def test_the_outbox(alfactl, emulator):
    """By address and number; what a name holds does not steer the terminal; waiting in vain is an error."""
    mailed(emulator, "ada@example.org", "grace@example.org")
    mailed(emulator, "ada@example.org", subject="\x1b[2JNews\tof\nus")
    lines = alfactl("outbox", "--to", "ADA@example.org").stdout.splitlines()
    assert lines == [
        "number\tlocalTime\tto\tlocale\tsubject",
        "1\t2026-12-24 13:00\tada@example.org\tde\tInvitation",
        "3\t2026-12-24 13:00\tada@example.org\tde\t [2JNews of us",
    ]
    (mail,) = json.loads(alfactl("outbox", "--since", "2", "--json").stdout)
    assert (mail["number"], mail["to"]) == (3, "ada@example.org")
    done = alfactl("outbox", "--to", "nobody@example.org", "--wait", "0.01", code=7)
    assert (done.stdout, done.stderr) == (
        "number\tlocalTime\tto\tlocale\tsubject\n",
        "error[no-mail]: no such mail within 0.01 s\n",
    )
    alfactl("outbox", "--clear")
    assert len(emulator.outbox) == 0


def test_requests(alfactl, emulator):
    """What was asked, secrets masked."""
    body = json.dumps({"accessInfo": {"accessToken": "secret"}}).encode()
    emulator.requests.note("roomService/list", body)
    emulator.requests.note("roomService/create", b"")
    assert alfactl("requests").stdout.splitlines()[1:] == ["1\troomService/list\t0", "2\troomService/create\t0"]
    (request,) = json.loads(alfactl("requests", "--path", "roomService/list", "--json").stdout)
    assert request["body"] == {"accessInfo": {"accessToken": "***"}}


def test_habits(alfactl, emulator):
    """Changed by name, listed whole."""
    shown = alfactl("habits", "emitDefaults=true", "cookie=cleared", "explicitOk=0").stdout.splitlines()
    assert {"emitDefaults\ttrue", "cookie\tcleared", "explicitOk\t0"} <= set(shown)
    assert emulator.habits.on.keys() == {"emit_defaults", "cookie", "explicit_ok"}
    assert alfactl("habits").stdout.splitlines() == shown
    assert "no habit 'x'" in alfactl("habits", "x=true", code=2).stderr
    assert "is not like emitDefaults=true" in alfactl("habits", "x", code=2).stderr


def test_reset_and_seeds(alfactl, emulator, tmp_path):
    """The emulator's own seed, another by name, a file; what is exported is a file."""
    assert alfactl("reset", "--seed", "empty").stderr == "begun anew with empty\n"
    assert not any(company.rooms for company in emulator.state.companies.values())
    alfactl("reset")
    assert len(emulator.state.users) == 3
    (tmp_path / "out.json").write_text(alfactl("export").stdout, encoding="utf-8")
    before = emulator.export()
    alfactl("seed", "standard")
    assert len(emulator.state.users) == 1
    assert alfactl("seed", "out.json").stderr == "begun anew with out.json\n"
    assert emulator.export() == before
    assert "gone.json" in alfactl("seed", "gone.json", code=2).stderr


@pytest.mark.parametrize(
    "url", ["https://apis.alfaview.com/json/v1/", "http://192.0.2.1:8080/", "http://", "ftp://[::1"]
)
def test_another_server_is_never_asked(alfactl, url):
    """Whatever the environment names: a reset is for emulators on this machine."""
    done = alfactl("reset", "--base-url", url, code=2)
    assert done.stderr.startswith("error[emulator-elsewhere]: ")
    assert "Traceback" not in done.stderr


def test_nobody_there(alfactl):
    """Exit code 9, and what to do."""
    done = alfactl("outbox", "--base-url", "http://127.0.0.1:9/", code=9)
    assert "no emulator at http://127.0.0.1:9: " in done.stderr
    assert "alfactl emulator run" in done.stderr


def test_the_steering_commands_are_quick():
    """They load neither the HTTP server nor the client."""
    code = "import sys, alfaview_async.cli.commands.emulator; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "alfaview_async.cli.commands.emulator.steering" in loaded
    assert not {"aiohttp", "alfaview_async.emulator", "alfaview_async.client", "rich"} & set(loaded)


def test_a_table_on_a_terminal(emulator, tmp_path):
    """Headings, and columns that stand below each other."""
    mailed(emulator, "ada@example.org", "al@example.org")
    person = Person(tmp_path, emulator.base_url)
    terminal = Terminal(person, "emulator", "outbox", TERM="dumb", COLUMNS="100")
    assert terminal.end() == 0
    lines = terminal.shown.splitlines()
    assert [line.split() for line in lines] == [
        ["number", "localTime", "to", "locale", "subject"],
        ["1", "2026-12-24", "13:00", "ada@example.org", "de", "Invitation"],
        ["2", "2026-12-24", "13:00", "al@example.org", "de", "Invitation"],
    ]
    assert len({line.index("de ") for line in lines[1:]}) == 1


def test_a_dry_run_changes_nothing(alfactl, emulator):
    """It says what would be sent; what only looks is done."""
    emulator.faults.add("roomService/list", do="reset")
    done = alfactl("reset", "--dry-run")
    assert (done.stdout, done.stderr) == ("", "dry run, nothing was changed: POST /_emulator/reset {}\n")
    assert len(alfactl("fault", "list", "--dry-run").stdout.splitlines()) == 2
