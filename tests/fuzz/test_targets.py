"""Foreign bytes end in a value or in a documented error, wherever they come from; `nox -s fuzz` searches further."""

import pytest
from fuzz.targets import TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st

every_target = pytest.mark.parametrize("name", TARGETS)


@every_target
def test_its_seeds_pass(name: str) -> None:
    """A search begins where nothing is broken."""
    for seed in TARGETS[name].seeds:
        TARGETS[name](seed)


@every_target
@settings(max_examples=25)
@given(data=st.data())
def test_a_seed_that_was_damaged_passes(name: str, data: st.DataObject) -> None:
    """Some bytes are others, missing or too many."""
    seed = data.draw(st.sampled_from(TARGETS[name].seeds))
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(seed)), st.integers(0, len(seed)))))
    TARGETS[name](seed[:start] + data.draw(st.binary(max_size=8) | st.just(seed)) + seed[end:])
