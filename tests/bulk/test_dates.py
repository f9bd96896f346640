from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alfaview_async.bulk.dates import Notation, on_wall_clock, time_zone
from alfaview_async.bulk.validation import CellError
from alfaview_async.bulk.zones import zone_of_cell
from alfaview_async.errors import ConfigurationError

BERLIN = time_zone("Europe/Berlin")
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Africa/Cairo",
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("24.12.2026 18:00", "2026-12-24 17:00"),
        ("24.7.2026 18:00", "2026-07-24 16:00"),
        ("24.12.26 18:00", "2026-12-24 17:00"),
        ("24.12.2026, 18:00 Uhr", "2026-12-24 17:00"),
        ("24. 12. 2026 18:00:30", "2026-12-24 17:00:30"),
        ("\u00a024.12.2026  18:00 ", "2026-12-24 17:00"),
        ("2026-12-24 18:00", "2026-12-24 17:00"),
        ("2026-12-24T18:00:00", "2026-12-24 17:00"),
        ("2026-12-24T18:00:00Z", "2026-12-24 18:00"),
        ("2026-12-24T18:00:00.250Z", "2026-12-24 18:00:00.250"),
        ("2026-12-24T18:00-05:30", "2026-12-24 23:30"),
        ("24.12.2026 18:00 +0200", "2026-12-24 16:00"),
        ("24.12.2026 18:00+02", "2026-12-24 16:00"),
        ("25.10.2026 02:30+02:00", "2026-10-25 00:30"),
        ("25.10.2026 02:30+01:00", "2026-10-25 01:30"),
    ],
)
def test_times_are_understood(cell: str, moment: str) -> None:
    """ISO 8601 and German notation; without an offset, in the zone of the list."""
    notation = Notation(zone=BERLIN)
    assert notation.start(cell) == notation.end(cell) == utc(moment)


@pytest.mark.parametrize("cell", ["24.12.2026", "24.12.26", "2026-12-24"])
def test_a_date_alone_is_the_whole_day(cell: str) -> None:
    """It begins at 00:00 and ends at 23:59:59."""
    notation = Notation(zone=BERLIN)
    assert notation.start(cell) == utc("2026-12-23 23:00")
    assert notation.end(cell) == utc("2026-12-24 22:59:59")


def test_an_empty_cell_is_an_open_end() -> None:
    """Any of the four combinations of from and until is allowed."""
    notation = Notation(zone=BERLIN)
    assert notation.start("") is notation.end(" \u00a0 ") is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("03/04/2026", "ambiguous: say what comes first with date_format"),
        ("03/04/2026 18:00", "ambiguous: say what comes first with date_format"),
        ("31.02.2026", "no such date or time"),
        ("24.12.2026 25:00", "no such date or time"),
        ("2026-12-24 18:00+25:00", "no such date or time"),
        ("0001-01-01 00:00", "no such date or time"),
        ("46014.75", "not understood as a date"),
        ("morgen", "not understood as a date"),
        ("24.12.2026 18", "not understood as a date"),
        ("20261224", "not understood as a date"),
        ("٢٤.١٢.٢٠٢٦", "not understood as a date"),
        ("29.03.2026 02:30", "does not exist (clock change)"),
        ("25.10.2026 02:30", "exists twice that night (clock change); write 02:30+01:00 or +02:00"),
    ],
)
def test_what_is_no_moment_is_refused(cell: str, reason: str) -> None:
    """With what is wrong and, where possible, what to write instead; asked twice, refused twice."""
    notation = Notation(zone=BERLIN)
    for _ in range(2):
        with pytest.raises(CellError) as caught:
            notation.start(cell)
        assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("date_format", "cell", "start", "end"),
    [
        ("%d/%m/%Y", "03/04/2026", "2026-04-02 22:00", "2026-04-03 21:59:59"),
        ("%m/%d/%Y", "03/04/2026", "2026-03-03 23:00", "2026-03-04 22:59:59"),
        ("%d/%m/%Y", "03/04/2026 18:00", "2026-04-03 16:00", "2026-04-03 16:00"),
        ("%m/%d/%y %I:%M %p", "12/24/26 6:05 PM", "2026-12-24 17:05", "2026-12-24 17:05"),
        ("%d/%m/%Y %H:%M %z", "24/12/2026 18:00 +0200", "2026-12-24 16:00", "2026-12-24 16:00"),
        ("%d/%m/%Y", "24.12.2026 18:00", "2026-12-24 17:00", "2026-12-24 17:00"),
        ("%d/%m/%Y", "2026-12-24T18:00Z", "2026-12-24 18:00", "2026-12-24 18:00"),
    ],
)
def test_a_date_format_settles_what_is_ambiguous(date_format: str, cell: str, start: str, end: str) -> None:
    """It comes on top of what is always understood, and may hold a time or leave it to the usual forms."""
    notation = Notation(zone=BERLIN, date_format=date_format)
    assert notation.start(cell) == utc(start)
    assert notation.end(cell) == utc(end)


