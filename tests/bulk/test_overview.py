"""How a run stands, without touching it; its destination made anew; what earlier runs have done."""

from datetime import UTC, datetime, timedelta

import pytest
from invitations import CREATE, addresses, destination, guests, mailed, resumed, run, statuses

from alfaview_async.bulk import (
    Duplicates,
    GuestLinks,
    Mode,
    Recipient,
    RowStatus,
    WebexMeeting,
    invite,
    invited_before,
    peek_results,
    read_overview,
    read_recipients,
    reconcile,
    resume,
    undo,
)
from alfaview_async.bulk.columns import MissingColumn
from alfaview_async.bulk.states import RowState
from alfaview_async.errors import JournalCorrupt, JournalError, JournalMismatch, JournalUnavailable, PermissionDenied
from alfaview_async.webex import Webex


async def test_an_overview_says_what_the_run_is(alfaview, journal):
    """Settings, counts, time; and the file is the same byte for byte."""
    links = destination(alfaview)
    await run(links, guests(3), journal=journal)
    before = journal.read_bytes()
    overview = read_overview(journal)
    assert journal.read_bytes() == before
    assert overview.settings == links.settings()
    assert (overview.rows, overview.unfinished, overview.mode) == (3, 0, Mode.RECONCILED)
    assert overview.counts == {RowState.DONE: 3}
    assert overview.statuses == {RowStatus.CREATED: 3}
    assert abs(datetime.now(UTC) - overview.made_at) < timedelta(minutes=5)
    assert [result.status for result in peek_results(journal)] == [RowStatus.CREATED] * 3


async def test_a_run_is_seen_while_it_is_at_work(alfaview, journal):
    """Nobody is locked out, on either side."""
    links = GuestLinks(alfaview, room="Seminar A", role="Participant", chunk_size=5)
    seen = []
    async for _ in invite(links, guests(20), journal=journal):
        overview = read_overview(journal)
        seen.append(overview.counts.get(RowState.DONE, 0))
        assert overview.rows == len(peek_results(journal)) == 20
    assert seen[-1] == 20


async def test_two_phases_are_unfinished_until_all_are_mailed(emulator, alfaview, journal):
    """Links that nobody was told of are work that is left."""
    emulator.faults.add("resendGuestLinkEmail", do="error", status="TOKEN_OUTDATED")
    links = destination(alfaview)
    assert statuses(await run(links, guests(3), journal=journal, mode=Mode.TWO_PHASE)) == [RowStatus.CREATED] * 3
    assert (read_overview(journal).unmailed, read_overview(journal).unfinished) == (3, 3)
    emulator.faults.clear()
    await resumed(links, journal)
    assert (read_overview(journal).unmailed, mailed(emulator)) == (0, addresses(3))


def test_files_that_are_no_journals(tmp_path):
    """Not there, empty, something else: an error or nothing, and none is made or changed."""
    with pytest.raises(JournalUnavailable):
        read_overview(tmp_path / "none.journal")
    (tmp_path / "empty.journal").touch()
    assert read_overview(tmp_path / "empty.journal") is None
    assert peek_results(tmp_path / "empty.journal") == []
    (tmp_path / "text.journal").write_bytes(b"no database" * 500)
    with pytest.raises(JournalCorrupt):
        read_overview(tmp_path / "text.journal")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.journal", "text.journal"]


async def test_a_destination_is_made_anew_from_its_settings(emulator, alfaview, journal):
    """`resume` and `undo` take it for the same; that of another kind is refused."""
    links = GuestLinks(
        alfaview, room="Seminar A", role="Participant", send_email=True, timezone="Europe/Vienna", origin="spring"
    )
    await run(links, guests(2), journal=journal)
    again = GuestLinks.from_settings(alfaview, read_overview(journal).settings)
    assert again.settings() == links.settings()
    assert {result.status async for result in resume(again, journal=journal)} == {RowStatus.CREATED}
    assert mailed(emulator) == addresses(2)
    async with Webex("token") as webex:
        meeting = WebexMeeting(webex, meeting_id="m", send_email=True, host_email="host@example.org")
        assert WebexMeeting.from_settings(webex, meeting.settings()).settings() == meeting.settings()
        with pytest.raises(JournalMismatch):
            WebexMeeting.from_settings(webex, links.settings())
    with pytest.raises(JournalMismatch):
        GuestLinks.from_settings(alfaview, meeting.settings())
    with pytest.raises(JournalMismatch):
        GuestLinks.from_settings(alfaview, {**links.settings(), "of a later version": "x"})


