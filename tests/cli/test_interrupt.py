"""Ctrl-C and SIGTERM in the middle of a job: what was sent is waited for, and nobody is mailed twice."""

import signal
from fcntl import ioctl
from select import select
from termios import FIONREAD
from time import monotonic

import pytest
from alfactl import Person, Terminal
from guest_lists import addresses, guests

INTO = ("--room", "Seminar A", "--role", "Participant", "--send-email", "--yes", "-O", "links.csv")
CREATE = "guestService.v2/createGuestLinks"
COUNT = 120
EVENT = ("source", "invitario", "login", "--url", "http://127.0.0.1:9/", "--event", "1", "--station", "Links")
PATIENCE = 30.0


@pytest.fixture
def person(emulator, tmp_path):
    (tmp_path / "gaeste.csv").write_text(guests(COUNT), encoding="utf-8")
    return Person.with_key(tmp_path, emulator)


def wait_until(true):
    """Look again and again; a command that has died makes the test fail, not hang."""
    deadline = monotonic() + PATIENCE
    while not true():
        assert monotonic() < deadline
        select([], [], [], 0.01)


def second_call_is_in_flight(emulator):
    """The second call hangs at the server until somebody has looked: a delay that outlives the way there."""
    wait_until(lambda: emulator.requests.count(CREATE) >= 2)


def mailed(emulator):
    return sorted(mail.to for mail in emulator.outbox)


def test_at_a_terminal_ctrl_c_stops_in_good_order_and_resume_finishes(person, emulator):
    """A bar; Ctrl-C with a call in flight: its 50 rows count, the last 20 are left; exit code 130; then all is done."""
    emulator.faults.add("createGuestLinks", do="delay", seconds=2, on="2")
    terminal = Terminal(person, "bulk", "create", "gaeste.csv", *INTO)
    terminal.read_until("Creating links")
    terminal.read_until("50/120")
    second_call_is_in_flight(emulator)
    terminal.type("\x03")
    terminal.read_until("stopping")
    assert terminal.end() == 130
    assert "stopped: 100 of 120 rows are settled" in terminal.shown
    assert "next: alfactl bulk resume" in terminal.shown
    assert mailed(emulator) == sorted(addresses(100))
    written = (person.home / "links.csv").read_text(encoding="utf-8-sig")
    assert (written.count(";created;"), written.count(";unsent;")) == (100, 20)
    again = Terminal(person, "bulk", "resume", "--last")
    assert again.end() == 0, again.shown
    assert "120/120" in again.shown
    assert mailed(emulator) == sorted(addresses(COUNT))
    assert (person.home / "links.csv").read_text(encoding="utf-8-sig").count(";created;") == COUNT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_in_a_pipe_signals_do_the_same(person, emulator, number):
    """No bar and no colours, a line for each tenth; exit code 130; resume mails the rest, and nobody twice."""
    emulator.faults.add("createGuestLinks", do="delay", seconds=2, on="2")
    with person.start("bulk", "create", "gaeste.csv", *INTO) as process:
        second_call_is_in_flight(emulator)
        process.send_signal(number)
        said, told = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "")
    assert ("50/120 41% failed=0" in told, "120/120" in told) == (True, False)
    assert "100 links created, 100 e-mails requested, 0 were there, 0 failed, 0 unknown, 20 not sent yet in" in told
    assert "error[interrupted]: stopped: 100 of 120 rows are settled" in told
    assert "\x1b" not in told
    assert "━" not in told
    resumed = person.run("bulk", "resume", "--last")
    assert resumed.returncode == 0, resumed.stderr
    assert mailed(emulator) == sorted(addresses(COUNT))


def test_twice_means_now_and_the_journal_keeps_it(person, emulator):
    """The call in flight, which `show` tells of, is given up: its rows are in doubt; resume finds what came of them."""
    emulator.faults.add("createGuestLinks", do="apply-then-timeout", on="2")
    with person.start("bulk", "create", "gaeste.csv", *INTO) as process:
        second_call_is_in_flight(emulator)
        job = person.data("bulk", "show", "--last")
        assert (job["state"], job["rows"]) == ("unfinished", 120)
        assert (job["created"], job["unknown"], job["unsent"], job["failed"]) == (50, 50, 20, 0)
        process.send_signal(signal.SIGINT)
        read_until(process.stderr, "stopping")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "0 failed, 50 unknown, 20 not sent yet in" in told
    assert "50 of 120 rows are settled" in told
    resumed = person.run("bulk", "resume", "--last", "--effect-within", "0")
    assert resumed.returncode == 0, resumed.stderr
    assert "✓ 70 more links, 70 e-mails requested in" in resumed.stderr
    assert mailed(emulator) == sorted(addresses(COUNT))


def read_until(stream, text):
    line = ""
    while text not in line:
        line = stream.readline()
        assert line, f"never said: {text}"


@pytest.mark.parametrize(
    "command",
    [
        ("bulk", "validate", "-"),
        ("login", "--store", "file", "--client-id", "demo", "--company", "c", "--secret-stdin"),
        ("group", "join-url", "-"),
        (*EVENT, "--code-stdin"),
    ],
)
def test_while_standard_input_is_read_ctrl_c_ends_it(person, command):
    """Once is enough, with exit code 130, though asyncio would wait for the end of what is read."""
    with person.start(*command) as process:
        process.stdin.write("Name;Email")
        process.stdin.flush()
        wait_until(lambda: not any(ioctl(process.stdin, FIONREAD, bytes(4))))
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=10)
    assert (process.returncode, told.strip()) == (130, "")


def test_while_an_app_code_is_typed_ctrl_c_ends_it(person):
    """Once is enough, with exit code 130; what is typed does not show."""
    terminal = Terminal(person, *EVENT)
    terminal.read_until("App Code:")
    terminal.type("aBc\x03")
    assert terminal.end() == 130
    assert "aBc" not in terminal.shown


def test_at_the_question_ctrl_c_sends_nothing(person, emulator):
    """Exit code 130 at once, and no job."""
    terminal = Terminal(
        person, "bulk", "create", "gaeste.csv", "--room", "Seminar A", "--role", "Participant", "--send-email"
    )
    terminal.read_until("[y/N]")
    terminal.type("\x03")
    assert terminal.end() == 130
    assert emulator.requests.count(CREATE) == 0
    assert not person.jobs.parent.exists()
