"""Runs made up at random over a real journal: whatever happens, in whatever order, the invariants hold."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from bulk_model import ECHOES, OPEN_STATES, RUN, TARGET, Made, Server, listed, marker
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alfaview_async.bulk.audit import audit
from alfaview_async.bulk.course import Course, Rest, Rules, Send, Step, Verdict, Wait
from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow
from alfaview_async.bulk.marks import run_mark
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.resolving import resolve
from alfaview_async.bulk.sighting import digest, look
from alfaview_async.bulk.states import Link, RowState

D, L = 4, 2
MOST_LINKS = 12
NOTHING_WRONG_STEPS = 200


class Fate(Enum):
    """What becomes of one call."""

    ANSWERED = "made and answered"
    NAMED = "made in part, and the answer names the part"
    REFUSED = "answered, but nobody knows what was made"
    LOST = "made in part or whole, the answer is lost"
    LATE = "given up, and perhaps made later"
    NOT_SENT = "not a byte left"
    KILLED_BEFORE = "the process dies before it sends"
    KILLED_EARLY = "the process dies, and the request is perhaps carried out later"
    KILLED_LATE = "the process dies with the answer in its hands"


MAY_MAKE_ALL = (Fate.LOST, Fate.KILLED_LATE)


class RunAtRandom(RuleBasedStateMachine):
    """One run: its journal on the disk, the process that drives it, the server, and people."""

    def __init__(self):
        super().__init__()
        self.opened = ExitStack()
        self.path = Path(self.opened.enter_context(TemporaryDirectory())) / "run.journal"
        self.server = Server()
        self.now = 0
        self.done = {}  # what each row that was done had
        self.deleted: list[Made] = []

    @initialize(
        payloads=st.lists(st.sampled_from("aab"), min_size=3, max_size=10),
        chunk_size=st.sampled_from([2, 3, 1]),
        echo=st.sampled_from(["kept", "kept", "kept", *ECHOES]),
        mode=st.sampled_from([Mode.RECONCILED] * 5 + [Mode.AT_MOST_ONCE]),
        before=st.lists(st.sampled_from("ab"), max_size=2),
        meddlers=st.booleans(),
    )
    def begins(self, payloads, chunk_size, echo, mode, before, meddlers):
        self.payloads, self.chunk_size, self.echo, self.mode = payloads, chunk_size, echo, mode
        self.meddlers = meddlers
        for payload in before:
            self.server = self.server.stranger(payload)
        self.baseline = digest(link.id for link in self.server.links)
        self.journal = Journal(self.path)
        rows = [
            PlannedRow(key=str(number), digest=b"", target=TARGET, recipient=Recipient(email=f"{payload}@example.org"))
            for number, payload in enumerate(payloads)
        ]
        self.journal.begin(RunRecord(id=RUN, mode=mode, settings={}), rows, {TARGET: self.baseline})
        self.starts()

    # the process

    def starts(self):
        """As `Run.prepare`."""
        rules = Rules(
            chunk_size=self.chunk_size,
            effect_within=D,
            listed_within=L,
            reconciles=self.mode is not Mode.AT_MOST_ONCE,
        )
        self.course = Course(TARGET, rules)
        self.course.links.update(link_id for _, link_id in self.journal.links(RowState.DONE))
        for rows in self.journal.sendable().values():
            self.course.plan(rows, {ordinal: at_most for ordinal, at_most in rows.items() if at_most})
        calls = self.journal.open_calls()
        if calls:
            self.journal.commit(self.course.recover(calls, self.now))

    def dies(self):
        self.journal.close()

    def is_next(self, kind):
        step = self.course.next_step(self.now)
        return step is kind if isinstance(kind, Step) else isinstance(step, kind)

    def ends_call(self, number, created, rest):
        ordinals = self.course.calls[number].ordinals
        links = {ordinals[place]: Link(id=f"{number}.{place}") for place in range(created)}
        self.journal.commit(self.course.answered(number, links, rest, self.now))

    @precondition(lambda self: self.is_next(Send))
    @rule(
        fates=st.lists(
            st.tuples(
                st.sampled_from(Fate), st.integers(0, 4), st.sampled_from([0, 0, 1, D + L]), st.integers(0, D - 1)
            ),
            min_size=2,
            max_size=6,
        )
    )
    def calls(self, fates):
        for fate in fates:
            if self.is_next(Send):
                self.call(*fate)

    def call(self, fate, share, slow_to_send, slow_to_end):
        """One call, from the intent to whatever ends it; `share` of its rows are made where that is left open."""
        number = self.journal.next_number()
        self.journal.commit(self.course.intend(number, marker(number)))
        ordinals = self.course.calls[number].ordinals
        share = min(share, len(ordinals) - (fate not in MAY_MAKE_ALL))
        self.time_passes(slow_to_send)
        if fate is Fate.KILLED_BEFORE:
            self.is_killed()
            return
        if fate is Fate.NOT_SENT:
            self.ends_call(number, 0, Rest.NOT_DONE)
            return
        self.server = self.server.accept(number, tuple(self.payloads[ordinal] for ordinal in ordinals), D)
        self.time_passes(slow_to_end)
        if fate in (Fate.LATE, Fate.KILLED_EARLY):  # the request is still on its way
            self.ends_call(number, 0, Rest.LOST) if fate is Fate.LATE else self.is_killed()
            return
        self.server = self.server.execute(number, len(ordinals) if fate is Fate.ANSWERED else share, self.echo)
        if fate is Fate.KILLED_LATE:
            self.is_killed()
        elif fate is Fate.LOST:
            self.ends_call(number, 0, Rest.LOST)
        elif fate is Fate.REFUSED:
            self.ends_call(number, 0, Rest.REFUSED if len(ordinals) == 1 else Rest.ANSWERED)
        else:
            self.ends_call(number, len(ordinals) if fate is Fate.ANSWERED else share, Rest.ANSWERED)

    @precondition(lambda self: self.is_next(Wait) or self.is_next(Step.LOOK))
    @rule(
        data=st.data(), late=st.lists(st.integers(0, D + L), max_size=3), is_whole=st.sampled_from([True] * 4 + [False])
    )
    def looks(self, data, late, is_whole):
        """Wait for as long as it takes, and look; meanwhile the server may carry out what is late."""
        for ticks in range(D + L + 1):
            if ticks in late and self.server.requests:
                self.server_is_late(data)
            if self.is_next(Step.LOOK):
                break
            self.time_passes(1)
        lists = [self.listed(data), self.listed(data)]
        if not is_whole and lists[0]:
            cut = data.draw(st.integers(0, len(lists[0]) - 1))
            lists[0] = lists[0][:cut] + lists[0][cut + 1 :]
            lists = data.draw(st.permutations(lists))
        self.sees(*lists)

    def listed(self, data):
        """What is old enough, and any part of what is younger."""
        return tuple(link for link in self.server.links if link.age >= L or data.draw(st.booleans()))

    def sees(self, first, second):
        calls = list(self.course.calls.values())
        echo = self.journal.run.echo
        sighting = look(
            calls,
            {ordinal: (self.payloads[ordinal],) for call in calls for ordinal in call.ordinals},
            (listed(first), listed(second)),
            own=self.course.links,
            run_mark=run_mark(RUN),
            echo=echo,
            baseline=self.baseline,
            unique=False,
        )
        self.journal.note_echo(sighting.echo)
        self.journal.commit(self.course.looked(sighting.found, sighting.verdict, sighting.unclear))
        return sighting.verdict

    @precondition(lambda self: self.course is not None and self.course.calls)
    @rule()
    def is_killed(self):
        self.dies()
        self.resumes()

    def resumes(self):
        self.journal = Journal(self.path)
        self.starts()

    # the world

    @rule(ticks=st.sampled_from([1, L, D]))
    def time_passes(self, ticks):
        for _ in range(ticks):
            self.now += 1
            self.server = self.server.tick(L, requests_end=True)

    @precondition(lambda self: self.server.requests)
    @rule(data=st.data())
    def server_is_late(self, data):
        request = data.draw(st.sampled_from(self.server.requests))
        count = data.draw(st.integers(1, len(request.payloads)))
        self.server = self.server.execute(request.call, count, self.echo)

    @precondition(lambda self: self.meddlers and self.server.sent and len(self.server.links) < MOST_LINKS)
    @rule(payload=st.sampled_from("ab"))
    def stranger_invites(self, payload):
        self.server = self.server.stranger(payload)

    @precondition(lambda self: self.meddlers and self.server.links and not self.deleted)
    @rule(data=st.data())
    def admin_deletes(self, data):
        link = data.draw(st.sampled_from(self.server.links))
        self.server = self.server.delete(link.id)
        self.deleted.append(link)

    @precondition(lambda self: any(self.journal.rows(RowState.UNKNOWN)))
    @rule(data=st.data())
    def person_resolves(self, data):
        """Somebody who sees what is really there settles a row, when the server has come to rest."""
        unknown = [row for row in self.journal.rows(RowState.UNKNOWN) if not self.server.request(row.call)]
        if not unknown:
            return
        row = data.draw(st.sampled_from(unknown))
        claimed = {link_id for _, link_id in self.journal.links(RowState.DONE)}
        own = [
            link.id
            for link in self.server.links
            if (link.call, link.payload) == (row.call, self.payloads[row.ordinal]) and link.id not in claimed
        ]
        self.dies()
        asyncio.run(resolve(self.path, row.key, link_id=own[0] if own else "", absent=not own))
        self.resumes()

    # what must hold

    @invariant()
    def nobody_twice_and_nobody_else(self):
        rows = list(self.journal.rows())
        own = {link.id: link for link in (*self.server.links, *self.deleted) if link.call}
        claimed = {row.ordinal: row.link.id for row in rows if row.state is RowState.DONE}
        living = Counter(link.payload for link in self.server.links if link.call)
        mailed = Counter(link.payload for link in own.values())
        gone = Counter(link.payload for link in self.deleted if link.call)
        for payload, wanted in Counter(self.payloads).items():
            assert living[payload] <= wanted, "I1"
            assert mailed[payload] <= wanted + gone[payload], "I9"
        assert set(claimed.values()) <= own.keys(), "I2, I4"
        assert len(set(claimed.values())) == len(claimed), "I3"
        assert self.done.items() <= claimed.items(), "I6"
        assert len(set(self.server.sent)) == len(self.server.sent), "I7"
        assert all(own[link_id].payload == self.payloads[ordinal] for ordinal, link_id in claimed.items())
        self.done = claimed

    def teardown(self):
        with self.opened:
            self.ends_well()
            self.dies()

    def ends_well(self):
        """Let nothing more go wrong: the run must end, with a true word about every row."""
        looks = 0
        for _ in range(NOTHING_WRONG_STEPS):
            step = self.course.next_step(self.now)
            if step is Step.FINISHED or looks == 3:
                break
            if isinstance(step, Send):
                self.call(Fate.ANSWERED, 0, 0, 0)
            elif isinstance(step, Wait):
                self.time_passes(1)
            else:
                looks = looks + 1 if self.sees(self.server.links, self.server.links) is Verdict.OPEN else 0
                self.time_passes(L)
        else:
            raise AssertionError("I8: the run does not end")
        self.nobody_twice_and_nobody_else()
        self.every_row_has_a_true_end()

    def every_row_has_a_true_end(self):
        rows = list(self.journal.rows())
        own = Counter(link.payload for link in (*self.server.links, *self.deleted) if link.call)
        gone = Counter(link.payload for link in self.deleted if link.call)
        states = Counter((self.payloads[row.ordinal], row.state) for row in rows)
        for payload in set(self.payloads):
            done = states[payload, RowState.DONE]
            doubtful = sum(states[payload, state] for state in OPEN_STATES)
            assert done <= own[payload] <= done + doubtful + gone[payload], "I5, I10"
        planned = {row.ordinal for row in rows if row.state is RowState.PLANNED}
        assert planned <= set(self.course.given_up), "I10"
        assert asyncio.run(self.audited()) is None

    async def audited(self):
        async def do(work, *args):
            return work(*args)

        async def invitations(_target):
            return listed(self.server.links)

        there = SimpleNamespace(invitations=invitations, effect_within=D)
        thread = SimpleNamespace(journal=self.journal, do=do)
        return await audit(there, thread, self.journal.run)


TestRunAtRandom = RunAtRandom.TestCase
TestRunAtRandom.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
