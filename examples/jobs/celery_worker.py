"""Guest lists as Celery tasks: `celery --app celery_worker worker --queues guest-lists`."""

import asyncio
from collections.abc import Coroutine
from os import environ
from threading import Thread
from typing import Any, TypeVar

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from guest_list_job import UnfinishedError, run_job

from alfaview_async import Alfaview
from alfaview_async.tokens import RedisTokenStore

T = TypeVar("T")

app = Celery("guest_lists", broker=environ["REDIS_URL"])
app.conf.update(
    task_acks_late=True,  # a message is gone when its job is done, not when a worker has taken it
    task_retry_on_worker_lost=True,  # the process was killed: send it again, as `retry` does
    task_reject_on_worker_lost=True,  # ... even if sending it fails
    worker_prefetch_multiplier=1,
    task_routes={"invite_guests": {"queue": "guest-lists"}},
)


class ClientThread:
    """One client in an event loop of its own, for the tasks of this process, which are not async."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="alfaview", daemon=True)
        self._thread.start()
        self._tokens = RedisTokenStore(environ["REDIS_URL"])
        self.alfaview = Alfaview.from_env(tokens=self._tokens)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop, and wait for its end."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Close the client, then the loop."""
        self.run(self.alfaview.close())
        self.run(self._tokens.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


clients: list[ClientThread] = []


@worker_process_init.connect
def open_client(**_: object) -> None:
    """Open the client after the fork: threads, loops and connections of the parent are of no use to a child."""
    clients.append(ClientThread())


@worker_process_shutdown.connect
def close_client(**_: object) -> None:
    """Close it when the process ends."""
    while clients:
        clients.pop().close()


@app.task(
    name="invite_guests",
    autoretry_for=(UnfinishedError,),
    retry_backoff=60,
    retry_backoff_max=30 * 60,
    max_retries=20,
)
def invite_guests(job_id: str, room: str, guests: list[dict[str, str]]) -> dict[str, int]:
    """Invite guests; safe to be delivered twice. Returns status -> number of guests."""
    client = clients[0]
    return client.run(run_job(client.alfaview, job_id, room, guests))
