from datetime import UTC, datetime
from typing import Any

import pytest

from alfaview_async.bulk.reading import understand
from alfaview_async.bulk.recipients import GuestList
from alfaview_async.bulk.sources import Row, Table
from alfaview_async.bulk.sources.csv import read_csv

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = "Vorname;Nachname;E-Mail;Sprache;Rolle;Raum;Gültig von;Gültig bis\n"


def read(text: str, *, timezone: str = "Europe/Berlin", locale: str = "", date_format: str | None = None) -> GuestList:
    table = read_csv(text.encode(), "gaeste.csv")
    return understand(table, timezone=timezone, locale=locale, columns={}, date_format=date_format, now=NOW)


def understood(text: str, **options: Any) -> GuestList:
    return understand(read_csv(text.encode(), "gaeste.csv"), columns={}, now=NOW, **options)


def test_a_row_of_the_template() -> None:
    """Every field of the German template arrives, times in UTC, the original cells beside."""
    row = "Jörg;Weiß;joerg@example.org;de;Teilnehmer;Nord/Seminar A;24.12.2026 17:30;24.12.2026 20:00\n"
    guests = read(HEADER + row)
    (guest,) = guests.recipients
    assert (guest.email, guest.display_name, guest.locale) == ("joerg@example.org", "Jörg Weiß", "de")
    assert (guest.role, guest.room, guest.line) == ("Teilnehmer", "Nord/Seminar A", 2)
    assert guest.valid_from == datetime(2026, 12, 24, 16, 30, tzinfo=UTC)
    assert guest.valid_until == datetime(2026, 12, 24, 19, 0, tzinfo=UTC)
    assert dict(guest.extra) == dict(zip(HEADER.strip().split(";"), row.strip().split(";"), strict=True))
    assert (guests.rows, guests.encoding, guests.delimiter, guests.header_line) == (1, "utf-8", ";", 1)
    assert guests.problems == guests.warnings == ()


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("2026-12-01 18:00", "2026-11-30 18:00", "lies before Gültig von 2026-12-01 18:00; the link would never open"),
        (
            "2026-12-01 18:00",
            "01.12.2026 18:00",
            "is the same as Gültig von 2026-12-01 18:00; the link would never open",
        ),
        ("", "2026-11-22 12:59", "lies in the past; now is 2026-11-22 13:00 CET"),
        ("", "2026-11-21", "lies in the past; now is 2026-11-22 13:00 CET"),
    ],
)
def test_time_frames_that_never_open_are_refused(start: str, end: str, reason: str) -> None:
    """The end lies after the beginning and after now."""
    (problem,) = read(f"{HEADER};;ada@example.org;;;;{start};{end}\n").problems
    assert (problem.column, problem.value, problem.reason) == ("Gültig bis", end, reason)


@pytest.mark.parametrize(
    ("start", "end"), [("", ""), ("01.11.2026", ""), ("", "22.11.2026"), ("01.11.2026", "2027-01-01")]
)
def test_any_combination_of_from_and_until_works(start: str, end: str) -> None:
    """Either may be open, a beginning may lie in the past, and today is not over yet."""
    (guest,) = read(f"{HEADER};;ada@example.org;;;;{start};{end}\n").recipients
    assert (guest.valid_from is None, guest.valid_until is None) == (not start, not end)


def test_times_are_meant_in_the_given_zone() -> None:
    """`timezone` moves local times, not those with an offset."""
    text = "E-Mail;Start;Ende\nada@example.org;2027-01-11 09:00;2027-01-11T18:00Z\n"
    (guest,) = read(text, timezone="America/New_York").recipients
    assert guest.valid_from == datetime(2027, 1, 11, 14, tzinfo=UTC)
    assert guest.valid_until == datetime(2027, 1, 11, 18, tzinfo=UTC)


def test_date_format_is_handed_down() -> None:
    """Without it a slash is a problem that names it."""
    text = "E-Mail;Start\nada@example.org;03/04/2027\n"
    (problem,) = read(text).problems
    assert "date_format" in problem.reason
    (guest,) = read(text, date_format="%m/%d/%Y").recipients
    assert guest.valid_from == datetime(2027, 3, 3, 23, tzinfo=UTC)


