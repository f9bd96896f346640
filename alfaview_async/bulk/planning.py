"""A new run: what is to be sent for which row, who would be invited twice, and what is there already."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from hashlib import sha256

from alfaview_async.bulk.destinations import Destination
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow
from alfaview_async.bulk.policies import Duplicates, Existing
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.sighting import Listed, digest
from alfaview_async.errors import AlreadyInvited, ConfigurationError, JournalMismatch

_SHOWN = 10


def planned(
    destination: Destination, recipients: Sequence[Recipient], targets: Sequence[str], duplicates: Duplicates
) -> list[PlannedRow]:
    """Give each row its key.

    Raises:
        ConfigurationError: Somebody would be invited twice, or two rows have the same key.
    """
    rows: list[PlannedRow] = []
    first: dict[Hashable, PlannedRow] = {}
    equals: dict[bytes, int] = {}
    for recipient, target in zip(recipients, targets, strict=True):
        sent = digest_of_row(destination, target, recipient)
        equals[sent] = equals.get(sent, 0) + 1
        key = recipient.key or f"{sent.hex()[:32]}#{equals[sent]}"
        row = PlannedRow(key=key, digest=sent, target=target, recipient=recipient)
        twin = first.setdefault((target, destination.identity(recipient)), row)
        if twin is row or duplicates is Duplicates.ALLOW or _are_told_apart(destination, twin.recipient, recipient):
            rows.append(row)
        elif duplicates is Duplicates.ERROR or twin.digest != sent:
            raise _twice(twin.recipient, recipient)
    _refuse_equal_keys(rows)
    return rows


def digest_of_row(destination: Destination, target: str, recipient: Recipient) -> bytes:
    """Name what is sent for a row, the same in every process."""
    return sha256(target.encode() + destination.payload(recipient)).digest()


async def surveyed(
    destination: Destination, rows: Sequence[PlannedRow], existing: Existing, *, at_once: int
) -> tuple[list[PlannedRow], dict[str, bytes]]:
    """List the targets before the first invitation.

    Returns:
        The rows, those that have an invitation already with it; and a digest of each target.

    Raises:
        AlreadyInvited: Some have, and that was to be an error.
        AlfaviewError: A target cannot be listed.
    """
    targets = list(dict.fromkeys(row.target for row in rows))
    permits = asyncio.Semaphore(at_once)

    async def listed(target: str) -> list[Listed]:
        async with permits:
            return await destination.invitations(target)

    surveys = [asyncio.ensure_future(listed(target)) for target in targets]
    try:
        found = dict(zip(targets, await asyncio.gather(*surveys), strict=True))
    finally:
        for survey in surveys:
            survey.cancel()
    baselines = {target: digest(one.link.id for one in there) for target, there in found.items()}
    if not any(found.values()) or (existing is Existing.CREATE and not destination.unique):
        return list(rows), baselines
    return _known(destination, rows, found, existing), baselines


def refuse_other_settings(record: RunRecord, wanted: RunRecord) -> None:
    """Refuse to go on with a run in another way than it was begun.

    Raises:
        JournalMismatch: Says which settings were changed.
    """
    before, now = {**record.settings, "mode": record.mode.value}, {**wanted.settings, "mode": wanted.mode.value}
    other = sorted(name for name in before.keys() & now.keys() if before[name] != now[name])
    if other:
        changes = ", ".join(f"{name} was {before[name]!r} and is {now[name]!r}" for name in other)
        raise JournalMismatch(f"the journal belongs to a run with other settings: {changes}")


def refuse_other_rows(rows: Sequence[PlannedRow], stored: Mapping[str, bytes]) -> None:
    """Refuse to go on with a run whose rows were edited.

    Raises:
        JournalMismatch: Says which rows were added, removed and changed.
    """
    given = {row.key: row for row in rows}
    added = [row for key, row in given.items() if key not in stored]
    changed = [row for key, row in given.items() if key in stored and stored[key] != row.digest]
    removed = stored.keys() - given.keys()
    if added or changed or removed:
        raise JournalMismatch(
            f"the journal belongs to other rows: {len(added)} were added{_lines(added)}, {len(changed)} "
            f"changed{_lines(changed)}, {len(removed)} removed; `resume` goes on with the rows of the journal, a new "
            "journal begins a new run"
        )


def _are_told_apart(destination: Destination, one: Recipient, other: Recipient) -> bool:
    """Companions may share an address: whoever has a key of their own is a guest of their own, where that can be."""
    return bool(one.key and other.key) and not destination.unique


def _known(
    destination: Destination,
    rows: Sequence[PlannedRow],
    found: Mapping[str, Sequence[Listed]],
    existing: Existing,
) -> list[PlannedRow]:
    by_identity: defaultdict[tuple[str, Hashable], list[Listed]] = defaultdict(list)
    by_likeness: defaultdict[tuple[str, Hashable], list[Listed]] = defaultdict(list)
    for target, listed in found.items():
        for one in listed:
            by_identity[target, one.identity].append(one)
            by_likeness[target, one.likeness[0]].append(one)
    taken: set[str] = set()
    known: list[PlannedRow] = []
    have: list[PlannedRow] = []
    for row in rows:
        if row.recipient.key:  # somebody else with the same address may be there already
            fitting = by_likeness[row.target, destination.likeness(row.recipient)[0]]
        else:
            fitting = by_identity[row.target, destination.identity(row.recipient)]
        free = [one for one in fitting if one.link.id not in taken]
        if not free:
            known.append(row)
            continue
        one = free[0]
        taken.add(one.link.id)
        have.append(row)
        known.append(
            PlannedRow(
                key=row.key,
                digest=row.digest,
                target=row.target,
                recipient=row.recipient,
                existing=one.link,
            )
        )
    if have and existing is Existing.ERROR:
        who = "1 guest has" if len(have) == 1 else f"{len(have)} guests have"
        error = AlreadyInvited(
            f"{who} such an invitation already{_lines(have)}; nothing was sent; skip them with "
            "existing=Existing.SKIP, or make another with Existing.CREATE"
        )
        error.recipients = [row.recipient for row in have]
        raise error
    return known


def _refuse_equal_keys(rows: Sequence[PlannedRow]) -> None:
    if len({row.key for row in rows}) < len(rows):
        ((key, times),) = Counter(row.key for row in rows).most_common(1)
        raise ConfigurationError(
            f"{times} rows have the key {key!r}; each needs one of its own, or none; nothing was sent"
        )


def _twice(first: Recipient, second: Recipient) -> ConfigurationError:
    lines = f" (lines {first.line} and {second.line})" if second.line else ""
    return ConfigurationError(
        f"{second.email} is to be invited twice into {second.room or 'the room'!r}{lines}; nothing was sent"
    )


def _lines(rows: Sequence[PlannedRow]) -> str:
    if not rows:
        return ""
    shown = ", ".join(
        f"line {row.recipient.line}" if row.recipient.line else row.recipient.email for row in rows[:_SHOWN]
    )
    return f" ({shown}{', ...' if len(rows) > _SHOWN else ''})"
