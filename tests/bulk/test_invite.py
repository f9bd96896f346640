"""From recipients to links: every row sent at most once, every row accounted for."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from invitations import CREATE, LIST, addresses, destination, guests, mailed, run, statuses
from waiting import until

from alfaview_async import Alfaview, ApiKey, errors
from alfaview_async.bulk import GuestLinks, Progress, Recipient, RowStatus, invite

ROOMS = ("Seminar A", "Seminar B", "Conference room 1")


def unanswered(emulator):
    """Count the creates that are on their way."""
    return sum(request.path == CREATE and not request.status for request in emulator.requests)


class Watched(GuestLinks):
    """Notes how many creates the emulator has not answered when the next one begins."""

    def watch(self, emulator):
        self.begun = []
        self._emulator = emulator
        return self

    async def create(self, *args, **options):
        self.begun.append(unanswered(self._emulator))
        return await super().create(*args, **options)


async def test_every_row_gets_its_own_link(emulator, alfaview):
    """120 rows in chunks of 50: three calls, 120 links, 120 mails, each to the right guest."""
    results = await run(destination(alfaview), guests(120))
    assert emulator.requests.count(CREATE) == 3
    assert set(statuses(results)) == {RowStatus.CREATED}
    listed = (await alfaview.guests.list_guest_links(room_id=emulator.room_id)).guest_links
    by_id = {link.id: (link.email, link.join_link) for link in listed}
    assert [by_id[r.link_id] for r in results] == [(r.recipient.email, r.join_link) for r in results]
    assert mailed(emulator) == addresses(120)


async def test_rooms_roles_and_times_per_row(emulator, alfaview):
    """A row's own room, role, language and time frame win over those for all."""
    (special,) = guests(1, room="Nord/Seminar B", role="moderator", locale="de")
    await run(destination(alfaview), [*guests(2), special])
    listed = (await alfaview.guests.list_guest_links(room_id="")).guest_links
    moderator, _ = await alfaview.business.permission_group("Moderator")
    other_room, _ = await alfaview.rooms.find("Seminar B")
    assert [(link.permission_group_id, link.locale) for link in listed if link.room_id == other_room] == [
        (moderator, "de")
    ]
    assert len([link for link in listed if link.room_id == emulator.room_id]) == 2


async def test_no_mail_is_sent_unless_asked(emulator, alfaview):
    """Mails cannot be called back, so the default is none."""
    await run(GuestLinks(alfaview, room="Seminar A", role="Participant"), guests(3))
    assert mailed(emulator) == []


async def test_links_bear_the_origin_of_the_caller_before_the_mark(emulator, alfaview):
    """Whoever reads the list later sees where a link came from."""
    await run(destination(alfaview, origin="Spring school"), guests(1))
    (link,) = (await alfaview.guests.list_guest_links(room_id=emulator.room_id)).guest_links
    assert link.origin.startswith("Spring school avb1:")


async def test_nobody_is_invited_twice_into_one_room(emulator, alfaview):
    """The same room by default, by name, by path and by id: found out before anything is sent."""
    for room in ("", "Seminar A", "Nord/Seminar A", emulator.room_id):
        again = Recipient(email="GUEST0@example.org", display_name="Other", room=room, line=9)
        with pytest.raises(errors.ConfigurationError, match=r"lines 2 and 9"):
            await run(destination(alfaview), [*guests(3), again])
    assert emulator.requests.count(CREATE) == 0


async def test_one_guest_may_be_invited_for_two_times(alfaview):
    """Two time frames are two invitations; each row gets a link of its own."""
    later = datetime(2030, 1, 1, tzinfo=UTC)
    results = await run(destination(alfaview), [*guests(1), *guests(1, valid_from=later)])
    assert len({result.link_id for result in results}) == 2


async def test_unknown_rooms_and_roles_stop_before_anything_is_sent(emulator, alfaview):
    """Wrong names among many rows: no link is made, and one error has all the names with their rows."""
    wrong = [
        Recipient(email="z@example.org", room="Seminar Z", line=60),
        Recipient(email="z2@example.org", room="Seminar Z", line=61),
        Recipient(email="chef@example.org", role="Chef"),
    ]
    with pytest.raises(errors.NotFound) as caught:
        await run(destination(alfaview), [*guests(50), *wrong])
    assert caught.value.message == (
        "2 rows (line 60, line 61): no room 'Seminar Z' among the 6 of this company; "
        "1 row (chef@example.org): no permission group 'Chef'; available: Moderator, Participant, Spectator; "
        "nothing was sent"
    )
    assert (caught.value.name, caught.value.operation) == ("Seminar Z", "roomService/list")
    with pytest.raises(
        errors.NotFound, match=r"^[^:]*: 50 rows \(line 2, .* line 11, \.\.\.\): no .* 'Teilnemer'"
    ) as caught:
        await run(destination(alfaview, role="Teilnemer"), guests(50))
    assert caught.value.name == "Teilnemer"
    assert emulator.requests.count(CREATE) == 0


async def test_rows_without_room_or_role_are_named(alfaview):
    """The error says which lines, and how to give one for all."""
    with pytest.raises(errors.ConfigurationError, match=r"no room is named for 3 rows \(line 2, line 3, line 4\)"):
        await run(GuestLinks(alfaview, role="Participant"), guests(3))
    with pytest.raises(errors.ConfigurationError, match="no role is named"):
        await run(GuestLinks(alfaview, room="Seminar A"), guests(3))


