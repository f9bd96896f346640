"""Journals in which one value is foreign: SQLite keeps anything in any column."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.row_results import result_of
from alfaview_async.bulk.salvage import salvage
from alfaview_async.bulk.states import CallState, Change, CreateCall, Link, RowChange, RowState

VALUES = (b"{}", b'{"email":"a@example.org","line":2,"valid_from":"2027-01-01"}', b"9" * 8, b"")
JOURNAL_SEEDS = tuple(bytes([column, column % 4]) + VALUES[column % 4] for column in range(32))
TABLES = "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"


@cache
def sound() -> tuple[bytes, list[tuple[str, str]]]:
    """A journal of two rows, one of them in flight and one with a link; and table and name of each of its columns."""
    room, ada = "room", Recipient(email="ada@example.org")
    rows = [
        PlannedRow(key="a", digest=b"d", target=room, recipient=ada),
        PlannedRow(key="b", digest=b"d", target=room, recipient=ada, existing=Link(id="1", join_link="https://x")),
    ]
    call = CreateCall(number=1, target=room, marker="m", state=CallState.INTENDED, ordinals=(0,))
    with TemporaryDirectory() as directory:
        path = Path(directory) / "run.journal"
        with closing(Journal(path)) as journal:
            journal.begin(RunRecord(id="0" * 32, mode=Mode.AT_MOST_ONCE, settings={"room": room}), rows, {room: b"b"})
            journal.commit(Change(calls=(call,), rows={0: RowChange(state=RowState.IN_FLIGHT, call=1)}))
            columns = journal.database.execute(TABLES).fetchall()
        return path.read_bytes(), columns


def value_of(kind: int, data: bytes) -> object:
    """A value of one of SQLite's types."""
    if kind == 0:
        return data.decode("utf-8", "replace")
    if kind == 1:
        return data
    return int.from_bytes(data[:8], "little", signed=True) if kind == 2 else None


def read_journal(data: bytes) -> None:
    """Read all of a journal: the first byte says which of its values the others are, the second its type."""
    journal, columns = sound()
    column, kind = (data[0] % len(columns), data[1] % 4) if len(data) > 1 else (0, 3)
    table, name = columns[column]
    with TemporaryDirectory() as directory:
        path = Path(directory) / "run.journal"
        path.write_bytes(journal)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            try:
                database.execute(f'UPDATE "{table}" SET "{name}" = ? WHERE rowid < 2', (value_of(kind, data[2:]),))  # noqa: S608 - names of columns
            except sqlite3.IntegrityError:
                return  # not even SQLite keeps this
        list(salvage(path))
        with closing(Journal(path)) as damaged:
            read_all(damaged)


def read_all(journal: Journal) -> None:
    """Ask it everything."""
    for row in journal.rows():
        result_of(row)
    assert journal.run is None or isinstance(journal.run.settings, dict)
    journal.call(1)
    for read in (journal.sendable, journal.links, journal.doubted, journal.digests, journal.counts):
        read()
    for read in (journal.baselines, journal.open_calls, journal.next_number):
        read()
