"""What is wrong with a list, as a file for the person who can correct it: CSV for a spreadsheet, or a page."""

import csv
import os
from collections.abc import Iterable, Iterator
from html import escape
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from alfaview_async.bulk.outputs.atomic import replacing
from alfaview_async.bulk.recipients import GuestList, RowProblem, printable
from alfaview_async.errors import RecipientsRejected

_HEADER = ("line", "column", "value", "reason", "suggestion", "kind")
_LONGEST_CELL = 500
_FORMULA_SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four are their full-width forms
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font-family: sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; vertical-align: top; padding: .3em .8em; border-bottom: 1px solid #ccc; }}
tr.error td:first-child {{ border-left: .3em solid #c00; }}
tr.warning td:first-child {{ border-left: .3em solid #e90; }}
</style></head><body><h1>{title}</h1><table>
"""


def write_report(path: str | os.PathLike[str], found: GuestList | RecipientsRejected | Iterable[RowProblem]) -> int:
    """Write one row for each problem: line, column, value, reason, suggestion, and whether it is an error or a warning.

    Values are shown on one line, control characters escaped, and in CSV with an apostrophe before what a spreadsheet
    would take for a formula. The file appears whole or not at all, and only its owner can read it, since it holds
    addresses.

    Blocking: within an event loop call `await asyncio.to_thread(write_report, ...)`.

    Args:
        path: Where to write, e.g. `guests.report.csv`, or a page if it ends in `.html`; an existing file is replaced.
        found: A list as it was read, with its warnings; or the error that refused it; or problems.

    Returns:
        How many problems were written.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    rows = list(_rows(found))
    delimiter = (found.delimiter if isinstance(found, GuestList) else "") or ";"
    page = Path(path).suffix.casefold() in {".html", ".htm"}
    with replacing(path) as file:
        text = TextIOWrapper(file, encoding="utf-8" if page else "utf-8-sig", newline="")
        if page:
            _write_page(text, Path(path).stem, rows)
        else:
            writer = csv.writer(text, delimiter=delimiter)
            writer.writerow(_HEADER)
            writer.writerows([_harmless(cell) for cell in row] for row in rows)
        text.detach()
    return len(rows)


def _rows(found: GuestList | RecipientsRejected | Iterable[RowProblem]) -> Iterator[tuple[str, ...]]:
    if isinstance(found, GuestList):
        kinds = [(problem, "error") for problem in found.problems] + [
            (warning, "warning") for warning in found.warnings
        ]
    else:
        problems = found.problems if isinstance(found, RecipientsRejected) else found
        kinds = [(problem, "error") for problem in problems if isinstance(problem, RowProblem)]
    for problem, kind in sorted(kinds, key=lambda pair: pair[0].line):
        texts = (problem.column, problem.value, problem.reason, problem.suggestion)
        yield (str(problem.line), *(printable(text, _LONGEST_CELL) for text in texts), kind)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA_SIGNS) else cell


def _write_page(text: TextIO, title: str, rows: list[tuple[str, ...]]) -> None:
    text.write(_PAGE.format(title=escape(title)))
    text.write("<tr>" + "".join(f"<th>{name}</th>" for name in _HEADER) + "</tr>\n")
    for row in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row)
        text.write(f'<tr class="{row[-1]}">{cells}</tr>\n')
    text.write("</table></body></html>\n")
