"""Points in time as people write them on the command line, and as they are shown to them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from attrs import frozen

from alfaview_async.bulk.dates import Notation, time_zone
from alfaview_async.bulk.validation import CellError
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.global_options import current_invocation
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.library_words import translated

Command = TypeVar("Command", bound=Callable[..., Any])


@frozen
class TimeFrame:
    """When a link is valid; `None`: without limit."""

    start: datetime | None
    end: datetime | None


def timezone_option(command: Command) -> Command:
    """Add `--timezone`."""
    return click.option(
        "--timezone",
        metavar="ZONE",
        expose_value=False,
        callback=_note,
        help="Of times without offset [Europe/Berlin].",
    )(command)


def frame_options(command: Command) -> Command:
    """Add `--from`, `--until` and `--timezone`."""
    until = click.option("--until", "end", metavar="TIME", default="", help="Valid until then; a date means its end.")
    start = click.option("--from", "start", metavar="TIME", default="", help='Valid from then on: "2026-12-24 18:00".')
    return start(until(timezone_option(command)))


def time_frame(invocation: Invocation, start: str, end: str) -> TimeFrame:
    """Understand `--from` and `--until`, which are written as in guest lists, or in ISO 8601.

    Raises:
        Failure: One is no time, or such a link could never be used.
        ConfigurationError: No such time zone.
    """
    notation = Notation(zone=time_zone(invocation.settings["timezone"].value))
    frame = TimeFrame(
        _moment(invocation, "--from", start, notation.start), _moment(invocation, "--until", end, notation.end)
    )
    if frame.end and frame.end <= now():
        raise invocation.fail("time-is-past", Exit.USAGE, option="--until", value=end)
    if frame.start and frame.end and frame.end <= frame.start:
        raise invocation.fail("times-swapped", Exit.USAGE, begin=start, until=end)
    return frame


def now() -> datetime:
    """Return the time by the clock of this machine."""
    return datetime.now(UTC)


def local(invocation: Invocation, moment: datetime | None) -> datetime | None:
    """Return the same moment by the clock of the user's time zone."""
    return moment and moment.astimezone(time_zone(invocation.settings["timezone"].value))


def _moment(invocation: Invocation, option: str, value: str, read: Callable[[str], datetime | None]) -> datetime | None:
    try:
        return read(value)
    except CellError as error:
        reason = translated(invocation.language, error.reason)
        raise invocation.fail("no-time", Exit.USAGE, option=option, value=value, reason=reason) from error


def _note(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value:
        invocation = current_invocation(ctx)
        invocation.flags["timezone"] = value
        invocation.forget_settings()
