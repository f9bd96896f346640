"""The list of a bulk job: which file, how it is understood, and what people are told about it."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
from attrs import evolve, field, frozen

from alfaview_async.bulk import Duplicates, GuestList, RowProblem, read_recipients, write_report
from alfaview_async.bulk.columns import MissingColumn
from alfaview_async.bulk.recipients import printable
from alfaview_async.cli.arguments.moments import timezone_option
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.header_aliases import chosen_headers
from alfaview_async.cli.jobs.reasons import in_language
from alfaview_async.cli.library_words import translated
from alfaview_async.cli.output.asking import interruptible_reading
from alfaview_async.cli.output.rows import write_rows
from alfaview_async.errors import ConfigurationError, RecipientsRejected

Command = TypeVar("Command", bound=Callable[..., Any])

PROBLEM_COLUMNS = ("line", "column", "value", "problem", "suggestion", "kind")
_MOST_DETAILS = 20


@frozen(kw_only=True)
class Reading:
    """How a list is to be read; see `read_recipients`.

    Attributes:
        columns: Field -> header, of `--map`.
        date_format: Of `--date-format`.
        locale: Of `--locale`.
        valid_from: Of `--valid-from`.
        valid_until: Of `--valid-until`.
        encoding: Of `--encoding`.
        sheet: Of `--sheet`.
    """

    columns: Mapping[str, str] = field(factory=dict)
    date_format: str | None = None
    locale: str = ""
    valid_from: str = ""
    valid_until: str = ""
    encoding: str | None = None
    sheet: str | None = None


def list_options(command: Command) -> Command:
    """Add the options that say how a list is read; all but `--timezone` arrive in `**reading`, for `reading_of`."""
    options = (
        click.option(
            "--map",
            "columns",
            multiple=True,
            metavar="FIELD=HEADER",
            help="Which column holds a field, e.g. email=Kontakt; an empty header: none does.",
        ),
        timezone_option,
        click.option("--date-format", metavar="FORMAT", help="How dates are written, e.g. %d/%m/%Y."),
        click.option("--locale", default="", metavar="de|en", help="Language of guests whose row names none."),
        click.option("--valid-from", default="", metavar="TIME", help="For rows that say nothing else."),
        click.option("--valid-until", default="", metavar="TIME", help="For rows that say nothing else."),
        click.option("--encoding", metavar="NAME", help="Of a text file, where it is not told right."),
        click.option("--sheet", metavar="NAME", help="Of a workbook [the first one that is not hidden]."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def reading_of(
    invocation: Invocation,
    *,
    columns: tuple[str, ...],
    date_format: str | None,
    locale: str,
    valid_from: str,
    valid_until: str,
    encoding: str | None,
    sheet: str | None,
) -> Reading:
    """Take the options of `list_options` together; `--locale` may stand in the settings.

    Raises:
        Failure: `--map` is not FIELD=HEADER.
    """
    wrong = [text for text in columns if "=" not in text]
    if wrong:
        raise invocation.fail("map-form", Exit.USAGE, given=wrong[0])
    pairs = (text.split("=", 1) for text in columns)
    return Reading(
        columns={name.strip(): header.strip() for name, header in pairs},
        date_format=date_format,
        locale=locale or invocation.settings["locale"].value,
        valid_from=valid_from,
        valid_until=valid_until,
        encoding=encoding,
        sheet=sheet,
    )


async def read_list(
    invocation: Invocation, source: str, reading: Reading, *, duplicates: Duplicates = Duplicates.ERROR
) -> GuestList:
    """Read a file, or standard input for `-`; bad rows are in `problems`.

    Raises:
        Failure: It is no list, cannot be opened, or has no column for addresses.
        ConfigurationError: An option cannot work.
    """
    _refuse_closed(invocation, source)
    try:
        if source == "-":  # in this thread: Ctrl-C would not end another one
            with interruptible_reading():
                return _read(invocation, source, reading, duplicates)
        return await asyncio.to_thread(_read, invocation, source, reading, duplicates)
    except MissingColumn as error:
        raise _missing_column(invocation, source, error) from error
    except RecipientsRejected as error:
        raise unusable(invocation, error) from error


def _read(invocation: Invocation, source: str, reading: Reading, duplicates: Duplicates) -> GuestList:
    columns = chosen_headers(invocation.settings.columns, source, reading.columns)
    return read_recipients(
        columns.source,
        timezone=invocation.settings["timezone"].value,
        locale=reading.locale,
        valid_from=reading.valid_from or None,
        valid_until=reading.valid_until or None,
        encoding=reading.encoding,
        sheet=reading.sheet,
        columns=columns.by_field,
        date_format=reading.date_format,
        skip_invalid=True,
        duplicates=duplicates,
        test_environment=invocation.test_environment,
    )


def _refuse_closed(invocation: Invocation, source: str) -> None:
    """Refuse a file that cannot be opened, or is open in a spreadsheet program: what is not saved would be missing."""
    if source == "-":
        return
    path = Path(source)
    try:
        path.open("rb").close()
    except OSError as error:
        reason = translated(invocation.language, error.strerror or type(error).__name__)
        raise invocation.fail("file", Exit.REJECTED_INPUT, file=source, reason=reason) from error
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise invocation.fail("list-is-open", Exit.REJECTED_INPUT, file=path.name, lock=lock.name)


def unusable(invocation: Invocation, error: RecipientsRejected) -> Failure:
    """Turn the refusal of a whole file into a failure."""
    problems = in_language(invocation.language, [p for p in error.problems if isinstance(p, RowProblem)])
    message = translated(invocation.language, error.message)
    return Failure("unsupported-file", Exit.REJECTED_INPUT, message, tuple(map(str, problems[:_MOST_DETAILS])))


def _missing_column(invocation: Invocation, source: str, error: MissingColumn) -> Failure:
    name = "-" if source == "-" else Path(source).name
    found = printable(";".join(error.header), 200)
    probable = error.probable or "HEADER"
    return invocation.fail("missing-column", Exit.REJECTED_INPUT, file=name, found=found, probable=probable)


def say_understood(invocation: Invocation, name: str, guests: GuestList) -> None:
    """Tell how the list was understood: its form, its columns, its first row."""
    form = ", ".join(
        filter(
            None, (guests.encoding, guests.delimiter and f'"{guests.delimiter}"', guests.sheet and f'"{guests.sheet}"')
        )
    )
    invocation.say("list-form", file=name, form=form, rows=guests.rows, line=guests.header_line)
    zone = invocation.settings["timezone"].value
    columns = " · ".join(f"{header} → {field}" for field, header in guests.columns.items())
    invocation.say("list-columns", columns=columns, timezone=zone)
    if guests.recipients:
        guest = guests.recipients[0]
        who = f"{guest.display_name} <{guest.email}>" if guest.display_name != guest.email else guest.email
        invocation.say("list-first", guest=who)


def problem_rows(invocation: Invocation, guests: GuestList) -> list[dict[str, object]]:
    """Return errors and warnings as data, by the names of `PROBLEM_COLUMNS`, in the order of the lines."""
    kinds = ((guests.problems, "error"), (guests.warnings, "warning"))
    rows: list[dict[str, object]] = [
        {
            "line": problem.line,
            "column": problem.column,
            "value": problem.value,
            "problem": problem.reason,
            "suggestion": problem.suggestion,
            "kind": kind,
        }
        for problems, kind in kinds
        for problem in in_language(invocation.language, problems)
    ]
    return sorted(rows, key=lambda found: int(str(found["line"])))


async def bad_rows(
    invocation: Invocation, source: str, guests: GuestList, *, report: Path | None, shown: bool
) -> Failure:
    """Say what is wrong with each row, and write the report; the failure is the caller's to raise.

    Args:
        invocation: Says for whom.
        source: As the user named it.
        guests: The list with its problems.
        report: Where to write the report; default: beside the list, if that is a file.
        shown: The rows are on stdout already.
    """
    if not shown and not invocation.json:
        write_rows(problem_rows(invocation, guests), PROBLEM_COLUMNS, "table", sys.stderr)
    written = await _reported(invocation, guests, report or _beside(source))
    lines = len({problem.line for problem in guests.problems})
    problems = in_language(invocation.language, guests.problems)
    message = invocation.text("bad-rows", errors=lines, warnings=len(guests.warnings), rows=guests.rows)
    details = tuple(map(str, problems[:_MOST_DETAILS])) if invocation.json else ()
    if written:
        details += (invocation.text("bad-rows-report", file=written),)
    following = invocation.text("bad-rows-next")
    return Failure("bad-rows", Exit.REJECTED_INPUT, message, details, next_step=following)


async def refuse_bad_rows(
    invocation: Invocation, source: str, guests: GuestList, *, report: Path | None, skip_invalid: bool
) -> None:
    """Say what is wrong with rows, and go on only if that is wanted, and others are left.

    Args:
        invocation: Says for whom.
        source: As the user named it.
        guests: The list with its problems.
        report: As in `bad_rows`.
        skip_invalid: Go on without the bad rows.

    Raises:
        Failure: Rows cannot be used.
    """
    if not guests.problems:
        return
    failure = await bad_rows(invocation, source, guests, report=report, shown=False)
    if not skip_invalid or not guests.recipients:
        raise failure
    invocation.say("rows-left-out", count=len({problem.line for problem in guests.problems}))


async def _reported(invocation: Invocation, guests: GuestList, path: Path | None) -> Path | None:
    if path is None or invocation.dry_run:
        return None
    language = invocation.language
    shown = evolve(
        guests,
        problems=tuple(in_language(language, guests.problems)),
        warnings=tuple(in_language(language, guests.warnings)),
    )
    try:
        await asyncio.to_thread(write_report, path, shown)
    except ConfigurationError as error:
        invocation.say("no-report", error=error.message)
        return None
    return path


def _beside(source: str) -> Path | None:
    path = Path(source)
    return path.with_name(f"{path.stem}.report.csv") if path.is_file() else None
