"""The results as a table: the columns of the list as they came, and what became of each row."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice

from attrs import frozen

from alfaview_async.bulk.outputs.text import well_formed
from alfaview_async.bulk.recipients import GuestList
from alfaview_async.bulk.results import RowResult

RESULT_COLUMNS = ("status", "join_link", "link_id", "error")
"""What stands behind the columns of the list, always under these names."""


@frozen(kw_only=True)
class ResultTable:
    """Results as rows of text.

    Attributes:
        columns: The columns of the list.
        results: What became of each row; gone through once.
    """

    columns: tuple[str, ...]
    results: Iterable[RowResult]

    @property
    def header(self) -> list[str]:
        """The names of all columns; a column of the list that is called like one of ours is `… (list)`.

        It is the list's that yields, since whoever reads `join_link` must get this run's. Case does not tell names
        apart: it does not where mail merge and databases read them.
        """
        taken = {name.casefold() for name in RESULT_COLUMNS}
        names = []
        for column in map(well_formed, self.columns):
            name, copies = column, 1
            while name.casefold() in taken:
                name = f"{column} (list)" if copies == 1 else f"{column} (list {copies})"
                copies += 1
            taken.add(name.casefold())
            names.append(name)
        return [*names, *RESULT_COLUMNS]

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of each result, in the order of `header`."""
        for result in self.results:
            original = result.recipient.extra
            error = str(result.error) if result.error else ""
            cells = [original.get(column, "") for column in self.columns]
            yield [well_formed(cell) for cell in (*cells, result.status.value, result.join_link, result.link_id, error)]


def table_of(results: Iterable[RowResult], guests: GuestList | None) -> ResultTable:
    """Find the columns: those of the list if it is given, else those of all rows, else (a stream) of the first."""
    if guests is not None and guests.recipients:
        return ResultTable(columns=tuple(guests.recipients[0].extra), results=results)
    if isinstance(results, Collection):
        columns = dict.fromkeys(column for result in results for column in result.recipient.extra)
        return ResultTable(columns=tuple(columns), results=results)
    stream = iter(results)
    first = list(islice(stream, 1))
    columns_of_first = tuple(first[0].recipient.extra) if first else ()
    return ResultTable(columns=columns_of_first, results=chain(first, stream))
