import pytest
from bulk_explorer import explore
from bulk_process import World

from alfaview_async.bulk.course import Rest

AB, AA, AAB = ("a", "b"), ("a", "a"), ("a", "a", "b")


def holds(world):
    """Explore all of a world; an invariant that breaks fails the test with the shortest way to break it."""
    report = explore(world)
    assert report.broken == {}
    assert report.ends
    return report


@pytest.mark.parametrize("payloads", [AB, AA])
def test_lost_answers_and_a_crash(payloads):
    """Different or equal rows in one call: nobody twice, nobody lost, every run ends."""
    assert holds(World(payloads=payloads, crashes=1)).states > 5_000


def test_several_calls_in_doubt_at_once():
    """Equal rows in calls of their own: each invitation is found for the call that made it."""
    assert holds(World(payloads=AA, chunk_size=1, crashes=1)).states > 10_000


def test_a_strangers_equal_invitation():
    """It is never taken for ours, and the run ends all the same."""
    holds(World(payloads=AB, stranger="a", crashes=1, faults=1))


@pytest.mark.slow
def test_a_strangers_equal_invitation_and_two_faults():
    """As before, and more goes wrong."""
    assert holds(World(payloads=AA, stranger="a", crashes=1, lags=False)).states > 10_000


def test_at_most_once():
    """Nothing is sent again: what is in doubt stays unknown."""
    report = holds(World(payloads=AB, reconciles=False))
    assert report.calls <= 3, "each call that is sent again was proven not to have been sent"


@pytest.mark.parametrize("echo", ["dropped", "shortened"])
@pytest.mark.parametrize("payloads", [AB, AA])
def test_servers_that_keep_no_marks(echo, payloads):
    """Only an unchanged room proves absence there."""
    holds(World(payloads=payloads, echo=echo, crashes=1))


def test_servers_that_keep_no_marks_among_strangers():
    """The room changes under our eyes, and no link tells whose it is."""
    holds(World(payloads=AB, echo="dropped", stranger="a", crashes=1, faults=1))


def test_answers_in_part_with_the_rest_still_in_a_queue():
    """Waited for like lost ones, they leave nobody out and nobody twice."""
    holds(World(payloads=AB, queues=True, after_part=Rest.LOST, crashes=1, faults=1))


def test_lists_that_are_not_whole():
    """One of two lists lacks an invitation: that is never read as absence."""
    holds(World(payloads=AB, truncates=True, crashes=1))


def test_without_reconciliation_only_what_was_not_sent_is_sent_again():
    """In all that can happen at most once, no request is sent for a row that an earlier one was sent for."""
    for state, _ in explore(World(payloads=AB, reconciles=False, chunk_size=1)).ends:
        made = [link.payload for link in state.server.links]
        assert sorted(set(made)) == sorted(made)


@pytest.mark.slow
@pytest.mark.parametrize("payloads", [AB, AA])
def test_two_crashes_and_two_faults(payloads):
    """As far as the design's table goes."""
    assert holds(World(payloads=payloads)).states > 30_000


@pytest.mark.slow
def test_three_rows_in_calls_of_two():
    """Two of three rows are equal; calls are halved after a refusal."""
    assert holds(World(payloads=AAB, chunk_size=2, crashes=1)).states > 30_000


@pytest.mark.slow
def test_three_faults():
    """Two of three rows are equal, and one more thing goes wrong."""
    assert holds(World(payloads=AAB, crashes=0, faults=3, lags=False)).states > 10_000
