"""Worker processes that are killed in the middle of a list: the next delivery goes on, and nobody gets two links."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from alfaview_async.bulk import read_overview

pytest_plugins = ["redis_server"]

REASON = "pip install --group recipes"
HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples" / "jobs"
CREATE = "guestService.v2/createGuestLinks"
ROOM = "Seminar A"
GUESTS = [{"email": f"guest{number:02}@example.org", "display_name": f"Guest {number}"} for number in range(60)]
ADDRESSES = [guest["email"] for guest in GUESTS]


@contextmanager
def running(*command, log):
    """Run a worker while the block runs, in a process group of its own; then kill what is left of it."""
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(EXAMPLES), str(HERE)])},
            cwd=log.parent,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield worker
        finally:
            if worker.poll() is None:
                kill(worker)


def kill(worker):
    """Kill it with all its processes, as a machine does that loses power."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def children(worker):
    """Tell the processes that work on tasks."""
    told = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text(encoding="ascii")
    return [int(child) for child in told.split()]


async def until(condition, log):
    """Wait until something is so; if it does not come, show what the worker said."""
    try:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 - another process's work
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(log.read_text(encoding="utf-8")[-5000:]) from None


@pytest.fixture(autouse=True)
def reached_redis(surroundings, redis_server, monkeypatch):
    assert "REDIS_URL" not in surroundings
    monkeypatch.setenv("REDIS_URL", redis_server.url)


@pytest.fixture
def log(tmp_path):
    return tmp_path / "worker.log"


@pytest.fixture
def is_done(tmp_path):
    """Tell whether a job is finished."""

    def is_done(job):
        journal = tmp_path / "journals" / f"{job}.journal"
        return journal.exists() and (overview := read_overview(journal)) is not None and not overview.unfinished

    return is_done


@pytest.mark.slow
async def test_celery_goes_on_after_its_process_was_killed(example, alfaview_emulator, guests, log, is_done):
    """The answer of the first call is awaited when the process dies; its 50 links are found, the other 10 are made."""
    sender = example("jobs", "celery_worker", needs="celery")
    alfaview_emulator.faults.add(CREATE, do="apply-then-timeout", on="1")
    job = str(uuid4())
    options = ("--queues", "guest-lists", "--concurrency", "1", "--loglevel", "INFO")
    with running("celery", "--app", "quick_celery", "worker", *options, log=log) as worker:
        sender.invite_guests.delay(job, ROOM, GUESTS)
        await until(lambda: alfaview_emulator.requests.count(CREATE) == 1, log)
        (child,) = children(worker)
        os.kill(child, signal.SIGKILL)  # as a machine does that has no memory left
        await until(lambda: is_done(job), log)
        sender.invite_guests.delay(job, ROOM, GUESTS)
        await until(lambda: log.read_text().count("succeeded") == 2, log)
        worker.terminate()
        await until(lambda: worker.poll() is not None, log)
        assert worker.returncode == 0
        assert "Traceback" not in log.read_text().partition("WorkerLostError")[2].partition("succeeded")[2]
    sender.app.close()
    assert guests() == ADDRESSES
    assert alfaview_emulator.requests.count(CREATE) == 2
    assert alfaview_emulator.requests.count("authenticationService/authenticate") == 1


@pytest.mark.slow
async def test_taskiq_goes_on_after_its_worker_was_killed(example, alfaview_emulator, guests, log, is_done):
    """The message was not acknowledged: the next worker gets it, as soon as a new message comes."""
    pytest.importorskip("taskiq_redis", reason=REASON)
    sender = example("jobs", "taskiq_worker", needs="taskiq")
    await sender.broker.startup()
    alfaview_emulator.faults.add(CREATE, do="apply-then-timeout", on="1")
    job = str(uuid4())
    command = ("taskiq", "worker", "quick_taskiq:broker", "--workers", "1", "--ack-type", "when_executed")
    with running(*command, log=log) as worker:
        await sender.invite_guests.kiq(job, ROOM, GUESTS)
        await until(lambda: alfaview_emulator.requests.count(CREATE) == 1, log)
        kill(worker)
    with running(*command, log=log):
        await until(lambda: log.read_text().count("Listening started") == 2, log)
        await sender.look_for_lost_messages.kiq()
        await until(lambda: is_done(job), log)
    await sender.broker.shutdown()
    assert guests() == ADDRESSES
    assert alfaview_emulator.requests.count(CREATE) == 2
    assert alfaview_emulator.requests.count("authenticationService/authenticate") == 1
