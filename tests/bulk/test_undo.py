"""Taking a run back: all of it or some rows, resumable, and never more than the run has made."""

import asyncio

import pytest
from gateway import page
from invitations import CREATE, addresses, destination, guests, linked, mailed, resumed, run, statuses
from waiting import until

from alfaview_async import errors
from alfaview_async.bulk import Existing, Mode, RowStatus, invite, undo
from alfaview_async.bulk.resolving import read_results, resolve

DELETE = "guestService.v2/deleteLink"


async def undone(destination, journal, **options):
    return [result async for result in undo(destination, journal=journal, **options)]


async def test_all_links_of_a_run_are_deleted_and_no_others(emulator, alfaview, journal):
    """Those that were there before stay, also where the run has left a guest the one they had."""
    await run(destination(alfaview), guests(2))
    await run(destination(alfaview), guests(5), journal=journal, existing=Existing.SKIP)
    results = await undone(destination(alfaview), journal)
    assert sorted(statuses(results)) == [RowStatus.EXISTING] * 2 + [RowStatus.WITHDRAWN] * 3
    assert linked(emulator) == addresses(2)
    assert emulator.requests.count(DELETE) == 3


async def test_links_of_rows_that_a_person_took_for_absent_go_too(emulator, hasty, journal):
    """`resolve` was told wrong, so two guests got two links; all four bear marks of the run."""
    emulator.faults.add(CREATE, do="apply-then-reset", on="1")
    there = destination(hasty)
    await run(there, guests(2), journal=journal, mode=Mode.AT_MOST_ONCE)
    for row in await read_results(journal):
        await resolve(journal, row.key, absent=True)
    assert statuses(await resumed(there, journal)) == [RowStatus.CREATED] * 2
    assert len(linked(emulator)) == 4
    assert statuses(await undone(there, journal)) == [RowStatus.WITHDRAWN] * 2
    assert linked(emulator) == []


async def test_undoing_again_deletes_nothing_more(emulator, alfaview, journal):
    """The same results, no call."""
    await run(destination(alfaview), guests(3), journal=journal)
    first = await undone(destination(alfaview), journal)
    assert await undone(destination(alfaview), journal) == first
    assert emulator.requests.count(DELETE) == 3


async def test_a_run_that_is_taken_back_cannot_go_on(emulator, alfaview, journal):
    """From the first deletion on: nobody is invited while others are uninvited."""
    results = invite(destination(alfaview, chunk_size=1), guests(9), journal=journal)
    await anext(results)
    await results.aclose()
    await undone(destination(alfaview), journal)
    sent = emulator.requests.count(CREATE)
    with pytest.raises(errors.JournalMismatch, match="are being deleted"):
        await resumed(destination(alfaview), journal)
    with pytest.raises(errors.JournalMismatch, match="are being deleted"):
        await run(destination(alfaview), guests(9), journal=journal)
    assert emulator.requests.count(CREATE) == sent
    assert linked(emulator) == []


async def test_some_rows_are_taken_back_and_the_run_goes_on(emulator, hasty, journal):
    """Guests who have cancelled; those who are taken back are not invited again, and doubts can still be settled."""
    rows = guests(6)
    emulator.faults.add(CREATE, do="error", on="3", status="QUOTA_EXCEEDED")
    first = await run(destination(hasty, chunk_size=2), rows, journal=journal)
    gone = frozenset(result.key for result in first[:2])
    taken_back = await undone(destination(hasty), journal, keys=gone)
    assert statuses(taken_back) == [RowStatus.WITHDRAWN] * 2
    assert linked(emulator) == ["guest2@example.org", "guest3@example.org"]
    emulator.faults.add(CREATE, do="reset", on="1")
    results = await resumed(destination(hasty), journal)
    assert sorted(statuses(results)) == [RowStatus.CREATED] * 4 + [RowStatus.WITHDRAWN] * 2
    assert linked(emulator) == addresses(6)[2:]
    assert mailed(emulator) == addresses(6)


async def test_links_that_are_gone_already_are_withdrawn(emulator, alfaview, journal):
    """Somebody deleted one by hand."""
    results = await run(destination(alfaview), guests(3), journal=journal)
    await alfaview.guests.delete_link(room_id=emulator.room_id, id=results[1].link_id)
    assert statuses(await undone(destination(alfaview), journal)) == [RowStatus.WITHDRAWN] * 3
    assert linked(emulator) == []


async def test_doubts_are_settled_first(emulator, alfaview, journal):
    """Links of a call whose answer was lost are found by their mark and deleted too; nothing is sent."""
    held = emulator.faults.add(CREATE, do="apply-then-timeout", on="2")
    work = asyncio.create_task(run(destination(alfaview, chunk_size=2), guests(6), journal=journal))
    await until(lambda: held.fired)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    results = await undone(destination(alfaview), journal)
    assert statuses(results) == [RowStatus.WITHDRAWN] * 4 + [RowStatus.UNSENT] * 2
    assert linked(emulator) == []
    assert emulator.requests.count(CREATE) == 2


async def test_a_deletion_that_fails_is_tried_again_the_next_time(emulator, hasty, journal):
    """The row keeps its link, with the error; the others are deleted; undoing again goes on."""
    await run(destination(hasty), guests(4), journal=journal)
    emulator.faults.add(DELETE, do="error", on="2-3", status="INTERNAL")  # which the client sends again once
    results = await undone(destination(hasty), journal)
    (kept,) = [result for result in results if result.status is RowStatus.CREATED]
    assert isinstance(kept.error, errors.StatusError)
    assert linked(emulator) == [kept.recipient.email]
    emulator.faults.clear()
    assert statuses(await undone(destination(hasty), journal)) == [RowStatus.WITHDRAWN] * 4
    assert linked(emulator) == []


async def test_a_right_that_is_missing_stops_the_deletions(emulator, hasty, journal):
    """One call, not a hundred."""
    await run(destination(hasty), guests(100), journal=journal)
    emulator.faults.add(DELETE, do="error", status="INSUFFICIENT_PERMISSIONS")
    results = await undone(destination(hasty), journal)
    assert statuses(results) == [RowStatus.CREATED] * 100
    assert emulator.requests.count(DELETE) == 1


async def test_stopping_between_two_deletions(emulator, alfaview, journal):
    """What was deleted is withdrawn, the rest still there."""
    await run(destination(alfaview), guests(4), journal=journal)
    stop = asyncio.Event()
    results = []
    async for result in undo(destination(alfaview), journal=journal, stop=stop):
        results.append(result)
        stop.set()
    assert statuses(results) == [RowStatus.WITHDRAWN] + [RowStatus.CREATED] * 3
    assert statuses(await read_results(journal)) == statuses(results)
    assert linked(emulator) == addresses(4)[1:]


async def test_a_lost_answer_to_a_deletion_is_no_loss(emulator, gateway, bent, journal):
    """It is sent again; a link that is gone by then is gone."""
    await run(destination(bent), guests(3), journal=journal)
    lost = []

    async def delete(body, ask):
        answer = await ask(body)
        if body["id"] in lost:
            return answer
        lost.append(body["id"])
        return page(504)

    gateway.bent[DELETE] = delete
    assert statuses(await undone(destination(bent), journal)) == [RowStatus.WITHDRAWN] * 3
    assert linked(emulator) == []


async def test_there_is_nothing_to_undo_in_a_new_journal(alfaview, journal):
    """The error says so."""
    with pytest.raises(errors.JournalMismatch, match="holds no run"):
        await undone(destination(alfaview), journal)
