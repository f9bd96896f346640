"""`alfactl bulk jobs`, `show`, `export` and `resolve`: what journals say; nothing is sent."""

from datetime import UTC, datetime
from pathlib import Path

import click

from alfaview_async.bulk import RowStatus, RunOverview, peek_results
from alfaview_async.bulk import resolve as resolved
from alfaview_async.bulk.states import RowState
from alfaview_async.cli.declaring import Command, asynchronous, with_invocation
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.directory import JobFound, Jobs, age
from alfaview_async.cli.jobs.named import as_list, found_job, is_dry, job_argument, overview_of, row_key
from alfaview_async.cli.jobs.outputs import Outputs, output_options
from alfaview_async.cli.jobs.result_rows import show_results

JOB_COLUMNS = (
    "job",
    "state",
    "made_at",
    "source",
    "rows",
    "created",
    "existing",
    "failed",
    "unsent",
    "unknown",
    "withdrawn",
    "where",
    "send_email",
    "mode",
    "journal",
)
_LIST_COLUMNS = JOB_COLUMNS[: JOB_COLUMNS.index("where") + 1]


@click.command(cls=Command)
@click.option("--prune", metavar="AGE", help="Delete the journals of jobs that are older, e.g. 30d.")
@with_invocation
def jobs(invocation: Invocation, *, prune: str | None) -> None:
    """List the jobs that were begun on this machine, the latest last."""
    found = Jobs.of(invocation.environment).all()
    if prune is None:
        invocation.show((_job_row(one) for one in found), _LIST_COLUMNS)
        return
    limit = age(prune)
    if limit is None:
        raise invocation.fail("no-age", Exit.USAGE, given=prune)
    old = [one for one in found if one.overview and datetime.now(UTC) - one.overview.made_at > limit]
    unfinished = sum(one.overview.unfinished > 0 for one in old if one.overview)
    if not old:
        invocation.say("nothing-to-prune", age=prune)
    elif invocation.may("prune", count=len(old), unfinished=unfinished, age=prune):
        for one in old:
            one.job.delete()
        invocation.say("pruned", count=len(old))


@click.command(cls=Command)
@job_argument
@click.option("--rows", is_flag=True, help="Show its rows instead of the job.")
@click.option("--status", type=click.Choice([status.value for status in RowStatus]), help="Only rows of this status.")
@with_invocation
def show(invocation: Invocation, name: str, *, last: bool, rows: bool, status: str | None) -> None:
    """Show a job, or its rows; also while it runs."""
    job = found_job(invocation, name, last=last)
    if rows or status:
        results = [result for result in peek_results(job.journal) if status in (None, result.status.value)]
        show_results(invocation, results, with_keys=True)
        return
    invocation.show_record(_job_row(JobFound(job, overview_of(invocation, job))), JOB_COLUMNS)


@click.command(cls=Command)
@job_argument
@output_options
@asynchronous
async def export(
    invocation: Invocation,
    name: str,
    *,
    last: bool,
    links: tuple[Path, ...],
    ics: Path | None,
    qr: Path | None,
    title: str,
    force: bool,
) -> None:
    """Write the links of a job to files again, or to stdout; works offline."""
    job = found_job(invocation, name, last=last)
    results = peek_results(job.journal)
    outputs = Outputs(links=links, ics=ics, qr=qr, title=title or (job.notes.title if job.notes else ""))
    outputs.check(invocation, force=force)
    if not outputs:
        show_results(invocation, results)
    elif not invocation.dry_run:
        written = await outputs.write(results, as_list(job, results), invocation.settings["timezone"].value)
        for place in written:
            invocation.say("bulk-file", file=place)


@click.command(cls=Command)
@click.argument("name", metavar="JOB")
@click.argument("key", metavar="KEY")
@click.option("--link-id", default="", metavar="ID", help="The link that is there.")
@click.option("--join-link", default="", metavar="URL", help="Its address, for the files.")
@click.option("--absent", is_flag=True, help="There is none: `bulk resume` sends the row again.")
@asynchronous
async def resolve(invocation: Invocation, name: str, key: str, *, link_id: str, join_link: str, absent: bool) -> None:
    """Say what became of a row that nobody but a person can know: look into the room first.

    KEY is that of `alfactl bulk show JOB --status unknown`, its beginning, or the address of the guest.
    """
    job = found_job(invocation, name, last=False)
    if bool(link_id) is absent:
        raise invocation.fail("link-or-absent", Exit.USAGE)
    found = row_key(invocation, job, key, RowStatus.UNKNOWN)
    if is_dry(invocation, "would-resolve", job):
        return
    await resolved(job.journal, found, link_id=link_id, join_link=join_link, absent=absent)
    invocation.say("resolved", job=job.name)


def _job_row(found: JobFound) -> dict[str, object]:
    job, overview = found.job, found.overview
    notes = job.notes
    shown: dict[str, object] = {"job": job.name, "source": notes.source if notes else "", "journal": str(job.journal)}
    if overview is None:
        return shown | {"state": f"damaged: {found.damage}"}
    counts, settings = overview.statuses, overview.settings
    return shown | {
        "state": _state(overview),
        "made_at": overview.made_at,
        "rows": overview.rows,
        **{status.value: counts[status] for status in RowStatus},
        "where": notes.where if notes else settings.get("room") or settings.get("meeting_id", ""),
        "send_email": settings.get("send_email") == "yes",
        "mode": overview.mode.value,
    }


def _state(overview: RunOverview) -> str:
    if overview.withdrawing:
        left = overview.counts.keys() & {RowState.DONE, RowState.IN_FLIGHT}
        return "revoking" if left else "revoked"
    return "unfinished" if overview.unfinished else "finished"
