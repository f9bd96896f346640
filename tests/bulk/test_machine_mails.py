"""Mails sent one by one: at most one for each guest, whatever becomes of the calls and of the process."""

import asyncio
from collections import Counter
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow
from alfaview_async.bulk.mailing import mail_all
from alfaview_async.bulk.pace import Pace
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.states import CallState, Change, CreateCall, Link, MailState, RowChange, RowState
from alfaview_async.errors import InvalidArgument, NotSent, ServerTimeout

FATES = ["mailed", "mailed, answer lost", "lost", "refused", "not sent", "killed before", "killed after"]


class KilledError(BaseException):
    """The process is no more."""


class Server:
    """Mails as it is told to, and counts."""

    def __init__(self, fates):
        self.fates, self.mails = iter(fates), Counter()

    async def mail(self, link_id, _target):
        fate = next(self.fates, "mailed")
        if fate in ("mailed", "mailed, answer lost", "killed after"):
            self.mails[link_id] += 1
        if fate.startswith("killed"):
            raise KilledError
        if fate == "refused":
            raise InvalidArgument("no")
        if fate == "not sent":
            raise NotSent("no way")
        if fate != "mailed":
            raise ServerTimeout("no answer")


def a_journal(guests):
    """A run whose links are all made, and nobody mailed."""
    journal = Journal(None)
    rows = [
        PlannedRow(key=str(number), digest=b"", target="room", recipient=Recipient(email=f"guest{number}@example.org"))
        for number in range(guests)
    ]
    journal.begin(RunRecord(id="0" * 32, mode=Mode.TWO_PHASE, settings={}), rows, {"room": b""})
    call = CreateCall(number=1, target="room", marker="mark", state=CallState.INTENDED)
    for state in (RowState.IN_FLIGHT, RowState.DONE):
        links = {n: Link(id=f"link-{n}") for n in range(guests) if state is RowState.DONE}
        changes = dict.fromkeys(range(guests), RowChange(state=state, call=1))
        journal.commit(Change(calls=[call], rows=changes, links=links))
    return journal


async def run(server, journal):
    """One process: what it tells of its rows, `None` if it dies."""
    told = []

    async def do(work, *args):
        return work(*args)

    async def rows(*states):
        for row in list(journal.rows(*states)):
            yield row

    async def emit(results):
        told.extend(results)

    try:
        await mail_all(server, SimpleNamespace(journal=journal, do=do, rows=rows), emit, Pace())
    except KilledError:
        return None
    return told


@given(st.integers(1, 20), st.lists(st.sampled_from(FATES), max_size=30))
def test_nobody_is_mailed_twice(guests, fates):
    """Through lost answers and deaths; who is said to be mailed is, who is said not to be is not."""
    journal, server = a_journal(guests), Server(fates)
    for _ in range(2 * len(fates) + 1):
        told = asyncio.run(run(server, journal))
    assert told is not None
    assert all(count == 1 for count in server.mails.values())
    assert sorted(result.key for result in told) == sorted(map(str, range(guests)))
    for result in told:
        if result.mail in (MailState.SENT, MailState.REFUSED, MailState.NONE):
            assert server.mails[result.link_id] == (result.mail is MailState.SENT)
        else:
            assert result.mail is MailState.UNKNOWN
    assert MailState.NONE not in {result.mail for result in told}, "nobody is forgotten"
    journal.close()
