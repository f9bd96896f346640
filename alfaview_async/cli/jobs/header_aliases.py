"""Headers that a user has taught `alfactl` for every list, in `[columns]` of the settings."""

import os
import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from attrs import frozen

from alfaview_async.bulk.opening import read_table
from alfaview_async.bulk.recipients import RowProblem
from alfaview_async.errors import RecipientsRejected

_ROWS_ABOVE_HEADER = 20


@frozen
class ChosenHeaders:
    """Which columns to take, and the list, which may have been read once to find that out."""

    by_field: Mapping[str, str]
    source: str | os.PathLike[str] | BinaryIO


def chosen_headers(aliases: Mapping[str, Sequence[str]], source: str, given: Mapping[str, str]) -> ChosenHeaders:
    """Look for the headers of the settings in a list.

    Args:
        aliases: Field -> headers, of the settings.
        source: Path of the list, or `-`.
        given: Field -> header, of the command line; it counts before the settings.

    Raises:
        ConfigurationError: The list cannot be opened.
    """
    wanted = {field: headers for field, headers in aliases.items() if field not in given}
    if not wanted:
        return ChosenHeaders(given, source)
    again = BytesIO(sys.stdin.buffer.read()) if source == "-" else None
    cells = _first_cells(again or source)
    if again:
        again.seek(0)
        again.name = "standard input"
    found = {field: header for field, headers in wanted.items() for header in headers if header.casefold() in cells}
    return ChosenHeaders({**found, **given}, again or source)


def _first_cells(source: str | BinaryIO) -> set[str]:
    try:
        table = read_table(source, format=None, encoding=None, delimiter=None, sheet=None)
        rows = [row.cells for row in islice(table.rows, _ROWS_ABOVE_HEADER) if not isinstance(row, RowProblem)]
    except RecipientsRejected:
        return set()  # whoever reads it next says why
    return {" ".join(cell.split()).casefold() for cells in (table.header, *rows) for cell in cells}
