"""Runs that were stopped, in every way but a kill, and go on."""

import asyncio
import os
import signal

import pytest
from attrs import evolve
from gateway import refusal
from invitations import CREATE, addresses, destination, guests, linked, mailed, resumed, run, statuses
from waiting import until

from alfaview_async import Alfaview, errors
from alfaview_async.bulk import Mode, Progress, RowStatus, invite
from alfaview_async.retry import RetryPolicy


async def begun(destination, journal, count=6, **options):
    """Make the first call of a run, then leave."""
    results = invite(destination, guests(count), journal=journal, **options)
    async for _ in results:
        break
    await results.aclose()


async def test_the_same_call_goes_on_with_the_run(emulator, alfaview, journal):
    """Results of earlier processes come first; the rest is sent; nobody is invited twice."""
    there = destination(alfaview, chunk_size=2)
    await begun(there, journal)
    seen = []
    results = await run(there, guests(6), journal=journal, on_progress=seen.append)
    assert statuses(results) == [RowStatus.CREATED] * 6
    assert mailed(emulator) == addresses(6) == linked(emulator)
    assert (seen[0], seen[-1]) == (Progress(total=6), Progress(total=6, created=6))


async def test_a_run_that_is_over_sends_nothing_more(emulator, alfaview, journal):
    """Called again by mistake: the same results, links and all, and no call."""
    first = await run(destination(alfaview), guests(6), journal=journal)
    again = await run(destination(alfaview), guests(6), journal=journal)
    assert again == first == await resumed(destination(alfaview), journal)
    assert emulator.requests.count(CREATE) == 1


async def test_edited_rows_are_refused_and_named(emulator, alfaview, journal):
    """F113: one row changed, one added, one removed: nothing is sent, whatever was left to send."""
    there = destination(alfaview, chunk_size=1)
    rows = guests(4, key="")
    keyed = [evolve(row, key=f"k{row.line}") for row in rows]
    results = invite(there, keyed, journal=journal)
    await anext(results)
    await results.aclose()
    sent = emulator.requests.count(CREATE)
    edited = [*keyed[:2], evolve(keyed[2], display_name="Somebody else"), *guests(5, key="k9")[4:]]
    with pytest.raises(errors.JournalMismatch, match=r"1 were added \(line 6\), 1 changed \(line 4\), 1 removed"):
        await run(there, edited, journal=journal)
    assert emulator.requests.count(CREATE) == sent


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"send_email": False}, "send_email was 'yes' and is 'no'"),
        ({"room": "Seminar B"}, "room was 'Seminar A' and is 'Seminar B'"),
        ({"role": "Moderator"}, "role was 'Participant' and is 'Moderator'"),
        ({"timezone": "Europe/London"}, "timezone was 'Europe/Berlin' and is 'Europe/London'"),
    ],
)
async def test_other_settings_are_refused_and_named(emulator, alfaview, journal, other, said):
    """F113: half of the guests with a mail and half without is what nobody wants."""
    await begun(destination(alfaview, chunk_size=1), journal)
    sent = emulator.requests.count(CREATE)
    with pytest.raises(errors.JournalMismatch, match=said):
        await resumed(destination(alfaview, **other), journal)
    with pytest.raises(errors.JournalMismatch, match=said):
        await run(destination(alfaview, **other), guests(6), journal=journal)
    assert emulator.requests.count(CREATE) == sent


async def test_another_mode_is_refused(alfaview, journal):
    """F113: the mode is a setting too."""
    await begun(destination(alfaview, chunk_size=1), journal)
    with pytest.raises(errors.JournalMismatch, match="mode was 'reconciled' and is 'at_most_once'"):
        await run(destination(alfaview), guests(6), journal=journal, mode=Mode.AT_MOST_ONCE)


async def test_there_is_nothing_to_resume_in_a_new_journal(alfaview, journal):
    """The error says what to do."""
    with pytest.raises(errors.JournalMismatch, match="holds no run; begin one with `invite`"):
        await resumed(destination(alfaview), journal)


async def test_a_room_that_was_renamed_over_is_not_filled(emulator, alfaview, journal):
    """Names may mean others by now: rows that were meant for one room do not land in another."""
    await begun(destination(alfaview, chunk_size=1), journal)
    sent = emulator.requests.count(CREATE)
    other, _ = await alfaview.rooms.find("Seminar B")
    rooms = emulator.state.companies[emulator.company_id].rooms
    rooms[emulator.room_id].display_name, rooms[other].display_name = "Seminar B", "Seminar A"
    with pytest.raises(errors.JournalMismatch, match="is another one than when the run began"):
        await resumed(destination(alfaview), journal)
    assert emulator.requests.count(CREATE) == sent


