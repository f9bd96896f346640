"""From a file to a guest list: every row is checked before anything may be sent."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from alfaview_async.bulk.columns import find_columns
from alfaview_async.bulk.dates import Notation, time_zone
from alfaview_async.bulk.duplicates import without_duplicates
from alfaview_async.bulk.recipients import GuestList, RowProblem
from alfaview_async.bulk.rows import RowReader
from alfaview_async.bulk.sources import Table
from alfaview_async.bulk.sources.csv import read_csv
from alfaview_async.bulk.validation import language
from alfaview_async.errors import ConfigurationError, RecipientsRejected

_PROBLEMS_IN_MESSAGE = 3


def read_recipients(
    source: str | os.PathLike[str],
    *,
    timezone: str = "Europe/Berlin",
    locale: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    columns: Mapping[str, str] | None = None,
    date_format: str | None = None,
    skip_invalid: bool = False,
    now: datetime | None = None,
) -> GuestList:
    """Read a guest list from a CSV file and check every row of it.

    Headers are understood in German and English, however they are spelt: e-mail (the only one that must be there), name
    (or title, first name, last name), language, role, room, valid from, valid until. Other columns are kept in `extra`.

    Blocking: within an event loop call `await asyncio.to_thread(read_recipients, path)` for large files.

    Args:
        source: Path of the file.
        timezone: IANA name of the zone that times without an offset are meant in.
        locale: Language for rows that name none: `de`, `en`, or empty to leave it to alfaview.
        encoding: Encoding of the file; by default UTF-16 or UTF-8 by its mark, else UTF-8, else cp1252.
        delimiter: What separates the cells; by default taken from a line `sep=;`, else counted in the header.
        columns: Field -> header, for headers that are not understood, e.g. `{"email": "Kontakt"}`. Fields: `email`,
            `display_name`, `title`, `first_name`, `last_name`, `locale`, `role`, `room`, `valid_from`, `valid_until`.
        date_format: A further way dates are written, as for `strptime`, e.g. `%d/%m/%Y`.
        skip_invalid: Return the good rows, with the reasons against the others in `problems`, instead of raising.
        now: What counts as now when a guest's time is over already; by default the present.

    Returns:
        The guests, and how the file was understood.

    Raises:
        RecipientsRejected: Rows are bad (all of them in its `problems`). With `skip_invalid` too, if the whole file is
            no guest list: no text, empty, no e-mail column, two columns for one field, broken quotes.
        ConfigurationError: An argument cannot work, the file cannot be opened, or the package `email-validator` (extra
            `cli`) is missing.
    """
    table = _read_table(Path(source), encoding=encoding, delimiter=delimiter)
    guests = understand(
        table,
        timezone=timezone,
        locale=locale,
        columns=columns or {},
        date_format=date_format,
        now=now or datetime.now(UTC),
    )
    if table.broken or (guests.problems and not skip_invalid):
        raise _rejected(table, guests)
    return guests


def understand(
    table: Table, *, timezone: str, locale: str, columns: Mapping[str, str], date_format: str | None, now: datetime
) -> GuestList:
    """Turn the table of any source into a guest list; the arguments are those of `read_recipients`.

    Raises:
        RecipientsRejected: The table has no rows, no e-mail column, or two columns for one field.
        ConfigurationError: An argument cannot work.
    """
    if now.tzinfo is None:
        raise ConfigurationError("now has no time zone; give an aware datetime")
    default_locale = language(locale)
    if default_locale is None:
        raise ConfigurationError(f"locale {locale!r} is neither de nor en; alfaview's e-mails have no other")
    notation = Notation(zone=time_zone(timezone), date_format=date_format)
    found = find_columns(table, columns)
    if not table.rows and not table.broken:
        raise RecipientsRejected(f"{table.name} has a header, but no guests below it")
    reader = RowReader(columns=found, notation=notation, locale=default_locale, now=now)
    good = [recipient for row in table.rows if (recipient := reader.read(row))]
    recipients = without_duplicates(good, found.named("email"), reader.problems, reader.warnings)
    return GuestList(
        recipients=tuple(recipients),
        problems=_by_line([*table.broken, *reader.problems]),
        warnings=_by_line(reader.warnings),
        rows=len(table.rows) + len(table.broken),
        columns=found.described(),
        header_line=table.header_line,
        encoding=table.encoding,
        delimiter=table.delimiter,
    )


def _read_table(path: Path, *, encoding: str | None, delimiter: str | None) -> Table:
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigurationError(f"the guest list {str(path)!r} cannot be read: {why}") from error
    return read_csv(data, path.name, encoding=encoding, delimiter=delimiter)


def _by_line(problems: list[RowProblem]) -> tuple[RowProblem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _rejected(table: Table, guests: GuestList) -> RecipientsRejected:
    lines = {problem.line for problem in guests.problems}
    shown = "; ".join(map(str, guests.problems[:_PROBLEMS_IN_MESSAGE]))
    more = len(guests.problems) - _PROBLEMS_IN_MESSAGE
    rest = f"; and {more} more" if more > 0 else ""
    error = RecipientsRejected(
        f"{table.name}: {len(lines)} of {guests.rows} rows cannot be used, nothing was sent: {shown}{rest}"
    )
    error.problems = guests.problems
    return error
