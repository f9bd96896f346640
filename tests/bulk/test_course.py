import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.bulk.course import Course, Rest, Rules, Send, Step, Verdict, Wait
from alfaview_async.bulk.states import CallState, CreateCall, Link, RowState

D, L = 180.0, 10.0


def a_course(rows, chunk_size=50, *, reconciles=True):
    course = Course("room", Rules(chunk_size=chunk_size, effect_within=D, listed_within=L, reconciles=reconciles))
    course.plan(range(rows))
    return course


def links(ordinals):
    return {ordinal: Link(id=f"link-{ordinal}") for ordinal in ordinals}


def send(course, number):
    """Begin a call, and return its rows."""
    (call,) = course.intend(number, f"mark-{number}").calls
    return call.ordinals


def states(change):
    return {ordinal: row.state for ordinal, row in change.rows.items()}


def test_an_intent_is_written_for_the_rows_that_next_step_named():
    """The first rows, no more than a call may have, in flight for this very call."""
    course = a_course(7, chunk_size=3)
    assert course.next_step(0.0) == Send((0, 1, 2))
    change = course.intend(1, "mark")
    (call,) = change.calls
    assert (call.number, call.marker, call.state, call.ordinals) == (1, "mark", CallState.INTENDED, (0, 1, 2))
    assert {ordinal: (row.state, row.call) for ordinal, row in change.rows.items()} == dict.fromkeys(
        (0, 1, 2), (RowState.IN_FLIGHT, 1)
    )
    assert course.next_step(0.0) == Send((3, 4, 5))


def test_an_answer_for_all_rows_settles_the_call():
    """Each row has its link, and nothing is left to do."""
    course = a_course(2)
    change = course.answered(1, links(send(course, 1)), Rest.ANSWERED, 5.0)
    assert states(change) == dict.fromkeys((0, 1), RowState.DONE)
    assert [call.state for call in change.calls] == [CallState.SETTLED]
    assert course.links == {"link-0", "link-1"}
    assert course.next_step(5.0) is Step.FINISHED


@pytest.mark.parametrize(("rest", "seconds"), [(Rest.LOST, D + L), (Rest.ANSWERED, L)])
def test_doubt_is_looked_into_when_nothing_can_change_any_more(rest, seconds):
    """A lost call may still be carried out; one that was answered can only be listed late."""
    course = a_course(2)
    send(course, 1)
    assert states(course.answered(1, {}, rest, 1000.0)) == {}
    assert course.next_step(1000.0) == Wait(1000.0 + seconds)
    assert course.next_step(1000.0 + seconds) is Step.LOOK


def test_nobody_looks_while_a_call_is_under_way():
    """What it will do is not known, whatever the clock says."""
    course = a_course(1)
    send(course, 1)
    assert course.next_step(1e9) == Wait(float("inf"))


def test_doubt_is_looked_into_after_all_else_was_sent():
    """One look for all calls, when the last of them has come to rest."""
    course = a_course(3, chunk_size=1)
    for number, at in ((1, 0.0), (2, 50.0), (3, 20.0)):
        send(course, number)
        course.answered(number, {}, Rest.LOST, at)
    assert course.next_step(100.0) == Wait(50.0 + D + L)


def test_what_was_not_done_goes_back_in_order():
    """To the front of what waits, for nothing was sent."""
    course = a_course(6, chunk_size=3)
    rows = send(course, 1)
    change = course.answered(1, {}, Rest.NOT_DONE, 0.0)
    assert states(change) == dict.fromkeys(rows, RowState.PLANNED)
    assert [call.state for call in change.calls] == [CallState.SETTLED]
    assert list(course.planned) == [0, 1, 2, 3, 4, 5]


def test_a_refusal_of_a_single_row_is_final():
    """With the server's reason; it is not sent again."""
    course = a_course(1)
    send(course, 1)
    change = course.answered(1, {}, Rest.REFUSED, 0.0, "no such role")
    assert (change.rows[0].state, change.rows[0].reason) == (RowState.REFUSED, "no such role")
    assert course.next_step(0.0) is Step.FINISHED