async def test_reconcile_finds_what_was_made_and_sends_nothing(emulator, alfaview, hasty, journal):
    """The answer is lost and the room cannot be listed then; later it can."""
    emulator.faults.add("createGuestLinks", do="apply-then-reset", on="1")
    emulator.faults.add("listGuestLinks", do="error", status="INSUFFICIENT_PERMISSIONS", on="2-9")
    links = destination(hasty)
    with pytest.raises(JournalError):
        _ = [result async for result in reconcile(links, journal=journal)]
    with pytest.raises(PermissionDenied):  # at the end of the run, by the look for duplicates
        await run(links, guests(2), journal=journal)
    assert statuses(peek_results(journal)) == [RowStatus.UNKNOWN] * 2
    emulator.faults.clear()
    found = [result async for result in reconcile(destination(alfaview), journal=journal)]
    assert [result.status for result in found] == [RowStatus.CREATED] * 2
    assert emulator.requests.count(CREATE) == 1


async def test_rows_of_earlier_runs_are_known_again(alfaview, tmp_path):
    """By guest, room and time, or by the guest's key; withdrawn ones may be invited again."""
    first, second = tmp_path / "1.journal", tmp_path / "2.journal"
    links = destination(alfaview)
    keyed = Recipient(email="ada@example.org", display_name="Ada", key="7")
    await run(links, guests(2), journal=first)
    await run(links, [keyed], journal=second)
    companion = Recipient(email="ada@example.org", display_name="Ada's guest", key="8")
    rows = [*guests(3), keyed, companion, Recipient(email="ADA@example.org", display_name="Ada again")]
    assert await invited_before(links, rows, [first, second]) == {0: first, 1: first, 3: second, 5: second}
    elsewhere = destination(alfaview, room="Nord/Seminar B")
    assert await invited_before(elsewhere, rows, [first, second]) == {}
    _ = [result async for result in undo(links, journal=first)]
    assert await invited_before(links, rows, [first, second]) == {3: second, 5: second}


async def test_rows_that_a_run_has_yet_to_send_are_its_own(emulator, alfaview, tmp_path):
    """Whoever resumes it would invite them again; once it is undone nobody can."""
    journal = tmp_path / "1.journal"
    links = destination(alfaview)
    emulator.faults.add("createGuestLinks", do="error", status="QUOTA_EXCEEDED")
    results = await run(links, guests(2), journal=journal)
    assert [result.status for result in results] == [RowStatus.UNSENT] * 2
    assert await invited_before(links, guests(3), [journal]) == {0: journal, 1: journal}
    _ = [result async for result in undo(links, journal=journal)]
    assert await invited_before(links, guests(3), [journal]) == {}


def test_duplicates_in_a_list_may_be_left_to_the_run(tmp_path):
    """A problem by default; else a warning, and the row stays. Two rows with one key never make sense."""
    (tmp_path / "list.csv").write_text("E-Mail\nada@example.org\nada@example.org\n", encoding="utf-8")
    strict = read_recipients(tmp_path / "list.csv", skip_invalid=True)
    lenient = read_recipients(tmp_path / "list.csv", duplicates=Duplicates.ALLOW)
    assert (len(strict.recipients), len(strict.problems)) == (1, 1)
    assert (len(lenient.recipients), lenient.warnings) == (2, strict.problems)
    (tmp_path / "list.csv").write_text("ID;E-Mail\n1;ada@example.org\n1;bob@example.org\n", encoding="utf-8")
    keyed = read_recipients(tmp_path / "list.csv", duplicates=Duplicates.ALLOW, skip_invalid=True)
    assert len(keyed.problems) == 1


def test_a_missing_column_tells_what_was_found(tmp_path):
    """And below which header addresses stand."""
    (tmp_path / "list.csv").write_text("Name;Kontakt\nAda;ada@example.org\n", encoding="utf-8")
    with pytest.raises(MissingColumn) as caught:
        read_recipients(tmp_path / "list.csv")
    assert (caught.value.header, caught.value.probable) == (("Name", "Kontakt"), "Kontakt")
