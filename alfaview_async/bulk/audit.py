"""After a run: do the invitations that bear its marks belong to its rows?

A server that carried a call out later than it may has made invitations for rows that were sent again meanwhile. Only
targets with calls that were in doubt can hold such ones.
"""

from collections import defaultdict
from collections.abc import Sequence

from alfaview_async.bulk.destinations import Destination
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_thread import JournalThread
from alfaview_async.bulk.marks import is_whole, run_mark
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.sighting import Listed
from alfaview_async.bulk.states import RowState
from alfaview_async.errors import LateDuplicates, NotFound


async def audit(destination: Destination, thread: JournalThread, record: RunRecord) -> LateDuplicates | None:
    """Compare the lists with the journal; invitations without a row are deleted where nobody was mailed.

    Returns:
        What is wrong, if there is anything.

    Raises:
        AlfaviewError: A target cannot be listed.
    """
    late = await late_duplicates(destination, thread, record)
    if record.mode == Mode.TWO_PHASE:
        for target, link_id in late:
            await destination.withdraw(target, link_id)
        return None
    if not late:
        return None
    error = LateDuplicates(
        f"{len(late)} invitations of this run belong to no row: the server carried a call out later than "
        f"{destination.effect_within:g} s, and those guests may have been mailed twice; delete the links, and raise "
        "effect_within for the next run"
    )
    error.link_ids = [link_id for _, link_id in late]
    return error


async def late_duplicates(destination: Destination, thread: JournalThread, record: RunRecord) -> list[tuple[str, str]]:
    """Find the invitations that bear the marks of a run and belong to none of its rows.

    Returns:
        Target and id of each.

    Raises:
        AlfaviewError: A target cannot be listed.
    """
    doubted = await thread.do(thread.journal.doubted)
    if not doubted:
        return []
    own: defaultdict[str, set[str]] = defaultdict(set)
    for target, link_id in await thread.do(thread.journal.links, RowState.DONE, RowState.WITHDRAWN):
        own[target].add(link_id)
    late: list[tuple[str, str]] = []
    for target, unknown in doubted.items():
        for one in await _invitations(destination, target):
            ours = one.marker.startswith(run_mark(record.id)) and is_whole(one.marker)
            if ours and one.marker not in unknown and one.link.id not in own[target]:
                late.append((target, one.link.id))
    return late


async def _invitations(destination: Destination, target: str) -> Sequence[Listed]:
    """List a target; one that was deleted since has no invitations any more."""
    try:
        return await destination.invitations(target)
    except NotFound:
        return []
