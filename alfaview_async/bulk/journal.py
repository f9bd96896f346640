"""The journal of a run: what was intended before it was done, and what came of it, in one SQLite file.

Each change is one transaction that is on the disk when it returns, so whatever a process was doing when it died, the
next one finds either the state before or the state after. One process works on a journal at a time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, islice

import orjson

from alfaview_async.bulk.journal_queries import PAGE, JournalQueries, RunRecord, digest_of_call, places
from alfaview_async.bulk.journal_rows import PlannedRow, recipient_bytes
from alfaview_async.bulk.states import CallState, Change, Echo, Link, MailState, RowChange, RowState
from alfaview_async.errors import JournalError

_MAY_BECOME = {
    RowState.IN_FLIGHT: (RowState.PLANNED,),
    RowState.PLANNED: (RowState.IN_FLIGHT, RowState.UNKNOWN, RowState.REFUSED),
    RowState.DONE: (RowState.IN_FLIGHT, RowState.UNKNOWN),
    RowState.REFUSED: (RowState.IN_FLIGHT,),
    RowState.UNKNOWN: (RowState.IN_FLIGHT,),
    RowState.WITHDRAWN: (RowState.DONE,),
}
"""State -> the states it may come after: a link that was made is never forgotten."""
_CHANGE_ROWS = """
UPDATE progress SET state = ?, call = ?, reason = ?, at_most = ?
WHERE ordinal IN (SELECT value FROM json_each(?)) AND state IN """
_SEND_ROWS = """
INSERT INTO progress (state, call, reason, at_most, ordinal, again)
SELECT ?, ?, ?, ?, value, value FROM json_each(?) WHERE true
ON CONFLICT (ordinal) DO UPDATE SET state = excluded.state, call = excluded.call, at_most = excluded.at_most
WHERE progress.state IN """
"""Rows that were never sent have no progress yet. Each is one step of SQLite for many rows, and so are insertions:
before and after a step Python's threads wait for one another, five milliseconds where the event loop is busy."""
_NOTE_CALL = """
INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET state = excluded.state,
request_ids = trim(request_ids || ' ' || excluded.request_ids), doubted = max(doubted, excluded.doubted)"""
_DOUBTFUL = (CallState.LOST, CallState.ANSWERED)


class Journal(JournalQueries):
    """The run that a journal holds; arguments and errors of the constructor as of `JournalFile`."""

    def begin(self, run: RunRecord, rows: Sequence[PlannedRow], baselines: Mapping[str, bytes]) -> None:
        """Write a new run down, all of it or nothing.

        Args:
            run: What holds for the run.
            rows: In the order of the list.
            baselines: Target -> digest of what was there before.
        """
        settings = orjson.dumps(dict(run.settings)).decode()
        with self.transaction() as database:
            database.execute(
                "INSERT INTO run (id, made_at, mode, echo, settings) VALUES (?, ?, ?, ?, ?)",
                (run.id, _now(), run.mode, run.echo, settings),
            )
            database.executemany("INSERT INTO target VALUES (?, ?)", baselines.items())
            listed = (
                (ordinal, row.key, row.digest, row.target, recipient_bytes(row.recipient))
                for ordinal, row in enumerate(rows)
            )
            self._insert("listed", listed)
            there = {ordinal: row.existing for ordinal, row in enumerate(rows) if row.existing}
            self._insert(
                "progress (ordinal, again, state)", ((ordinal, ordinal, RowState.EXISTING) for ordinal in there)
            )
            self._insert("link", _columns(there))

    def commit(self, *changes: Change) -> None:
        """Write changes down, one after the other, all of them or none.

        When this returns they outlive the process, and where disks are honest a power cut.

        Raises:
            JournalUnavailable: The disk is full or broken; nothing was written.
            JournalError: A row is not in a state that a change may follow; nothing was written.
        """
        with self.transaction() as database:
            for change in changes:
                ids = " ".join(change.request_ids)
                alike = change.alike()
                unknown = {row.call for row, _ in alike if row.state is RowState.UNKNOWN}
                for call in change.calls:
                    known = call.number, call.target, call.marker
                    doubtful = call.state in _DOUBTFUL or call.number in unknown
                    database.execute(_NOTE_CALL, (*known, call.state, _now(), ids, doubtful, digest_of_call(*known)))
                for row, ordinals in alike:
                    self._change(row, ordinals)
                self._insert("link", _columns(change.links))

    def _insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        rows = iter(rows)
        while page := list(islice(rows, PAGE)):
            values = ", ".join([f"({places(page[0])})"] * len(page))
            self.database.execute(f"INSERT INTO {table} VALUES {values}", list(chain.from_iterable(page)))  # noqa: S608 - question marks only

    def _change(self, row: RowChange, ordinals: Sequence[int]) -> None:
        before = _MAY_BECOME[row.state]
        statement = _SEND_ROWS if RowState.PLANNED in before else _CHANGE_ROWS
        changed = self.database.execute(
            f"{statement} ({places(before)})",
            (row.state, row.call, row.reason, row.at_most, orjson.dumps(ordinals).decode(), *before),
        )
        if changed.rowcount != len(ordinals):
            raise JournalError(
                f"one of {len(ordinals)} rows from {min(ordinals)} on cannot become {row.state}; "
                "the journal was left as it was"
            )

    def note_echo(self, echo: Echo) -> None:
        """Write down whether the server shows marks."""
        with self.transaction() as database:
            database.execute("UPDATE run SET echo = ?", (echo,))

    def note_withdrawing(self) -> None:
        """Write down that the invitations are to be deleted: from now on nothing more is created."""
        with self.transaction() as database:
            database.execute("UPDATE run SET withdrawing = 1")

    def note_mails(self, mails: Mapping[int, MailState]) -> None:
        """Write down what becomes of mails, by ordinal."""
        with self.transaction() as database:
            database.executemany(
                "UPDATE progress SET mail = ? WHERE ordinal = ?", [(state, ordinal) for ordinal, state in mails.items()]
            )

    def plan_refused(self) -> None:
        """Let the rows that were refused be sent again."""
        with self.transaction() as database:
            database.execute(
                "UPDATE progress SET state = ?, reason = '' WHERE state = ?", (RowState.PLANNED, RowState.REFUSED)
            )


def _columns(links: Mapping[int, Link]) -> Iterator[tuple[int, int, str, str]]:
    """Lay links out as columns; here and not in `commit`, whose variables an error report may show."""
    return ((ordinal, ordinal, link.id, link.join_link) for ordinal, link in links.items())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
