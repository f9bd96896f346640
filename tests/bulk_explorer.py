"""Explores every situation that a run, its server and its misfortunes can come to, breadth first.

Between any two steps of the process time may pass, a request may be carried out, the process may die.
"""

import gc
from collections import deque
from contextlib import contextmanager

from attrs import field, frozen
from bulk_model import ImpossibleChangeError, Notes, Row, Server, broken, broken_at_the_end
from bulk_process import Edge, State, started, steps

from alfaview_async.bulk.states import Change, RowState

LONG_AGO = 9
"""Ticks after which nothing depends on how many more there were."""


@frozen(kw_only=True)
class Report:
    """What an exploration has found.

    Attributes:
        states: How many situations there are.
        broken: Invariant -> the shortest way to break it.
        ends: Situations in which a run has ended, each with the changes that were written down on the way there.
        calls: The most calls of any run.
    """

    states: int
    broken: dict[str, list[str]]
    ends: list[tuple[State, list[Change]]] = field(repr=False)
    calls: int


def explore(world, *, until=""):
    """Visit everything that can happen in a world; with `until` only up to where that invariant is broken."""
    with _nothing_to_collect():
        return _explored(world, until)


@contextmanager
def _nothing_to_collect():
    """All situations are kept to the end, and looking through them for garbage takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _explored(world, until):
    start = State(
        Server(), Notes((Row(),) * len(world.payloads)), (), world.crashes, world.faults, int(bool(world.stranger))
    )
    ways: dict[State, tuple[State, Edge] | None] = {start: None}
    before: dict[State, list[State]] = {}
    broken_by: dict[str, list[str]] = {}
    waiting, ends = deque([start]), []
    while waiting:
        state = waiting.popleft()
        found = _judged(world, state)
        moves = list(_moves(world, state))
        if any(_is_lost_link(state, after) for _, after in moves):
            found.add("I6")
        for name in found - broken_by.keys():
            broken_by[name] = [edge.what for edge in _way(ways, state)]
        if until in found:
            break
        if _has_ended(state):
            ends.append(state)
        for edge, after in moves:
            if not until:
                before.setdefault(after, []).append(state)
            if after not in ways:
                ways[after] = (state, edge)
                waiting.append(after)
    if not until and _can_end(ends, before) != ways.keys():
        broken_by["I8"] = ["some situation leads to no end"]
    changes = [(state, [edge.change for edge in _way(ways, state) if edge.change]) for state in ends]
    return Report(
        states=len(ways), broken=broken_by, ends=changes, calls=max((state.notes.latest for state in ways), default=0)
    )


def _judged(world, state):
    found = broken(world.payloads, state.notes, state.server)
    for driver in state.drivers:
        if driver.phase[0] == "ended":
            found |= broken_at_the_end(world.payloads, state.notes, state.server, driver.course.given_up)
    return found


def _has_ended(state):
    return any(driver.phase[0] == "ended" for driver in state.drivers)


def _is_lost_link(state, after):
    return any(
        old.state is RowState.DONE and (new.state, new.link) != (old.state, old.link)
        for old, new in zip(state.notes.rows, after.notes.rows, strict=True)
    )


def _way(ways, state):
    way = []
    while ways[state] is not None:
        state, edge = ways[state]
        way.append(edge)
    return way[::-1]


def _can_end(ends, before):
    seen, waiting = set(ends), list(ends)
    while waiting:
        for state in before.get(waiting.pop(), ()):
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return seen


def _moves(world, state):
    """Yield all that can happen next."""
    yield from _time_passes(world, state)
    yield from _requests_are_carried_out(world, state)
    if state.strangers:
        yield (
            Edge("a stranger makes an equal invitation"),
            state._replace(server=state.server.stranger(world.stranger), strangers=state.strangers - 1),
        )
    for place, driver in enumerate(state.drivers):
        others = state.drivers[:place], state.drivers[place + 1 :]
        try:
            for edge, after, acted in steps(world, state, driver):
                yield edge, after._replace(drivers=(*others[0], acted, *others[1]))
        except ImpossibleChangeError as error:
            yield Edge(f"the process dies: {error}"), state._replace(drivers=others[0] + others[1])
        if state.crashes:
            yield (
                Edge("the process is killed"),
                state._replace(drivers=others[0] + others[1], crashes=state.crashes - 1),
            )
    if not state.drivers:
        yield started(world, state)
    elif len(state.drivers) < world.peers and state.crashes:
        edge, after = started(world, state._replace(crashes=state.crashes - 1))
        yield edge, after._replace(drivers=(*state.drivers, *after.drivers))


def _time_passes(world, state):
    if any(request.left == 1 and request.call in _awaited(state) for request in state.server.requests):
        return  # a server that never answers is a fault: the process gives up first
    after = state._replace(
        server=state.server.tick(world.listed_within, requests_end=world.requests_end),
        intended_at=tuple((number, max(at - 1, -LONG_AGO)) for number, at in state.intended_at),
    )
    if after != state or any(driver.waits() for driver in state.drivers):
        yield Edge("time passes"), after._replace(drivers=tuple(driver.later() for driver in state.drivers))


def _requests_are_carried_out(world, state):
    """Those that nobody waits for any more; those that are waited for are carried out when their answer comes."""
    awaited = _awaited(state)
    for request in state.server.requests:
        for count in range(1, len(request.payloads) + 1) if request.call not in awaited else ():
            yield (
                Edge(f"the server carries out {count} rows of call {request.call} late"),
                state._replace(server=state.server.execute(request.call, count, world.echo)),
            )


def _awaited(state):
    return {driver.phase[1] for driver in state.drivers if driver.phase[0] == "awaiting"}
