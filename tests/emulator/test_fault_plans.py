"""Which requests a fault strikes, and which faults make no sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.emulator.faults import Faults
from alfaview_async.errors import ConfigurationError

LIST = "roomService/list"
numbers = st.integers(1, 60)


def struck(faults, requests=100):
    """The numbers of the requests that go wrong, counted from 1."""
    return [number for number in range(1, requests + 1) if faults.due(LIST)]


@given(numbers, numbers)
def test_ranges(one, two):
    """`n` is the n-th request since the fault was added, `n-m` those from n to m."""
    first, last = sorted((one, two))
    faults = Faults(seed=0)
    faults.add(LIST, do="error", on=f"{first}-{last}")
    assert struck(faults) == list(range(first, last + 1))
    faults.clear()
    assert struck(faults) == []
    faults.add(LIST, do="error", on=str(first))
    assert struck(faults) == [first]


@given(numbers)
def test_times_bound_each_fault(times):
    """Every request, but not more often than that."""
    faults = Faults(seed=0)
    fault = faults.add(LIST, do="error", times=times)
    assert struck(faults) == list(range(1, times + 1))
    assert (fault.fired, fault.seen) == (times, 100)


@given(st.integers(0, 2**32))
def test_shares_are_drawn_from_the_seed(seed):
    """Two equal seeds strike the same requests, and `clear` begins the draws anew."""
    one, other = Faults(seed), Faults(seed)
    for faults in (one, other):
        faults.add(LIST, do="error", on="30%")
    first = struck(one)
    assert first == struck(other)
    one.clear()
    one.add(LIST, do="error", on="30%")
    assert struck(one) == first


@pytest.mark.parametrize(("share", "least", "most"), [("0%", 0, 0), ("10%", 60, 150), ("100%", 1000, 1000)])
def test_shares_are_about_right(share, least, most):
    """Of a thousand requests, give or take."""
    faults = Faults(seed=7)
    faults.add(LIST, do="error", on=share)
    assert least <= len(struck(faults, 1000)) <= most


def test_each_fault_counts_from_its_adding():
    """A fault added later begins at one; another operation does not count."""
    faults = Faults(seed=0)
    assert struck(faults, 5) == []
    faults.add(LIST, do="error", on="2")
    assert faults.due("roomService/create") is None
    assert struck(faults, 5) == [2]


def test_the_first_of_two_faults_strikes():
    """Both count the request; when the first is used up it is the turn of the second."""
    faults = Faults(seed=0)
    first = faults.add(LIST, do="error", times=1)
    second = faults.add(LIST, do="reset", on="1-3")
    assert [faults.due(LIST) for _ in range(4)] == [first, second, second, None]
    assert list(faults) == [first, second]
    assert len(faults) == 2


@pytest.mark.parametrize("on", ["0", "3-2", "-1", "2-", "101%", "often", "1.5", " 2", "%", "9" * 10, "1-" + "9" * 10])
def test_malformed_on(on):
    """A fault that could never strike as meant is refused."""
    with pytest.raises(ConfigurationError, match="on must be like"):
        Faults(seed=0).add(LIST, do="error", on=on)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"operation": "roomService/lists"}, "no operation"),
        ({"do": "explode"}, "do must be one of"),
        ({"times": 0}, "times must be positive"),
        ({"do": "status", "http": 200}, "http between"),
        ({"do": "delay", "seconds": -1}, "seconds not negative"),
        ({"do": "partial"}, "takes no list of items"),
        ({"do": "redirect", "location": "elsewhere"}, "location must be a URL"),
        ({"do": "redirect", "location": "https://x/\r\nSet-Cookie: a=b"}, "location must be a URL"),
        ({"do": "redirect", "location": 3}, "location must be a URL"),
    ],
)
def test_malformed_faults(options, problem):
    """Mistakes show when the fault is added, not as a test that waits for ever."""
    with pytest.raises(ConfigurationError, match=problem):
        Faults(seed=0).add(**{"operation": LIST, "do": "error"} | options)
