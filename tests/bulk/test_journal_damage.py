"""F122: files that are no journal, or one no more: refused by name, nothing is sent, and what can be read is read."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from random import Random

import pytest
from invitations import CREATE, addresses, destination, guests, mailed, resumed, run
from waiting import until

from alfaview_async import errors
from alfaview_async.bulk import RowStatus, invite, undo
from alfaview_async.bulk.overview import reading
from alfaview_async.bulk.resolving import read_results
from alfaview_async.bulk.salvage import salvage
from alfaview_async.bulk.states import CallState

CORRUPT = errors.JournalCorrupt


@pytest.fixture
async def half_done(alfaview, journal):
    """A journal of 200 rows, some of them created."""
    results = invite(destination(alfaview, chunk_size=20), guests(200), journal=journal)
    for _ in range(60):
        await anext(results)
    await results.aclose()
    return journal


async def all_refuse(alfaview, journal, error):
    """Whatever is asked of it, it is refused."""
    with pytest.raises(error):
        await run(destination(alfaview), guests(200), journal=journal)
    with pytest.raises(error):
        await resumed(destination(alfaview), journal)
    with pytest.raises(error):
        await read_results(journal)
    with pytest.raises(error):
        [result async for result in undo(destination(alfaview), journal=journal)]


@pytest.mark.parametrize("content", [b"Dear guests,\n" * 500, b"SQLite format 3\x00" + b"\xff" * 5000, b"no"])
async def test_a_file_of_something_else_is_refused_and_left_alone(emulator, alfaview, journal, content):
    """A path was mixed up: the file stays as it was."""
    journal.write_bytes(content)
    await all_refuse(alfaview, journal, CORRUPT)
    assert journal.read_bytes() == content
    assert emulator.requests.count(CREATE) == 0
    assert list(salvage(journal)) == []


async def test_a_database_of_something_else_is_refused_and_left_alone(emulator, alfaview, journal):
    """Every byte of somebody's bookkeeping stays as it was."""
    with sqlite3.connect(journal) as database:
        database.execute("CREATE TABLE row (ordinal, income)")
        database.execute("INSERT INTO row VALUES (1, 100)")
    database.close()
    before = journal.read_bytes()
    await all_refuse(alfaview, journal, errors.JournalMismatch)
    assert journal.read_bytes() == before
    assert emulator.requests.count(CREATE) == 0
    assert list(salvage(journal)) == []


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
async def test_a_journal_that_is_cut_off_is_refused(emulator, alfaview, half_done, share):
    """A copy that was interrupted: nothing is sent from it; the rows that are there can be read."""
    sent = emulator.requests.count(CREATE)
    with half_done.open("r+b") as file:
        file.truncate(int(half_done.stat().st_size * share))
    await all_refuse(alfaview, half_done, errors.JournalError)
    assert emulator.requests.count(CREATE) == sent
    salvaged = {result.recipient.email for result in salvage(half_done)}
    assert salvaged <= set(addresses(200))


async def test_one_letter_of_a_mark_is_noticed(emulator, hasty, journal):
    """By another mark the links of a lost call would not be found, and so be made again, mails and all."""
    emulator.faults.add(CREATE, do="apply-then-reset", on="1")
    results = invite(destination(hasty, effect_within=60), guests(3), journal=journal)
    ended = asyncio.create_task(anext(results))
    await until(lambda: emulator.requests.count(CREATE) and in_doubt(journal))
    ended.cancel()
    await asyncio.gather(ended, return_exceptions=True)
    await results.aclose()
    with sqlite3.connect(journal) as database:
        database.execute("UPDATE call SET marker = replace(marker, 'avb1', 'avb2')")
    database.close()
    sent = emulator.requests.count(CREATE)
    with pytest.raises(CORRUPT, match="call 1 is not what it was"):
        await resumed(destination(hasty), journal)
    assert emulator.requests.count(CREATE) == sent


async def test_a_row_does_not_lose_its_progress_to_a_wrong_bit(emulator, alfaview, journal):
    """Without progress it would count as never sent: the journal is refused, and salvage calls no such row unsent."""
    results = invite(destination(alfaview, chunk_size=20), guests(60), journal=journal)
    for _ in range(40):
        await anext(results)
    await results.aclose()
    sent = emulator.requests.count(CREATE)
    move_last_progress(journal)
    await all_refuse(alfaview, journal, CORRUPT)
    assert emulator.requests.count(CREATE) == sent
    statuses = Counter(result.status for result in salvage(journal))
    assert statuses[RowStatus.CREATED] >= 39
    assert statuses.keys() <= {RowStatus.CREATED, RowStatus.UNKNOWN}


