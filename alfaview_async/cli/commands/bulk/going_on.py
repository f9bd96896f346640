"""`alfactl bulk resume`, `retry`, `reconcile` and `revoke`: go on with a job, or take it back."""

from functools import partial

import click

from alfaview_async.bulk import RowStatus, RunOverview, peek_results, undo
from alfaview_async.bulk import reconcile as reconciled
from alfaview_async.bulk import resume as resumed
from alfaview_async.bulk.states import RowState
from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.accomplished import Accomplished
from alfaview_async.cli.jobs.destination import effect_option, is_webex, reopened
from alfaview_async.cli.jobs.directory import Job
from alfaview_async.cli.jobs.named import as_list, found_job, is_dry, job_argument, overview_of, row_key
from alfaview_async.cli.jobs.outputs import Outputs
from alfaview_async.cli.jobs.run import Effort, Work, carry_out

_SETTLED = (RowState.DONE, RowState.EXISTING, RowState.REFUSED, RowState.UNKNOWN, RowState.WITHDRAWN)


@click.command(cls=Command)
@job_argument
@effect_option
@asynchronous
async def resume(invocation: Invocation, name: str, *, last: bool, effect_within: float) -> None:
    """Go on with a job that was interrupted, without its list and its options.

    Calls whose answers were lost are looked for first: nobody is invited twice.
    """
    await _go_on(invocation, found_job(invocation, name, last=last), effect_within, retry_refused=False)


@click.command(cls=Command)
@job_argument
@effect_option
@asynchronous
async def retry(invocation: Invocation, name: str, *, last: bool, effect_within: float) -> None:
    """Go on with a job, and send the rows again that alfaview has refused."""
    await _go_on(invocation, found_job(invocation, name, last=last), effect_within, retry_refused=True)


@click.command(cls=Command)
@job_argument
@effect_option
@asynchronous
async def reconcile(invocation: Invocation, name: str, *, last: bool, effect_within: float) -> None:
    """Look for what calls whose answers were lost have left, and send nothing."""
    job = found_job(invocation, name, last=last)
    if is_dry(invocation, "would-reconcile", job):
        return
    overview = overview_of(invocation, job)
    in_doubt = overview.counts.get(RowState.IN_FLIGHT, 0)
    async with reopened(invocation, job, overview, effect_within=effect_within) as destination:
        effort = _effort(
            job,
            overview,
            lambda stop, _on_progress: reconciled(destination, journal=job.journal, stop=stop),
            label="reconcile-label",
            done=f"{_kind(overview)}-resumed" if in_doubt else "reconcile-settled",
        )
        await carry_out(invocation, effort)


@click.command(cls=Command)
@job_argument
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@effect_option
@asynchronous
async def revoke(invocation: Invocation, name: str, keys: tuple[str, ...], *, last: bool, effect_within: float) -> None:
    """Delete the links that a job has made; with KEYs (or addresses) those of these rows only.

    Mails cannot be called back, but their links stop working.
    """
    if last and name:
        name, keys = "", (name, *keys)
    job = found_job(invocation, name, last=last)
    overview = overview_of(invocation, job)
    only = frozenset(row_key(invocation, job, key) for key in keys) if keys else None
    doomed = [result for result in peek_results(job.journal) if only is None or result.key in only]
    count = sum(result.status in (RowStatus.CREATED, RowStatus.UNKNOWN) for result in doomed)
    if not invocation.may("revoke" if count or keys else "revoke-late", count=count, job=job.name):
        return
    async with reopened(invocation, job, overview, effect_within=effect_within) as destination:
        effort = _effort(
            job,
            overview,
            lambda stop, _on_progress: undo(destination, journal=job.journal, keys=only, stop=stop),
            label="revoke-label",
            done="revoke-done" if count else "revoke-settled",
            undone=True,
        )
        await carry_out(invocation, effort)


async def _go_on(invocation: Invocation, job: Job, effect_within: float, *, retry_refused: bool) -> None:
    overview = overview_of(invocation, job)
    if overview.withdrawing:
        raise _withdrawn(invocation, job, overview)
    if is_dry(invocation, "would-resume", job, count=overview.unfinished):
        return
    async with reopened(invocation, job, overview, effect_within=effect_within) as destination:
        if overview.counts.get(RowState.IN_FLIGHT, 0):
            invocation.say("looking-first", count=overview.counts[RowState.IN_FLIGHT], seconds=f"{effect_within:.0f}")
        again = retry_refused and overview.counts.get(RowState.REFUSED, 0)
        work = partial(resumed, destination, journal=job.journal, retry_refused=retry_refused)
        effort = _effort(
            job,
            overview,
            lambda stop, on_progress: work(stop=stop, on_progress=on_progress),
            label="resume-label",
            done=f"{_kind(overview)}-{'resumed' if overview.unfinished or again else 'settled'}",
        )
        await carry_out(invocation, effort)


def _kind(overview: RunOverview) -> str:
    return "webex" if is_webex(overview.settings) else "links"


def _withdrawn(invocation: Invocation, job: Job, overview: RunOverview) -> Failure:
    """Say that a job whose links are deleted cannot be gone on with, and what can be done instead."""
    gone = overview.counts.get(RowState.WITHDRAWN, 0)
    if left := sum(overview.counts.get(state, 0) for state in (RowState.DONE, RowState.IN_FLIGHT)):
        return invocation.fail("revoking", Exit.REJECTED_INPUT, job=job.name, count=gone, left=left)
    command = invocation.text(f"begin-{_kind(overview)}")
    return invocation.fail("revoked", Exit.REJECTED_INPUT, job=job.name, count=gone, command=command)


def _effort(job: Job, overview: RunOverview, work: Work, *, label: str, done: str, undone: bool = False) -> Effort:
    notes = job.notes
    settled = sum(overview.counts.get(state, 0) for state in _SETTLED)
    return Effort(
        job=job,
        work=work,
        label=label,
        done=done,
        outputs=Outputs.of(notes) if notes else Outputs(),
        guests=as_list(job, peek_results(job.journal)),
        before=Accomplished.of(job),
        done_before=settled,
        undone=undone,
        mails=overview.settings.get("send_email") == "yes",
    )
