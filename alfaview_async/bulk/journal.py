"""The journal of a run: what was intended before it was done, and what came of it, in one SQLite file.

Each change is one transaction that is on the disk when it returns, so whatever a process was doing when it died, the
next one finds either the state before or the state after. One process works on a journal at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import orjson
from attrs import field, frozen

from alfaview_async.bulk.journal_file import JournalFile
from alfaview_async.bulk.journal_rows import StoredRow, recipient_bytes, stored_row
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.states import CallState, Change, CreateCall, Echo, MailState, RowChange, RowState
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
UPDATE row SET state = ?, call = ?, reason = ?, at_most = ?
WHERE ordinal IN (SELECT value FROM json_each(?)) AND state IN """
_LINK_ROWS = """
UPDATE row SET link_id = json_extract(new.value, '$[1]'), join_link = json_extract(new.value, '$[2]')
FROM json_each(?) AS new WHERE row.ordinal = json_extract(new.value, '$[0]')"""
"""Each is one step of SQLite for many rows: before and after a step, Python's threads wait for one another."""
_DOUBTFUL = (CallState.LOST, CallState.ANSWERED)
_PAGE = 500


@frozen(kw_only=True)
class PlannedRow:
    """A row of a new run.

    Attributes:
        key: Tells the row from all others, in later processes too.
        digest: Of all that is sent for it.
        target: Id of its room or meeting.
        recipient: The row.
        state: `PLANNED`, or `EXISTING` with the link that was there.
        link_id: Of that link.
        join_link: Of that link.
    """

    key: str
    digest: bytes
    target: str
    recipient: Recipient
    state: RowState = RowState.PLANNED
    link_id: str = ""
    join_link: str = field(default="", repr=False)


@frozen(kw_only=True)
class RunRecord:
    """What holds for a run as a whole.

    Attributes:
        id: 32 hexadecimal digits.
        mode: What is done when an answer is lost.
        echo: Whether the server was seen to show marks.
        settings: Of the destination.
        withdrawing: Its invitations are being deleted; nothing more is created.
    """

    id: str
    mode: Mode
    echo: Echo = Echo.UNSEEN
    settings: Mapping[str, str]
    withdrawing: bool = False


