"""What a cell may hold as a moment, and which moment that is on a wall clock that changes twice a year."""

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from attrs import Factory, field, frozen

from alfaview_async.bulk.validation import CellError
from alfaview_async.errors import ConfigurationError

_TIME_AT_END = re.compile(
    r"(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?(?:\s*(?:Uhr|h))?\s*(Z|[+-]\d{2}(?::?[0-5]\d)?)?$",
    re.ASCII | re.IGNORECASE,
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4}|\d{2})", re.ASCII)
_SLASHED = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4}", re.ASCII)
_DISTINCT_TIMES = 4096
_END_OF_DAY = time(23, 59, 59)
_PROBE = datetime(2026, 12, 24, 18, 34, tzinfo=UTC)


def time_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, e.g. `Europe/Berlin`.

    Raises:
        ConfigurationError: No such zone, or this computer has no zone data (Windows without `tzdata`).
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"time zone {name!r} is unknown; give an IANA name such as Europe/Berlin "
            "(a computer without zone data needs pip install 'alfaview-async[cli]')"
        ) from error


def on_wall_clock(local: datetime, zone: tzinfo) -> datetime:
    """Return the moment in UTC at which a clock in `zone` shows `local`, a naive datetime.

    Raises:
        CellError: The clock never shows it (it is put forward) or shows it twice (it is put back).
    """
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(fold=0):
        raise CellError("does not exist (clock change)")
    if first.utcoffset() != second.utcoffset():
        later, earlier = (moment.isoformat()[len(local.isoformat()) :] for moment in (second, first))
        clock = f"{local:%H:%M}"
        raise CellError(f"exists twice that night (clock change); write {clock}{later} or {earlier}")
    return first.astimezone(UTC)


def _has_time(date_format: str | None) -> bool:
    if date_format is None:
        return False
    try:
        shown = _PROBE.strftime(date_format)
        parsed = datetime.strptime(shown, date_format).replace(tzinfo=None)  # noqa: DTZ007 - a wall clock
    except (ValueError, re.error) as error:
        raise ConfigurationError(f"date_format {date_format!r} is no date format ({error})") from error
    if parsed.date() != _PROBE.date():
        raise ConfigurationError(f"date_format {date_format!r} must have day, month and year, e.g. %d/%m/%Y")
    return parsed.time() != time.min


@frozen(kw_only=True)
class Notation:
    """How moments are written in a list.

    ISO 8601 (`2026-12-24 18:00`, with or without an offset) and German dates (`24.12.2026 18:00`, `24.12.26`) are
    always understood. `03/04/2026` means April or March, so it is understood only with a `date_format`.

    Attributes:
        zone: Where the clock hangs that times without an offset were read from.
        date_format: A further form, as for `datetime.strptime`: a date (`%d/%m/%Y`), or a date and time.

    Raises:
        ConfigurationError: `date_format` is no format, or lacks day, month or year.
    """

    zone: tzinfo
    date_format: str | None = None
    _format_has_time: bool = field(
        init=False, default=Factory(lambda notation: _has_time(notation.date_format), takes_self=True)
    )
    _known: dict[tuple[str, bool], datetime] = field(
        init=False, factory=dict, eq=False, repr=False
    )  # rows repeat times

    def start(self, cell: str) -> datetime | None:
        """Return the moment in UTC, `None` for an empty cell; a date alone begins with its day.

        Raises:
            CellError: Not understood, or no such moment.
        """
        return self._moment(cell, end=False)

    def end(self, cell: str) -> datetime | None:
        """Return the moment in UTC, `None` for an empty cell; a date alone ends at 23:59:59.

        Raises:
            CellError: Not understood, or no such moment.
        """
        return self._moment(cell, end=True)

    def _moment(self, cell: str, *, end: bool) -> datetime | None:
        key = (cell, end)
        if key in self._known:
            return self._known[key]
        text = " ".join(cell.split())
        if not text:
            return None
        if len(self._known) >= _DISTINCT_TIMES:
            self._known.clear()
        try:
            self._known[key] = moment = self._read(text, end=end)
        except CellError:
            raise
        except (ValueError, OverflowError) as error:
            raise CellError("no such date or time") from error
        return moment

    def _read(self, text: str, *, end: bool) -> datetime:
        if self._format_has_time and (whole := self._by_format(text)):
            return whole.astimezone(UTC) if whole.tzinfo else on_wall_clock(whole, self.zone)
        clock = _TIME_AT_END.search(text)
        day = self._day(text[: clock.start()] if clock else text)
        if clock is None:
            return self._edge_of_day(day, end=end)
        hour, minute, second, fraction, offset = clock.groups()
        local = day.replace(
            hour=int(hour),
            minute=int(minute),
            second=int(second or 0),
            microsecond=int((fraction or "0").ljust(6, "0")),
        )
        return local.replace(tzinfo=_fixed(offset)).astimezone(UTC) if offset else on_wall_clock(local, self.zone)

    def _by_format(self, text: str) -> datetime | None:
        if self.date_format is None:
            return None
        try:
            return datetime.strptime(text, self.date_format)  # noqa: DTZ007 - a wall clock, unless the format has %z
        except ValueError:
            return None  # the forms that are always understood come next

    def _day(self, text: str) -> datetime:
        if written := self._by_format(text):
            return written.replace(tzinfo=None)
        match = _ISO.fullmatch(text) or _DOTTED.fullmatch(text)
        if match is None:
            if _SLASHED.fullmatch(text):
                raise CellError("ambiguous: say what comes first with date_format, e.g. %d/%m/%Y or %m/%d/%Y")
            raise CellError("not understood as a date; write 24.12.2026 18:00 or 2026-12-24 18:00")
        year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)  # noqa: PLR2004 - two digits: this century
        return datetime(year, int(match["month"]), int(match["day"]))  # noqa: DTZ001 - a wall clock

    def _edge_of_day(self, day: datetime, *, end: bool) -> datetime:
        # Nobody wrote these hours, so a clock change at midnight is not the writer's problem: take the whole day.
        edge = datetime.combine(day, _END_OF_DAY) if end else day
        return edge.replace(tzinfo=self.zone, fold=int(end)).astimezone(UTC)


def _fixed(offset: str) -> tzinfo:
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if offset[0] == "-" else size)