def test_a_refusal_of_many_rows_proves_nothing_about_each():
    """It is doubt, not a refusal of every row."""
    course = a_course(3)
    send(course, 1)
    assert states(course.answered(1, {}, Rest.REFUSED, 0.0, "one of them is wrong")) == {}
    assert course.next_step(L) is Step.LOOK


def test_without_reconciliation_doubt_stays():
    """Nothing is looked for, and nothing is sent again."""
    course = a_course(2, reconciles=False)
    send(course, 1)
    change = course.answered(1, links([0]), Rest.LOST, 0.0, "timeout")
    assert states(change) == {0: RowState.DONE, 1: RowState.UNKNOWN}
    assert change.rows[1].reason == "timeout"
    assert course.next_step(0.0) is Step.FINISHED


@pytest.mark.parametrize(
    ("verdict", "state", "planned", "left"),
    [
        (Verdict.ABSENT, RowState.PLANNED, [1], 0),
        (Verdict.HOPELESS, RowState.UNKNOWN, [], 0),
        (Verdict.OPEN, None, [], 1),
    ],
)
def test_a_look_settles_what_it_proves(verdict, state, planned, left):
    """What is found is done whatever the verdict; the rest is sent again only if it is proven absent."""
    course = a_course(2)
    send(course, 1)
    course.answered(1, {}, Rest.LOST, 0.0)
    change = course.looked(links([0]), verdict)
    assert states(change) == {0: RowState.DONE} | ({1: state} if state else {})
    assert (list(course.planned), len(course.calls)) == (planned, left)


def test_calls_that_left_something_strange_are_not_sent_again():
    """Their rows stay unknown, those of other calls do not."""
    course = a_course(2, chunk_size=1)
    for number in (1, 2):
        send(course, number)
        course.answered(number, {}, Rest.LOST, 0.0)
    change = course.looked({}, Verdict.ABSENT, unclear=[1])
    assert states(change) == {0: RowState.UNKNOWN, 1: RowState.PLANNED}


@pytest.mark.parametrize("state", [CallState.INTENDED, CallState.LOST])
def test_calls_of_a_dead_process_are_lost_from_now_on(state):
    """However long ago they were written down: their process may have been slow to send them."""
    course = a_course(0)
    call = CreateCall(number=7, target="room", marker="mark", state=state, ordinals=(4, 5))
    (taken,) = course.recover([call], 5000.0).calls
    assert (taken.number, taken.state) == (7, CallState.LOST)
    assert course.next_step(5000.0) == Wait(5000.0 + D + L)


def test_rows_are_given_up_after_three_calls_in_vain():
    """The run ends, and says so; the next one may try again."""
    course = a_course(2)
    for number in (1, 2, 3):
        assert send(course, number) == (0, 1)
        course.answered(number, {}, Rest.LOST, 0.0)
        assert states(course.looked({}, Verdict.ABSENT)) == dict.fromkeys((0, 1), RowState.PLANNED)
    assert course.given_up == [0, 1]
    assert course.next_step(0.0) is Step.FINISHED


def test_a_single_row_that_is_answered_in_vain_is_given_up_too():
    """A server that says OK, or "in part", and makes nothing, would otherwise be asked for ever."""
    course = a_course(1)
    for number in (1, 2, 3):
        assert send(course, number) == (0,)
        course.answered(number, {}, Rest.ANSWERED, 0.0)
        course.looked({}, Verdict.ABSENT)
    assert course.next_step(0.0) is Step.FINISHED
    assert course.given_up == [0]


def test_the_row_that_an_answer_leaves_out_is_sent_alone():
    """With the next rows it would only be left out again, and nobody would hear why."""
    course = a_course(4)
    rows = send(course, 1)
    course.answered(1, links(rows[:-1]), Rest.ANSWERED, 0.0)
    course.plan([4, 5])
    course.looked({}, Verdict.ABSENT)
    assert send(course, 2) == (4, 5)
    assert send(course, 3) == (3,)


