from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.bulk.original_cells import OriginalCells, RepeatedTexts
from alfaview_async.bulk.recipients import GuestList, Recipient, RowProblem, printable
from alfaview_async.errors import ConfigurationError


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\n",
        "ada@example.org,eve@example.org",
        "ada@example.org;eve@example.org",
        "ada@example.org eve@example.org",
        "ada@@example.org",
        "ada\0@example.org",
        "Ada <ada@example.org>",
    ],
)
def test_anything_but_one_plain_address_is_refused(email: str) -> None:
    """F131 holds for recipients built by hand, too."""
    with pytest.raises(ConfigurationError, match="not one plain e-mail address"):
        Recipient(email=email)


def test_times_are_kept_in_utc() -> None:
    """A time with any offset is the same moment in UTC."""
    in_berlin = datetime(2030, 1, 14, 9, tzinfo=timezone(timedelta(hours=1)))
    recipient = Recipient(email="ada@example.org", valid_from=in_berlin)
    assert recipient.valid_from == datetime(2030, 1, 14, 8, tzinfo=UTC)
    assert recipient.valid_from.tzinfo is UTC
    assert recipient.valid_until is None


def test_a_time_without_zone_is_refused() -> None:
    """A naive datetime could mean anything."""
    with pytest.raises(ConfigurationError, match="no time zone"):
        Recipient(email="ada@example.org", valid_until=datetime(2030, 1, 14, 9))  # noqa: DTZ001 - the point of it


def test_recipients_are_values() -> None:
    """Equal by all they hold, usable in sets, and the original cells stay out of logs."""
    one, same = (Recipient(email="ada@example.org", extra={"Firma": "Analytical Engines"}) for _ in range(2))
    other = Recipient(email="ada@example.org", extra={"Firma": "Another"})
    assert one == same
    assert one != other
    assert {one, same} == {one}
    assert "Analytical" not in repr(one)


def test_a_problem_reads_as_one_line() -> None:
    """Line, column, value, reason and suggestion, ready for a log."""
    problem = RowProblem(
        line=17, column="E-Mail", value="anna@firma,de", reason="comma in the domain", suggestion="anna@firma.de"
    )
    assert str(problem) == 'line 17, E-Mail "anna@firma,de": comma in the domain (did you mean anna@firma.de?)'
    assert str(RowProblem(line=9, column="", value="", reason="broken")) == "line 9: broken"


@given(st.text())
def test_shown_values_cannot_drive_a_terminal(value: str) -> None:
    """What is shown is one printable, short line, and unchanged if it was one before."""
    shown = printable(value)
    assert shown.isprintable()
    assert len(shown) <= 60
    if value.isprintable() and len(value) <= 60:
        assert shown == value


def test_a_recipient_may_have_a_key() -> None:
    """The caller's own id; empty by default, and two recipients of different keys are different."""
    assert Recipient(email="ada@example.org").key == ""
    assert Recipient(email="ada@example.org", key="17") != Recipient(email="ada@example.org", key="18")


@pytest.mark.parametrize(("guests", "large"), [(5000, False), (5001, True)])
def test_more_than_5000_guests_are_many(guests: int, large: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Enough to ask whether it is the right file."""
    recipients = (Recipient(email="ada@example.org"),) * guests
    assert GuestList(recipients=recipients, rows=guests, columns={}).large is large


def test_original_cells_are_a_mapping() -> None:
    """Of the header, in its order; a row that is too short has empty cells."""
    cells = OriginalCells({"E-Mail": 0, "Name": 1, "Firma": 2}, ("ada@example.org", "Ada"))
    assert list(cells.items()) == [("E-Mail", "ada@example.org"), ("Name", "Ada"), ("Firma", "")]
    assert (cells["Firma"], cells.get("Ort"), len(cells)) == ("", None, 3)
    assert cells == {"E-Mail": "ada@example.org", "Name": "Ada", "Firma": ""}
    assert repr(cells) == "{'E-Mail': 'ada@example.org', 'Name': 'Ada', 'Firma': ''}"
    with pytest.raises(KeyError):
        cells["Ort"]


def test_repeated_texts_are_one_object() -> None:
    """In a column that repeats itself; in one of names the search for repetitions is given up."""
    texts = RepeatedTexts(2)
    rows = [texts.shared((f"Seminar {number % 3}", f"g{number % 4500}", "beyond the header")) for number in range(9000)]
    assert rows == [(f"Seminar {number % 3}", f"g{number % 4500}") for number in range(9000)]
    assert len({id(room) for room, _ in rows}) == 3
    assert len({id(name) for _, name in rows}) > 4500