def test_languages() -> None:
    """Folded to de and en; an empty cell takes the default; others are en, with a warning."""
    rows = "".join(f"g{n}@example.org;{cell}\n" for n, cell in enumerate(["Deutsch", "en-US", "", "Französisch"]))
    guests = read(f"E-Mail;Sprache\n{rows}", locale="de-DE")
    assert [guest.locale for guest in guests.recipients] == ["de", "en", "de", "en"]
    (warning,) = guests.warnings
    assert (warning.line, warning.column, warning.value) == (5, "Sprache", "Französisch")
    assert read("E-Mail\nada@example.org\n").recipients[0].locale == ""


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Titel;Vorname;Nachname", "Dr.;Ada;Lovelace", "Dr. Ada Lovelace"),
        ("Nachname;Vorname", "Lovelace;Ada", "Ada Lovelace"),
        ("Vorname;Name", "Ada;Lovelace", "Ada Lovelace"),
        ("Vorname;Nachname", ";Lovelace", "Lovelace"),
        ("Name;x", "Ada Lovelace;", "Ada Lovelace"),
        ("Anzeigename;Vorname;Nachname", "Countess;Ada;Lovelace", "Countess"),
        ("Anzeigename;Vorname;Nachname", ";Ada;Lovelace", "Ada Lovelace"),
        ("x;y", ";", ""),
    ],
)
def test_names_are_put_together(header: str, row: str, name: str) -> None:
    """In reading order, whatever the order of the columns; a display name of its own comes first."""
    assert read(f"{header};E-Mail\n{row};ada@example.org\n").recipients[0].display_name == name


def test_a_name_in_the_address_cell_fills_in() -> None:
    """Only where the list has no other name, and always with a warning."""
    text = "E-Mail;Name\nAda <ada@example.org>;\nEve <eve@example.org>;Eve Online\n"
    guests = read(text)
    assert [(guest.email, guest.display_name) for guest in guests.recipients] == [
        ("ada@example.org", "Ada"),
        ("eve@example.org", "Eve Online"),
    ]
    assert [warning.line for warning in guests.warnings] == [2, 3]


def test_rows_longer_or_shorter_than_the_header() -> None:
    """Missing cells are empty, empty surplus is ignored, full surplus is a problem."""
    text = "E-Mail;Name;Firma\na@example.org\nb@example.org;B;C;;\nc@example.org;C;Nord; Süd\n"
    guests = read(text)
    assert [dict(guest.extra) for guest in guests.recipients] == [
        {"E-Mail": "a@example.org", "Name": "", "Firma": ""},
        {"E-Mail": "b@example.org", "Name": "B", "Firma": "C"},
    ]
    (problem,) = guests.problems
    assert (problem.line, problem.value) == (4, " Süd")
    assert "4 cells under 3 headers" in problem.reason


def test_a_refused_row_is_nobodys_duplicate() -> None:
    """Otherwise correcting one row would take two rounds, and skipping bad rows would lose the guest."""
    guests = read("E-Mail;Start\nada@example.org;morgen\nada@example.org;\n")
    assert [problem.line for problem in guests.problems] == [2]
    assert [guest.line for guest in guests.recipients] == [3]


def test_each_row_may_have_its_zone() -> None:
    """Its times are meant there; a row without one takes that of the list, and messages show the row's clock."""
    rows = (
        "a@example.org;2027-01-11 09:00;2027-01-11 17:00;America/New_York\n"
        "b@example.org;2027-01-11 09:00;2027-01-11 17:00;\n"
        "c@example.org;;2026-11-22 06:00;America/New_York\n"
        "d@example.org;2027-03-14 02:30;;America/New_York\n"
    )
    guests = read(f"E-Mail;von;bis;Zeitzone\n{rows}")
    assert [(guest.valid_from, guest.valid_until) for guest in guests.recipients] == [
        (datetime(2027, 1, 11, 14, tzinfo=UTC), datetime(2027, 1, 11, 22, tzinfo=UTC)),
        (datetime(2027, 1, 11, 8, tzinfo=UTC), datetime(2027, 1, 11, 16, tzinfo=UTC)),
    ]
    assert [problem.reason for problem in guests.problems] == [
        "lies in the past; now is 2026-11-22 07:00 EST",
        "does not exist (clock change)",
    ]


def test_without_its_zone_nothing_is_said_about_a_rows_times() -> None:
    """One problem, not three: what the times mean is open until the zone is corrected."""
    (problem,) = read("E-Mail;von;bis;Zeitzone\na@example.org;2027-03-14 02:30;2020-01-01;Berlin\n").problems
    assert (problem.column, problem.value, problem.suggestion) == ("Zeitzone", "Berlin", "Europe/Berlin")


