"""The file of a journal: whose it is, who may work on it, what it never tells."""

import asyncio
import logging
import os
import re
import sqlite3
import stat
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from invitations import CREATE, addresses, destination, guests, mailed, resumed, run, statuses
from real_disk import require

from alfaview_async import errors
from alfaview_async.bulk import RowStatus, invite
from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_thread import opened
from alfaview_async.tokens import mounts

OPEN_UNDER = "import os, sys; os.umask(int(sys.argv[2], 8)); from alfaview_async.bulk.journal import Journal"


def modes(journal):
    """Return the modes of the journal and all files beside it, by name."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in sorted(journal.parent.iterdir())}


@pytest.mark.parametrize("umask", ["000", "022", "277", "777"])
def test_only_its_owner_can_read_it_under_any_umask(journal, umask):
    """It holds names, addresses and links that open rooms: mode 0600 for it and all that lies beside it."""
    code = f"{OPEN_UNDER}; journal = Journal(sys.argv[1]); print(*sorted(os.listdir(os.path.dirname(sys.argv[1]))))"
    done = subprocess.run([sys.executable, "-c", code, str(journal), umask], capture_output=True, check=True, text=True)
    assert "run.journal-wal" in done.stdout
    assert set(modes(journal).values()) == {0o600}


async def test_files_beside_it_are_its_owners_too_while_it_is_open(alfaview, journal):
    """What was written last lies in a second file for a while."""
    results = invite(destination(alfaview, chunk_size=1), guests(3), journal=journal)
    await anext(results)
    assert set(modes(journal)) == {"run.journal", "run.journal-shm", "run.journal-wal", "run.journal.lock"}
    assert set(modes(journal).values()) == {0o600}
    await results.aclose()


async def test_a_second_process_is_refused(emulator, driver, alfaview, journal):
    """F112: two drivers of one run would invite everybody twice."""
    results = invite(destination(alfaview, chunk_size=3), guests(6), journal=journal)
    await anext(results)
    sent = emulator.requests.count(CREATE)
    for order in ("invite", "resume", "undo"):
        second = await driver.do(order, guests=6)
        assert second["error"][0] == "JournalInUse"
    with pytest.raises(errors.JournalInUse, match="another process is working on the journal"):
        await resumed(destination(alfaview), journal)
    assert emulator.requests.count(CREATE) <= sent + 1
    await results.aclose()
    assert statuses(await resumed(destination(alfaview), journal)) == [RowStatus.CREATED] * 6
    assert mailed(emulator) == addresses(6)


async def test_the_journal_is_free_again_after_every_end(emulator, alfaview, journal):
    """A defect, an early leave, a cancellation while it is being opened: nobody is locked out of their own run."""
    results = invite(destination(alfaview, chunk_size=1), guests(3), journal=journal)
    await anext(results)
    await results.aclose()
    Journal(journal).close()
    emulator.faults.add("roomService/list", do="error", status="NOT_FOUND", times=1)
    with pytest.raises(errors.NotFound):
        await resumed(destination(alfaview), journal)
    Journal(journal).close()

    async def leave():
        async with opened(journal):
            pass

    for rounds in range(20):
        opening = asyncio.create_task(leave())
        for _ in range(rounds):
            await asyncio.sleep(0)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await freed(journal)


async def freed(journal):
    """Wait for the thread that closes it; whoever never lets go fails by the test's own bound."""
    async with asyncio.timeout(10):
        while True:
            try:
                Journal(journal).close()
            except errors.JournalInUse:
                await asyncio.sleep(0.01)
            else:
                return


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
async def test_a_network_file_system_is_refused(emulator, alfaview, journal, tmp_path, monkeypatch, kind):
    """Locks are lost there; a table of mounts as the kernel writes it says what the disk of this test is."""
    device = tmp_path.stat().st_dev
    table = tmp_path / "mountinfo"
    table.write_text(f"36 25 {os.major(device)}:{os.minor(device)} / / rw shared:1 - {kind} host:/share rw\n")
    monkeypatch.setattr(mounts, "_MOUNTS", table)
    with pytest.raises(errors.JournalUnavailable, match=f"lies on {kind}, which loses locks"):
        await run(destination(alfaview), guests(3), journal=journal)
    assert emulator.requests.count(CREATE) == 0