def test_calls_that_are_too_large_are_halved():
    """The largest that the server takes is found by halves, and never forgotten."""
    course = a_course(100, chunk_size=50)
    assert len(send(course, 1)) == 50
    course.shrink(50)
    assert len(course.next_step(0.0).ordinals) == 25
    course.shrink(50)
    assert len(course.next_step(0.0).ordinals) == 25
    course.shrink(1)
    assert len(course.next_step(0.0).ordinals) == 1


@given(st.integers(1, 200), st.integers(1, 64), st.dictionaries(st.integers(0, 199), st.integers(1, 8)))
def test_no_row_travels_with_more_than_it_may(rows, chunk_size, at_most):
    """Calls keep the order, leave nobody out, and are as large as the rows in them allow."""
    course = Course("room", Rules(chunk_size=chunk_size, effect_within=D, listed_within=L))
    course.plan(range(rows), at_most)
    sent = []
    number = 0
    while isinstance(course.next_step(0.0), Send):
        number += 1
        ordinals = send(course, number)
        assert ordinals
        assert all(len(ordinals) <= min(chunk_size, at_most.get(ordinal, chunk_size)) for ordinal in ordinals)
        course.answered(number, links(ordinals), Rest.ANSWERED, 0.0)
        sent += ordinals
    assert sent == list(range(rows))


@pytest.mark.parametrize("rows", [2, 50, 64])
@given(data=st.data())
def test_one_bad_row_is_found_by_halves(rows, data):
    """All others are done, the bad one is refused, after about two calls for each halving of the first."""
    bad = data.draw(st.integers(0, rows - 1))
    course = a_course(rows, chunk_size=64)
    calls, in_doubt, done = 0, set(), set()
    while (step := course.next_step(1e6)) is not Step.FINISHED:
        if isinstance(step, Send):
            calls += 1
            ordinals = send(course, calls)
            assert in_doubt.isdisjoint(ordinals)
            assert done.isdisjoint(ordinals)
            if bad not in ordinals:
                course.answered(calls, links(ordinals), Rest.ANSWERED, 0.0)
                done |= set(ordinals)
            elif len(ordinals) > 1:
                course.answered(calls, {}, Rest.ANSWERED, 0.0)
                in_doubt |= set(ordinals)
            else:
                assert states(course.answered(calls, {}, Rest.REFUSED, 0.0, "bad")) == {bad: RowState.REFUSED}
        else:
            assert step is Step.LOOK
            course.looked({}, Verdict.ABSENT)
            in_doubt = set()
    assert done == set(range(rows)) - {bad}
    halvings = (rows - 1).bit_length()
    assert calls <= 1 + 3 * halvings  # thirds, where a half is odd
    if rows == 64:
        assert calls == 1 + 2 * halvings


@given(
    st.integers(1, 12),
    st.integers(1, 5),
    st.lists(st.tuples(st.sampled_from([Rest.LOST, Rest.ANSWERED, Rest.NOT_DONE]), st.integers(0, 5), st.booleans())),
)
def test_no_row_is_sent_again_without_proof(rows, chunk_size, fates):
    """Between two calls for one row lies a word that the first made nothing: not sent, or looked for and absent."""
    course = a_course(rows, chunk_size)
    may_send = set(range(rows))
    now, number = 0.0, 0
    for rest, share, is_whole in fates:
        step = course.next_step(now)
        if isinstance(step, Send):
            number += 1
            ordinals = send(course, number)
            assert may_send >= set(ordinals)
            may_send -= set(ordinals)
            created = links(ordinals[: 0 if rest is Rest.NOT_DONE else share])
            course.answered(number, created, rest, now)
            if rest is Rest.NOT_DONE:
                may_send |= set(ordinals)
        elif isinstance(step, Wait):
            now = step.until
        elif step is Step.LOOK:
            doubtful = {ordinal for call in course.calls.values() for ordinal in call.ordinals}
            change = course.looked({}, Verdict.ABSENT if is_whole else Verdict.OPEN)
            assert states(change) == (dict.fromkeys(doubtful, RowState.PLANNED) if is_whole else {})
            may_send |= doubtful if is_whole else set()
