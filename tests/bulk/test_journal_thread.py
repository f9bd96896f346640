"""Changes that are brought while the thread is busy are written together: all, in order, or none."""

import asyncio
from threading import Event

import pytest

from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow
from alfaview_async.bulk.journal_thread import opened
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.states import Change, Link, RowChange, RowState
from alfaview_async.errors import JournalError

ROWS = 5


@pytest.fixture
async def thread():
    """A journal in memory that holds a run, and counts what it commits together."""
    async with opened(None) as thread:
        rows = [
            PlannedRow(key=str(n), digest=b"", target="room", recipient=Recipient(email=f"guest{n}@example.org"))
            for n in range(ROWS)
        ]
        await thread.do(thread.journal.begin, RunRecord(id="0" * 32, mode=Mode.RECONCILED, settings={}), rows, {})
        yield thread


@pytest.fixture
def together(monkeypatch):
    """How many changes were in each transaction."""
    counts = []
    commit = Journal.commit

    def counted(self, *changes):
        counts.append(len(changes))
        commit(self, *changes)

    monkeypatch.setattr(Journal, "commit", counted)
    return counts


def sent(*ordinals):
    return Change(rows=dict.fromkeys(ordinals, RowChange(state=RowState.IN_FLIGHT, call=1)))


def done(ordinal):
    change = RowChange(state=RowState.DONE, call=1)
    return Change(rows={ordinal: change}, links={ordinal: Link(id=f"link-{ordinal}")})


def states(journal):
    return [row.state.value for row in journal.rows()]


async def brought_while_busy(thread, *changes):
    """Bring changes while the thread is at work; returns how each ended."""
    free = Event()
    busy = asyncio.create_task(thread.do(free.wait))
    brought = [asyncio.create_task(thread.commit(change)) for change in changes]
    await asyncio.sleep(0)
    free.set()
    await busy
    return await asyncio.gather(*brought, return_exceptions=True)


async def test_what_waits_is_written_in_one_transaction_in_order(thread, together):
    """A row may be sent, and its link be there, in changes that were brought one after the other."""
    ended = await brought_while_busy(thread, *map(sent, range(ROWS)), done(3), done(0))
    assert ended == [None] * (ROWS + 2)
    assert together == [ROWS + 2]
    assert await thread.do(states, thread.journal) == ["done", "in flight", "in flight", "done", "in flight"]


async def test_where_one_cannot_follow_none_is_written(thread):
    """All who brought a change learn of it, and the journal is as it was."""
    ended = await brought_while_busy(thread, sent(0), sent(1), done(2))
    assert [type(error) for error in ended] == [JournalError] * 3
    assert await thread.do(states, thread.journal) == ["planned"] * ROWS
    await thread.commit(sent(0))
    assert await thread.do(states, thread.journal) == ["in flight"] + ["planned"] * (ROWS - 1)


async def test_who_is_cancelled_takes_no_change_with_them(thread, together):
    """What was brought is written, also the change of one who does not wait for it any more."""
    free = Event()
    busy = asyncio.create_task(thread.do(free.wait))
    left, stayed = asyncio.create_task(thread.commit(sent(0))), asyncio.create_task(thread.commit(sent(1)))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    free.set()
    await asyncio.gather(busy, stayed)
    assert left.cancelled()
    assert together == [2]
    assert await thread.do(states, thread.journal) == ["in flight"] * 2 + ["planned"] * (ROWS - 2)