@pytest.mark.parametrize("place", ["missing/run.journal", "."])
async def test_a_place_where_no_file_can_be_is_refused(emulator, alfaview, tmp_path, place):
    """A folder that is not there, or that is itself the path."""
    with pytest.raises(errors.JournalUnavailable, match="cannot be opened"):
        await run(destination(alfaview), guests(3), journal=tmp_path / place)
    assert emulator.requests.count(CREATE) == 0


async def test_a_link_in_place_of_the_file_is_refused(alfaview, journal, tmp_path):
    """Else whoever may write in the folder chooses which file is written."""
    require(there=hasattr(os, "O_NOFOLLOW"), reason="links can be followed only here")
    journal.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(errors.JournalUnavailable):
        await run(destination(alfaview), guests(3), journal=journal)
    assert not (tmp_path / "elsewhere").exists()


async def test_every_name_is_a_file(alfaview, tmp_path, monkeypatch):
    """SQLite knows names that mean no file; a run with such a journal could not be resumed."""
    monkeypatch.chdir(tmp_path)
    await run(destination(alfaview), guests(3), journal=":memory:")
    assert (tmp_path / ":memory:").stat().st_size > 0


async def test_a_journal_of_a_later_version_is_left_alone(emulator, alfaview, journal):
    """What it means by its rows nobody here knows."""
    await run(destination(alfaview), guests(3), journal=journal)
    with sqlite3.connect(journal) as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    with pytest.raises(errors.JournalError, match="a later version of alfaview_async wrote"):
        await resumed(destination(alfaview), journal)
    assert emulator.requests.count(CREATE) == 1


async def test_nothing_secret_is_told(emulator, hasty, journal, caplog):
    """No join link in logs, errors, their tracebacks with all variables, or representations; no address in logs."""
    caplog.set_level(logging.DEBUG)
    emulator.faults.add(CREATE, do="partial", on="1")
    emulator.faults.add(CREATE, do="error", on="2-3", status="INVALID_ARGUMENT")
    results = await run(destination(hasty, chunk_size=2), guests(6), journal=journal)
    links = [result.join_link for result in results if result.join_link]
    assert links
    told = [record.getMessage() for record in caplog.records] + [repr(results), str(results)]
    told += ["".join(traceback.TracebackException.from_exception(r.error).format()) for r in results if r.error]
    with opened_quietly(journal) as book:
        told += [repr(book), repr(list(book.rows())), repr(book.run)]
        told.append(failed_commit(book))
    for text in told:
        assert not [link for link in links if link in text or link.rsplit("/", 2)[1] in text]
    assert not re.search(r"guest\d+@", "\n".join(record.getMessage() for record in caplog.records))


class opened_quietly:  # noqa: N801 - used as a function
    def __init__(self, journal):
        self.book = Journal(journal)

    def __enter__(self):
        return self.book

    def __exit__(self, *_):
        self.book.close()


def failed_commit(book):
    """Write down what may not be; return the traceback with all variables."""
    from alfaview_async.bulk.states import Change, RowChange, RowState  # noqa: PLC0415

    (row, *_) = book.page(-1, RowState.DONE)
    try:
        book.commit(Change(rows={row.ordinal: RowChange(state=RowState.DONE)}, links={row.ordinal: row.link}))
    except errors.JournalError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    raise AssertionError("a row became what it was")


def test_a_journal_needs_no_event_loop_and_no_cleanup(journal):
    """Opened, closed, opened: the same file."""
    Journal(journal).close()
    inode = Path(journal).stat().st_ino
    Journal(journal).close()
    assert journal.stat().st_ino == inode
