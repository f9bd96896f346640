"""How far a job has come: a bar for people at a terminal, a line now and then for logs, JSON lines for programs."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Protocol

import click

from alfaview_async.bulk import Progress
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.output.colors import wants_color

_SECONDS = 10.0
_STEP = 10
"""A line is written every 10 seconds, or every 10 %."""


class Display(Protocol):
    """Shows progress."""

    def update(self, progress: Progress) -> None:
        """Take in how far it is."""
        ...

    def tick(self) -> None:
        """Some seconds have passed."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


@asynccontextmanager
async def display(invocation: Invocation, job: str, label: str, *, done_before: int = 0) -> AsyncIterator[Display]:
    """Show progress while the block runs.

    Args:
        invocation: Says for whom.
        job: Name of the job.
        label: What is being done, for the bar.
        done_before: Rows that were done by earlier processes.
    """
    shown = _chosen(invocation, job, label, done_before)
    ticking = asyncio.create_task(_tick(shown))
    try:
        yield shown
    finally:
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        shown.close()


async def _tick(shown: Display) -> None:
    while True:
        await asyncio.sleep(_SECONDS)
        shown.tick()


def _chosen(invocation: Invocation, job: str, label: str, done_before: int) -> Display:
    if invocation.json:
        return _Lines(_JsonLine(job))
    if invocation.quiet:
        return _Lines(_Nothing())
    plain = invocation.environment.get("TERM") == "dumb" or invocation.environment.get("CI")
    if sys.stderr.isatty() and not plain:
        from alfaview_async.cli.jobs.progress_bar import Bar  # noqa: PLC0415 - rich takes a tenth of a second to import

        color = wants_color(invocation.color, invocation.environment, sys.stderr)
        return Bar(label, done_before=done_before, color=color)
    return _Lines(_PlainLine(job))


class _Writes(Protocol):
    def __call__(self, progress: Progress) -> None: ...


class _Nothing:
    def __call__(self, progress: Progress) -> None:
        """Nobody wants to know."""


class _PlainLine:
    def __init__(self, job: str) -> None:
        self._job = job

    def __call__(self, progress: Progress) -> None:
        percent = progress.done * 100 // progress.total if progress.total else 100
        unknown = f" unknown={progress.unknown}" if progress.unknown else ""
        click.echo(
            f"{datetime.now().astimezone():%H:%M:%S} bulk {self._job} {progress.done}/{progress.total} {percent}% "
            f"failed={progress.failed}{unknown}",
            err=True,
        )


class _JsonLine:
    def __init__(self, job: str) -> None:
        self._job = job

    def __call__(self, progress: Progress) -> None:
        write_json_line("progress", job=self._job, total=progress.total, done=progress.done, **_counts(progress))


class _Lines:
    """Writes a line at the beginning, for each tenth, after each ten seconds, and at the end."""

    def __init__(self, write: _Writes) -> None:
        self._write = write
        self._latest: Progress | None = None
        self._written: Progress | None = None

    def update(self, progress: Progress) -> None:
        self._latest = progress
        before = self._written
        if before is None or progress.done == progress.total != before.done or _tenth(progress) > _tenth(before):
            self._put()

    def tick(self) -> None:
        if self._latest:
            self._put()

    def close(self) -> None:
        if self._latest != self._written:
            self._put()

    def _put(self) -> None:
        self._written = self._latest
        if self._latest:
            self._write(self._latest)


def write_json_line(kind: str, **values: Any) -> None:
    """Write a line of JSON to stdout, for programs that read along."""
    click.echo(json.dumps({"type": kind, **values}, ensure_ascii=False))


def _counts(progress: Progress) -> dict[str, int]:
    return {name: getattr(progress, name) for name in ("created", "existing", "failed", "unknown", "withdrawn")}


def _tenth(progress: Progress) -> int:
    return progress.done * _STEP // progress.total if progress.total else _STEP
