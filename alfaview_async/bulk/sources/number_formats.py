"""What a number in a workbook says, by the format in which it is shown: a date, a time, an id, a number."""

import re
from datetime import datetime, timedelta
from enum import Enum
from math import isfinite

from attrs import frozen


class Kind(Enum):
    """What a number stands for."""

    NUMBER = "number"
    DATE = "date"
    DATE_AND_TIME = "date and time"
    TIME = "time"


@frozen
class NumberFormat:
    """How the numbers of some cells are shown.

    Attributes:
        kind: What they stand for.
        digits: How many digits are shown at least: 5 for a postal code with the format `00000`.
    """

    kind: Kind = Kind.NUMBER
    digits: int = 0


_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), NumberFormat(Kind.DATE)),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), NumberFormat(Kind.TIME)),
    22: NumberFormat(Kind.DATE_AND_TIME),
}
"""Formats that have a number but no code in the file (ECMA-376 part 1, 18.8.30)."""
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?", re.ASCII)
_LAST_DAY = 2958465  # 9999-12-31
_LEAP_DAY_OF_1900 = 60  # which never was: the day numbers of Lotus 1-2-3 count it, and so do all since
_DAY = 86400
_EXACT_DIGITS = 15


def number_format(number: int, codes: dict[int, str]) -> NumberFormat:
    """Return the format of a number, by its code in the file if it has one."""
    code = codes.get(number)
    if code is None:
        return _BUILT_IN.get(number, NumberFormat())
    shown = _LITERALS.sub("", code.split(";")[0]).casefold().replace("general", "")
    if re.fullmatch("0+", shown):
        return NumberFormat(Kind.NUMBER, len(shown))
    clock = "h" in shown or "s" in shown
    if "y" in shown or "d" in shown or ("m" in shown and not clock):
        return NumberFormat(Kind.DATE_AND_TIME if clock else Kind.DATE)
    return NumberFormat(Kind.TIME) if clock else NumberFormat()


def shown_number(raw: str, how: NumberFormat, *, since_1904: bool) -> str:
    """Return the text for a number: ISO 8601 for dates and times, else the number without a needless `.0`.

    A date has a time only if the format shows one, or it is not midnight. Times are rounded to the second, since a
    spreadsheet keeps 17:20 as 0.7222222.

    Args:
        raw: The number as it stands in the file.
        how: The format of its cell.
        since_1904: Days are counted as on old Macintoshes.

    Raises:
        ValueError: No number, or no day of the calendar.
    """
    raw = raw.strip()
    if not _NUMBER.fullmatch(raw) or not isfinite(value := float(raw)):
        raise ValueError(f"{raw!r} is no number")
    if how.kind is Kind.NUMBER:
        return _plain(raw, value).zfill(how.digits)
    seconds = round(value % 1 * _DAY)
    if how.kind is Kind.TIME and 0 <= value < 1:
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return clock.removesuffix(":00") if clock.count(":") > 1 else clock
    if not 0 <= value < _LAST_DAY + 1:
        raise ValueError(f"{raw} is formatted as a date, but is none")
    moment = _first_day(value, since_1904=since_1904) + timedelta(days=int(value), seconds=seconds)
    if how.kind is Kind.DATE and not seconds % _DAY:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def _first_day(value: float, *, since_1904: bool) -> datetime:
    if since_1904:
        return datetime(1904, 1, 1)  # noqa: DTZ001 - a wall clock
    return datetime(1899, 12, 31 if value < _LEAP_DAY_OF_1900 else 30)  # noqa: DTZ001


def _plain(raw: str, value: float) -> str:
    if raw.isdigit():
        return raw
    if value.is_integer() and abs(value) < 10**_EXACT_DIGITS:
        return str(int(value))
    return f"{value:.{_EXACT_DIGITS}g}"