class Journal(JournalFile):
    """The run that a journal holds; arguments and errors of the constructor as of `JournalFile`."""

    @property
    def run(self) -> RunRecord | None:
        """The run, `None` if none was begun."""
        with self.explained():
            found = self.database.execute("SELECT id, mode, echo, settings, withdrawing FROM run").fetchone()
            if found is None:
                return None
            run, mode, echo, settings, withdrawing = found
            return RunRecord(
                id=run,
                mode=Mode(mode),
                echo=Echo(echo),
                settings=orjson.loads(settings),
                withdrawing=bool(withdrawing),
            )

    def begin(self, run: RunRecord, rows: Iterable[PlannedRow], baselines: Mapping[str, bytes]) -> None:
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
            database.executemany(
                "INSERT INTO row (ordinal, key, digest, target, recipient, state, link_id, join_link) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        ordinal,
                        row.key,
                        row.digest,
                        row.target,
                        recipient_bytes(row.recipient),
                        row.state,
                        row.link_id,
                        row.join_link,
                    )
                    for ordinal, row in enumerate(rows)
                ),
            )

    def commit(self, change: Change) -> None:
        """Write a change down; when this returns it outlives the process, and where disks are honest a power cut.

        Raises:
            JournalUnavailable: The disk is full or broken; nothing of the change was written.
            JournalError: A row is not in a state that the change may follow; nothing was written.
        """
        ids = " ".join(change.request_ids)
        with self.transaction() as database:
            database.executemany(
                "INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, "
                "request_ids = trim(request_ids || ' ' || excluded.request_ids), "
                "doubted = max(doubted, excluded.doubted)",
                [
                    (call.number, call.target, call.marker, call.state, _now(), ids, call.state in _DOUBTFUL)
                    for call in change.calls
                ],
            )
            alike: defaultdict[tuple[RowState, int, str, int], list[int]] = defaultdict(list)
            for ordinal, row in change.rows.items():
                alike[row.state, row.call, row.reason, row.at_most].append(ordinal)
            for values, ordinals in alike.items():
                before = _MAY_BECOME[values[0]]
                changed = database.execute(
                    _CHANGE_ROWS + f"({_places(before)})", (*values, orjson.dumps(ordinals).decode(), *before)
                )
                if changed.rowcount != len(ordinals):
                    raise JournalError(
                        f"one of {len(ordinals)} rows from {min(ordinals)} on cannot become {values[0]}; "
                        "the journal was left as it was"
                    )
            database.execute(_LINK_ROWS, (_links_as_json(change.rows),))

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
                "UPDATE row SET mail = ? WHERE ordinal = ?", [(state, ordinal) for ordinal, state in mails.items()]
            )

    def plan_refused(self) -> None:
        """Let the rows that were refused be sent again."""
        with self.transaction() as database:
            database.execute(
                "UPDATE row SET state = ?, reason = '' WHERE state = ?", (RowState.PLANNED, RowState.REFUSED)
            )

    def rows(self, *states: RowState) -> Iterator[StoredRow]:
        """Yield the rows in these states, or all, in order; errors as in `page`."""
        after = -1
        while page := self.page(after, *states):
            yield from page
            after = page[-1].ordinal

    def page(self, after: int, *states: RowState) -> list[StoredRow]:
        """Return the next rows in these states, or in any, after an ordinal; none at the end.

        Raises:
            JournalCorrupt: One cannot be read.
        """
        wanted = states or tuple(RowState)
        return self._rows(
            f"ordinal > ? AND state IN ({_places(wanted)}) ORDER BY ordinal LIMIT ?", (after, *wanted, _PAGE)
        )

    def rows_at(self, ordinals: Sequence[int]) -> dict[int, StoredRow]:
        """Return rows by their ordinals; errors as in `page`."""
        found: dict[int, StoredRow] = {}
        for start in range(0, len(ordinals), _PAGE):
            part = ordinals[start : start + _PAGE]
            found |= {row.ordinal: row for row in self._rows(f"ordinal IN ({_places(part)})", part)}
        return found

    def sendable(self) -> list[tuple[str, int, int]]:
        """Return target, ordinal and largest chunk of each row that may be sent, in order."""
        with self.explained():
            return self.database.execute(
                "SELECT target, ordinal, at_most FROM row WHERE state = ? ORDER BY ordinal", (RowState.PLANNED,)
            ).fetchall()

    def links(self, *states: RowState) -> list[tuple[str, str]]:
        """Return target and link id of the rows in these states."""
        with self.explained():
            query = f"SELECT target, link_id FROM row WHERE state IN ({_places(states)})"  # noqa: S608 - question marks only
            return self.database.execute(query, states).fetchall()

    def doubted(self) -> dict[str, set[str]]:
        """Return the targets of calls that were in doubt, each with the marks of calls that still have unknown rows."""
        with self.explained():
            found = self.database.execute(
                "SELECT target, iif(EXISTS (SELECT 1 FROM row WHERE row.call = call.number AND row.state IN (?, ?)), "
                "marker, '') FROM call WHERE doubted",
                (RowState.UNKNOWN, RowState.IN_FLIGHT),
            ).fetchall()
        unknown: dict[str, set[str]] = {}
        for target, marker in found:
            unknown.setdefault(target, set()).update(filter(None, [marker]))
        return unknown

    def digests(self) -> dict[str, bytes]:
        """Return the digest of each row by its key."""
        with self.explained():
            return dict(self.database.execute("SELECT key, digest FROM row"))

    def counts(self) -> dict[RowState, int]:
        """Return how many rows are in each state."""
        with self.explained():
            found = self.database.execute("SELECT state, count(*) FROM row GROUP BY state")
            return {RowState(state): count for state, count in found}

    def baselines(self) -> dict[str, bytes]:
        """Return the targets, each with the digest of what was there before the run."""
        with self.explained():
            return dict(self.database.execute("SELECT id, baseline FROM target"))

    def open_calls(self) -> list[CreateCall]:
        """Return the calls that are not settled, with the rows whose effect is not known."""
        with self.explained():
            calls = self.database.execute(
                "SELECT number, target, marker, state FROM call WHERE state != ? ORDER BY number", (CallState.SETTLED,)
            ).fetchall()
            in_flight = self.database.execute(
                "SELECT call, ordinal FROM row WHERE state = ? ORDER BY ordinal", (RowState.IN_FLIGHT,)
            ).fetchall()
            rows: defaultdict[int, list[int]] = defaultdict(list)
            for number, ordinal in in_flight:
                rows[number].append(ordinal)
            return [
                CreateCall(
                    number=number,
                    target=target,
                    marker=marker,
                    state=CallState(state),
                    ordinals=tuple(rows[number]),
                )
                for number, target, marker, state in calls
            ]

    def call(self, number: int) -> tuple[str, list[str]]:
        """Return the mark and the request ids of a call, for the report."""
        with self.explained():
            found = self.database.execute("SELECT marker, request_ids FROM call WHERE number = ?", (number,)).fetchone()
        return (found[0], found[1].split()) if found else ("", [])

    def next_number(self) -> int:
        """Return a number that no call has had."""
        with self.explained():
            (latest,) = self.database.execute("SELECT coalesce(max(number), 0) FROM call").fetchone()
        return int(latest) + 1

    def _rows(self, condition: str, values: Sequence[object]) -> list[StoredRow]:
        with self.explained():
            found = f"SELECT {StoredRow.COLUMNS} FROM row WHERE {condition}"  # noqa: S608 - columns and question marks only
            # One step of SQLite, as in `_CHANGE_ROWS`.
            together = f"SELECT json_group_array(json_array({StoredRow.AS_JSON})) FROM ({found})"  # noqa: S608 - as above
            (text,) = self.database.execute(together, values).fetchone()
            return [stored_row(columns) for columns in orjson.loads(text)]


def _links_as_json(rows: Mapping[int, RowChange]) -> str:
    """Write down the links; here and not in `commit`, whose variables an error report may show."""
    links = [(ordinal, row.link.id, row.link.join_link) for ordinal, row in rows.items() if row.link]
    return orjson.dumps(links).decode()


def _places(values: Sequence[object]) -> str:
    return ", ".join(["?"] * len(values))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
