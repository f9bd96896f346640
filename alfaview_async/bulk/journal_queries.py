"""What a journal says about its run; nothing here changes it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

import orjson
from attrs import frozen

from alfaview_async.bulk.journal_file import JournalFile
from alfaview_async.bulk.journal_rows import StoredRow, stored_row
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.states import CallState, CreateCall, Echo, RowState

PAGE = 500
"""Rows in one step of SQLite."""


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


class JournalQueries(JournalFile):
    """The run that a journal holds; arguments and errors of the constructor as of `JournalFile`."""

    @property
    def run(self) -> RunRecord | None:
        """The run, `None` if none was begun."""
        with self.explained():
            found = self.database.execute("SELECT id, mode, echo, settings, withdrawing FROM run").fetchone()
            if found is None:
                return None
            run, mode, echo, text, withdrawing = found
            settings = orjson.loads(text)
            if not isinstance(settings, dict):
                raise ValueError("the settings of the run are no object")  # noqa: TRY004 - of a file, not of an argument
            return RunRecord(
                id=run,
                mode=Mode(mode),
                echo=Echo(echo),
                settings=settings,
                withdrawing=bool(withdrawing),
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
        those = f"AND state IN ({places(states)}) " if states else ""  # all: also those whose state cannot be read
        return self._rows(f"ordinal > ? {those}ORDER BY ordinal LIMIT ?", (after, *states, PAGE))

    def rows_at(self, ordinals: Sequence[int]) -> dict[int, StoredRow]:
        """Return rows by their ordinals; errors as in `page`."""
        found: dict[int, StoredRow] = {}
        for start in range(0, len(ordinals), PAGE):
            part = ordinals[start : start + PAGE]
            found |= {row.ordinal: row for row in self._rows(f"ordinal IN ({places(part)})", part)}
        return found

    def sendable(self) -> dict[str, dict[int, int]]:
        """Return the rows that may be sent, in order: target -> ordinal -> largest chunk, 0 for any."""
        with self.explained():
            found = self.database.execute(
                "SELECT target, ordinal, at_most FROM row WHERE state = ? ORDER BY ordinal", (RowState.PLANNED,)
            )
            rows: defaultdict[str, dict[int, int]] = defaultdict(dict)
            for target, ordinal, at_most in found:
                rows[target][ordinal] = at_most
            return rows

    def links(self, *states: RowState) -> list[tuple[str, str]]:
        """Return target and link id of the rows in these states."""
        with self.explained():
            found = "SELECT target, link_id FROM link JOIN progress USING (ordinal) JOIN listed USING (ordinal) "
            return self.database.execute(found + f"WHERE state IN ({places(states)})", states).fetchall()

    def doubted(self) -> dict[str, set[str]]:
        """Return the targets of calls that were in doubt, each with the marks of calls that still have unknown rows."""
        with self.explained():
            found = self.database.execute(
                "SELECT target, iif(EXISTS (SELECT 1 FROM progress AS row WHERE row.call = call.number "
                "AND row.state IN (?, ?)), marker, '') FROM call WHERE doubted",
                (RowState.UNKNOWN, RowState.IN_FLIGHT),
            ).fetchall()
        unknown: dict[str, set[str]] = {}
        for target, marker in found:
            unknown.setdefault(target, set()).update(filter(None, [marker]))
        return unknown

    def digests(self) -> dict[str, bytes]:
        """Return the digest of each row by its key."""
        with self.explained():
            return dict(self.database.execute("SELECT key, digest FROM listed"))

    def counts(self) -> dict[RowState, int]:
        """Return how many rows are in each state."""
        with self.explained():
            found = self.database.execute("SELECT state, count(*) FROM progress GROUP BY state")
            counts = {RowState(state): count for state, count in found}
            (rows,) = self.database.execute("SELECT count(*) FROM listed").fetchone()
        unsent = rows - sum(counts.values()) + counts.pop(RowState.PLANNED, 0)
        return {RowState.PLANNED: unsent, **counts} if unsent else counts

    def baselines(self) -> dict[str, bytes]:
        """Return the targets, each with the digest of what was there before the run."""
        with self.explained():
            return dict(self.database.execute("SELECT id, baseline FROM target"))

    def open_calls(self) -> list[CreateCall]:
        """Return the calls that are not settled, with the rows whose effect is not known."""
        with self.explained():
            calls = self.database.execute(
                "SELECT number, target, marker, digest, state FROM call WHERE state != ? ORDER BY number",
                (CallState.SETTLED,),
            ).fetchall()
            for number, target, marker, digest, _ in calls:
                if digest_of_call(number, target, marker) != digest:
                    raise ValueError(f"call {number} is not what it was when it was written down")
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
                for number, target, marker, _, state in calls
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
            # In one step: before and after each step of SQLite Python's threads wait for one another.
            together = f"SELECT json_group_array(json_array({StoredRow.AS_JSON})) FROM ({found})"  # noqa: S608 - as above
            (text,) = self.database.execute(together, values).fetchone()
            return [stored_row(columns) for columns in orjson.loads(text)]


def digest_of_call(number: int, target: str, marker: str) -> bytes:
    """Name what a call is looked for by: by another mark its invitations would not be found, and so be made again."""
    return sha256(f"{number} {target} {marker}".encode()).digest()


def places(values: Sequence[object]) -> str:
    """Return a question mark for each value."""
    return ", ".join(["?"] * len(values))
