"""What a job is, whatever the queue: a list of guests, and a journal that makes a second delivery harmless."""

from collections import Counter
from collections.abc import Mapping, Sequence
from os import environ
from pathlib import Path
from uuid import UUID

from alfaview_async import Alfaview, JournalInUse, RateLimited, ServerTimeout, TransportError, Unavailable
from alfaview_async.bulk import GuestLinks, Recipient, invite, read_overview

ROLE = "Participant"


class UnfinishedError(Exception):
    """Some guests have no link yet, though nothing is wrong with them: run the same job again, later."""


_PASSES = (TransportError, Unavailable, ServerTimeout, RateLimited, JournalInUse)


def journal_of(job_id: str) -> Path:
    """Name the journal of a job, in a directory on a local disk; what is no UUID names no file."""
    directory = Path(environ.get("JOURNALS", "journals"))
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory / f"{UUID(job_id)}.journal"


async def run_job(alfaview: Alfaview, job_id: str, room: str, guests: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """Invite the guests of a job, or go on where an earlier delivery of the same job was interrupted.

    Args:
        alfaview: The client of this process.
        job_id: A UUID that the sender has drawn, the same in each delivery; it names the journal.
        room: Id, name or path of the room.
        guests: `email` and `display_name` of each; the same in each delivery.

    Returns:
        Status -> number of guests. The links are in the journal: `peek_results` reads them.

    Raises:
        UnfinishedError: The job is not done: alfaview could not be reached, or an earlier delivery is still being
            worked on by another process.
        JournalMismatch: The job id belongs to other guests.
        AlfaviewError: As in `invite`.
    """
    journal = journal_of(job_id)
    recipients = [Recipient(email=guest["email"], display_name=guest["display_name"]) for guest in guests]
    links = GuestLinks(alfaview, room=room, role=ROLE)
    try:
        counts = Counter([result.status.value async for result in invite(links, recipients, journal=journal)])
    except _PASSES as error:
        raise UnfinishedError(f"job {job_id}: {error}") from error
    overview = read_overview(journal)
    if overview is None or overview.unfinished:
        raise UnfinishedError(f"job {job_id}: {dict(counts)}")
    return dict(counts)
