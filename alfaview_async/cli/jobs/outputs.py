"""The files that a job leaves: checked before anything is sent, written when it ends."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from attrs import evolve, frozen

from alfaview_async.bulk import (
    GuestList,
    RowResult,
    write_calendars,
    write_csv,
    write_jsonl,
    write_qr_codes,
    write_xlsx,
)
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.directory import JobNotes

Command = TypeVar("Command", bound=Callable[..., Any])

_KINDS = (".csv", ".xlsx", ".jsonl")


def file_options(command: Command) -> Command:
    """Add `-O` and `--force`, which arrive as `links` and `force`."""
    links = click.option(
        "-O",
        "--links",
        type=click.Path(path_type=Path, dir_okay=False),
        multiple=True,
        metavar="FILE",
        help="Write the results to FILE: .csv, .xlsx or .jsonl; may be given several times.",
    )
    return links(click.option("--force", is_flag=True, help="Replace files that are there.")(command))


def output_options(command: Command) -> Command:
    """Add what `file_options` adds, and `--ics`, `--qr` and `--title`."""
    directory = click.Path(path_type=Path, file_okay=False)
    ics = click.option("--ics", type=directory, metavar="DIR", help="Write a calendar file for each guest.")
    qr = click.option("--qr", type=directory, metavar="DIR", help="Write a QR code for each guest.")
    title = click.option("--title", default="", metavar="TEXT", help="What the appointments are called [the room].")
    return file_options(ics(qr(title(command))))


@frozen(kw_only=True)
class Outputs:
    """What is to be written.

    Attributes:
        links: Files for the results, told apart by their ending.
        ics: Directory for calendar files.
        qr: Directory for QR codes.
        title: What the appointments are called.
    """

    links: tuple[Path, ...] = ()
    ics: Path | None = None
    qr: Path | None = None
    title: str = ""

    @classmethod
    def of(cls, notes: JobNotes) -> "Outputs":
        """Take over what a job was begun with."""
        return cls(
            links=tuple(map(Path, notes.links)),
            ics=Path(notes.ics) if notes.ics else None,
            qr=Path(notes.qr) if notes.qr else None,
            title=notes.title,
        )

    def noted(self, notes: JobNotes) -> JobNotes:
        """Return the notes with what is to be written: absolute, for whoever goes on from another directory."""
        return evolve(
            notes,
            links=tuple(str(path.absolute()) for path in self.links),
            ics=str(self.ics.absolute()) if self.ics else "",
            qr=str(self.qr.absolute()) if self.qr else "",
            title=self.title,
        )

    def __bool__(self) -> bool:
        return bool(self.links or self.ics or self.qr)

    def check(self, invocation: Invocation, *, force: bool) -> None:
        """Find out before anything is sent whether the files can be written.

        Raises:
            Failure: One is there already, has no place, or an ending that says nothing.
        """
        for path in self.links:
            if path.suffix.casefold() not in _KINDS:
                raise invocation.fail("output-kind", Exit.USAGE, file=path, kinds=", ".join(_KINDS))
        places = [*self.links, *filter(None, (self.ics, self.qr))]
        for path in places:
            if not path.absolute().parent.is_dir():
                raise invocation.fail("output-place", Exit.USAGE, file=path)
        there = [path for path in self.links if path.exists()]
        there += [path for path in filter(None, (self.ics, self.qr)) if path.is_dir() and any(path.iterdir())]
        if there and not force:
            raise invocation.fail("output-exists", Exit.USAGE, files=", ".join(map(str, there)))

    def check_guests(self, invocation: Invocation, guests: GuestList) -> None:
        """Find out whether every guest can have an appointment.

        Raises:
            Failure: Somebody's has no beginning.
        """
        without = [guest for guest in guests.recipients if guest.valid_from is None]
        if self.ics and without:
            raise invocation.fail("appointment-start", Exit.USAGE, count=len(without))

    async def write(self, results: Sequence[RowResult], guests: GuestList, timezone: str) -> list[str]:
        """Write all of them, in the order of the list.

        Args:
            results: What became of each row.
            guests: Says what the list looked like.
            timezone: Of the appointments.

        Returns:
            What was written, for people.

        Raises:
            ConfigurationError: One cannot be written.
        """
        ordered = sorted(results, key=lambda result: result.recipient.line)
        written = []
        for path in self.links:
            match path.suffix.casefold():
                case ".csv":
                    rows = await asyncio.to_thread(write_csv, path, ordered, guests=guests)
                case ".xlsx":
                    rows = await asyncio.to_thread(write_xlsx, path, ordered, guests=guests)
                case _:
                    rows = await asyncio.to_thread(write_jsonl, path, ordered)
            written.append(f"{path} ({rows})")
        if self.ics:
            count = await asyncio.to_thread(
                write_calendars, self.ics, ordered, title=self.title or "alfaview", timezone=timezone
            )
            written.append(f"{self.ics}/*.ics ({count})")
        if self.qr:
            count = await asyncio.to_thread(write_qr_codes, self.qr, ordered)
            written.append(f"{self.qr}/*.png ({count})")
        return written