async def test_a_token_that_expires_in_the_middle_is_renewed(emulator, alfaview):
    """F118: the server checks the token before it does any work: no row is in doubt."""

    class Expiring(type(destination(alfaview))):
        async def create(self, *args, **options):
            emulator.expire_tokens()
            return await super().create(*args, **options)

    there = Expiring(alfaview, room="Seminar A", role="Participant", send_email=True, chunk_size=2)
    results = await run(there, guests(6))
    assert set(statuses(results)) == {RowStatus.CREATED}
    assert mailed(emulator) == addresses(6)


@pytest.mark.parametrize("status", ["QUOTA_EXCEEDED", "INSUFFICIENT_PERMISSIONS"])
async def test_a_quota_that_is_used_up_stops_the_run_and_it_can_go_on(emulator, hasty, journal, status):
    """F118: one call more, not a hundred; its rows are proven absent; `resume` sends them when there is room again."""
    emulator.faults.add(CREATE, do="error", on="2-99", status=status)
    results = await run(destination(hasty, chunk_size=2), guests(200), journal=journal)
    assert emulator.requests.count(CREATE) == 2
    assert statuses(results).count(RowStatus.CREATED) == 2
    failed = [result for result in results if result.status is RowStatus.UNSENT]
    assert len(failed) == 198
    assert {result.error.status for result in failed} == {status}
    emulator.faults.clear()
    results = await resumed(destination(hasty), journal)
    assert statuses(results) == [RowStatus.CREATED] * 200
    assert mailed(emulator) == addresses(200)


async def test_a_login_that_ends_stops_the_run_and_it_can_go_on(emulator, hasty, journal):
    """F118: the key was taken away: nothing is looked for without a login; the rows in doubt are unknown until then."""
    emulator.faults.add(CREATE, do="error", on="2-99", status="AUTHENTICATION_ERROR")
    results = await run(destination(hasty, chunk_size=2), guests(6), journal=journal)
    assert emulator.requests.count(CREATE) == 2
    assert sorted(statuses(results)) == [RowStatus.CREATED] * 2 + [RowStatus.UNKNOWN] * 2 + [RowStatus.UNSENT] * 2
    emulator.faults.clear()
    assert statuses(await resumed(destination(hasty), journal)) == [RowStatus.CREATED] * 6
    assert mailed(emulator) == addresses(6)


async def test_a_room_that_is_deleted_in_the_middle(emulator, hasty, journal):
    """F118: rows of other rooms are created; those of this one are not, or unknown; nobody is invited twice."""
    deleted = []

    class Deleting(type(destination(hasty))):
        async def create(self, target, *args, **options):
            answer = await super().create(target, *args, **options)
            if target == emulator.room_id and not deleted:
                deleted.append(await hasty.rooms.destroy(room_id=target))
            return answer

    rows = [*guests(4), *guests(8, room="Seminar B")[4:]]
    there = Deleting(
        hasty,
        room="Seminar A",
        role="Participant",
        send_email=True,
        chunk_size=2,
        effect_within=0.1,
        listed_within=0.05,
    )
    results = [result async for result in invite(there, rows, journal=journal)]
    created = {result.recipient.email for result in results if result.status is RowStatus.CREATED}
    assert created == {*addresses(8)} - {"guest2@example.org", "guest3@example.org"}
    assert len(results) == 8
    assert mailed(emulator) == sorted(created)


async def test_without_a_server_nothing_is_sent_and_the_rest_is_not_tried(emulator, hasty, api_key, journal):
    """All rows have failed, none is unknown; `resume` sends them when the server is back."""

    class Unlucky(type(destination(hasty))):
        async def create(self, *args, **options):
            await emulator.stop()
            return await super().create(*args, **options)

    there = Unlucky(hasty, room="Seminar A", role="Participant", send_email=True, chunk_size=5)
    results = await run(there, guests(20), journal=journal)
    assert statuses(results) == [RowStatus.UNSENT] * 20
    assert {result.error.outcome for result in results} == {errors.Outcome.NOT_SENT}
    assert emulator.requests.count(CREATE) == 0
    await emulator.start()
    async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
        assert statuses(await resumed(destination(alfaview), journal)) == [RowStatus.CREATED] * 20
    assert mailed(emulator) == addresses(20)


