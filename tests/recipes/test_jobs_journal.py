"""A job that is delivered twice, whatever the queue."""

import asyncio

import pytest
from waiting import until

from alfaview_async import Alfaview, JournalMismatch, RetryPolicy
from alfaview_async.bulk import peek_results

pytestmark = pytest.mark.usefixtures("surroundings")

CREATE = "guestService.v2/createGuestLinks"
JOB = "0b3a7b1e-6d0c-4c3e-9d0c-3f1f5a9a7c55"
GUESTS = [{"email": f"guest{number}@example.org", "display_name": f"Guest {number}"} for number in range(60)]


@pytest.fixture
async def client():
    async with Alfaview.from_env(retry=RetryPolicy(attempts=1)) as client:
        yield client


@pytest.fixture
def job(example):
    return example("jobs", "guest_list_job")


async def test_the_second_delivery_sends_nothing(job, client, alfaview_emulator, guests):
    """The same answer, and no call that creates."""
    assert await job.run_job(client, JOB, "Seminar A", GUESTS) == {"created": 60}
    assert alfaview_emulator.requests.count(CREATE) == 2
    assert await job.run_job(client, JOB, "Seminar A", GUESTS) == {"created": 60}
    assert alfaview_emulator.requests.count(CREATE) == 2
    assert len({*guests()}) == len(guests()) == 60


async def test_an_outage_leaves_a_job_to_be_run_again(job, client, alfaview_emulator, guests):
    """The error says that it is not done; the next delivery does the rest."""
    alfaview_emulator.faults.add("roomService/list", do="error", on="1", status="UNAVAILABLE")
    alfaview_emulator.faults.add(CREATE, do="error", on="1-2", status="QUOTA_EXCEEDED")
    with pytest.raises(job.UnfinishedError, match="UNAVAILABLE"):
        await job.run_job(client, JOB, "Seminar A", GUESTS[:1])
    with pytest.raises(job.UnfinishedError, match="'unsent': 1"):
        await job.run_job(client, JOB, "Seminar A", GUESTS[:1])
    with pytest.raises(job.UnfinishedError):
        await job.run_job(client, JOB, "Seminar A", GUESTS[:1])
    assert await job.run_job(client, JOB, "Seminar A", GUESTS[:1]) == {"created": 1}
    assert guests() == ["guest0@example.org"]


async def test_a_job_id_is_for_one_list(job, client, guests):
    """Other guests under the same id are refused; so is what would be a path."""
    await job.run_job(client, JOB, "Seminar A", GUESTS[:1])
    with pytest.raises(JournalMismatch):
        await job.run_job(client, JOB, "Seminar A", GUESTS[1:2])
    with pytest.raises(ValueError, match="UUID"):
        await job.run_job(client, "../../journal", "Seminar A", GUESTS)
    assert guests() == ["guest0@example.org"]


async def test_the_links_are_in_the_journal(job, client):
    """For a page or a file; the queue sees numbers only."""
    await job.run_job(client, JOB, "Seminar A", GUESTS[:2])
    assert [result.recipient.email for result in peek_results(job.journal_of(JOB)) if result.join_link] == [
        "guest0@example.org",
        "guest1@example.org",
    ]


async def test_a_delivery_while_the_first_one_runs_has_to_wait(job, client, alfaview_emulator, guests):
    """It is told to come again later; when it does, nothing is left to do."""
    alfaview_emulator.faults.add(CREATE, do="delay", on="1", seconds=0.2)
    first = asyncio.create_task(job.run_job(client, JOB, "Seminar A", GUESTS[:1]))
    await until(lambda: alfaview_emulator.requests.count(CREATE))
    async with asyncio.timeout(5):
        with pytest.raises(job.UnfinishedError, match="another process"):
            await job.run_job(client, JOB, "Seminar A", GUESTS[:1])
        assert await first == await job.run_job(client, JOB, "Seminar A", GUESTS[:1]) == {"created": 1}
    assert guests() == ["guest0@example.org"]