def move_last_progress(journal):
    """Flip one bit of the rowid of the last row of `progress`, as the file format of SQLite lays it out."""
    with sqlite3.connect(journal) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'progress'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    data = bytearray(journal.read_bytes())
    base = (page - 1) * size
    assert data[base] == 13  # a leaf of a table
    cells = int.from_bytes(data[base + 3 : base + 5])
    last = base + 8 + 2 * (cells - 1)
    cell = base + int.from_bytes(data[last : last + 2])
    data[cell + 1] ^= 0b0100_0000  # after one byte of length
    journal.write_bytes(data)


def in_doubt(journal):
    with reading(journal) as reader:
        return [call.state for call in reader.open_calls()] == [CallState.LOST]


async def test_an_emptied_journal_protects_nobody_but_the_room_does(emulator, alfaview, half_done):
    """A file without a byte is a new journal; the guests who are there already stop the run."""
    sent = emulator.requests.count(CREATE)
    half_done.write_bytes(b"")
    with pytest.raises(errors.JournalMismatch, match="holds no run"):
        await resumed(destination(alfaview), half_done)
    with pytest.raises(errors.AlreadyInvited):
        await run(destination(alfaview), guests(200), journal=half_done)
    assert emulator.requests.count(CREATE) == sent


async def test_salvage_reads_all_of_a_sound_journal(half_done):
    """The same as the journal says itself."""
    sound = {(r.recipient.email, r.status, r.link_id, r.join_link) for r in await read_results(half_done)}
    assert {(r.recipient.email, r.status, r.link_id, r.join_link) for r in salvage(half_done)} == sound
    assert sum(result.status is RowStatus.CREATED for result in salvage(half_done)) >= 60


async def test_salvage_reads_what_a_killed_process_had_not_moved_into_the_file(driver, journal):
    """All of it may still stand in the file beside it."""
    await driver.do("invite", guests=200, crash=("create", "after", 2))
    assert len(list(salvage(journal))) == 200


async def test_salvage_reads_around_the_damage(half_done):
    """A page in the middle is gone: other rows are still there, each as it was."""
    sound = {(r.recipient.email, r.status, r.link_id) for r in await read_results(half_done)}
    data = bytearray(half_done.read_bytes())
    middle = len(data) // 4096 // 2 * 4096
    data[middle : middle + 4096] = bytes(4096)
    half_done.write_bytes(data)
    salvaged = {(r.recipient.email, r.status, r.link_id) for r in salvage(half_done)}
    assert 0 < len(salvaged) < 200
    assert salvaged <= sound


def test_salvage_of_a_file_that_is_not_there(tmp_path):
    """It makes none."""
    with pytest.raises(errors.JournalUnavailable):
        list(salvage(tmp_path / "missing"))
    assert list(tmp_path.iterdir()) == []


async def test_a_row_that_changed_on_the_disk_is_not_sent(emulator, alfaview, half_done):
    """One letter of an address that is still to be invited: somebody else would get the link."""
    sent = emulator.requests.count(CREATE)
    data = half_done.read_bytes()
    assert data.count(b"guest199@example.org") == 1
    half_done.write_bytes(data.replace(b"guest199@example.org", b"guest199@exemple.org"))
    with pytest.raises(CORRUPT, match=r"row 199 .* is not what it was"):
        await resumed(destination(alfaview), half_done)
    with pytest.raises(CORRUPT, match=r"row 199 .* is not what it was"):
        await run(destination(alfaview), guests(200), journal=half_done)
    assert emulator.requests.count(CREATE) == sent


@pytest.mark.slow
async def test_flipped_bytes_never_invite_anybody_twice(emulator, alfaview, half_done, tmp_path):
    """A byte changes anywhere: refused with an error of ours, or the run goes on, and nobody has two mails."""
    draw = Random(122)
    sound = half_done.read_bytes()
    there = destination(alfaview, chunk_size=100)
    data = emulator.export()
    mails = list(emulator.outbox)
    refused = 0
    for number in range(60):
        emulator.load(data)
        emulator.outbox[:] = mails
        flipped = bytearray(sound)
        place = draw.randrange(len(flipped))
        flipped[place] ^= 1 << draw.randrange(8)
        copy = tmp_path / f"{number}.journal"
        copy.write_bytes(flipped)
        try:
            await resumed(there, copy)
        except errors.AlfaviewError:
            refused += 1
        assert len(set(mailed(emulator))) == len(mailed(emulator)), place
        assert set(mailed(emulator)) <= set(addresses(200)), place
    assert refused
    shutil.rmtree(tmp_path)