async def test_a_login_that_is_throttled_leaves_no_doubt(emulator, api_key, journal):
    """The create was never sent: its rows have failed, they are not unknown."""
    async with Alfaview(api_key, base_url=emulator.base_url, retry=RetryPolicy(attempts=1)) as alfaview:

        class Throttled(type(destination(alfaview))):
            async def create(self, *args, **options):
                emulator.clock.advance(hours=2)
                emulator.faults.add("authenticationService/authenticate", do="error", status="OUT_OF_SLOTS_USER")
                return await super().create(*args, **options)

        there = Throttled(alfaview, room="Seminar A", role="Participant")
        results = await run(there, guests(3), journal=journal)
    assert set(statuses(results)) == {RowStatus.UNSENT}


async def test_stopping_lets_the_call_on_its_way_end(emulator, alfaview, journal):
    """F119: the rows of that call are created, the rest has failed and was not tried; `resume` sends it."""
    stop = asyncio.Event()

    class Stopping(type(destination(alfaview))):
        async def create(self, *args, **options):
            stop.set()
            return await super().create(*args, **options)

    there = Stopping(alfaview, room="Seminar A", role="Participant", send_email=True, chunk_size=2)
    results = await run(there, guests(6), journal=journal, stop=stop)
    assert statuses(results) == [RowStatus.CREATED] * 2 + [RowStatus.UNSENT] * 4
    assert emulator.requests.count(CREATE) == 1
    assert statuses(await resumed(destination(alfaview), journal)) == [RowStatus.CREATED] * 6
    assert mailed(emulator) == addresses(6)


async def test_stopping_ends_the_wait_for_a_lost_answer(emulator, hasty, journal):
    """F119: nobody waits three minutes for a run to stop; the rows are unknown until `resume` has looked."""
    stop = asyncio.Event()
    emulator.faults.add(CREATE, do="apply-then-reset", on="1")

    class Stopping(type(destination(hasty))):
        async def create(self, *args, **options):
            try:
                return await super().create(*args, **options)
            finally:
                asyncio.get_running_loop().call_later(0.1, stop.set)

    there = Stopping(hasty, room="Seminar A", role="Participant", send_email=True)
    async with asyncio.timeout(30):  # effect_within is 180 s by default
        results = await run(there, guests(3), journal=journal, stop=stop)
    assert statuses(results) == [RowStatus.UNKNOWN] * 3
    assert statuses(await resumed(destination(hasty), journal)) == [RowStatus.CREATED] * 3
    assert emulator.requests.count(CREATE) == 1


@pytest.mark.parametrize("fault", ["timeout", "apply-then-timeout"])
async def test_cancelling_leaves_the_call_in_doubt(emulator, alfaview, journal, fault):
    """F119: a cancelled call may be carried out or not; the journal has it, and `resume` finds out."""
    held = emulator.faults.add(CREATE, do=fault, on="2")
    work = asyncio.create_task(run(destination(alfaview, chunk_size=2), guests(6), journal=journal))
    await until(lambda: held.fired)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert statuses(await resumed(destination(alfaview), journal)) == [RowStatus.CREATED] * 6
    assert mailed(emulator) == addresses(6) == linked(emulator)


@pytest.mark.parametrize(("sent", "ending"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
async def test_a_signal_leaves_the_call_in_doubt(emulator, driver, sent, ending):
    """F119: Ctrl-C and the end of a service: the journal has the call, and `resume` finds out."""
    held = emulator.faults.add(CREATE, do="apply-then-timeout", on="2")
    process = await driver.begin("invite", guests=6)
    await until(lambda: held.fired)
    os.kill(process, sent)
    ended = await driver.end()
    assert (ended["exit"], ended["error"] and ended["error"][0]) == (ending, None if ending else "KeyboardInterrupt")
    await driver.do("resume")
    assert mailed(emulator) == addresses(6) == linked(emulator)


async def test_a_throttled_run_waits_as_the_server_asks_and_goes_on(emulator, gateway, bent):
    """F118: "too many requests" is no end; nobody is invited twice, nobody left out."""
    throttled = []

    async def create(body, ask):
        if len(emulator.outbox) == 2 and not throttled:
            throttled.append(body)
            answer = refusal("RESOURCE_EXHAUSTED", 8)
            answer.headers["Retry-After"] = "1"
            return answer
        return await ask(body)

    gateway.bent[CREATE] = create
    results = await run(destination(bent, chunk_size=2), guests(6))
    assert set(statuses(results)) == {RowStatus.CREATED}
    assert len(throttled) == 1
    assert mailed(emulator) == addresses(6) == linked(emulator)
