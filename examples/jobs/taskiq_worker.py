"""Guest lists as taskiq tasks: `taskiq worker taskiq_worker:broker --ack-type when_executed`."""

import asyncio
from os import environ
from typing import Annotated

from guest_list_job import UnfinishedError, run_job
from taskiq import Context, TaskiqDepends, TaskiqEvents, TaskiqScheduler, TaskiqState
from taskiq.schedule_sources import LabelScheduleSource
from taskiq_redis import RedisStreamBroker

from alfaview_async import Alfaview
from alfaview_async.tokens import RedisTokenStore

PAUSE_SECONDS = 60.0
TRIES = 60

broker = RedisStreamBroker(
    environ["REDIS_URL"],
    queue_name="guest-lists",
    consumer_id="0",  # also what was sent before the first worker was started
    idle_timeout=5 * 60 * 1000,  # milliseconds, after which another worker gets a message that nobody has acknowledged
    unacknowledged_lock_timeout=10.0,  # a worker that dies while it looks for such messages locks nobody out
)
scheduler = TaskiqScheduler(broker, [LabelScheduleSource(broker)])


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_client(state: TaskiqState) -> None:
    """Open one client for this worker process, in its event loop."""
    state.tokens = RedisTokenStore(environ["REDIS_URL"])
    state.alfaview = Alfaview.from_env(tokens=state.tokens)


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def close_client(state: TaskiqState) -> None:
    """Close it when the process ends."""
    await state.alfaview.close()
    await state.tokens.close()


def alfaview_of(context: Annotated[Context, TaskiqDepends()]) -> Alfaview:
    """Find the client of this process."""
    alfaview: Alfaview = context.state.alfaview
    return alfaview


@broker.task(task_name="invite_guests")
async def invite_guests(
    job_id: str,
    room: str,
    guests: list[dict[str, str]],
    alfaview: Alfaview = TaskiqDepends(alfaview_of),  # noqa: B008 - a default, so that senders need not give it
) -> dict[str, int]:
    """Invite guests; safe to be delivered twice. Returns status -> number of guests."""
    for _ in range(TRIES - 1):
        try:
            return await run_job(alfaview, job_id, room, guests)
        except UnfinishedError:
            await asyncio.sleep(PAUSE_SECONDS)  # the message stays unacknowledged: if we die, it comes back
    return await run_job(alfaview, job_id, room, guests)


@broker.task(task_name="look_for_lost_messages", schedule=[{"cron": "* * * * *"}])
async def look_for_lost_messages() -> None:
    """Do nothing: the broker looks for what a dead worker has left whenever a new message comes, and only then."""
