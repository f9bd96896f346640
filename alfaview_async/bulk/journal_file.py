"""The file of a journal: an SQLite database for the eyes of its owner, worked on by one process at a time."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from alfaview_async.errors import (
    JournalCorrupt,
    JournalError,
    JournalInUse,
    JournalMismatch,
    JournalUnavailable,
    StorageUnavailable,
)
from alfaview_async.tokens.lock_file import locked
from alfaview_async.tokens.mounts import network_file_system

_VERSION = 1
_NO_FAULT_OF_THE_FILE = frozenset(
    {
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
_APPLICATION = 0x61766231  # "avb1", so that `file` and we know a journal from any other database
_SCHEMA = """
CREATE TABLE run (id TEXT NOT NULL, made_at TEXT NOT NULL, mode TEXT NOT NULL, echo TEXT NOT NULL,
    settings TEXT NOT NULL, withdrawing INTEGER NOT NULL DEFAULT 0);
CREATE TABLE target (id TEXT PRIMARY KEY, baseline BLOB NOT NULL);
CREATE TABLE call (number INTEGER PRIMARY KEY, target TEXT NOT NULL, marker TEXT NOT NULL, state TEXT NOT NULL,
    noted_at TEXT NOT NULL, request_ids TEXT NOT NULL, doubted INTEGER NOT NULL, digest BLOB NOT NULL);
CREATE TABLE listed (ordinal INTEGER PRIMARY KEY, key TEXT NOT NULL, digest BLOB NOT NULL, target TEXT NOT NULL,
    recipient BLOB NOT NULL);
CREATE TABLE progress (ordinal INTEGER PRIMARY KEY, again INTEGER NOT NULL CHECK (again = ordinal),
    state TEXT NOT NULL, call INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', at_most INTEGER NOT NULL DEFAULT 0, mail TEXT NOT NULL DEFAULT 'none');
CREATE TABLE link (ordinal INTEGER PRIMARY KEY, again INTEGER NOT NULL CHECK (again = ordinal),
    link_id TEXT NOT NULL, join_link TEXT NOT NULL);
CREATE VIEW row AS SELECT ordinal, key, digest, target, recipient, coalesce(state, 'planned') AS state,
    coalesce(call, 0) AS call, coalesce(link_id, '') AS link_id, coalesce(join_link, '') AS join_link,
    coalesce(reason, '') AS reason, coalesce(at_most, 0) AS at_most, coalesce(mail, 'none') AS mail
    FROM listed LEFT JOIN progress USING (ordinal) LEFT JOIN link USING (ordinal);
"""
"""What changes often is narrow, since whole pages are written: rows of `listed` and `link` are written once. A row
without progress was never sent: so that none loses its own to a wrong bit, the ordinal stands there once more."""


class JournalFile:
    """An open file.

    Args:
        path: Made with mode 0600 if it is not there; `None` keeps all in memory, for a run without resume.

    Raises:
        JournalInUse: Another process is working on it.
        JournalCorrupt: It is damaged, or no database.
        JournalMismatch: It is a database of something else.
        JournalUnavailable: It cannot be opened, or lies on a network file system.
        JournalError: A later version wrote it.
    """

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self.shown = "in memory" if path is None else os.fspath(path)
        with ExitStack() as opened, self.explained():
            if path is None:
                self.database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            else:
                place = Path(path).absolute()  # ":memory:" is a name like any other
                _prepare(place, opened)
                self.database = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
            opened.enter_context(closing(self.database))
            self._set_up()
            self._opened = opened.pop_all()

    def __repr__(self) -> str:
        return f"<Journal {self.shown}>"

    def close(self) -> None:
        """Close the file and let others at it."""
        self._opened.close()

    def _set_up(self) -> None:
        (application,), (version,) = (
            self.database.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
        )
        (tables,) = self.database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != _APPLICATION:  # before anything is set, which would change the file
            raise JournalMismatch(f"{self.shown} is a database, but no journal of a bulk run; name another file")
        if version > _VERSION:
            raise JournalError(f"a later version of alfaview_async wrote the journal {self.shown}; update this one")
        # Moving 16 MB at a time into the file, and not 4, keeps the commits that do it below one in a hundred.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 0", "wal_autocheckpoint = 4000"):
            self.database.execute(f"PRAGMA {pragma}")
        if not tables:
            with self.transaction() as database:
                for statement in _SCHEMA.split(";"):
                    database.execute(statement)
                database.execute(f"PRAGMA application_id = {_APPLICATION}")
                database.execute(f"PRAGMA user_version = {_VERSION}")
        elif (damage := self.database.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise self._corrupt(damage)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all that is written inside, or nothing; on the disk afterwards. Errors as of `explained`."""
        with self.explained():
            self.database.execute("BEGIN IMMEDIATE")
            try:
                yield self.database
                self.database.execute("COMMIT")
            except BaseException:
                if self.database.in_transaction:
                    self.database.execute("ROLLBACK")
                raise

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn errors of SQLite into ours.

        Raises:
            JournalUnavailable: The disk is full or broken, or rights are missing.
            JournalCorrupt: What was read makes no sense.
        """
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _NO_FAULT_OF_THE_FILE:
                raise self._corrupt(str(error)) from error
            raise JournalUnavailable(
                f"the journal {self.shown} cannot be used: {error}; nothing was changed"
            ) from error
        except ValueError as error:
            raise self._corrupt(str(error)) from error

    def _corrupt(self, damage: str) -> JournalCorrupt:
        return JournalCorrupt(
            f"the journal {self.shown} is damaged or no journal ({damage}); it was left as it is: "
            "`salvage` reads what can be read"
        )


def _prepare(path: Path, opened: ExitStack) -> None:
    """Make the file for our eyes only, and keep all others from it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    lock = f"{os.fspath(path)}.lock"
    try:
        opened.enter_context(locked(partial(_private, lock, flags), wait=False))
        os.close(_private(path, flags))
        kind = network_file_system(path.stat().st_dev)
    except BlockingIOError:
        raise JournalInUse(f"another process is working on the journal {path}; wait for it, or stop it") from None
    except (OSError, StorageUnavailable) as error:
        why = error.strerror if isinstance(error, OSError) else "the file system knows no locks"
        raise JournalUnavailable(f"the journal {path} cannot be opened: {why}") from error
    if kind:
        raise JournalUnavailable(f"the journal {path} lies on {kind}, which loses locks; choose a local disk")


def _private(path: str | Path, flags: int) -> int:
    """Open a file; if it is not there, make it for our eyes only, whatever the umask takes away."""
    try:
        descriptor = os.open(path, flags | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags, 0o600)
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)
    return descriptor
