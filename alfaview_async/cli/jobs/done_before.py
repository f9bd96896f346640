"""Rows that an earlier job has done, or may have: which job that is, how it stands, and what to type next."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from alfaview_async.bulk import RowStatus, RunOverview
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.directory import Job, JobFound


def already_done(invocation: Invocation, found: Sequence[JobFound], *, done: int, rows: int) -> Failure:
    """Say that rows are not sent, since earlier jobs have done them; a job that is not done itself comes first.

    Args:
        invocation: Says for whom.
        found: The jobs that have some of the rows, the latest last.
        done: How many rows they have.
        rows: How many rows the list has.
    """
    begun = [(one.job, one.overview) for one in found if one.overview]
    open_ones = unsettled(found)
    job, overview = (open_ones or begun)[-1]
    values = {
        "done": done,
        "rows": rows,
        "new": rows - done,
        "job": job.name,
        "age": _age(invocation, datetime.now(UTC) - overview.made_at),
    }
    failure = invocation.fail("already-done", Exit.REJECTED_INPUT, **values)
    if open_ones:
        failure.message = invocation.text("already-begun", **values)
        counts = {status.value: overview.statuses[status] for status in RowStatus}
        failure.details = (invocation.text("already-begun-counts", **counts),)
        failure.details += (invocation.text("already-begun-then"),)
        failure.next_step = _next_step(invocation, job, overview)
    if len(begun) > 1:
        failure.details += (invocation.text("already-several", count=len(begun) - 1),)
    return failure


def unsettled(found: Sequence[JobFound]) -> list[tuple[Job, RunOverview]]:
    """Choose the jobs of which something is left to do, or unknown."""
    return [(one.job, one.overview) for one in found if one.overview and not _is_settled(one.overview)]


def say_unsettled(invocation: Invocation, found: Sequence[JobFound]) -> None:
    """Say which of the jobs that have left-out rows are not done: their guests may have no link yet."""
    for job, overview in unsettled(found):
        counts = {status.value: overview.statuses[status] for status in RowStatus}
        invocation.say("left-out-open", job=job.name, next=_next_step(invocation, job, overview), **counts)


def _is_settled(overview: RunOverview) -> bool:
    return not (overview.unfinished or overview.withdrawing or overview.statuses[RowStatus.UNKNOWN])


def _next_step(invocation: Invocation, job: Job, overview: RunOverview) -> str:
    if overview.withdrawing:
        return invocation.text("revoking-next", job=job.name)
    if overview.unfinished:
        return invocation.text("bulk-next", command=f"alfactl bulk resume {job.name}")
    return invocation.text("bulk-unknown-resolve", job=job.name)


def _age(invocation: Invocation, passed: timedelta) -> str:
    minutes = max(0, int(passed.total_seconds() // 60))
    for key, size in (("days", 24 * 60), ("hours", 60)):
        if minutes >= 2 * size:
            return invocation.text(f"ago-{key}", count=minutes // size)
    return invocation.text("ago-minutes", count=minutes)
