"""A server of invitations, a journal and the rules of a run, as plain values: to be explored state by state.

Named tuples, because explored states are compared and hashed by the hundred thousand. Times count from now, so that
equal situations at different times are one state.
"""

from collections import Counter
from itertools import combinations
from typing import NamedTuple

from alfaview_async.bulk.journal import _MAY_BECOME
from alfaview_async.bulk.marks import run_mark
from alfaview_async.bulk.sighting import Listed
from alfaview_async.bulk.states import CallState, CreateCall, Echo, Link, RowState

RUN = "5ca1ab1e" * 4
TARGET = "room"
OPEN_STATES = (RowState.UNKNOWN, RowState.IN_FLIGHT)
ECHOES = {"kept": lambda mark: mark, "dropped": lambda _: "", "shortened": lambda mark: mark[:50]}


def marker(number):
    """The mark of a call: as long as real ones, but the same in every exploration."""
    return f"{run_mark(RUN)}{number}:{number:024x}"


class Made(NamedTuple):
    """An invitation on the server; `call` is 0 for a stranger's."""

    id: str
    payload: str
    marker: str
    age: int
    call: int


class Request(NamedTuple):
    """Sent, and not carried out so far; `left` ticks remain in which it may be. `first` is its first row's place."""

    call: int
    payloads: tuple[str, ...]
    left: int
    first: int = 0


class Server(NamedTuple):
    """What is true outside, whatever the driver knows."""

    links: tuple[Made, ...] = ()
    requests: tuple[Request, ...] = ()
    sent: tuple[int, ...] = ()

    def accept(self, call, payloads, effect_within):
        return self._replace(requests=(*self.requests, Request(call, payloads, effect_within)), sent=(*self.sent, call))

    def request(self, call):
        return next((request for request in self.requests if request.call == call), None)

    def drop(self, call):
        return self._replace(requests=tuple(request for request in self.requests if request.call != call))

    def execute(self, call, count, echo, *, keeps_rest=False):
        """Carry out the first `count` rows of a request; the rest of it never happens, or later."""
        kept, request = ECHOES[echo](marker(call)), self.request(call)
        made = tuple(
            Made(f"{call}.{request.first + place}", payload, kept, 0, call)
            for place, payload in enumerate(request.payloads[:count])
        )
        rest = request._replace(payloads=request.payloads[count:], first=request.first + count)
        others = self.drop(call).requests
        return self._replace(links=self.links + made, requests=(*others, rest) if keeps_rest else others)

    def stranger(self, payload):
        number = sum(not link.call for link in self.links)
        return self._replace(links=(*self.links, Made(f"stranger{number}", payload, "", 0, 0)))

    def delete(self, link_id):
        return self._replace(links=tuple(link for link in self.links if link.id != link_id))

    def tick(self, listed_within, *, requests_end):
        links = tuple(link._replace(age=min(link.age + 1, listed_within)) for link in self.links)
        requests = self.requests
        if requests_end:
            requests = tuple(request._replace(left=request.left - 1) for request in requests if request.left > 1)
        return self._replace(links=links, requests=requests)

    def lists(self, listed_within):
        """Yield all that a list may show: what is old enough, and any part of what is younger."""
        young = [link for link in self.links if link.age < listed_within]
        for count in range(len(young) + 1):
            for shown in combinations(young, count):
                yield tuple(link for link in self.links if link.age >= listed_within or link in shown)


class Row(NamedTuple):
    """A row as the journal has it."""

    state: RowState = RowState.PLANNED
    call: int = 0
    link: str = ""
    at_most: int = 0


class Notes(NamedTuple):
    """What the journal holds."""

    rows: tuple[Row, ...]
    calls: tuple[CreateCall, ...] = ()
    latest: int = 0
    echo: Echo = Echo.UNSEEN

    def after(self, change):
        """Write a change down, by the same table of what may follow what as the journal."""
        rows = list(self.rows)
        for ordinal, new in change.rows.items():
            old = rows[ordinal]
            if old.state not in _MAY_BECOME[new.state]:
                raise ImpossibleChangeError(f"{old.state} cannot become {new.state}")
            link = change.links[ordinal].id if ordinal in change.links else old.link
            rows[ordinal] = Row(new.state, new.call, link, new.at_most)
        calls = {call.number: call for call in self.calls} | {call.number: call for call in change.calls}
        unsettled = tuple(call for _, call in sorted(calls.items()) if call.state is not CallState.SETTLED)
        return self._replace(rows=tuple(rows), calls=unsettled, latest=max([self.latest, *calls]))

    def open_calls(self):
        """The calls that are not settled, with the rows that are in flight for them: as a new process finds them."""
        return [
            CreateCall(
                number=call.number,
                target=call.target,
                marker=call.marker,
                state=call.state,
                ordinals=tuple(
                    ordinal
                    for ordinal, row in enumerate(self.rows)
                    if row.state is RowState.IN_FLIGHT and row.call == call.number
                ),
            )
            for call in self.calls
        ]


class ImpossibleChangeError(Exception):
    """The journal refuses a change."""


def listed(links):
    """What the destination makes of a list."""
    return [
        Listed(link=Link(id=link.id), identity=link.payload, likeness=(link.payload,), marker=link.marker)
        for link in links
    ]


def broken(payloads, notes, server):
    """Return the invariants that do not hold, of those that hold at any moment."""
    made = Counter(link.payload for link in server.links if link.call)
    claimed = [row.link for row in notes.rows if row.state is RowState.DONE]
    by_id = {link.id: link for link in server.links}
    wanted = Counter(payloads)
    found = set()
    if any(count > wanted[payload] for payload, count in made.items()):
        found |= {"I1", "I9"}  # each creation mails its guest
    if any(link not in by_id for link in claimed):
        found.add("I2")
    if len(set(claimed)) < len(claimed):
        found.add("I3")
    if any(link in by_id and not by_id[link].call for link in claimed):
        found.add("I4")
    if len(set(server.sent)) < len(server.sent):
        found.add("I7")
    return found


def broken_at_the_end(payloads, notes, server, given_up):
    """Return the invariants of a run that has ended which do not hold."""
    found = set()
    own = {link.id for link in server.links if link.call}
    claimed = {row.link for row in notes.rows if row.state is RowState.DONE}
    if all(row.state not in OPEN_STATES for row in notes.rows) and own != claimed:
        found.add("I5")
    for payload in set(payloads):
        states = [row.state for row, other in zip(notes.rows, payloads, strict=True) if other == payload]
        made = sum(link.payload == payload and link.call > 0 for link in server.links)
        done = states.count(RowState.DONE)
        if not done <= made <= done + sum(state in OPEN_STATES for state in states):
            found.add("I10")  # a row that is said to have nothing has something, or the other way round
    if any(row.state is RowState.PLANNED and ordinal not in given_up for ordinal, row in enumerate(notes.rows)):
        found.add("I10")  # a row was forgotten
    return found
