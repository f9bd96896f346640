"""The results as CSV that a double click opens, and in which no cell becomes a formula."""

import csv
import os
import re
from collections.abc import Iterable
from io import TextIOWrapper

from alfaview_async.bulk.outputs.atomic import replacing
from alfaview_async.bulk.outputs.table import table_of
from alfaview_async.bulk.recipients import GuestList
from alfaview_async.bulk.results import RowResult

_FORMULA_SIGNS = "=+@\uff1d\uff0b\uff0d\uff20-"
"""Spreadsheets take what begins so for a formula, full-width forms too (CWE-1236)."""
_BEGINS_FORMULA = re.compile(
    # At a cell's start, also behind white space, which some importers drop; and a break there is itself suspicious.
    rf"\A(?=[\t\r\n]|\s*[{_FORMULA_SIGNS}])"
    # Inside, where a spreadsheet that expects another delimiter than ours would start a cell.
    rf'|(?<=[;,\t\r\n])"*(?=[{_FORMULA_SIGNS}])'
)


def write_csv(
    path: str | os.PathLike[str],
    results: Iterable[RowResult],
    *,
    guests: GuestList | None = None,
    raw: bool = False,
) -> int:
    """Write one row for each result: its original cells, then `status`, `join_link`, `link_id` and `error`.

    The file can be opened with a double click where the list could: with the delimiter of the list, in UTF-8 with its
    mark (only a list in plain UTF-8 with commas gets none), lines ended by CRLF. It appears whole or not at all, and
    only its owner can read it, since the links open rooms. Rows stand in the order of `results`; for that of the list
    give `sorted(results, key=lambda result: result.recipient.line)`.

    Whatever a spreadsheet could take for a formula gets an apostrophe before it: `+49 221` is written `'+49 221`.

    Blocking: within an event loop call `await asyncio.to_thread(write_csv, ...)`.

    Args:
        path: Where to write; an existing file is replaced.
        results: Gone through once; never copied.
        guests: The list as it was read: says which columns, which delimiter and whether there is a mark. Without it:
            the columns of all rows (of the first one, if `results` is a stream), commas, with the mark.
        raw: Write all cells as they are, formulas too: for programs, not for spreadsheets.

    Returns:
        How many rows were written.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    table = table_of(results, guests)
    delimiter = (guests.delimiter if guests else "") or ","
    plain = guests is not None and guests.encoding == "utf-8" and delimiter != ";"
    encoding = "utf-8" if plain else "utf-8-sig"
    written = 0
    with replacing(path) as file:
        text = TextIOWrapper(file, encoding=encoding, newline="")
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerow(table.header if raw else map(_harmless, table.header))
        for cells in table.rows():
            writer.writerow(cells if raw else map(_harmless, cells))
            written += 1
        text.detach()
    return written


def _harmless(cell: str) -> str:
    return _BEGINS_FORMULA.sub(r"\g<0>'", cell)
