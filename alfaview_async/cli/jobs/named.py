"""Which job and which row of it is meant, and as much of its list as is known."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from alfaview_async.bulk import GuestList, RowResult, RowStatus, RunOverview, peek_results
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.directory import Job, JobNotes, Jobs

Function = TypeVar("Function", bound=Callable[..., Any])


def job_argument(function: Function) -> Function:
    """Add the name of a job, and `--last` instead of it."""
    last = click.option("--last", is_flag=True, help="The job that was begun last.")
    return click.argument("name", metavar="[JOB]", default="")(last(function))


def as_list(job: Job, results: list[RowResult]) -> GuestList:
    """Return as much of the list as the journal and the notes hold, so that files look like it again."""
    notes = job.notes or JobNotes(source="", profile="", company="", base_url="")
    return GuestList(
        recipients=tuple(result.recipient for result in results),
        rows=len(results),
        columns={},
        delimiter=notes.delimiter,
        encoding=notes.encoding,
    )


def found_job(invocation: Invocation, name: str, *, last: bool) -> Job:
    """Find the job that was named; errors as of `Jobs.find`."""
    return Jobs.of(invocation.environment).find(invocation, name, last=last)


def overview_of(invocation: Invocation, job: Job) -> RunOverview:
    """Tell how its run stands.

    Raises:
        Failure: None was begun.
        JournalError: The journal cannot be read.
    """
    overview = job.overview()
    if overview is None:
        raise invocation.fail("no-job", Exit.NOT_FOUND, job=job.name)
    return overview


def row_key(invocation: Invocation, job: Job, text: str, status: RowStatus | None = None) -> str:
    """Find a row by its key, the beginning of it, or the address of its guest."""
    rows = [result for result in peek_results(job.journal) if status in (None, result.status)]
    exact = [result.key for result in rows if result.key == text]
    alike = exact or [
        result.key
        for result in rows
        if result.key.startswith(text) or result.recipient.email.casefold() == text.casefold()
    ]
    if len(alike) != 1:
        raise invocation.fail("which-row", Exit.NOT_FOUND, given=text, count=len(alike), job=job.name)
    return alike[0]


def is_dry(invocation: Invocation, key: str, job: Job, /, **values: object) -> bool:
    """Tell whether this is a dry run, and if so, say what would be done."""
    if invocation.dry_run:
        invocation.say("dry-run", what=invocation.text(key, job=job.name, **values))
    return invocation.dry_run
