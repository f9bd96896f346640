"""Single values of the wire, each oddity with its reason: forgiving where ProtoJSON is, strict elsewhere.

Absent, `null` and zero are one; but text is never taken for a flag, nor a number for text.
"""

import re
from datetime import UTC, datetime
from typing import Any, cast

from alfaview_async.errors import ConfigurationError

_MILLISECOND = 1000
_INT64 = 1 << 63
_SURE_DIGITS = 18
"""Any integer of so many digits fits into 64 bits."""
_INTEGER = re.compile(r"-?[0-9]{1,19}")


def text(value: object) -> str:
    """Read text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise TypeError(f"expected text, found {_kind(value)}")


def flag(value: object) -> bool:
    """Read true, false or nothing."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise TypeError(f"expected true or false, found {_kind(value)}")


def integer(value: object) -> int:
    """Read 64-bit integers, which travel as text, and the small ones, which do not; Python would read `1_0` too."""
    if type(value) is str and len(value) <= _SURE_DIGITS and value.isascii() and value.isdigit():
        return int(value)
    if value is None or value == "":
        return 0
    whole = isinstance(value, float) and value == int(value)
    if (isinstance(value, str) and _INTEGER.fullmatch(value)) or isinstance(value, int) or whole:
        number = int(cast("str | float", value))
        if not isinstance(value, bool) and -_INT64 <= number < _INT64:
            return number
    raise TypeError(f"expected a 64-bit integer, found {_kind(value)}")


def real(value: object) -> float:
    """Read a number, which may travel as text."""
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"expected a number, found {_kind(value)}")
    return float(value)


def moment(value: object) -> datetime | None:
    """Read RFC 3339 with 0 to 9 digits of fraction; beyond microseconds they are cut."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise TypeError(f"expected a time, found {_kind(value)}")
    found = datetime.fromisoformat(value)
    if found.tzinfo is UTC:
        return found
    if found.tzinfo is None:
        raise ValueError("a time without zone")
    return found.astimezone(UTC)


def items(value: object) -> list[Any]:
    """Read a list, not yet its items."""
    if isinstance(value, list):
        return value
    raise TypeError(f"expected a list, found {_kind(value)}")


def entries(value: object) -> dict[str, Any]:
    """Read an object, not yet its values."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise TypeError(f"expected an object, found {_kind(value)}")


def stamp(value: object) -> str:
    """Write a time in UTC, with just the digits that are needed."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ConfigurationError(f"times must be datetimes with a zone, not {value!r}; add tzinfo=...")
    try:
        utc = value.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ConfigurationError(f"{value!r} is beyond the years 1 to 9999 in UTC; use None for open ends") from None
    whole_milliseconds = utc.microsecond % _MILLISECOND == 0
    return (
        utc.isoformat(timespec=("milliseconds" if utc.microsecond else "seconds") if whole_milliseconds else "auto")
        + "Z"
    )


def _kind(value: object) -> str:
    return {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}.get(
        type(value), "a number"
    )
