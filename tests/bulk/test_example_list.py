from datetime import UTC, datetime
from pathlib import Path

from alfaview_async.bulk.reading import read_recipients

GUESTS = Path(__file__).parents[2] / "examples" / "guests.csv"


def test_the_example_is_what_a_german_spreadsheet_writes() -> None:
    """cp1252, `;`, CRLF; and one address is wrong on purpose."""
    assert GUESTS.read_bytes().count(b"\r\n") == GUESTS.read_bytes().count(b"\n") == 17
    guests = read_recipients(GUESTS, skip_invalid=True)
    assert (guests.encoding, guests.delimiter, guests.rows, guests.warnings) == ("cp1252", ";", 16, ())
    (problem,) = guests.problems
    assert (problem.line, problem.column, problem.suggestion) == (9, "E-Mail", "anna.kruse@example.org")


def test_the_example_shows_what_lists_can_hold() -> None:
    """Two rooms, three roles, two languages, summer and winter, reserved domains only (RFC 2606)."""
    guests = read_recipients(GUESTS, skip_invalid=True).recipients
    assert {guest.room for guest in guests} == {"Seminar A", "Seminar B"}
    assert {guest.role for guest in guests} == {"Participant", "Moderator", "Spectator"}
    assert {guest.locale for guest in guests} == {"de", "en"}
    assert {guest.email.rpartition("@")[2] for guest in guests} == {"example.org", "example.com"}
    assert guests[0].display_name == "Jörg Weiß"
    assert guests[0].valid_from == datetime(2030, 1, 14, 7, 30, tzinfo=UTC)
    assert guests[8].valid_from == datetime(2030, 7, 15, 6, 30, tzinfo=UTC)
    assert guests[4].extra["Firma"] == "Nord; Süd & Partner GbR"
