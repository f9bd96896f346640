from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.bulk.recipients import Recipient, RowProblem, printable
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
