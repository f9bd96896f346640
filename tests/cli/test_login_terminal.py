"""`alfactl login` as people meet it: in a real pseudo-terminal."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from alfactl import COMPANY, Terminal


def test_the_secret_is_typed_unseen(newcomer):
    """Three questions in order; what is typed for the secret never shows; the login is kept."""
    terminal = Terminal(newcomer, "login", "--store", "file")
    terminal.read_until("API key alias:")
    terminal.type("demo\n")
    terminal.read_until("API key secret:")
    terminal.type("demo-secret\n")
    terminal.read_until("Company ID:")
    terminal.type(f"{COMPANY}\n")
    terminal.read_until("Logged in to Nordlicht Akademie")
    assert terminal.end() == 0
    assert "demo-secret" not in terminal.shown
    assert terminal.shown.index("API key alias: demo") < terminal.shown.index(f"Company ID: {COMPANY}")
    assert "Seminar A" in newcomer.run("room", "list").stdout


def test_german_questions(newcomer):
    """The same in German, with a password."""
    terminal = Terminal(newcomer, "login", "--store", "file", "--user", "--lang", "de")
    terminal.read_until("Nutzername:")
    terminal.type("ada@example.org\n")
    terminal.read_until("Passwort:")
    terminal.type("demo-password\n")
    terminal.read_until('als Nutzer "ada@example.org"')
    assert terminal.end() == 0
    assert "demo-password" not in terminal.shown


def test_without_a_keyring_nothing_is_asked(newcomer):
    """The store is tried before anybody types a secret in vain."""
    terminal = Terminal(newcomer, "login")
    assert terminal.end() == 4
    assert "error[no-keyring]" in terminal.shown
    assert "alias" not in terminal.shown


def test_ctrl_c_at_the_question(newcomer):
    """Exit code 130, no traceback, nothing kept."""
    terminal = Terminal(newcomer, "login", "--store", "file")
    terminal.read_until("API key alias:")
    terminal.type("\x03")
    assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    assert not newcomer.config.exists()


@pytest.mark.parametrize(("arguments", "environment"), [(["--no-input"], {}), ([], {"CI": "true"})])
def test_who_wants_no_questions_gets_none(newcomer, arguments, environment):
    """At a terminal, too."""
    terminal = Terminal(newcomer, "login", "--store", "file", *arguments, **environment)
    assert terminal.end() == 3
    assert "error[needs-answer]" in terminal.shown


def test_what_cannot_be_undone_is_asked_for(newcomer):
    """No is exit code 3 and changes nothing; yes does it."""
    newcomer.log_in("--profile", "second")
    for answer, end in (("n", 3), ("y", 0)):
        terminal = Terminal(newcomer, "profile", "delete", "second")
        terminal.read_until("Continue? [y/N]:")
        terminal.type(f"{answer}\n")
        assert terminal.end() == end
    assert "second" not in newcomer.config.read_text()
