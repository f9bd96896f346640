"""The values of a guest list: a guest, a row that cannot be used, and the list as it was understood."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from attrs import field, frozen

from alfaview_async.errors import ConfigurationError

_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f,;<>@]+@[^\s\x00-\x1f\x7f,;<>@]+")

_LARGE = 5000


def printable(value: str, length: int = 60) -> str:
    """Return `value` fit for one line of a terminal: control characters escaped, cut after `length` characters."""
    start = value[: length + 1]
    shown = start if start.isprintable() else repr(start)[1:-1]
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"


def _one_address(_recipient: object, _attribute: object, value: str) -> None:
    # A list is checked far more closely; this holds whatever the origin: no second addressee, no header injection.
    if not _ADDRESS.fullmatch(value):
        raise ConfigurationError(f"{printable(value)!r} is not one plain e-mail address")


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ConfigurationError(f"{moment.isoformat()} has no time zone; give an aware datetime")
    return moment.astimezone(UTC)


@frozen(kw_only=True)
class Recipient:
    """One guest who shall get one link into one room.

    Attributes:
        email: The address, exactly one; its domain in lower-case ASCII (IDNA) when it was read from a list.
        display_name: The name shown in the room; the guest cannot change it there.
        locale: Language of the e-mail, `de` or `en`; empty leaves it to alfaview (`en`).
        role: Name or id of a permission group; empty for the default of the whole job.
        room: Id, name or path of the room; empty for the default of the whole job.
        valid_from: Start of the time frame in UTC, `None` if open; with or without `valid_until`.
        valid_until: End of the time frame in UTC, `None` if open.
        key: What identifies the guest from run to run, whatever else about the guest changes: the caller's own id, e.g.
            from a column `ID`, `Schlüssel` or `externalId`, or the id of an Invitario guest. Empty if there is none;
            then a row is the same as one that says the same.
        line: Physical line of the source where the row starts, from 1; 0 if there is no source.
        extra: Every original cell by its header, also the understood ones, in the order of the source.

    Raises:
        ConfigurationError: `email` is not one plain address, or a time has no time zone.
    """

    email: str = field(validator=_one_address)
    display_name: str = ""
    locale: str = ""
    role: str = ""
    room: str = ""
    valid_from: datetime | None = field(default=None, converter=_in_utc)
    valid_until: datetime | None = field(default=None, converter=_in_utc)
    key: str = ""
    line: int = 0
    extra: Mapping[str, str] = field(factory=dict, repr=False, hash=False)


@frozen(kw_only=True)
class RowProblem:
    """What is wrong with one cell, or with a row as a whole.

    Whether it costs the row its place is said by where it stands: `GuestList.problems` or `GuestList.warnings`.

    Attributes:
        line: Physical line where the row starts, from 1.
        column: Header of the column as it stands in the file, e.g. `Gültig bis`; empty if the whole row is meant.
        value: The cell as it stands in the file.
        reason: What is wrong, e.g. `comma in the domain`.
        suggestion: What was probably meant, ready to be pasted into the cell; empty if nobody can tell.
    """

    line: int
    column: str
    value: str
    reason: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}, {printable(self.column)}" if self.column else f"line {self.line}"
        value = f' "{printable(self.value)}"' if self.value else ""
        hint = f" (did you mean {printable(self.suggestion)}?)" if self.suggestion else ""
        return f"{where}{value}: {self.reason}{hint}"


@frozen(kw_only=True)
class GuestList:
    """A guest list as it was understood.

    Attributes:
        recipients: The guests of all good rows, in the order of the source.
        problems: Every reason why a row is not among the recipients, by line.
        warnings: What was read differently from how it was written, or looks odd; these rows are among the recipients.
        rows: How many rows have content, the header not counted.
        columns: What was understood: field -> header, or headers joined by `+`, e.g. `display_name: Vorname+Nachname`.
        header_line: Physical line of the header, from 1.
        encoding: Encoding of the file, e.g. `cp1252`; empty if the source has none.
        delimiter: What separates the cells; empty if there is one column only, or the source has none.
        sheet: Name of the sheet of a workbook; empty if the source has none.
    """

    recipients: tuple[Recipient, ...]
    problems: tuple[RowProblem, ...] = ()
    warnings: tuple[RowProblem, ...] = ()
    rows: int
    columns: Mapping[str, str]
    header_line: int = 1
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    @property
    def large(self) -> bool:
        """Whether there are more than 5,000 guests: perhaps the wrong file, so ask before inviting."""
        return len(self.recipients) > _LARGE
