"""From a list to guests: every row is checked before anything may be sent."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain, islice
from typing import BinaryIO

from alfaview_async.bulk import policies
from alfaview_async.bulk.columns import find_columns
from alfaview_async.bulk.dates import Notation, time_zone
from alfaview_async.bulk.defaults import understood_defaults
from alfaview_async.bulk.duplicates import Duplicates
from alfaview_async.bulk.opening import read_table
from alfaview_async.bulk.recipients import GuestList, Recipient, RowProblem
from alfaview_async.bulk.rows import RowReader
from alfaview_async.bulk.sources import Table
from alfaview_async.bulk.sources.format import Format
from alfaview_async.bulk.titles import below_titles
from alfaview_async.errors import ConfigurationError, RecipientsRejected

_PROBLEMS_IN_MESSAGE = 3
_SAMPLE_ROWS = 20  # among which an address is looked for if no column is called so


def read_recipients(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    timezone: str = "Europe/Berlin",
    locale: str = "",
    role: str = "",
    room: str = "",
    valid_from: datetime | str | None = None,
    valid_until: datetime | str | None = None,
    format: Format | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    date_format: str | None = None,
    skip_invalid: bool = False,
    duplicates: policies.Duplicates = policies.Duplicates.ERROR,
    test_environment: bool = False,
    now: datetime | None = None,
) -> GuestList:
    """Read a guest list (CSV, an `.xlsx` workbook, JSON) and check every row of it.

    Headers are understood in German and English, however they are spelt: e-mail (the only one that must be there), name
    (or title, first name, last name), language, role (or yes/no columns `coHost` and `panelist`), room, valid from,
    valid until, time zone, and a key of the guest (`ID`, `externalId`). Other columns are kept in `extra`. Titles above
    the header are skipped.

    Blocking: within an event loop call `await asyncio.to_thread(read_recipients, path)` for large files.

    Args:
        source: Path of the file, `-` for standard input, or a file open for reading bytes; it is read to its end.
        timezone: IANA name of the zone that times without an offset are meant in, in rows that name no zone.
        locale: Language for rows that name none: `de`, `en`, or empty to leave it to alfaview.
        role: Name or id of the permission group for rows that name none.
        room: Id, name or path of the room for rows that name none.
        valid_from: Start of the time frame for rows that have none: an aware datetime, or written as in a list.
        valid_until: End of the time frame for rows that have none.
        format: `csv`, `xlsx`, or `json` (one object per line, or one array of objects); by default told by the content
            and the ending of the name.
        encoding: Encoding of a text file; by default UTF-16 or UTF-8 by its mark, else UTF-8, else cp1252.
        delimiter: What separates the cells of CSV; by default taken from a line `sep=;`, else counted in the header.
        sheet: Name of the sheet of a workbook; by default the first one that is not hidden.
        columns: Field -> header, for headers that are not understood, e.g. `{"email": "Kontakt"}`; an empty text
            instead of a header for a field that no column holds. Fields: `email`, `display_name`, `title`,
            `first_name`, `last_name`, `locale`, `role`, `co_host`, `panelist`, `room`, `timezone`, `key`, `valid_from`,
            `valid_until`.
        date_format: A further way dates are written, as for `strptime`, e.g. `%d/%m/%Y`.
        skip_invalid: Return the good rows, with the reasons against the others in `problems`, instead of raising.
        duplicates: By default a guest who is there twice, for the same room and time, is a problem of the second row;
            else it is a warning, and `invite`, with the same argument, decides.
        test_environment: Accept addresses under `.test`, which nobody can have: for lists that the emulator gets.
        now: What counts as now when a guest's time is over already; by default the present.

    Returns:
        The guests, and how the file was understood.

    Raises:
        RecipientsRejected: Rows are bad (all of them in its `problems`). With `skip_invalid` too, if the whole file is
            no guest list: no list at all, damaged, empty, no e-mail column, two columns for one field, broken quotes.
        ConfigurationError: An argument cannot work, the file cannot be opened, or the package `email-validator` (extra
            `cli`) is missing.
    """
    table = read_table(source, format=format, encoding=encoding, delimiter=delimiter, sheet=sheet)
    return understand(
        table,
        timezone=timezone,
        locale=locale,
        role=role,
        room=room,
        valid_from=valid_from,
        valid_until=valid_until,
        columns=columns or {},
        date_format=date_format,
        skip_invalid=skip_invalid,
        duplicates=duplicates,
        test_environment=test_environment,
        now=now or datetime.now(UTC),
    )


def understand(
    table: Table,
    *,
    timezone: str = "Europe/Berlin",
    locale: str = "",
    role: str = "",
    room: str = "",
    valid_from: datetime | str | None = None,
    valid_until: datetime | str | None = None,
    columns: Mapping[str, str],
    date_format: str | None = None,
    skip_invalid: bool = True,
    duplicates: policies.Duplicates = policies.Duplicates.ERROR,
    test_environment: bool = False,
    now: datetime,
) -> GuestList:
    """Turn the table of any source into a guest list; the arguments are those of `read_recipients`.

    Raises:
        RecipientsRejected: The table is damaged, has no rows, no e-mail column, or two columns for one field; without
            `skip_invalid` also if any row is bad.
        ConfigurationError: An argument cannot work.
    """
    if now.tzinfo is None:
        raise ConfigurationError("now has no time zone; give an aware datetime")
    notation = Notation(zone=time_zone(timezone), date_format=date_format)
    defaults = understood_defaults(
        notation, locale=locale, role=role, room=room, valid_from=valid_from, valid_until=valid_until, now=now
    )
    table = below_titles(table, columns)
    rows = iter(table.rows)
    sample = list(islice(rows, _SAMPLE_ROWS))
    found = find_columns(table, columns, sample)
    if not sample:
        raise RecipientsRejected(f"{table.name} has a header, but no guests below it")
    reader = RowReader(columns=found, notation=notation, defaults=defaults, now=now, test_environment=test_environment)
    known = Duplicates(found.named("email"), found.named("key"))
    strict = duplicates is policies.Duplicates.ERROR
    recipients: list[Recipient] = []
    damages: list[RowProblem] = []
    count = 0
    for row in chain(sample, rows):
        count += 1
        if isinstance(row, RowProblem):
            damages.append(row)
        elif (recipient := reader.read(row)) and _is_new(recipient, known, reader, strict=strict):
            recipients.append(recipient)
    guests = GuestList(
        recipients=tuple(recipients),
        problems=_by_line([*damages, *reader.problems]),
        warnings=_by_line(reader.warnings),
        rows=count,
        columns=found.described(),
        header_line=table.header_line,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
    )
    if damages or (guests.problems and not skip_invalid):
        raise rejected(table.name, guests)
    return guests


def _is_new(recipient: Recipient, known: Duplicates, reader: RowReader, *, strict: bool) -> bool:
    if refusal := known.refusal(recipient):
        same_key = recipient.key and refusal.value == recipient.key
        if strict or same_key:
            reader.problems.append(refusal)
            return False
        reader.warnings.append(refusal)
    elif remark := known.remark(recipient):
        reader.warnings.append(remark)
    known.add(recipient)
    return True


def _by_line(problems: list[RowProblem]) -> tuple[RowProblem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))


def rejected(name: str, guests: GuestList) -> RecipientsRejected:
    """Return the error for a list of which some rows cannot be used."""
    lines = {problem.line for problem in guests.problems}
    shown = "; ".join(map(str, guests.problems[:_PROBLEMS_IN_MESSAGE]))
    more = len(guests.problems) - _PROBLEMS_IN_MESSAGE
    rest = f"; and {more} more" if more > 0 else ""
    error = RecipientsRejected(
        f"{name}: {len(lines)} of {guests.rows} rows cannot be used, nothing was sent: {shown}{rest}"
    )
    error.problems = guests.problems
    return error
