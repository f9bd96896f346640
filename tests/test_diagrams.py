"""The pictures of the docs show what the code has."""

import re
from pathlib import Path

import test_architecture

from alfaview_async.bulk.states import RowState

PICTURES = Path(__file__).parents[1] / "docs" / "_static"


def drawn(picture, attribute):
    """Return name -> height in the picture (0 is the top) for the boxes that bear an attribute."""
    text = (PICTURES / f"{picture}.svg").read_text(encoding="utf-8")
    return {name: int(y) for name, y in re.findall(rf'{attribute}="([^"]+)"[^>]* y="(\d+)"', text)}


def test_layers_lie_above_what_they_import():
    """Each box is a part of the package, and whatever it may import lies lower, if it is drawn."""
    layers = drawn("layers", "data-layer")
    assert layers.keys() <= test_architecture.MAY_IMPORT.keys()
    assert {"cli", "bulk", "client", "session", "emulator", "errors"} <= layers.keys()
    wrong = {
        (above, below)
        for above in layers
        for below in test_architecture.MAY_IMPORT[above] & layers.keys()
        if layers[below] <= layers[above]
    }
    assert wrong == set()


def test_rows_have_the_states_of_the_picture():
    """No state is missing, none is made up."""
    assert drawn("states", "data-state").keys() == {state.value for state in RowState}
