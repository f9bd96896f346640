"""Data on stdout, in the format that was asked for: the same names and values in each."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, TextIO

Row = Mapping[str, Any]
_WIDEST = 1000


def write_rows(
    rows: Iterable[Row], columns: Sequence[str], output: str, stream: TextIO | None = None, *, color: bool = False
) -> None:
    """Write rows.

    Args:
        rows: Name -> value; values are text, numbers, booleans, times, `None`, or (for JSON) lists and mappings.
        columns: The names to show, in order.
        output: Of `global_options.FORMATS`; a table becomes TSV where nobody looks.
        stream: Default: stdout.
        color: Whether tables have any.
    """
    out: TextIO = sys.stdout if stream is None else stream
    if output == "json":
        out.write(_json([_chosen(row, columns) for row in rows], indent=2) + "\n")
    elif output == "jsonl":
        out.writelines(_json(_chosen(row, columns)) + "\n" for row in rows)
    elif output == "table" and out.isatty():
        _write_table(rows, columns, out, color=color)
    else:
        dialect = "excel" if output == "csv" else "excel-tab"
        writer = csv.writer(out, dialect, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)


def write_record(record: Row, columns: Sequence[str], output: str, stream: TextIO | None = None) -> None:
    """Write one record: a JSON object, or a line for each value; arguments as of `write_rows`."""
    out: TextIO = sys.stdout if stream is None else stream
    if output in ("json", "jsonl"):
        out.write(_json(_chosen(record, columns), indent=2 if output == "json" else None) + "\n")
    elif output == "csv":
        write_rows([record], columns, output, out)
    else:
        width = max(map(len, columns), default=0) if out.isatty() else 0
        out.writelines(f"{name.ljust(width)}{'  ' if width else chr(9)}{_cell(record.get(name))}\n" for name in columns)


def _write_table(rows: Iterable[Row], columns: Sequence[str], stream: TextIO, *, color: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 - takes longer to import than most commands to run
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(_cell(row.get(name)), overflow="fold") for name in columns))
    console = Console(
        file=stream,
        highlight=False,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
    )
    if any(name.endswith("_link") for name in columns):  # one that is folded cannot be copied; the terminal may wrap it
        wide = console.options.update(max_width=_WIDEST)
        console.width = max(console.width, console.measure(table, options=wide).maximum)
    console.print(table)


def _chosen(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    return {name: row.get(name) for name in columns}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum | datetime):
        return _plain(value)
    if isinstance(value, list | dict):
        return _json(value)
    text = str(value)
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value.value if isinstance(value, Enum) else value)
