"""Command lines that make no sense: what is wrong is said in the language of the user, with what was probably meant."""

from pathlib import Path

import click
import pytest

from alfaview_async.cli.app import alfactl
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.misuse import told


def said(line, lang):
    """Return the failure of a line, as people read it."""
    invocation = Invocation({"HOME": "/nowhere"}, Path("/nowhere"), flags={"lang": lang})
    with pytest.raises(click.ClickException) as caught:
        alfactl.main(line.split(), prog_name="alfactl", standalone_mode=False, obj=lambda: invocation)
    failure = told(caught.value, invocation)
    assert (failure.code, failure.exit) == ("usage", Exit.USAGE)
    return str(failure).removeprefix("error[usage]: ").split("\n  ")


@pytest.mark.parametrize(
    ("line", "english", "german", "command"),
    [
        ("romm list", "there is no command romm", "den Befehl romm gibt es nicht", "alfactl"),
        ("room lst", "there is no command lst", "den Befehl lst gibt es nicht", "alfactl room"),
        ("room -x", "there is no option -x", "die Option -x gibt es nicht", "alfactl room"),
        ("room list --outptu json", "there is no option --outptu", "die Option --outptu gibt es nicht", None),
        ("-o", "option -o needs a value", "die Option -o braucht einen Wert", "alfactl"),
        ("room list --fields", "option --fields needs a value", "die Option --fields braucht einen Wert", None),
        ("room list --tree=x", "option --tree takes no value", "die Option --tree hat keinen Wert", None),
        ("room show", "ROOM is missing", "ROOM fehlt", "alfactl room show"),
        (
            "room show Seminar A",
            "too much: A   (names with blanks belong in quotes)",
            "zu viel: A   (Namen mit Leerzeichen gehören in Anführungszeichen)",
            "alfactl room show",
        ),
        (
            "room list -o xml",
            "invalid value for -o / --output: possible are table, json, jsonl, csv, tsv",
            "ungültiger Wert für -o / --output: möglich sind table, json, jsonl, csv, tsv",
            None,
        ),
        (
            "room list --timeout 0",
            "invalid value for --timeout: a number is expected, at least 0.1",
            "ungültiger Wert für --timeout: erwartet wird eine Zahl, mindestens 0.1",
            None,
        ),
        (
            "emulator outbox --limit x",
            "invalid value for --limit: a whole number is expected, from 1 to 1000",
            "ungültiger Wert für --limit: erwartet wird eine ganze Zahl, von 1 bis 1000",
            "alfactl emulator outbox",
        ),
        (
            "emulator fault add x --times x",
            "invalid value for --times: a whole number is expected",
            "ungültiger Wert für --times: erwartet wird eine ganze Zahl",
            "alfactl emulator fault add",
        ),
        ("completion", "which shell? bash, zsh, fish", "welche Shell? bash, zsh, fish", "alfactl completion"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(line, english, german, command):
    """With the command whose help tells more."""
    command = command or "alfactl room list"
    assert [said(line, "en")[0], said(line, "de")[0]] == [english, german]
    assert [said(line, "en")[-1], said(line, "de")[-1]] == [f"next: {command} --help", f"weiter: {command} --help"]


@pytest.mark.parametrize(
    ("line", "meant"),
    [("romm list", "room"), ("room lst", "list"), ("bulk validat", "validate"), ("room list --outptu x", "--output")],
)
def test_a_slip_of_the_pen_is_guessed(line, meant):
    """Commands and options alike, also where commands are loaded on demand."""
    assert said(line, "en")[1] == f"did you mean {meant}?"
    assert said(line, "de")[1] == f"meinten Sie {meant}?"


def test_what_nobody_has_put_into_words_is_left_to_click():
    """Better in English than not at all."""
    first, _ = said("bulk create list.csv --report /", "de")
    assert first == "ungültiger Wert für --report: File '/' is a directory."


def test_texts_may_have_any_places():
    """Also those that are called like a parameter of ours."""
    invocation = Invocation({"HOME": "/nowhere"}, Path("/nowhere"))
    failure = invocation.fail("no-age", Exit.USAGE, given="x", key="k", code="c", end="e", language="l")
    assert failure.message == '"x" is no age'
