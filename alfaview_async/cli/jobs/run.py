"""A job at work: progress, interruption, the files it leaves, and how it ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import monotonic

from attrs import field, frozen

from alfaview_async.bulk import GuestList, Progress, RowResult, RowStatus, peek_results
from alfaview_async.cli.explaining import explained
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.accomplished import Accomplished
from alfaview_async.cli.jobs.directory import Job
from alfaview_async.cli.jobs.ending import Ending
from alfaview_async.cli.jobs.interrupts import interruptible
from alfaview_async.cli.jobs.outputs import Outputs
from alfaview_async.cli.jobs.progress import display, write_json_line
from alfaview_async.cli.jobs.result_rows import COLUMNS, code_of, row, show_results
from alfaview_async.cli.library_words import translated
from alfaview_async.cli.output.unread import stdout_may_go_unread
from alfaview_async.errors import AlfaviewError, LateDuplicates

Work = Callable[[asyncio.Event, Callable[[Progress], object]], AsyncIterator[RowResult]]
"""Begins the work, given what says that it shall stop, and what takes in its progress; yields each row's result."""


@frozen(kw_only=True)
class Effort:
    """What is to be done for a job.

    Attributes:
        job: The job.
        work: Does it.
        label: Text key of what is being done, for the bar.
        done: Text key of the line that says what came of it.
        before: What earlier commands have accomplished.
        outputs: The files to write when it ends.
        guests: The list, or as much of it as is known.
        done_before: Rows that earlier processes have settled.
        undone: Links are deleted; else they are made.
        mails: E-mails are requested with the links.
    """

    job: Job
    work: Work
    label: str
    done: str
    outputs: Outputs
    guests: GuestList
    before: Accomplished = field(factory=Accomplished)
    done_before: int = 0
    undone: bool = False
    mails: bool = False


async def carry_out(invocation: Invocation, effort: Effort) -> None:
    """Do it, write the files, and tell how it ended.

    Raises:
        Failure: It did not end well, or its results cannot be written; what is done is in the journal and in the files.
        AlfaviewError: Nothing was done.
    """
    invocation.check_fields(COLUMNS)
    started = monotonic()
    with stdout_may_go_unread() as stdout:
        ending = await _done(invocation, effort)
        written = await _written(invocation, effort, ending)
        verdict = ending.verdict(invocation)
        if invocation.json:
            ending.as_json(invocation, verdict)
        elif not effort.outputs or invocation.output != "table":
            show_results(invocation, ending.results)
    _tell(invocation, effort, ending, written, monotonic() - started, well=verdict is None)
    if verdict:
        raise verdict
    if stdout.failure:
        reason = translated(invocation.language, stdout.failure.strerror or type(stdout.failure).__name__)
        raise invocation.fail("results-lost", Exit.REJECTED_INPUT, reason=reason, job=effort.job.name)


async def _done(invocation: Invocation, effort: Effort) -> Ending:
    job, results, failure, cut_short = effort.job, dict[str, RowResult](), None, False
    async with (
        interruptible(lambda: invocation.say("bulk-stopping")) as stop,
        display(invocation, job.name, invocation.text(effort.label), done_before=effort.done_before) as shown,
    ):
        try:
            async for result in effort.work(stop, shown.update):
                results[result.key] = result
                if invocation.json:
                    _as_json(invocation, result)
        except asyncio.CancelledError:
            if not stop.is_set():
                raise
            cut_short = True
        except LateDuplicates as error:
            failure = explained(error, invocation)
        except AlfaviewError as error:
            if not results:
                raise
            failure = explained(error, invocation)
        return Ending(
            job=job,
            results=list(results.values()),
            before=effort.before,
            interrupted=stop.is_set(),
            cut_short=cut_short,
            undone=effort.undone,
            failure=failure,
        )


async def _written(invocation: Invocation, effort: Effort, ending: Ending) -> list[str]:
    if not effort.outputs or not ending.results or ending.cut_short:
        return []
    # Taking back some rows tells of those only, but the files are about all.
    results = peek_results(effort.job.journal) if effort.undone else ending.results
    try:
        return await effort.outputs.write(results, effort.guests, invocation.settings["timezone"].value)
    except AlfaviewError as error:  # the links exist, and how the job went must be told all the same
        invocation.say("bulk-no-output", error=error, job=effort.job.name)
        return []


def _as_json(invocation: Invocation, result: RowResult) -> None:
    found = row(result, code_of(invocation, result))
    write_json_line("row", **{name: found[name] for name in invocation.fields or COLUMNS})


def _tell(
    invocation: Invocation, effort: Effort, ending: Ending, written: list[str], seconds: float, *, well: bool
) -> None:
    counts, now = ending.counts, ending.by_this_command
    unsent, unknown = counts[RowStatus.UNSENT], counts[RowStatus.UNKNOWN]
    parts = {
        "mails": invocation.text("bulk-mails", count=now.mails) if effort.mails else "",
        "unsent": invocation.text("bulk-unsent", count=unsent) if unsent else "",
        "unknowns": invocation.text("revoke-unknowns", count=unknown) if unknown else "",
    }
    invocation.say(
        effort.done,
        mark="✓" if well else "!",
        **{status.value: counts[status] for status in RowStatus} | parts,
        made=now.created,
        deleted=now.withdrawn,
        seconds=f"{seconds:.1f}",
        job=effort.job.name,
    )
    for place in written:
        invocation.say("bulk-file", file=place)
    if not effort.undone and counts[RowStatus.CREATED]:
        invocation.say("bulk-undo", journal=effort.job.journal, job=effort.job.name)


def failed_before_work(job: Job) -> None:
    """Delete a job that never began, so that nobody tries to go on with it."""
    try:
        begun = job.overview() is not None
    except AlfaviewError:
        begun = job.journal.is_file()
    if not begun:
        job.delete()