async def test_a_room_that_cannot_be_listed_stops_before_anything_is_sent(emulator, hasty):
    """Without the list nobody knows who is invited already; the error is alfaview's, not a group of errors."""
    emulator.faults.add(LIST, do="error", status="INTERNAL")
    rows = [*guests(1, room="Seminar A"), *guests(1, room="Seminar B")]
    with pytest.raises(errors.AlfaviewError):
        await run(destination(hasty), rows)
    assert emulator.requests.count(CREATE) == 0


async def test_progress_counts_every_row(emulator, hasty):
    """From nothing to all, never backwards, the outcomes apart."""
    emulator.faults.add(CREATE, do="error", on="2-9", status="INVALID_ARGUMENT")
    seen = []
    await run(destination(hasty, chunk_size=1), guests(12), on_progress=seen.append)
    assert seen[0] == Progress(total=12)
    assert [progress.done for progress in seen] == [*range(13)]
    assert (seen[-1].created, seen[-1].unknown, seen[-1].failed) == (4, 0, 8)


async def test_results_are_handed_over_before_progress_is_told(emulator, alfaview):
    """A progress bar that fails costs no links: they were yielded before."""
    seen = []

    def broken(progress):
        if progress.done:
            raise BrokenPipeError

    async def watch():
        async for result in invite(destination(alfaview), guests(20), on_progress=broken):
            seen.append(result)  # noqa: PERF401 - what was seen before the failure is the point

    with pytest.raises(BrokenPipeError):
        await watch()
    assert len(seen) == 20 == len(emulator.outbox)


async def test_rooms_are_filled_at_the_same_time(emulator, alfaview):
    """Three rooms, three calls on their way at once; nobody answers, so the log shows it."""
    emulator.faults.add(CREATE, do="timeout")
    rows = [row for room in ROOMS for row in guests(2, room=room)]
    work = asyncio.create_task(run(destination(alfaview, chunk_size=1), rows))
    await until(lambda: unanswered(emulator) == 3)
    assert len({request.body["roomId"] for request in emulator.requests if request.path == CREATE}) == 3
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


async def test_no_more_rooms_are_filled_at_once_than_allowed(emulator, alfaview):
    """One room at a time: no call begins while another is on its way."""
    emulator.faults.add(CREATE, do="delay", seconds=0.01)
    there = Watched(alfaview, role="Participant", chunk_size=1).watch(emulator)
    await run(there, [row for room in ROOMS for row in guests(2, room=room)], rooms_at_once=1)
    assert there.begun == [0] * 6


async def test_chunks_of_one_room_do_not_overlap_unless_allowed(emulator, alfaview):
    """Each call also writes the permissions of the room, so one room is filled call by call."""
    emulator.faults.add(CREATE, do="delay", seconds=0.05)
    there = Watched(alfaview, room="Seminar A", role="Participant", chunk_size=1).watch(emulator)
    await run(there, guests(4))
    assert there.begun == [0] * 4
    two_are_there = asyncio.Event()
    inside = []

    class Meeting(GuestLinks):
        async def create(self, *arguments, **options):
            inside.append(arguments)
            if len(inside) == 2:
                two_are_there.set()
            await asyncio.wait_for(two_are_there.wait(), timeout=10)  # in vain if one is begun when the other has ended
            return await super().create(*arguments, **options)

    results = await run(
        Meeting(alfaview, room="Seminar A", role="Participant", chunk_size=1), guests(8)[4:], chunks_per_room=4
    )
    assert len(results) == len(inside) == 4


async def test_leaving_the_loop_early_stops_the_run(emulator, alfaview):
    """Whoever breaks off sends no further chunks: two results wait for the caller, more are not asked for."""
    results = invite(destination(alfaview, chunk_size=1), guests(50), rooms_at_once=1)
    async for _ in results:
        break
    await results.aclose()
    sent = emulator.requests.count(CREATE)
    assert sent <= 5
    assert not [task for task in asyncio.all_tasks() if "_work" in repr(task)]
    await alfaview.rooms.find("Seminar A")
    assert emulator.requests.count(CREATE) == sent


async def test_a_slow_caller_slows_the_run_down(emulator, alfaview):
    """Results do not pile up: no more calls are made than there is room for their results."""
    results = invite(destination(alfaview, chunk_size=1), guests(50), rooms_at_once=1)
    await anext(results)
    for _ in range(20):
        await alfaview.rooms.find("Seminar A")
    assert emulator.requests.count(CREATE) <= 5
    await results.aclose()


async def test_a_defect_in_a_destination_reaches_the_caller(alfaview):
    """Nobody waits for ever for a result that will not come."""

    class Broken(GuestLinks):
        async def create(self, target, *_args, **_options):
            raise ZeroDivisionError(target)

    with pytest.raises(ZeroDivisionError):
        await run(Broken(alfaview, room="Seminar A", role="Participant"), guests(3))


async def test_a_wrong_login_is_tried_once(emulator):
    """Nothing was sent, and the login is not hammered."""
    wrong = ApiKey(client_id=emulator.client_id, code="wrong", company_id=emulator.company_id)
    async with Alfaview(wrong, base_url=emulator.base_url) as alfaview:
        with pytest.raises(errors.AuthenticationError):
            await run(destination(alfaview), guests(3))
    assert emulator.requests.count("authenticationService/authenticate") == 1


async def test_an_empty_list_is_no_error(emulator, alfaview, journal):
    """Nobody to invite: nothing is sent, and there is a run to resume."""
    assert await run(destination(alfaview), [], journal=journal) == []
    assert await run(destination(alfaview), [], journal=journal) == []
    assert emulator.requests.count(CREATE) == 0