def test_what_holds_for_all_rows_fills_the_gaps() -> None:
    """Room, role, start and end of the whole list, each for the rows that say nothing else."""
    guests = understood(
        "E-Mail;Raum;Rolle;von;bis\na@example.org;;;;\nb@example.org;Nord;Moderator;2027-01-12;2027-01-13\n",
        room="Seminar  A",
        role="Participant",
        valid_from="11.01.2027 09:00",
        valid_until=datetime(2027, 1, 15, 16, tzinfo=UTC),
    )
    assert guests.problems == ()
    assert [(guest.room, guest.role) for guest in guests.recipients] == [
        ("Seminar A", "Participant"),
        ("Nord", "Moderator"),
    ]
    assert [(guest.valid_from, guest.valid_until) for guest in guests.recipients] == [
        (datetime(2027, 1, 11, 8, tzinfo=UTC), datetime(2027, 1, 15, 16, tzinfo=UTC)),
        (datetime(2027, 1, 11, 23, tzinfo=UTC), datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC)),
    ]


def test_a_row_must_fit_what_holds_for_all() -> None:
    """Its end after the start of all, its start before the end of all; the problem is at the cell that is there."""
    guests = understood(
        "E-Mail;von;bis\na@example.org;;2027-01-10\nb@example.org;2027-01-16;\nc@example.org;;2027-01-11 09:00\n",
        valid_from="2027-01-11 09:00",
        valid_until="2027-01-15",
    )
    assert [(problem.column, problem.reason) for problem in guests.problems] == [
        ("bis", "lies before the start of all rows, 2027-01-11 09:00 CET; the link would never open"),
        ("von", "lies not before the end of all rows, 2027-01-15 23:59 CET; the link would never open"),
        ("bis", "is the same as the start of all rows, 2027-01-11 09:00 CET; the link would never open"),
    ]


@pytest.mark.parametrize(
    ("row", "role"),
    [(";ja;", "coHost"), (";;x", "panelist"), (";nein;0", ""), ("Trainer;;", "Trainer"), ("Trainer;no;-", "Trainer")],
)
def test_columns_of_yes_and_no_give_the_role(row: str, role: str) -> None:
    """As in lists for Webex, whose invitees are co-hosts or panelists."""
    assert read(f"Rolle;coHost;Panelist;E-Mail\n{row};ada@example.org\n").recipients[0].role == role


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [("Gast;ja;", "Rolle+coHost", "Gast ja"), (";ja;x", "coHost+Panelist", "ja x"), (";jein;", "coHost", "jein")],
)
def test_a_guest_has_one_role(row: str, column: str, value: str) -> None:
    """Two are a problem, and so is a cell that says neither yes nor no."""
    (problem,) = read(f"Rolle;coHost;Panelist;E-Mail\n{row};ada@example.org\n").problems
    assert (problem.column, problem.value) == (column, value)


def test_long_names_are_pointed_out() -> None:
    """Up to 64 characters are fine, up to 128 are odd."""
    first = "x" * 32
    guests = read(f"Vorname;Nachname;E-Mail\n{first};{'y' * 31};a@example.org\n{first};{'y' * 32};b@example.org\n")
    assert len(guests.recipients) == 2
    (warning,) = guests.warnings
    assert (warning.line, warning.column) == (3, "Vorname+Nachname")
    assert warning.reason == "65 characters; more than 64 may be cut where names are shown"


def test_a_row_keeps_its_key() -> None:
    """As it stands there, leading zeros too; the same one twice is refused."""
    guests = read("ID;E-Mail\n 007 ;a@example.org\n;b@example.org\n007;c@example.org\n")
    assert [guest.key for guest in guests.recipients] == ["007", ""]
    assert [(problem.line, problem.column, problem.value) for problem in guests.problems] == [(4, "ID", "007")]


def test_what_a_source_cannot_read_matters_only_in_a_field() -> None:
    """A formula without a result among the addresses costs the row, one in an unknown column does not."""
    rows = [
        Row(line=2, cells=("a@example.org", ""), unreadable={1: "no result"}, remarks=("hidden",)),
        Row(line=3, cells=("",), unreadable={0: "no result"}),
        Row(line=4, cells=(), refusal="no JSON"),
    ]
    table = Table(name="l.xlsx", header=("E-Mail", "Summe"), rows=rows, sheet="Gäste")
    guests = understand(table, columns={}, now=NOW)
    assert [guest.line for guest in guests.recipients] == [2]
    assert [(problem.line, problem.column, problem.reason) for problem in guests.problems] == [
        (3, "E-Mail", "no result"),
        (4, "", "no JSON"),
    ]
    assert [(warning.line, warning.reason) for warning in guests.warnings] == [(2, "hidden")]
    assert guests.sheet == "Gäste"
