"""What a source makes of a file: a table of texts, the same whether it was a CSV file, a workbook or a reply.

A source with typed cells writes them as text: dates in ISO 8601. So columns and cells are understood in one place only.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import frozen

from alfaview_async.bulk.recipients import RowProblem

_NONE: Mapping[int, str] = MappingProxyType({})


@frozen(kw_only=True)
class Row:
    """One row with content.

    Attributes:
        line: Physical line where it starts, from 1.
        cells: The cells as they stand in the source; may be fewer or more than the header has.
        refusal: Why the row as a whole cannot be read; empty if it can. The rows around it are not affected.
        unreadable: Index of a cell -> why what it says cannot be known, e.g. a formula without a result. The row is
            refused if the cell matters, that is if its column holds a field.
        remarks: What people should know about the row before it is used.
    """

    line: int
    cells: tuple[str, ...]
    refusal: str = ""
    unreadable: Mapping[int, str] = _NONE
    remarks: tuple[str, ...] = ()


@frozen(kw_only=True)
class Table:
    """A header and its rows, nothing understood yet.

    Attributes:
        name: What to call the source in messages, e.g. the file's name.
        header: The header's cells.
        header_line: Physical line of the header, from 1.
        rows: The rows with content, read as they are asked for, once. A `RowProblem` among them is a place where the
            structure itself is damaged: what the rows around it say cannot be trusted, so such a table is rejected.
        encoding: Encoding of the file; empty if the source has none.
        delimiter: What separates the cells; empty if there is one column only, or the source has none.
        sheet: Name of the sheet of a workbook; empty if the source has none.
    """

    name: str
    header: tuple[str, ...]
    header_line: int = 1
    rows: Iterable[Row | RowProblem]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
