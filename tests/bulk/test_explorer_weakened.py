"""Each weakening of the protocol must be found out: else the explorer is blind, and what it calls sound may not be."""

import asyncio
from types import SimpleNamespace

import pytest
from attrs import evolve
from bulk_explorer import explore
from bulk_model import RUN, TARGET, listed
from bulk_process import World

from alfaview_async.bulk.audit import audit
from alfaview_async.bulk.course import Course, Rest
from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.sighting import look
from alfaview_async.bulk.states import Echo

AA = ("a", "a")


class Reissue(Course):
    """Sends again when the answer is lost, as the handbook says."""

    def answered(self, number, created, rest, now, reason=""):
        return super().answered(number, created, Rest.NOT_DONE if rest is Rest.LOST else rest, now, reason)

    def recover(self, calls, now):
        for call in calls:
            self.calls[call.number] = call
        changes = [super(Reissue, self).answered(call.number, {}, Rest.NOT_DONE, now) for call in calls]
        rows = {ordinal: row for change in changes for ordinal, row in change.rows.items()}
        return evolve(super().recover([], now), calls=[call for c in changes for call in c.calls], rows=rows)


def by_fields(calls, rows, lists, **known):
    """Match by what invitations say instead of by the mark they were made with."""
    (call, *_) = calls
    first, second = ([evolve(one, marker=call.marker) for one in shown] for shown in lists)
    return look(calls, rows, (first, second), **known | {"echo": Echo.PROVEN})


def found_twice(calls, rows, lists, *, own, **known):
    """Find invitations whose rows are known already, once more."""
    wide = look(calls, rows, lists, own=set(), **known)
    return wide if wide.found else look(calls, rows, lists, own=own, **known)


def by_one_list(calls, rows, lists, **known):
    """Look once only."""
    return look(calls, rows, (lists[1], lists[1]), **known)


WEAKENED = {
    "no intent is written before the call": (World(payloads=AA, writes_ahead=False), "I1"),
    "looks at once": (World(payloads=AA, rules=(0.0, 0.0)), "I1"),
    "does not wait for a late effect": (World(payloads=AA, rules=(0.0, 1.0)), "I1"),
    "does not wait for a late list": (World(payloads=AA, rules=(2.0, 0.0)), "I1"),
    "takes an answer in part for the end of the work": (World(payloads=AA, queues=True), "I1"),
    "counts from the intent": (World(payloads=AA, waits_from_intent=True, lags=False, faults=0), "I1"),
    "looks once": (World(payloads=AA, truncates=True, sight=by_one_list), "I1"),
    "matches by fields": (World(payloads=("a", "b"), stranger="a", sight=by_fields), "I4"),
    "finds what is known once more": (World(payloads=AA, sight=found_twice), "I3"),
    "sends again in doubt": (World(payloads=AA, course=Reissue), "I1"),
    "a lease in place of a lock": (World(payloads=AA, peers=2, faults=0), "I1"),
    "a server without a bound": (World(payloads=AA, requests_end=False), "I1"),
}


@pytest.mark.parametrize("weakness", WEAKENED)
def test_a_weakened_protocol_breaks(weakness):
    """Each weakness breaks the invariant that the design says it breaks."""
    world, invariant = WEAKENED[weakness]
    assert invariant in explore(world, until=invariant).broken


def replayed(world, changes):
    """Write the changes of one run into a real journal."""
    journal = Journal(None)
    recipients = [Recipient(email=f"{payload}@example.org", display_name=payload) for payload in world.payloads]
    rows = [
        PlannedRow(key=str(number), digest=b"", target=TARGET, recipient=recipient)
        for number, recipient in enumerate(recipients)
    ]
    record = RunRecord(id=RUN, mode=Mode.RECONCILED, settings={})
    journal.begin(record, rows, {TARGET: b""})
    for change in changes:
        journal.commit(change)
    return journal, record


async def audited(journal, record, server):
    """Let the real audit look at the server."""

    async def do(work, *args):
        return work(*args)

    async def invitations(_target):
        return listed(server.links)

    there = SimpleNamespace(invitations=invitations, effect_within=2.0)
    return await audit(there, SimpleNamespace(journal=journal, do=do), record)


def test_what_a_server_carries_out_too_late_is_found_by_the_audit():
    """A guest invited twice is named at the end, wherever the bound on the server's side did not hold."""
    world = World(payloads=AA, requests_end=False, crashes=0, lags=False)
    report = explore(world)
    assert report.broken.keys() >= {"I1", "I5"}
    late = 0
    for state, changes in report.ends:
        extra = len([link for link in state.server.links if link.call]) > len(world.payloads)
        if extra:
            late += 1
            journal, record = replayed(world, changes)
            error = asyncio.run(audited(journal, record, state.server))
            journal.close()
            assert error is not None, state
    assert late


def test_the_audit_raises_no_false_alarm_and_the_journal_takes_what_the_model_took():
    """In every run that can end, the real journal has the model's rows, and the audit finds nothing."""
    world = World(payloads=AA, crashes=1, faults=1)
    for state, changes in explore(world).ends:
        journal, record = replayed(world, changes)
        rows = [(row.state, row.call, row.link.id if row.link else "", row.at_most) for row in journal.rows()]
        assert rows == [tuple(row) for row in state.notes.rows]
        assert journal.open_calls() == state.notes.open_calls()
        assert asyncio.run(audited(journal, record, state.server)) is None
        journal.close()


def test_a_peer_that_holds_no_lock_is_what_breaks():
    """One process at a time, however often it dies, does not break what two at once break."""
    world, invariant = WEAKENED["a lease in place of a lock"]
    assert invariant not in explore(evolve(world, peers=1)).broken
