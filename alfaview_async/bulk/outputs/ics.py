"""Calendar files: the way into the room as an appointment, in the guest's language."""

import os
from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, datetime
from itertools import chain
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

from alfaview_async.bulk.dates import time_zone
from alfaview_async.bulk.outputs.atomic import private_directory, replacing
from alfaview_async.bulk.outputs.file_names import with_links
from alfaview_async.bulk.outputs.text import one_line
from alfaview_async.bulk.results import RowResult
from alfaview_async.errors import ConfigurationError

if TYPE_CHECKING:
    from icalendar import Event

    from alfaview_async.bulk.outputs.appointments import Meeting

_END = b"END:VCALENDAR\r\n"


def write_calendars(
    directory: str | os.PathLike[str],
    results: Iterable[RowResult],
    *,
    title: str,
    start: datetime | None = None,
    end: datetime | None = None,
    timezone: str = "Europe/Berlin",
    sequence: int = 0,
) -> int:
    """Write a calendar file for each guest whose link opens the room, e.g. `00017-joerg-weiss.ics`, to be sent there.

    It holds one appointment, to be taken over without an answer (`METHOD:PUBLISH`), with the link as URL and as
    place, and a text in the guest's language. Written again with the same links and a higher `sequence`, it replaces
    the one before in the guest's calendar. Only the owner can read the files, each appears whole or not at all, and
    files of the same name are replaced; if one fails, those before it stay.

    Blocking: within an event loop call `await asyncio.to_thread(write_calendars, ...)`.

    Args:
        directory: Where to write; made with mode 0700 if it is not there.
        results: Gone through once; never copied.
        title: What the appointment is called.
        start: When it begins, for all guests; by default each guest's `valid_from`.
        end: When it ends, for all guests; by default each guest's `valid_until`, and open without one.
        timezone: IANA name of the zone in which the times are written.
        sequence: How often the appointments were changed, from 0: one more for every change that is sent out.

    Returns:
        How many files were written.

    Raises:
        ConfigurationError: A file cannot be written, a guest's appointment has no beginning or ends before it, an
            argument makes no sense, or the package `icalendar` (extra `cli`) is missing.
    """
    meeting = _meeting(title=title, start=start, end=end, timezone=timezone, sequence=sequence)
    target = private_directory(directory)
    written = 0
    for stem, result in with_links(results):
        with replacing(target / f"{stem}.ics") as file:
            event = meeting.event(result, meeting.title)
            file.write(_opening(meeting, meeting.years(event)) + event.to_ical() + _END)
        written += 1
    return written


def write_calendar(
    path: str | os.PathLike[str],
    results: Iterable[RowResult],
    *,
    title: str,
    start: datetime | None = None,
    end: datetime | None = None,
    timezone: str = "Europe/Berlin",
    sequence: int = 0,
) -> int:
    """Write one calendar file with the appointments of all guests whose links open the room, for whoever runs it.

    As `write_calendars`, but each appointment bears the guest's name behind the title. The file appears whole or not at
    all, and only its owner can read it. If nobody has a link, no file is written: a calendar must not be empty.

    Blocking: within an event loop call `await asyncio.to_thread(write_calendar, ...)`.

    Args:
        path: Where to write; an existing file is replaced.
        results: Gone through once; never copied.
        title: As in `write_calendars`, like the rest.
        start: When it begins.
        end: When it ends.
        timezone: IANA name of the zone in which the times are written.
        sequence: How often the appointments were changed.

    Returns:
        How many appointments were written.

    Raises:
        ConfigurationError: As in `write_calendars`.
    """
    meeting = _meeting(title=title, start=start, end=end, timezone=timezone, sequence=sequence)
    linked = (result for _, result in with_links(results))
    first = next(linked, None)
    if first is None:
        return 0
    with replacing(path) as file:
        events = _events(meeting, chain([first], linked))
        return _write_through_a_nameless_file(file, Path(path).parent, meeting, events)


def _meeting(*, title: str, start: datetime | None, end: datetime | None, timezone: str, sequence: int) -> "Meeting":
    try:
        from alfaview_async.bulk.outputs.appointments import Meeting  # noqa: PLC0415 - icalendar is an extra
    except ModuleNotFoundError as error:
        raise ConfigurationError("calendars need the package icalendar; pip install 'alfaview-async[cli]'") from error
    return Meeting(title=title, start=start, end=end, zone=time_zone(timezone), sequence=sequence)


def _events(meeting: "Meeting", results: Iterable[RowResult]) -> Iterator["Event"]:
    for result in results:
        guest = one_line(result.recipient.display_name or result.recipient.email)
        yield meeting.event(result, f"{meeting.title}: {guest}")


def _write_through_a_nameless_file(
    file: BinaryIO, directory: Path, meeting: "Meeting", events: Iterator["Event"]
) -> int:
    """Write appointments of which only the last one tells which clock changes must stand before the first."""
    written, years = 0, range(MAXYEAR, 0)
    with TemporaryFile(dir=directory) as waiting:
        for event in events:
            waiting.write(event.to_ical())
            span = meeting.years(event)
            years = range(min(years.start, span.start), max(years.stop, span.stop))
            written += 1
        waiting.seek(0)
        file.write(_opening(meeting, years))
        copyfileobj(waiting, file)
        file.write(_END)
    return written


def _opening(meeting: "Meeting", years: range) -> bytes:
    whole: bytes = meeting.calendar(years).to_ical()
    return whole.removesuffix(_END)
