"""What a calendar says about a time zone: each change of its clocks in some years (RFC 5545, 3.6.5).

Not by icalendar's own `Timezone.from_tzid`: up to 7.3 it puts clocks forward an hour late, and leaps over changes that
last less than 64 days, as in Morocco.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@lru_cache(maxsize=64)  # the same for all guests, and it takes longer than all the rest of an appointment
def clock_changes(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """Return the component `VTIMEZONE` with all changes from the beginning of one year to the end of another."""
    begin = datetime(first_year, 1, 2, tzinfo=UTC)  # a day from the edges, since the zone's clock must stand in time
    end = datetime(last_year, 12, 30, tzinfo=UTC)
    rules = Timezone()
    rules.add("TZID", zone.key)
    parts: dict[tuple[timedelta, timedelta, str], list[datetime]] = {}
    before = _offset(begin, zone)
    for moment in (begin, *_changes(zone, begin, end)):
        after = moment.astimezone(zone)
        kind = (before, _offset(moment, zone), after.tzname() or zone.key)
        parts.setdefault(kind, []).append((moment + before).replace(tzinfo=None))  # what the clock before it shows
        before = _offset(moment, zone)
    standard = min(kind[1] for kind in parts)
    for (earlier, later, name), onsets in parts.items():
        part = TimezoneStandard() if later == standard else TimezoneDaylight()
        part.DTSTART = onsets[0]
        part.TZOFFSETFROM, part.TZOFFSETTO = earlier, later
        part.add("TZNAME", name)
        if onsets[1:]:
            part.add("RDATE", onsets[1:])
        rules.add_component(part)
    return rules


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the first second of each new offset."""
    day = begin
    while day < end:
        if _offset(day, zone) != _offset(day + _DAY, zone):
            low, high = day, day + _DAY
            while high - low > _SECOND:
                middle = low + (high - low) // _SECOND // 2 * _SECOND
                low, high = (middle, high) if _offset(middle, zone) == _offset(day, zone) else (low, middle)
            yield high
        day += _DAY


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
