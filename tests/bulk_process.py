"""A process that drives a run, one step at a time, as `Run` does: with the real `Course` and the real `look`."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from attrs import frozen
from bulk_model import RUN, TARGET, Notes, Server, listed, marker

from alfaview_async.bulk.course import Course, Rest, Rules, Send, Step, Verdict, Wait
from alfaview_async.bulk.marks import run_mark
from alfaview_async.bulk.sighting import digest, look
from alfaview_async.bulk.states import Change, Link, RowState


@frozen(kw_only=True)
class World:
    """What is explored: times in ticks, the rest in numbers of events.

    Attributes:
        payloads: What is sent for each row; equal rows have equal ones.
        stranger: Payload of an invitation that somebody else makes at some time.
        echo: What the server does to marks: kept, dropped, shortened.
        lags: Lists may leave out what is younger than `listed_within`.
        truncates: One list of a look may leave out any invitation, for a fault.
        requests_end: Requests that were not carried out within `effect_within` never are.
        queues: An answer that names a part of the rows leaves the others to be made later.
        after_part: What such an answer is taken to prove about them.
        peers: Processes that may work on the journal at the same time: 2 where a lease takes the place of the lock.
        writes_ahead: Intents are written down.
        waits_from_intent: After a crash the wait counts from when the intent was written down.
        course: What drives.
        sight: What looks.
    """

    payloads: tuple[str, ...]
    chunk_size: int = 50
    effect_within: int = 2
    listed_within: int = 1
    crashes: int = 2
    faults: int = 2
    stranger: str = ""
    echo: str = "kept"
    lags: bool = True
    truncates: bool = False
    requests_end: bool = True
    queues: bool = False
    after_part: Rest = Rest.ANSWERED
    peers: int = 1
    reconciles: bool = True
    rules: tuple[float, float] | None = None
    writes_ahead: bool = True
    waits_from_intent: bool = False
    course: type[Course] = Course
    sight: Callable = look

    def new_course(self):
        effect_within, listed_within = self.rules or (self.effect_within, self.listed_within)
        return self.course(
            TARGET,
            Rules(
                chunk_size=self.chunk_size,
                effect_within=effect_within,
                listed_within=listed_within,
                reconciles=self.reconciles,
            ),
        )


class Driver:
    """A living process: its course and what it is about to do. Never changed after it was made."""

    __slots__ = ("_hash", "course", "key", "phase", "unwritten")

    def __init__(self, course, phase, unwritten=None):
        self.course, self.phase, self.unwritten = course, phase, unwritten
        self.key = (phase, _frozen(course), unwritten is None)
        self._hash = hash(self.key)

    def __eq__(self, other):
        return self.key == other.key

    def __hash__(self):
        return self._hash

    def doing(self, phase, unwritten=None):
        return Driver(self.course, phase, unwritten)

    def copied(self):
        """Copy the course, to let the copy act."""
        course = object.__new__(type(self.course))
        vars(course).update(
            {name: value.copy() if type(value) in _AS_KEY else value for name, value in vars(self.course).items()}
        )
        return course

    def waits(self):
        return 0 < self.course.quiet_at < float("inf")

    def later(self):
        if not self.course._quiet_at:
            return self
        course = self.copied()
        course._quiet_at = {number: max(0.0, at - 1) for number, at in course._quiet_at.items()}
        return Driver(course, self.phase, self.unwritten)


_AS_KEY = {dict: lambda held: frozenset(held.items()), set: frozenset, list: tuple, deque: tuple}
"""What changes in a course, and what stands for it in the key of a situation."""


def _frozen(course):
    return tuple(
        _AS_KEY[type(value)](value) if type(value) in _AS_KEY else value
        for value in vars(course).values()
        if type(value) is not Rules
    )


class State(NamedTuple):
    """A situation."""

    server: Server
    notes: Notes
    drivers: tuple[Driver, ...]
    crashes: int
    faults: int
    strangers: int
    intended_at: tuple[tuple[int, int], ...] = ()


class Edge(NamedTuple):
    """How one situation became another: in words, and what was written down."""

    what: str
    change: Change | None = None


def started(world, state):
    """Begin a process as `Run.prepare` does."""
    course = world.new_course()
    course.links |= {row.link for row in state.notes.rows if row.state is RowState.DONE}
    for ordinal, row in enumerate(state.notes.rows):
        if row.state is RowState.PLANNED:
            course.plan([ordinal], {ordinal: row.at_most} if row.at_most else None)
    if world.waits_from_intent:
        for call in state.notes.open_calls():
            course.recover([call], dict(state.intended_at)[call.number])
        change = Change()
    else:
        change = course.recover(state.notes.open_calls(), 0.0)
    notes = state.notes.after(change)
    return Edge("a process starts", change), state._replace(notes=notes, drivers=(Driver(course, ("idle",)),))


def steps(world, state, driver):
    """Yield what the process may do next, as `Run` does it."""
    kind, *about = driver.phase
    if kind == "idle":
        yield from _next(world, state, driver)
    elif kind == "intended":
        yield from _sending(world, state, driver, *about)
    elif kind == "awaiting":
        yield from _awaiting(world, state, driver, *about)
    elif kind == "answered":
        yield _noting_the_answer(state, driver, *about)
    elif kind == "listed":
        yield from _looking_again(world, state, driver, *about)
    elif kind == "sighted":
        yield _noting_the_look(state, driver, *about)
    elif kind == "open":
        yield Edge("looks again"), state, driver.doing(("idle",))
        yield Edge("gives up looking"), state, driver.doing(("ended",))


def _next(world, state, driver):
    course = driver.copied()
    step = course.next_step(0.0)
    if isinstance(step, Send):
        number = state.notes.latest + 1
        intent = course.intend(number, marker(number))
        if world.writes_ahead:
            after = state._replace(notes=state.notes.after(intent))
            if world.waits_from_intent:
                after = after._replace(intended_at=(*state.intended_at, (number, 0)))
            yield Edge(f"intends call {number}", intent), after, _at(course, "intended", number)
        else:
            yield Edge(f"intends call {number}"), state, Driver(course, ("intended", number), intent)
    elif step is Step.LOOK:
        for shown, faults in _lists(world, state):
            ids = frozenset(link.id for link in shown)
            after = state._replace(faults=state.faults - faults)
            yield Edge(f"lists {sorted(ids)}"), after, driver.doing(("listed", ids, faults))
    elif step is Step.FINISHED:
        yield Edge("ends"), state, driver.doing(("ended",))
    else:
        assert isinstance(step, Wait)
        assert step.until > 0


def _at(course, *phase):
    return Driver(course, phase)


def _sending(world, state, driver, number):
    payloads = tuple(world.payloads[ordinal] for ordinal in driver.course.calls[number].ordinals)
    server = state.server.accept(number, payloads, world.effect_within)
    yield (
        Edge(f"sends call {number}"),
        state._replace(server=server),
        driver.doing(("awaiting", number), driver.unwritten),
    )
    if state.faults:
        yield _fails(state, driver, "is not sent", number, state.server, (), Rest.NOT_DONE)


def _awaiting(world, state, driver, number):
    rows = len(driver.course.calls[number].ordinals)
    done = state.server.execute(number, rows, world.echo)
    created = tuple((place, f"{number}.{place}") for place in range(rows))
    answer = ("answered", number, created, Rest.ANSWERED)
    yield Edge("is answered"), state._replace(server=done), driver.doing(answer, driver.unwritten)
    if not state.faults:
        return
    yield _fails(state, driver, "gives up", number, state.server, (), Rest.LOST)
    for count in range(rows + 1):
        server = state.server.execute(number, count, world.echo)
        yield _fails(state, driver, f"makes {count}, the answer is lost", number, server, (), Rest.LOST)
        if count < rows:
            refusal = Rest.REFUSED if rows == 1 else Rest.ANSWERED
            yield _fails(state, driver, f"makes {count}, and refuses", number, server, (), refusal)
            named = tuple((place, f"{number}.{place}") for place in range(count))
            if world.queues:
                server = state.server.execute(number, count, world.echo, keeps_rest=True)
            yield _fails(state, driver, f"makes {count}, and names them", number, server, named, world.after_part)


def _fails(state, driver, what, number, server, created, rest):
    after = state._replace(server=server, faults=state.faults - 1)
    answer = ("answered", number, created, rest)
    return Edge(f"call {number} {what}"), after, driver.doing(answer, driver.unwritten)


def _noting_the_answer(state, driver, number, created, rest):
    course = driver.copied()
    ordinals = course.calls[number].ordinals
    links = {ordinals[place]: Link(id=link_id) for place, link_id in created}
    change = course.answered(number, links, rest, 0.0)
    notes = state.notes
    if driver.unwritten is not None:
        notes = notes.after(driver.unwritten)
    notes = notes.after(change)
    return Edge(f"notes what came of call {number}", change), state._replace(notes=notes), _at(course, "idle")


def _lists(world, state):
    if not world.lags:
        yield state.server.links, 0
    else:
        for shown in state.server.lists(world.listed_within):
            yield shown, 0
    if world.truncates and state.faults:
        for cut in range(len(state.server.links)):
            yield state.server.links[:cut] + state.server.links[cut + 1 :], 1


def _looking_again(world, state, driver, first, truncated):
    course = driver.course
    calls = list(course.calls.values())
    likeness = {ordinal: (world.payloads[ordinal],) for call in calls for ordinal in call.ordinals}
    for shown, faults in _lists(world, state):
        if faults and truncated:
            continue  # two lists that lack the same are beyond what can be told
        sighting = world.sight(
            calls,
            likeness,
            (listed([link for link in state.server.links if link.id in first]), listed(shown)),
            own=set(course.links),
            run_mark=run_mark(RUN),
            echo=state.notes.echo,
            baseline=digest([]),
            unique=False,
        )
        seen = tuple(sorted(sighting.found.items())), sighting.verdict, sighting.unclear
        after = state._replace(notes=state.notes._replace(echo=sighting.echo), faults=state.faults - faults)
        yield Edge(f"lists {[link.id for link in shown]}: {sighting.verdict}"), after, driver.doing(("sighted", *seen))


def _noting_the_look(state, driver, found, verdict, unclear):
    course = driver.copied()
    change = course.looked(dict(found), verdict, unclear)
    phase = "open" if verdict is Verdict.OPEN and course.calls else "idle"
    return Edge("notes what it saw", change), state._replace(notes=state.notes.after(change)), _at(course, phase)