@pytest.mark.parametrize("date_format", ["", "%H:%M", "%Q", "%Y %Y", "%"])
def test_a_useless_date_format_is_refused_at_once(date_format: str) -> None:
    """Not only when the first row is read."""
    with pytest.raises(ConfigurationError, match="date_format"):
        Notation(zone=BERLIN, date_format=date_format)


@pytest.mark.parametrize("name", ["Europe/Berlln", "", "../etc/passwd", "Europe", "MESZ\0"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    """Whatever zoneinfo makes of it, it is a configuration error that names an example."""
    with pytest.raises(ConfigurationError, match="Europe/Berlin"):
        time_zone(name)


def test_whole_days_survive_a_clock_change_at_midnight() -> None:
    """Cairo put the clock forward at 00:00 on 2024-04-26 and back at 24:00 on 2024-10-31 (IANA zone data)."""
    notation = Notation(zone=time_zone("Africa/Cairo"))
    assert notation.start("26.04.2024") == utc("2024-04-25 22:00")
    assert notation.end("31.10.2024") == utc("2024-10-31 21:59:59")


@given(
    zone=st.sampled_from(ZONES).map(time_zone),
    local=st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)).map(lambda time: time.replace(microsecond=0)),  # noqa: DTZ001
)
@example(zone=time_zone("Europe/Berlin"), local=datetime(2026, 3, 29, 2, 0))  # noqa: DTZ001
@example(zone=time_zone("Europe/Berlin"), local=datetime(2026, 3, 29, 3, 0))  # noqa: DTZ001
@example(zone=time_zone("Europe/Berlin"), local=datetime(2026, 10, 25, 2, 59, 59))  # noqa: DTZ001
@example(zone=time_zone("Europe/Berlin"), local=datetime(2026, 10, 25, 3, 0))  # noqa: DTZ001
@example(zone=time_zone("Australia/Lord_Howe"), local=datetime(2026, 4, 5, 1, 45))  # noqa: DTZ001
@example(zone=time_zone("Africa/Casablanca"), local=datetime(2026, 3, 22, 2, 30))  # noqa: DTZ001
def test_wall_clocks_tell_gaps_and_folds(zone: ZoneInfo, local: datetime) -> None:
    """A wall-clock time is the one moment that shows it; never or twice, it is refused, and an offset settles it."""
    as_utc = local.replace(tzinfo=UTC)
    offsets = {(as_utc + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in range(-36, 37, 3)}
    moments = {as_utc - offset for offset in offsets if offset is not None}
    showing = sorted(moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == local)
    if len(showing) == 1:
        assert on_wall_clock(local, zone) == showing[0]
        return
    with pytest.raises(CellError) as caught:
        on_wall_clock(local, zone)
    if not showing:
        assert caught.value.reason == "does not exist (clock change)"
        return
    written = f"{local:%Y-%m-%d %H:%M:%S}"
    offsets_to_write = caught.value.reason.partition("write ")[2].replace(f"{local:%H:%M}", "").split(" or ")
    notation = Notation(zone=zone)
    assert {notation.start(f"{written} {offset}") for offset in offsets_to_write} == set(showing)


@pytest.mark.parametrize("cell", ["America/New_York", " Europe/Berlin ", "UTC", "Etc/GMT-2", "Asia/Calcutta"])
def test_a_cell_may_name_a_zone(cell: str) -> None:
    """By its IANA name, old ones too."""
    zone = zone_of_cell(cell)
    assert zone is not None
    assert zone.key == cell.strip()
    assert zone_of_cell("  ") is None


@pytest.mark.parametrize(
    ("cell", "suggestion"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Berlln", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("MEZ", "Europe/Berlin"),
        ("CET", "Europe/Berlin"),
        ("EST", "America/New_York"),
        ("UTC+2", ""),
        ("../etc/passwd", ""),
        ("Mars", ""),
    ],
)
def test_other_names_of_zones_are_refused(cell: str, suggestion: str) -> None:
    """CET and MEZ are wrong for half of the year, so nobody guesses; the zone that was probably meant is named."""
    for _ in range(2):
        with pytest.raises(CellError, match="not the name of a time zone") as caught:
            zone_of_cell(cell)
        assert caught.value.suggestion == suggestion


def test_very_many_different_times_do_not_fill_the_memory() -> None:
    """What was understood is remembered, but not for ever; it comes out the same."""
    notation = Notation(zone=BERLIN)
    for second in range(10_000):
        moment = utc("2026-12-24 17:00") + timedelta(seconds=second)
        assert notation.start(f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M:%S}") == moment
    assert len(notation._known) <= 5000
