from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.bulk.course import Verdict
from alfaview_async.bulk.marks import call_mark, new_run, run_mark
from alfaview_async.bulk.sighting import Listed, digest, echo_of, look, matched
from alfaview_async.bulk.states import CallState, CreateCall, Echo, Link

RUN = new_run()
ONE, TWO = call_mark(RUN, 1), call_mark(RUN, 2)
ROWS = {0: (("a", "Ann"), "a"), 1: (("b", "Bob"), "b")}

names = st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"))
people = st.lists(names.map(lambda name: (name, name[0])), max_size=8)


def seen(name, marker="", *, likeness=("a", "Ann")):
    return Listed(link=Link(id=name), identity=likeness[0], likeness=(likeness, likeness[0]), marker=marker)


def call(number=1, marker=ONE, ordinals=(0, 1)):
    return CreateCall(number=number, target="room", marker=marker, state=CallState.LOST, ordinals=ordinals)


def looked(first, second=None, *, calls=None, own=(), echo=Echo.PROVEN, baseline=(), unique=False, rows=ROWS):
    return look(
        [call()] if calls is None else calls,
        rows,
        (first, first if second is None else second),
        own=set(own),
        run_mark=run_mark(RUN),
        echo=echo,
        baseline=digest(baseline),
        unique=unique,
    )


def test_rows_are_found_by_the_mark_of_their_call():
    """An equal invitation with another mark, or none, is a stranger's."""
    sighting = looked([seen("theirs"), seen("other", TWO), seen("ours", ONE)])
    assert {ordinal: link.id for ordinal, link in sighting.found.items()} == {0: "ours"}
    assert (sighting.verdict, sighting.unclear) == (Verdict.ABSENT, frozenset())


def test_what_is_done_already_is_not_found_once_more():
    """An answer that named one of two equal rows: its invitation is not that of the other, and is nothing strange."""
    rows = {1: (("a", "Ann"), "a")}
    sighting = looked([seen("known", ONE)], calls=[call(ordinals=(1,))], own=["known"], rows=rows)
    assert (sighting.found, sighting.unclear, sighting.verdict) == ({}, frozenset(), Verdict.ABSENT)


def test_an_invitation_of_a_call_that_resembles_no_row_makes_it_unclear():
    """Somebody got something that we did not ask for so: a person has to look."""
    sighting = looked([seen("what", ONE, likeness=("z", "Zoe"))])
    assert sighting.unclear == {1}


@pytest.mark.parametrize(
    ("first", "second", "own"),
    [
        (["x", "y"], ["x"], []),
        (["x"], ["x", "y"], []),
        (["x"], ["x"], ["known"]),
        ([], [], ["known"]),
    ],
)
@pytest.mark.parametrize("echo", Echo)
@pytest.mark.parametrize("unique", [False, True])
def test_a_list_that_is_not_whole_proves_nothing(first, second, own, echo, unique):
    """Two lists that differ, or one without an invitation that is known to be there."""
    lists = [[seen(name) for name in names] for names in (first, second)]
    assert looked(*lists, own=own, echo=echo, baseline=second, unique=unique, rows={}, calls=[]).verdict is Verdict.OPEN


@pytest.mark.parametrize(
    ("echo", "verdict"), [(Echo.PROVEN, Verdict.ABSENT), (Echo.UNSEEN, Verdict.OPEN), (Echo.REFUTED, Verdict.HOPELESS)]
)
def test_what_a_whole_list_without_our_marks_proves(echo, verdict):
    """Absence, if marks are kept; nothing ever, if not; nothing yet, if nobody knows."""
    assert looked([seen("somebody")], echo=echo).verdict is verdict


@pytest.mark.parametrize("echo", Echo)
def test_a_room_that_has_not_changed_proves_absence(echo):
    """With or without marks: nothing is there but what was there before, and what we know we have made."""
    there = [seen("before"), seen("known", ONE if echo is Echo.PROVEN else "")]
    assert looked(there, own=["known"], baseline=["before"], echo=echo).verdict is Verdict.ABSENT


@given(
    st.lists(st.integers(0, 9), unique=True, max_size=6),
    st.lists(st.integers(10, 19), unique=True, max_size=4),
    st.integers(0, 19),
)
def test_a_room_with_one_link_more_or_less_has_changed(before, own, other):
    """Where no marks are kept, it may be one of ours."""
    there = {f"l{number}" for number in (*before, *own)} ^ {f"l{other}"}
    sighting = looked(
        [seen(name) for name in sorted(there)],
        own=[f"l{number}" for number in own],
        baseline=[f"l{number}" for number in before],
        echo=Echo.UNSEEN,
        calls=[],
    )
    assert sighting.verdict is not Verdict.ABSENT


