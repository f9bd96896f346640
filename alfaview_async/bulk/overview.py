"""What a journal says, read without changing it, also while a process works on it."""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

from attrs import frozen

from alfaview_async.bulk.journal_queries import JournalQueries
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.results import RowResult, RowStatus
from alfaview_async.bulk.row_results import STATUS, result_of
from alfaview_async.bulk.states import MailState, RowState
from alfaview_async.errors import JournalUnavailable

_OPEN = (RowState.PLANNED, RowState.IN_FLIGHT)


@frozen(kw_only=True)
class RunOverview:
    """How a run stands.

    Attributes:
        id: 32 hexadecimal digits.
        made_at: When it was begun.
        mode: What is done when an answer is lost.
        settings: Of the destination; `GuestLinks.from_settings` and `WebexMeeting.from_settings` take them.
        withdrawing: Its invitations are being deleted; it can only be undone.
        counts: Rows in each state that rows are in.
        unmailed: Guests who have a link, and whose mail is still to be sent; for `Mode.TWO_PHASE` only.
    """

    id: str
    made_at: datetime
    mode: Mode
    settings: Mapping[str, str]
    withdrawing: bool
    counts: Mapping[RowState, int]
    unmailed: int = 0

    @property
    def rows(self) -> int:
        """How many rows the run has."""
        return sum(self.counts.values())

    @property
    def statuses(self) -> Counter[RowStatus]:
        """How many rows the run has of each status; `unsent` ones are not `failed`: `resume` sends them."""
        rows = Counter[RowStatus]()
        for state, count in self.counts.items():
            rows[STATUS[state]] += count
        return rows

    @property
    def unfinished(self) -> int:
        """Rows that `resume` would still work on."""
        return sum(self.counts.get(state, 0) for state in _OPEN) + self.unmailed


class JournalReader(JournalQueries):
    """A journal that is only read; nobody is kept from it meanwhile.

    Args:
        path: Of the run's file.

    Raises:
        JournalUnavailable: There is no such file, or it cannot be opened.
        JournalCorrupt: It is damaged, or no journal.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        # Not that of a journal that is worked on: that one takes a lock, and makes what is missing.
        self.shown = os.fspath(path)
        if not Path(path).is_file():
            raise JournalUnavailable(f"there is no journal {self.shown}")
        with ExitStack() as opened, self.explained():
            place = f"{Path(path).resolve().as_uri()}?mode=ro"
            self.database = sqlite3.connect(place, uri=True, isolation_level=None, check_same_thread=False)
            opened.enter_context(closing(self.database))
            (self._tables,) = self.database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            self._opened = opened.pop_all()

    @property
    def overview(self) -> RunOverview | None:
        """How the run stands, `None` if none was begun."""
        record = self.run if self._tables else None
        if record is None:
            return None
        with self.explained():
            (made_at,) = self.database.execute("SELECT made_at FROM run").fetchone()
            (unmailed,) = self.database.execute(
                "SELECT count(*) FROM row WHERE state = ? AND mail = ?", (RowState.DONE, MailState.NONE)
            ).fetchone()
            return RunOverview(
                id=record.id,
                made_at=datetime.fromisoformat(made_at),
                mode=record.mode,
                settings=record.settings,
                withdrawing=record.withdrawing,
                counts=self.counts(),
                unmailed=unmailed if record.mode is Mode.TWO_PHASE else 0,
            )


def read_overview(journal: str | os.PathLike[str]) -> RunOverview | None:
    """Tell how the run of a journal stands, `None` if none was begun; sends nothing, changes nothing, locks nobody out.

    Blocking, for a moment.

    Args:
        journal: Path of the run's file.

    Raises:
        JournalUnavailable: There is no such file, or it cannot be opened.
        JournalCorrupt: It is damaged, or no journal.
    """
    with reading(journal) as reader:
        return reader.overview


def peek_results(journal: str | os.PathLike[str]) -> list[RowResult]:
    """Return what became of each row so far, as `read_results` does, but also while a process works on the run.

    Blocking; errors as of `read_overview`.
    """
    with reading(journal) as reader:
        return [result_of(row) for row in reader.rows()] if reader.overview else []


@contextmanager
def reading(journal: str | os.PathLike[str]) -> Iterator[JournalReader]:
    """Open a journal for reading while the block runs; errors as of `JournalReader`."""
    with closing(JournalReader(journal)) as reader:
        yield reader
