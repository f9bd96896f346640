"""A run: chunks on their way, a bounded number at once, and a result for every row."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence

from attrs import evolve

from alfaview_async.bulk.destinations import Chunk, Destination
from alfaview_async.bulk.recipients import GuestList, Recipient
from alfaview_async.bulk.results import Progress, RowResult, RowStatus
from alfaview_async.errors import (
    AlfaviewError,
    AuthenticationError,
    ConfigurationError,
    Outcome,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
)

Arrival = tuple[list[RowResult], asyncio.Event] | BaseException
"""The results of a chunk, and what tells its worker that they were taken; or a defect."""


async def invite(
    destination: Destination,
    recipients: GuestList | Sequence[Recipient],
    *,
    on_progress: Callable[[Progress], object] | None = None,
    rooms_at_once: int = 4,
    chunks_per_room: int = 1,
) -> AsyncIterator[RowResult]:
    """Invite all recipients and yield what became of each, as the answers come.

    Every recipient is sent at most once and gets exactly one result. When the server cannot be reached, or refuses the
    login, the right or the quota, the rest is not tried and reported as failed. A chunk is sent when the results of the
    one before it in its room were taken; leaving the loop early drops those of its chunk that were not, and cancels the
    calls on their way: whether those were carried out is then unknown.

    Args:
        destination: What to create, e.g. `GuestLinks(alfaview, room="Seminar A", role="Participant")`.
        recipients: A list that was read, or recipients made by hand.
        on_progress: Called with the state before the first chunk, and after the results of each were taken.
        rooms_at_once: Rooms that are filled at the same time.
        chunks_per_room: Calls for one room at the same time; each of them also writes the permissions of the room.

    Raises:
        ConfigurationError: Somebody is to be invited twice into a room, or an argument makes no sense.
        NotFound: A room or role does not exist; nothing was sent.
        AmbiguousName: A name means several; nothing was sent.
        AlfaviewError: Rooms and roles cannot be looked up; nothing was sent.
    """
    if rooms_at_once < 1 or chunks_per_room < 1:
        raise ConfigurationError("rooms_at_once and chunks_per_room must be at least 1")
    rows = recipients.recipients if isinstance(recipients, GuestList) else recipients
    chunks = await destination.plan(rows)
    progress = Progress(total=len(rows))
    if on_progress:
        on_progress(progress)
    arrivals: asyncio.Queue[Arrival] = asyncio.Queue()
    lanes = _lanes(chunks, rooms_at_once, chunks_per_room)
    stop = _Stop()
    workers = [asyncio.create_task(_drain(lane, destination, arrivals, stop)) for lane in lanes]
    try:
        for _ in chunks:
            arrival = await arrivals.get()
            if isinstance(arrival, BaseException):
                raise arrival
            results, taken = arrival
            for result in results:
                yield result
            taken.set()
            progress = _counted(progress, results)
            if on_progress:
                on_progress(progress)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


class _Stop:
    """Why the rest of a run is not worth trying."""

    reason: AlfaviewError | None = None


def _lanes(chunks: Sequence[Chunk], rooms_at_once: int, chunks_per_room: int) -> list[list[list[Chunk]]]:
    """Deal the rooms to workers: each worker takes one queue of chunks after the other."""
    by_room: defaultdict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        by_room[chunk.target].append(chunk)
    lanes: list[list[list[Chunk]]] = [[] for _ in range(rooms_at_once * chunks_per_room)]
    for number, queue in enumerate(by_room.values()):
        first = number % rooms_at_once * chunks_per_room
        for lane in lanes[first : first + chunks_per_room]:
            lane.append(queue)
    return [lane for lane in lanes if lane]


async def _drain(
    lane: list[list[Chunk]], destination: Destination, arrivals: "asyncio.Queue[Arrival]", stop: _Stop
) -> None:
    try:
        for queue in lane:
            while queue:
                chunk = queue.pop(0)
                if stop.reason is None:
                    results = await destination.send(chunk)
                    stop.reason = stop.reason or _hopeless(results[0].error)
                else:
                    results = _not_tried(chunk, stop.reason)
                taken = asyncio.Event()
                arrivals.put_nowait((results, taken))
                await taken.wait()
    except asyncio.CancelledError:
        raise
    except BaseException as defect:  # noqa: BLE001 - a defect must reach the caller, who waits for results
        arrivals.put_nowait(defect)


def _hopeless(error: AlfaviewError | None) -> AlfaviewError | None:
    """Return an error after which the next chunk would fare no better: no way there, no login, no right, no quota."""
    if error is None:
        return None
    final = isinstance(error, AuthenticationError | PermissionDenied | QuotaExceeded | RateLimited)
    return error if final or error.outcome in {Outcome.NOT_SENT, Outcome.FATAL} else None


def _not_tried(chunk: Chunk, reason: AlfaviewError) -> list[RowResult]:
    return [RowResult(recipient=recipient, status=RowStatus.FAILED, error=reason) for recipient in chunk.recipients]


def _counted(progress: Progress, results: list[RowResult]) -> Progress:
    count = {status: sum(result.status is status for result in results) for status in RowStatus}
    return evolve(
        progress,
        created=progress.created + count[RowStatus.CREATED],
        failed=progress.failed + count[RowStatus.FAILED],
        unknown=progress.unknown + count[RowStatus.UNKNOWN],
    )