@pytest.mark.parametrize(
    ("markers", "before", "after"),
    [
        ([ONE], Echo.UNSEEN, Echo.PROVEN),
        ([ONE, TWO], Echo.UNSEEN, Echo.PROVEN),
        ([""], Echo.UNSEEN, Echo.REFUTED),
        ([ONE[:-1]], Echo.PROVEN, Echo.REFUTED),
        ([ONE, TWO[:50]], Echo.PROVEN, Echo.REFUTED),
        ([], Echo.PROVEN, Echo.PROVEN),
        ([], Echo.UNSEEN, Echo.UNSEEN),
    ],
)
def test_marks_are_believed_when_they_come_back_whole(markers, before, after):
    """One that is cut off or missing on a link of ours is enough not to believe them."""
    ours = [seen(f"own{number}", marker) for number, marker in enumerate(markers)]
    own = {one.link.id for one in ours}
    assert echo_of([*ours, seen("theirs")], own, run_mark(RUN), before) is after


def test_marks_of_another_run_prove_nothing():
    """They are not ours, whole or not."""
    other = call_mark(new_run(), 1)
    assert echo_of([seen("theirs", other)], set(), run_mark(RUN), Echo.UNSEEN) is Echo.UNSEEN


def test_where_each_guest_has_one_invitation_it_is_found_by_whom_it_invites():
    """Whoever made it: a second one cannot be made."""
    sighting = looked([seen("there")], unique=True)
    assert {ordinal: link.id for ordinal, link in sighting.found.items()} == {0: "there"}
    assert sighting.verdict is Verdict.ABSENT


@given(people, people, st.randoms(use_true_random=False))
def test_matching_gives_each_row_one_invitation_and_each_invitation_to_one_row(rows, there, random):
    """None is lost, none is invented, all pairs resemble each other, and the order of the list does not matter."""
    by_ordinal = dict(enumerate(rows))
    listed = [seen(f"l{number}", likeness=likeness[0]) for number, likeness in enumerate(there)]
    found, rest = matched(by_ordinal, listed)
    by_id = {one.link.id: one for one in listed}
    given_out = [link.id for link in found.values()]
    assert len(set(given_out)) == len(given_out)
    assert sorted([*given_out, *(one.link.id for one in rest)]) == sorted(by_id)
    assert all(by_id[link.id].likeness[-1] == by_ordinal[ordinal][-1] for ordinal, link in found.items())
    shuffled = random.sample(listed, len(listed))
    again, left = matched(by_ordinal, shuffled)
    assert again.keys() == found.keys()
    assert Counter(by_id[link.id].likeness[-1] for link in again.values()) == Counter(
        by_id[link_id].likeness[-1] for link_id in given_out
    )
    assert Counter(one.likeness[-1] for one in left) == Counter(one.likeness[-1] for one in rest)


@given(people, people)
def test_what_fits_exactly_comes_first_and_the_rest_only_where_it_is_plain_whose_it_is(rows, there):
    """By address alone, an invitation is given out where there is one for each row, or where the rows are alike."""
    by_ordinal = dict(enumerate(rows))
    listed = [seen(f"l{number}", likeness=likeness[0]) for number, likeness in enumerate(there)]
    found, _ = matched(by_ordinal, listed)
    by_id = {one.link.id: one.likeness for one in listed}
    assert sum(by_id[link.id] == by_ordinal[ordinal] for ordinal, link in found.items()) == sum(
        (Counter(rows) & Counter(there)).values()
    )
    for address in "abc":
        waiting = [likeness for likeness in (Counter(rows) - Counter(there)).elements() if likeness[-1] == address]
        left = [likeness for likeness in (Counter(there) - Counter(rows)).elements() if likeness[-1] == address]
        plain = len(left) >= len(waiting) or len(set(waiting)) == 1
        given_out = [o for o, link in found.items() if by_ordinal[o][-1] == address and by_id[link.id] != by_ordinal[o]]
        assert len(given_out) == (min(len(waiting), len(left)) if plain else 0)


def test_one_of_two_companions_is_not_taken_for_the_other():
    """The same address, one invitation, under a name that the server has changed: only a person can tell whose."""
    rows = {0: (("a", "Ann"), "a"), 1: (("a", "Bob"), "a")}
    sighting = looked([seen("whose", ONE, likeness=("a", "bob"))], rows=rows)
    assert (sighting.found, sighting.unclear) == ({}, {1})


@given(st.lists(st.tuples(names, st.sampled_from([ONE, TWO, ""])), max_size=8), st.randoms(use_true_random=False))
def test_shuffled_lists_say_the_same(there, random):
    """The server may list in any order, and in another one the second time."""
    rows = {0: (("a", "x"), "a"), 1: (("a", "x"), "a"), 2: (("b", "y"), "b")}
    calls = [call(1, ONE, (0, 2)), call(2, TWO, (1,))]
    listed = [seen(f"l{number}", marker, likeness=name) for number, (name, marker) in enumerate(there)]
    plain = looked(listed, calls=calls, rows=rows)
    mixed = looked(*(random.sample(listed, len(listed)) for _ in range(2)), calls=calls, rows=rows)
    assert (mixed.verdict, mixed.unclear, mixed.echo) == (plain.verdict, plain.unclear, plain.echo)
    assert mixed.found.keys() == plain.found.keys()
    marks = {one.link.id: one.marker for one in listed}
    for sighting in (plain, mixed):
        assert all(marks[link.id] == (TWO if ordinal == 1 else ONE) for ordinal, link in sighting.found.items())
        assert len({link.id for link in sighting.found.values()}) == len(sighting.found)
