"""What can still be read of a damaged journal; nothing is ever sent from it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from attrs import evolve

from alfaview_async.bulk.journal_rows import StoredRow, stored_row
from alfaview_async.bulk.results import RowResult
from alfaview_async.bulk.row_results import result_of
from alfaview_async.bulk.states import RowState
from alfaview_async.errors import JournalUnavailable

_SMALLEST_ROW = 100
"""Bytes: a key, a digest, an id and a name take more; so there cannot be more rows in a file."""
_QUERY = f"SELECT {StoredRow.COLUMNS} FROM row WHERE ordinal = ?"  # noqa: S608 - names of columns only


def salvage(path: str | os.PathLike[str]) -> Iterator[RowResult]:
    """Yield what became of the rows of a damaged journal, as far as it can be read; changes nothing.

    Raises:
        JournalUnavailable: The file cannot be opened.
    """
    try:
        database = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise JournalUnavailable(f"the journal {os.fspath(path)} cannot be opened: {error}") from error
    with closing(database):
        sound = _is_sound(database)
        for ordinal in range(_size(path) // _SMALLEST_ROW):
            try:
                found = database.execute(_QUERY, (ordinal,)).fetchone()
                if found:
                    row = stored_row(found)
                    if row.state is RowState.PLANNED and not sound:  # what became of it may be what is lost
                        row = evolve(row, state=RowState.UNKNOWN, reason="what became of it cannot be read")
                    yield result_of(row)
            except (sqlite3.DatabaseError, ValueError):
                continue  # this one is lost; the next may lie on a sound page


def _is_sound(database: sqlite3.Connection) -> bool:
    try:
        (damage,) = database.execute("PRAGMA quick_check(progress)").fetchone()
        (moved,) = database.execute("SELECT count(*) FROM progress WHERE again != ordinal").fetchone()
        return bool(damage == "ok" and not moved)  # of a file that is only read, quick_check leaves CHECK out
    except sqlite3.DatabaseError:
        return False


def _size(path: str | os.PathLike[str]) -> int:
    """Return the bytes that may hold rows: a process that was killed leaves many beside the file."""
    return sum(file.stat().st_size for file in (Path(path), Path(f"{os.fspath(path)}-wal")) if file.exists())
