"""Titles that stand above the header of many a list: `Guests of the autumn seminar`, and a line with the date."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice

from attrs import evolve

from alfaview_async.bulk.columns import holds_address
from alfaview_async.bulk.recipients import RowProblem
from alfaview_async.bulk.sources import Table

_MOST_TITLES = 20


def below_titles(table: Table, chosen: Mapping[str, str]) -> Table:
    """Return the table from its header on.

    The header is the first row with a column for the e-mail address. A row with an address is never taken for a title,
    since it could be a guest; and the table stays as it is if none of its first rows is a header.

    Args:
        table: The table, whose rows must not have been asked for yet.
        chosen: Field -> header, as for `find_columns`.
    """
    rows = iter(table.rows)
    first = list(islice(rows, _MOST_TITLES))
    above = table.header
    for number, row in enumerate(first, 1):
        if isinstance(row, RowProblem) or holds_address(above, chosen) or _could_be_guest(above):
            break
        if holds_address(row.cells, chosen) and not _could_be_guest(row.cells):
            return evolve(table, header=row.cells, header_line=row.line, rows=chain(first[number:], rows))
        above = row.cells
    return evolve(table, rows=chain(first, rows))


def _could_be_guest(cells: Sequence[str]) -> bool:
    return any("@" in cell for cell in cells)
