"""From what a caller names to a table: a path, standard input or an open file, and which format it is in."""

import os
import sys
from pathlib import Path
from typing import BinaryIO, get_args

from alfaview_async.bulk.sources import Table
from alfaview_async.bulk.sources.csv import read_csv
from alfaview_async.bulk.sources.format import Format, format_of
from alfaview_async.bulk.sources.jsonl import read_json
from alfaview_async.bulk.sources.xlsx import read_xlsx
from alfaview_async.errors import ConfigurationError


def read_table(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    format: Format | None,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
) -> Table:
    """Read a file of any format as a table; the arguments are those of `read_recipients`.

    Raises:
        ConfigurationError: The file cannot be opened, or an argument is not for files of its format.
        RecipientsRejected: The file is not in any format that can be read.
    """
    if format is not None and format not in get_args(Format):
        raise ConfigurationError(f"format {format!r} is none of {', '.join(get_args(Format))}")
    data, name = _contents(source)
    found = format or format_of(data, name)
    for argument, value, formats in (
        ("encoding", encoding, {"csv", "json"}),
        ("delimiter", delimiter, {"csv"}),
        ("sheet", sheet, {"xlsx"}),
    ):
        if value is not None and found not in formats:
            raise ConfigurationError(f"{argument} means nothing for {name}, which is read as {found}")
    if found == "xlsx":
        return read_xlsx(data, name, sheet=sheet)
    if found == "json":
        return read_json(data, name, encoding=encoding)
    return read_csv(data, name, encoding=encoding, delimiter=delimiter)


def _contents(source: str | os.PathLike[str] | BinaryIO) -> tuple[bytes, str]:
    if source == "-":
        if sys.stdin is None:
            raise ConfigurationError("there is no standard input here; give the path of the list")
        return _read(sys.stdin.buffer, "standard input")
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        try:
            return path.read_bytes(), path.name
        except (OSError, ValueError) as error:
            raise _unreadable(f"the guest list {str(path)!r}", error, hint=_hint(path)) from error
    name = getattr(source, "name", None)
    return _read(source, Path(name).name if isinstance(name, str) and name else "the guest list")


def _read(file: BinaryIO, name: str) -> tuple[bytes, str]:
    try:
        data: object = file.read()
    except (OSError, ValueError, AttributeError) as error:
        raise _unreadable(name, error) from error
    if not isinstance(data, bytes):
        raise ConfigurationError(f"{name} gives no bytes; open it in binary mode: open(path, 'rb')")
    return data, name


def _hint(path: Path) -> str:
    # Spreadsheet programs put such a file beside one that they hold open, and on Windows may lock the latter.
    for lock in (f"~${path.name}", f".~lock.{path.name}#"):
        try:
            if path.with_name(lock).exists():
                return "; it is open in a spreadsheet program, so close it there"
        except (OSError, ValueError):
            return ""
    return ""


def _unreadable(name: str, error: Exception, hint: str = "") -> ConfigurationError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ConfigurationError(f"{name} cannot be read: {why}{hint}")
