"""How many rows of a job stand where, by the words that people and programs read."""

from collections import Counter

from alfaview_async.bulk import RunOverview
from alfaview_async.bulk.states import RowState

_WORDS = {
    RowState.DONE: "created",
    RowState.EXISTING: "existing",
    RowState.REFUSED: "failed",
    RowState.PLANNED: "unsent",
    RowState.UNKNOWN: "unknown",
    RowState.IN_FLIGHT: "unknown",
    RowState.WITHDRAWN: "withdrawn",
}
STANDINGS = tuple(dict.fromkeys(_WORDS.values()))
"""All of the words. Rows that are `unsent` are not `failed`: `resume` sends them, so nobody should do it by hand."""


def standings(overview: RunOverview) -> Counter[str]:
    """Count the rows of a job by `STANDINGS`."""
    counts = Counter[str]()
    for state, rows in overview.counts.items():
        counts[_WORDS[state]] += rows
    return counts
