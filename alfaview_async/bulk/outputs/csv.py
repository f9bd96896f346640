"""The results as CSV: the columns of the list as they came, and what became of each row."""

import csv
import os
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from secrets import token_hex

from alfaview_async.bulk.recipients import GuestList
from alfaview_async.bulk.results import RowResult
from alfaview_async.errors import ConfigurationError

RESULT_COLUMNS = ("status", "join_link", "link_id", "error")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet takes cells that begin so for formulas, full-width forms too (CWE-1236)."""


def write_csv(path: str | os.PathLike[str], guests: GuestList, results: Sequence[RowResult]) -> None:
    """Write the rows in the order of the list, with `status`, `join_link`, `link_id` and `error` behind them.

    The file can be opened with a double click where the list could: same delimiter, UTF-8 with its mark, CRLF. Only its
    owner can read it, since the links open the rooms. It appears whole or not at all.

    Blocking: within an event loop call `await asyncio.to_thread(write_csv, ...)`.

    Args:
        path: Where to write; an existing file is replaced.
        guests: The list as it was read.
        results: One for each row that was sent.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=guests.delimiter or ",")
    headers = list(guests.recipients[0].extra) if guests.recipients else []
    writer.writerow([_harmless(header) for header in headers] + list(RESULT_COLUMNS))
    for result in sorted(results, key=lambda result: result.recipient.line):
        cells = [_harmless(result.recipient.extra.get(header, "")) for header in headers]
        reason = str(result.error) if result.error else ""
        writer.writerow([*cells, result.status.value, result.join_link, result.link_id, _harmless(reason)])
    _replace(Path(path), text.getvalue().encode("utf-8-sig"))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _replace(path: Path, data: bytes) -> None:
    if not path.name:
        raise ConfigurationError("the links need the name of a file to be written to")
    temporary = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error
