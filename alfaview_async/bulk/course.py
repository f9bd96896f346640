"""The rows of one room or meeting on their way, as a state machine without clock, network and disk.

It says what to do next, and turns what came of it into changes. Whoever drives it writes a change down before acting
on it: so a process that dies at any point leaves enough behind for the next one not to send a row twice.

A row goes back to be sent only by a proof of absence: the call was not sent, or it can have no effect any more and its
invitations are not there. The proof needs a bound: that a request has its effect within `effect_within` seconds after
its last byte has left, or never, and that a list shows it `listed_within` seconds later.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from itertools import islice

from attrs import evolve, frozen

from alfaview_async.bulk.states import CallState, Change, CreateCall, Link, RowChange, RowState

_SENT_IN_VAIN = 3
"""So often is a row sent in one run, if nothing was made each time and the answer says nothing about the row."""


@frozen(kw_only=True)
class Rules:
    """By what a course goes.

    Attributes:
        chunk_size: Rows in one call.
        effect_within: Seconds after which a request that was sent has had its effect, or never will.
        listed_within: Seconds after its effect in which a list shows it.
        reconciles: Whether doubts are settled by looking; else what is in doubt stays unknown.
    """

    chunk_size: int
    effect_within: float
    listed_within: float
    reconciles: bool = True


@frozen
class Send:
    """Send these rows, after `Course.intend`."""

    ordinals: tuple[int, ...]


@frozen
class Wait:
    """Look when this time has come, by the clock that is given to `next_step`."""

    until: float


class Step(Enum):
    """What else can be next."""

    LOOK = "look"
    """List the target, and find what the calls in doubt have left there."""
    FINISHED = "finished"
    """Nothing is left to do."""


class Rest(StrEnum):
    """What an answer proves about the rows for which it names no invitation."""

    NOT_DONE = "not done"
    """Nothing was made, for a reason that does not lie in the rows."""
    REFUSED = "refused"
    """Nothing was made, for a reason that lies in the row, which was alone in its call."""
    ANSWERED = "answered"
    """Nothing; but the server is done with the call."""
    LOST = "lost"
    """Nothing; and the call may still be carried out."""


class Verdict(StrEnum):
    """What a look proves about the rows that it did not find."""

    ABSENT = "absent"
    """They were not made, and will not be."""
    HOPELESS = "hopeless"
    """Nothing, now or later."""
    OPEN = "open"
    """Nothing yet: look again another time."""


class Course:
    """The rows of one target.

    Args:
        target: Id of the room or meeting.
        rules: By what it goes.
    """

    def __init__(self, target: str, rules: Rules) -> None:
        self.target = target
        self.links: set[str] = set()
        """Ids of the invitations that this run has made here."""
        self.calls: dict[int, CreateCall] = {}
        """The calls that are not settled."""
        self.given_up: list[int] = []
        """Rows that were sent in vain too often; the next run may try again."""
        self._rules = rules
        self._chunk_size = rules.chunk_size
        self._planned: deque[int] = deque()
        self._at_most: dict[int, int] = {}
        self._lost: dict[int, int] = {}
        self._quiet_at: dict[int, float] = {}

    def plan(self, ordinals: Iterable[int], at_most: Mapping[int, int] | None = None) -> None:
        """Take over rows that may be sent."""
        self._planned.extend(ordinals)
        self._at_most.update(at_most or {})

    def recover(self, calls: Sequence[CreateCall], now: float) -> Change:
        """Take over the calls that an earlier process has left unsettled.

        Their time counts from now, not from when they were written down: their process may have been slow in between.
        """
        taken = [
            evolve(call, state=CallState.LOST if call.state is CallState.INTENDED else call.state) for call in calls
        ]
        doubts = [self._doubt(call, now) for call in taken]
        return _together(doubts)

    @property
    def planned(self) -> Sequence[int]:
        """The rows that may be sent, in order."""
        return self._planned

    @property
    def quiet_at(self) -> float:
        """When no call in doubt can have an effect any more that a list does not show."""
        return max(self._quiet_at.values(), default=0.0)

    def next_step(self, now: float) -> Send | Wait | Step:
        """Say what to do next: first all is sent, then what is in doubt is looked for, all at once."""
        if self._planned:
            return Send(self._chunk())
        if not self.calls:
            return Step.FINISHED
        return Step.LOOK if now >= self.quiet_at else Wait(self.quiet_at)

    def intend(self, number: int, marker: str) -> Change:
        """Begin the next call; to be written down before a byte is sent."""
        ordinals = self._chunk()
        for _ in ordinals:
            self._planned.popleft()
        call = CreateCall(number=number, target=self.target, marker=marker, state=CallState.INTENDED, ordinals=ordinals)
        self.calls[number], self._quiet_at[number] = call, float("inf")
        return Change(calls=[call], rows=self._all(ordinals, RowState.IN_FLIGHT, number))

    def answered(self, number: int, created: Mapping[int, Link], rest: Rest, now: float, reason: str = "") -> Change:
        """Take in what came of a call.

        Args:
            number: Of the call.
            created: Ordinal -> invitation, for the rows that are known to have one.
            rest: What is known of the others.
            now: When the call ended.
            reason: Of a refusal.
        """
        call = self.calls[number]
        rows = self._done(number, created)
        others = tuple(ordinal for ordinal in call.ordinals if ordinal not in created)
        call = evolve(call, ordinals=others)
        if rest is Rest.NOT_DONE:
            self._planned.extendleft(reversed(others))
            rows |= self._all(others, RowState.PLANNED, number)
        elif rest is Rest.REFUSED and len(others) == 1:
            rows[others[0]] = RowChange(state=RowState.REFUSED, call=number, reason=reason)
        elif others:
            doubt = CallState.LOST if rest is Rest.LOST else CallState.ANSWERED
            change = self._doubt(evolve(call, state=doubt), now, reason)
            return evolve(change, rows=rows | dict(change.rows), links=created)
        return Change(calls=[self._settled(call)], rows=rows, links=created)

    def shrink(self, rows: int) -> None:
        """Note that calls with so many rows are too large."""
        self._chunk_size = max(1, min(self._chunk_size, rows // 2))

    def looked(self, found: Mapping[int, Link], verdict: Verdict, unclear: Iterable[int] = ()) -> Change:
        """Take in what a look has found of the calls in doubt.

        Args:
            found: Ordinal -> invitation, by the marker of the row's call.
            verdict: What it proves about the others.
            unclear: Numbers of calls that left invitations which are not those of any row: their rows stay unknown.
        """
        unclear = set(unclear)
        return _together([self._looked(call, found, verdict, unclear) for call in list(self.calls.values())])

    def _looked(self, call: CreateCall, found: Mapping[int, Link], verdict: Verdict, unclear: set[int]) -> Change:
        mine = {ordinal: found[ordinal] for ordinal in call.ordinals if ordinal in found}
        rows = self._done(call.number, mine)
        call = evolve(call, ordinals=tuple(ordinal for ordinal in call.ordinals if ordinal not in mine))
        if verdict is Verdict.HOPELESS or call.number in unclear:
            rows |= dict.fromkeys(call.ordinals, RowChange(state=RowState.UNKNOWN, call=call.number))
        elif verdict is Verdict.ABSENT:
            rows |= self._absent(call)
        elif call.ordinals:
            self.calls[call.number] = call
            return Change(calls=[call], rows=rows, links=mine)
        return Change(calls=[self._settled(call)], rows=rows, links=mine)

    def _absent(self, call: CreateCall) -> dict[int, RowChange]:
        """Let rows be sent again; after a refusal by halves, until the row that it is about stands alone."""
        for ordinal in call.ordinals:
            if call.state is CallState.ANSWERED:
                self._at_most[ordinal] = max(1, len(call.ordinals) // 2)
            if call.state is CallState.LOST or len(call.ordinals) == 1:  # halves come to an end, single rows would not
                self._lost[ordinal] = self._lost.get(ordinal, 0) + 1
        again = [ordinal for ordinal in call.ordinals if self._lost.get(ordinal, 0) < _SENT_IN_VAIN]
        self.given_up += [ordinal for ordinal in call.ordinals if ordinal not in again]
        self._planned.extend(again)
        return self._all(call.ordinals, RowState.PLANNED, call.number)

    def _doubt(self, call: CreateCall, now: float, reason: str = "") -> Change:
        if not self._rules.reconciles:
            unknown = RowChange(state=RowState.UNKNOWN, call=call.number, reason=reason)
            return Change(calls=[self._settled(call)], rows=dict.fromkeys(call.ordinals, unknown))
        working = self._rules.effect_within if call.state is CallState.LOST else 0.0
        self.calls[call.number], self._quiet_at[call.number] = call, now + working + self._rules.listed_within
        return Change(calls=[call])

    def _done(self, number: int, links: Mapping[int, Link]) -> dict[int, RowChange]:
        self.links.update(link.id for link in links.values())
        return dict.fromkeys(links, RowChange(state=RowState.DONE, call=number))

    def _settled(self, call: CreateCall) -> CreateCall:
        self.calls.pop(call.number, None)
        self._quiet_at.pop(call.number, None)
        return evolve(call, state=CallState.SETTLED, ordinals=())

    def _all(self, ordinals: Sequence[int], state: RowState, number: int) -> dict[int, RowChange]:
        """Make rows alike but for the largest call that each may travel in."""
        rows = dict.fromkeys(ordinals, RowChange(state=state, call=number))
        return rows | {
            ordinal: RowChange(state=state, call=number, at_most=self._at_most[ordinal])
            for ordinal in rows.keys() & self._at_most.keys()
        }

    def _chunk(self) -> tuple[int, ...]:
        if not self._at_most:
            return tuple(islice(self._planned, self._chunk_size))
        chunk: list[int] = []
        limit = self._chunk_size
        for ordinal in self._planned:
            limit = min(limit, self._at_most.get(ordinal, limit))
            if len(chunk) >= limit:
                break
            chunk.append(ordinal)
        return tuple(chunk)


def _together(changes: Iterable[Change]) -> Change:
    calls: list[CreateCall] = []
    rows: dict[int, RowChange] = {}
    links: dict[int, Link] = {}
    for change in changes:
        calls += change.calls
        rows |= change.rows
        links |= change.links
    return Change(calls=calls, rows=rows, links=links)
