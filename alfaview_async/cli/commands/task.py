"""`alfactl task`: the work that goes on after alfaview has said OK."""

import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import click

from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import client
from alfaview_async.errors import NotFound
from alfaview_async.models.business import TaskProgress
from alfaview_async.models.common import TaskState, TrackingInfo
from alfaview_async.models.guests import GuestTaskProgress

if TYPE_CHECKING:
    from alfaview_async import Alfaview

Step = dict[str, Any]

_COLUMNS = ("task_id", "state", "progress")
_FAILED = (TaskState.FAILED, TaskState.FAILED_PERMANENTLY)


@click.group(cls=Group)
def task() -> None:
    """Background tasks. Creating, changing and inviting return the id of theirs as task_id in the JSON."""


@task.command(epilog=example("alfactl task watch TASK_ID", "alfactl task watch TASK_ID -o jsonl"))
@click.argument("task_id")
@asynchronous
async def watch(invocation: Invocation, task_id: str) -> None:
    """Follow a task until it is done; exit code 8 if it failed.

    Each step is told on stderr and the last one shown on stdout; with -o jsonl every step is a line on stdout.
    """
    last: Step = {"task_id": task_id, "state": TaskState.UNDEFINED, "progress": 0.0}
    async with client(invocation) as alfaview:
        try:
            async for found in _steps(alfaview, TrackingInfo(task_id=task_id)):
                last |= {"state": found.state, "progress": found.progress}
                _tell(invocation, last)
        except NotFound as error:
            raise invocation.fail("no-task", Exit.NOT_FOUND, id=task_id) from error
    if invocation.output != "jsonl":
        invocation.show_record(last, _COLUMNS)
    if last["state"] in _FAILED:
        raise invocation.fail("task-failed", Exit.REFUSED, id=task_id)


async def _steps(alfaview: "Alfaview", tracked: TrackingInfo) -> AsyncIterator[TaskProgress | GuestTaskProgress]:
    """Ask the service that most tasks are of, then that of the links: an id does not tell whose it is."""
    try:
        async for reply in alfaview.business.stream_task_progress(tracking_info=tracked):
            yield reply.task_progress or TaskProgress()
    except NotFound:
        async for answer in alfaview.guests.stream_task_progress(tracking_info=tracked):
            yield answer.task_progress or GuestTaskProgress()


def _tell(invocation: Invocation, step: Step) -> None:
    if invocation.output == "jsonl":
        invocation.show_record(step, _COLUMNS)
        sys.stdout.flush()
    else:
        invocation.say("task-step", id=step["task_id"], state=step["state"], progress=f"{step['progress']:.0%}")
