"""What holds for all rows of a list that say nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime

from attrs import frozen

from alfaview_async.bulk.dates import Notation
from alfaview_async.bulk.validation import CellError, language, visible_text
from alfaview_async.errors import ConfigurationError


@frozen(kw_only=True)
class Defaults:
    """What holds for rows that say nothing else; empty or `None` if nothing does."""

    locale: str = ""
    role: str = ""
    room: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def understood_defaults(
    notation: Notation,
    *,
    locale: str,
    role: str,
    room: str,
    valid_from: datetime | str | None,
    valid_until: datetime | str | None,
    now: datetime,
) -> Defaults:
    """Understand a caller's arguments as cells of the list would be understood.

    Raises:
        ConfigurationError: One cannot be understood, or links with this time frame would never open.
    """
    known_locale = language(locale)
    if known_locale is None:
        raise ConfigurationError(f"locale {locale!r} is neither de nor en; alfaview's e-mails have no other")
    start = _moment("valid_from", valid_from, notation.start)
    end = _moment("valid_until", valid_until, notation.end)
    if end and end <= now:
        raise ConfigurationError(f"valid_until lies in the past: {end.isoformat()}")
    if start and end and end <= start:
        raise ConfigurationError(f"valid_until {end.isoformat()} is not after valid_from {start.isoformat()}")
    return Defaults(
        locale=known_locale, role=_text("role", role), room=_text("room", room), valid_from=start, valid_until=end
    )


def _text(name: str, value: str) -> str:
    try:
        return visible_text(value)
    except CellError as error:
        raise ConfigurationError(f"{name} {value!r}: {error.reason}") from error


def _moment(name: str, value: datetime | str | None, read: Callable[[str], datetime | None]) -> datetime | None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ConfigurationError(f"{name} has no time zone; give an aware datetime, or a text as in the list")
        return value.astimezone(UTC)
    try:
        return read(value or "")
    except CellError as error:
        raise ConfigurationError(f"{name} {value!r}: {error.reason}") from error
