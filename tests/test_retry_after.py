"""Retry-After in every form that servers and proxies give it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alfaview_async.error_body import bad_reply, retry_after, status_error

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("-5", None),
        ("1e12", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("rand(30),add(30)", None),
        ("\u0663", None),
        (http_date(NOW + timedelta(seconds=90)), 90.0),
        (http_date(NOW - timedelta(days=1)), 0.0),
        ("Sun, 01 Mar 2026 12:00:30 +0000", 30.0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30.0),
        ("Sun, 01 Mar 99999999999999999999 12:00:30 GMT", None),
        ("Sun, 01 Mar 2026 99999999999999999999:00:30 GMT", None),
        ("Sun, 31 Feb 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date_of_the_server(value: str, seconds: float | None) -> None:
    """Against the server's own clock; what is negative or no number says nothing."""
    assert retry_after({"Retry-After": value, "Date": http_date(NOW)}) == seconds


def test_an_absurd_retry_after_is_still_long() -> None:
    """Cut, not overflown: whoever reads it gives up."""
    assert (retry_after({"Retry-After": "1000000000000"}) or 0.0) >= 1e9
    assert (retry_after({"Retry-After": "9" * 5000}) or 0.0) >= 1e9


def test_retry_after_needs_no_date_of_the_server() -> None:
    """Without one, or with a broken one, our clock is the next best."""
    later = http_date(datetime.now(UTC) + timedelta(seconds=100))

    for headers in ({}, {"Date": "x"}, {"Date": "Sun, 01 Mar 99999999999999999999 12:00:30 GMT"}):
        assert (retry_after({"Retry-After": later, **headers}) or 0.0) == pytest.approx(100.0, abs=5.0)
    assert retry_after({}) is None


@pytest.mark.parametrize("http_status", [429, 503])
def test_retry_after_is_on_the_error(http_status: int) -> None:
    """Whether alfaview or a proxy says it."""
    headers = {"Retry-After": "3"}

    assert status_error({"code": 14}, "a/b", http_status, headers).retry_after == 3.0
    assert bad_reply("no JSON", "a/b", http_status, headers, b"<html>").retry_after == 3.0


@given(st.text(max_size=40), st.text(max_size=40))
@example("Sun, 06 Nov 1994 08:49:37 +99999999999999999999", "0")
def test_retry_after_of_any_text_never_raises(value: str, date: str) -> None:
    """A header is foreign text."""
    seconds = retry_after({"Retry-After": value, "Date": date})

    assert seconds is None or seconds >= 0.0
