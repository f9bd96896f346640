"""What a source makes of a file: a table of texts, the same whether it was a CSV file, a workbook or a reply.

A source with typed cells writes them as text: dates in ISO 8601. So columns and cells are understood in one place only.
"""

from attrs import frozen

from alfaview_async.bulk.recipients import RowProblem


@frozen(kw_only=True)
class Row:
    """One row with content.

    Attributes:
        line: Physical line where it starts, from 1.
        cells: The cells as they stand in the source; may be fewer or more than the header has.
    """

    line: int
    cells: tuple[str, ...]


@frozen(kw_only=True)
class Table:
    """A header and its rows, nothing understood yet.

    Attributes:
        name: What to call the source in messages, e.g. the file's name.
        header: The header's cells.
        header_line: Physical line of the header, from 1.
        rows: The rows with content.
        broken: Places where the structure itself is damaged. What the rows around them say cannot be trusted,
            so a table with any of these is always rejected.
        encoding: Encoding of the file; empty if the source has none.
        delimiter: What separates the cells; empty if there is one column only, or the source has none.
    """

    name: str
    header: tuple[str, ...]
    header_line: int = 1
    rows: tuple[Row, ...]
    broken: tuple[RowProblem, ...] = ()
    encoding: str = ""
    delimiter: str = ""
