"""The same list again: which rows earlier runs have invited already, by what their journals say."""

import asyncio
from collections.abc import Hashable, Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path

from alfaview_async.bulk.destinations import Destination
from alfaview_async.bulk.journal_rows import StoredRow
from alfaview_async.bulk.overview import JournalReader, reading
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.states import RowState

_MAY_EXIST = (RowState.DONE, RowState.IN_FLIGHT, RowState.UNKNOWN)
_WILL_BE_SENT = RowState.PLANNED
"""By whoever resumes that run: to send such rows in another one too would invite their guests twice."""


async def invited_before(
    destination: Destination,
    recipients: Sequence[Recipient],
    journals: Iterable[str | PathLike[str]],
) -> dict[int, Path]:
    """Find the rows for which an earlier run has made an invitation, or may have, or will if it is resumed.

    Rows are the same if they invite the same guest into the same room or meeting for the same time; those with a `key`
    of their own if the key is the same. Neither invitations deleted by `undo` count, nor rows that were refused.

    Args:
        destination: Where the rows shall go; rooms and roles are looked up.
        recipients: The rows.
        journals: Paths of earlier runs, the latest last.

    Returns:
        Place in `recipients` -> journal of the latest run that has such a row.

    Raises:
        JournalError: A journal cannot be read.
        AlfaviewError: As of `Destination.targets`.
    """
    targets = await destination.targets(recipients)
    wanted = {
        place: _names(destination, target, row)
        for place, (target, row) in enumerate(zip(targets, recipients, strict=True))
    }
    found: dict[int, Path] = {}
    for journal in map(Path, journals):
        known = await asyncio.to_thread(_invited, destination, journal)
        found |= {place: journal for place, name in wanted.items() if name in known}
    return found


def _invited(destination: Destination, journal: Path) -> set[Hashable]:
    with reading(journal) as reader:
        return {name for row in _rows(destination, reader) for name in _all_names(destination, row)}


def _rows(destination: Destination, reader: JournalReader) -> Iterator[StoredRow]:
    overview = reader.overview
    if overview and overview.settings.get("destination") == destination.settings()["destination"]:
        yield from reader.rows(*_MAY_EXIST, *(() if overview.withdrawing else (_WILL_BE_SENT,)))


def _all_names(destination: Destination, row: StoredRow) -> tuple[Hashable, Hashable]:
    return (
        _names(destination, row.target, row.recipient),
        (row.target, "guest", destination.identity(row.recipient)),
    )


def _names(destination: Destination, target: str, row: Recipient) -> Hashable:
    if row.key and not destination.unique:
        return target, "key", row.key
    return target, "guest", destination.identity(row)
