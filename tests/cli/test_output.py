"""Data on stdout: the same names and values in every format; tables for people only."""

import csv
import json
from datetime import UTC, datetime
from enum import StrEnum
from io import StringIO

import pytest
from alfactl import Terminal

from alfaview_async.cli.output.colors import wants_color
from alfaview_async.cli.output.rows import write_record, write_rows


class Kind(StrEnum):
    ROOM = "ROOM_TYPE_ROOM"


COLUMNS = ("name", "kind", "at", "open", "nothing", "number")
ROW = {
    "name": 'Weiß; "A"\tB',
    "kind": Kind.ROOM,
    "at": datetime(2026, 12, 24, 17, 30, tzinfo=UTC),
    "open": True,
    "nothing": None,
    "number": 7,
    "hidden": "x",
}
PLAIN = {"name": 'Weiß; "A"\tB', "kind": "ROOM_TYPE_ROOM", "at": "2026-12-24T17:30:00Z", "open": True, "nothing": None}


def written(output, rows=(ROW,)):
    stream = StringIO()
    write_rows(rows, COLUMNS, output, stream)
    return stream.getvalue()


def test_json():
    """A list of objects with the columns alone; Unicode stays readable."""
    assert json.loads(written("json")) == [PLAIN | {"number": 7}]
    assert "Weiß" in written("json")
    assert json.loads(written("json", [])) == []


def test_jsonl():
    """One object in each line."""
    assert [json.loads(line) for line in written("jsonl", [ROW, ROW]).splitlines()] == [PLAIN | {"number": 7}] * 2


@pytest.mark.parametrize(("output", "dialect"), [("csv", "excel"), ("tsv", "excel-tab"), ("table", "excel-tab")])
def test_separated(output, dialect):
    """CSV and TSV name the same columns; a table is TSV where nobody looks; no value breaks its line."""
    header, row = csv.reader(StringIO(written(output)), dialect)
    assert tuple(header) == COLUMNS
    assert row == ['Weiß; "A" B', "ROOM_TYPE_ROOM", "2026-12-24T17:30:00Z", "true", "", "7"]


@pytest.mark.parametrize("output", ["table", "tsv"])
def test_what_steers_a_terminal_does_not_get_there(output):
    """A name may hold anything, escape sequences too."""
    stream = StringIO()
    write_record({"name": "a\x1b[31mb\rc\x9bd"}, ("name",), output, stream)
    assert stream.getvalue() == "name\ta [31mb c d\n"


@pytest.mark.parametrize(
    ("choice", "environment", "at_terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        ("auto", {"CI": "true"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colours(choice, environment, at_terminal, wanted):
    """--color > NO_COLOR > FORCE_COLOR > the terminal; dumb ones and CI are plain."""
    stream = StringIO()
    stream.isatty = lambda: at_terminal
    assert wants_color(choice, environment, stream) is wanted


def test_every_format_has_the_same_names(newcomer):
    """On a real command; --fields chooses and orders; a name that is none is refused with those there are."""
    listing = ("room", "list", "--emulator")
    names = list(json.loads(newcomer.run(*listing, "--json").stdout)[0])
    lines = newcomer.run(*listing, "-o", "jsonl").stdout.splitlines()
    assert (list(json.loads(lines[0])), len(lines)) == (names, 6)
    assert newcomer.run(*listing, "-o", "csv").stdout.splitlines()[0] == ",".join(names)
    assert newcomer.run(*listing).stdout == newcomer.run(*listing, "-o", "tsv").stdout
    chosen = newcomer.run(*listing, "--fields", "display_name,id", "-o", "csv").stdout.splitlines()
    assert chosen[0] == "display_name,id"
    done = newcomer.run(*listing, "--fields", "nmae", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert all(name in json.loads(done.stderr)["details"][0] for name in names)


def test_a_terminal_gets_a_table(newcomer):
    """With colours unless they are unwanted; the same run in a pipe has none."""
    for environment, colored in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        terminal = Terminal(newcomer, "room", "list", "--emulator", "--fields", "display_name", **environment)
        assert terminal.end() == 0
        assert "Seminar A" in terminal.shown
        assert ("\x1b[" in terminal.shown) is colored
    terminal = Terminal(newcomer, "room", "list", "--company", "c")
    assert terminal.end() == 4
    assert "\x1b[31m\x1b[1merror[not-logged-in]:\x1b[0m" in terminal.shown
    assert "\x1b" not in newcomer.run("room", "list", "--company", "c").stderr
    forced = newcomer.run("room", "list", "--company", "c", FORCE_COLOR="1")
    assert "\x1b[31m" in forced.stderr
