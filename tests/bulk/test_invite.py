"""From recipients to links: every row sent at most once, every row accounted for."""

import asyncio
from datetime import UTC, datetime

import pytest

from alfaview_async import Alfaview, ApiKey, errors
from alfaview_async.bulk import GuestLinks, Progress, Recipient, RowStatus, invite
from alfaview_async.retry import RetryPolicy

CREATE = "guestService.v2/createGuestLinks"
HASTY = RetryPolicy(wait=0.001)


def guests(count, **more):
    return [
        Recipient(email=f"guest{n}@example.org", display_name=f"Guest {n}", line=n + 2, **more) for n in range(count)
    ]


@pytest.fixture
async def hasty(emulator, api_key):
    async with Alfaview(api_key, base_url=emulator.base_url, timeout=0.5, retry=HASTY) as alfaview:
        yield alfaview


def destination(alfaview, **options):
    return GuestLinks(alfaview, **{"room": "Seminar A", "role": "Participant", "send_email": True} | options)


async def run(destination, recipients, **options):
    return [result async for result in invite(destination, recipients, **options)]


async def test_every_row_gets_its_own_link(emulator, alfaview):
    """120 rows in chunks of 50: three calls, 120 links, 120 mails, each to the right guest."""
    results = await run(destination(alfaview), guests(120))
    assert emulator.requests.count(CREATE) == 3
    assert {result.status for result in results} == {RowStatus.CREATED}
    listed = (await alfaview.guests.list_guest_links(room_id=emulator.room_id)).guest_links
    by_id = {link.id: (link.email, link.join_link) for link in listed}
    assert [by_id[r.link_id] for r in results] == [(r.recipient.email, r.join_link) for r in results]
    assert sorted(mail.to for mail in emulator.outbox) == sorted(f"guest{n}@example.org" for n in range(120))


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
    assert len(emulator.outbox) == 0


@pytest.mark.parametrize("fault", ["apply-then-timeout", "apply-then-reset", "truncate", "timeout", "reset"])
async def test_a_lost_answer_makes_its_rows_unknown_and_nothing_is_sent_twice(emulator, hasty, fault):
    """One chunk in doubt, the others created; nobody has two mails."""
    emulator.faults.add(CREATE, do=fault, on="2")
    results = await run(destination(hasty, chunk_size=5), guests(15))
    unknown = {result.recipient.email for result in results if result.status is RowStatus.UNKNOWN}
    assert len(unknown) == 5
    assert all(isinstance(r.error, errors.OutcomeUnknown) for r in results if r.status is RowStatus.UNKNOWN)
    assert sum(result.status is RowStatus.CREATED for result in results) == 10
    assert emulator.requests.count(CREATE) == 3
    mailed = [mail.to for mail in emulator.outbox]
    assert len(mailed) == len(set(mailed))
    assert set(mailed) >= {f"guest{n}@example.org" for n in range(15)} - unknown


async def test_a_refused_chunk_of_many_rows_is_in_doubt_and_a_single_row_is_not(emulator, hasty):
    """Nobody documents that a call for many is all or nothing; for one row a refusal proves it."""
    emulator.faults.add(CREATE, do="error", status="INVALID_ARGUMENT")
    many = await run(destination(hasty, chunk_size=5), guests(5))
    single = await run(destination(hasty, chunk_size=1), guests(1))
    assert {result.status for result in many} == {RowStatus.UNKNOWN}
    assert {result.status for result in single} == {RowStatus.FAILED}


async def test_a_partial_answer_gives_links_to_those_it_names(emulator, hasty):
    """The first half was made; nobody knows about the rest."""
    emulator.faults.add(CREATE, do="partial")
    results = await run(destination(hasty), guests(4))
    assert [(r.recipient.email, r.status) for r in results] == [
        ("guest0@example.org", RowStatus.CREATED),
        ("guest1@example.org", RowStatus.CREATED),
        ("guest2@example.org", RowStatus.UNKNOWN),
        ("guest3@example.org", RowStatus.UNKNOWN),
    ]


async def test_a_shuffled_or_short_answer_is_matched_by_guest(plain_server, plain_client):
    """Links go to the guests they name; a row without a link is unknown, not somebody else's."""
    rooms = {"rooms": {"room": {"displayName": "Seminar A"}}}
    plain_server.on("roomService/list", rooms)
    groups = {"permissionGroups": {"group": {"name": "Participant"}}}
    plain_server.on("businessLogicService/permissionGroups/list", groups)
    links = [{"id": f"link-{n}", "email": f"guest{n}@EXAMPLE.org", "displayName": f"Guest {n}"} for n in (2, 0)]
    plain_server.on(CREATE, {"guestLinks": links})
    results = await run(destination(plain_client), guests(3))
    assert [(r.recipient.line, r.status, r.link_id) for r in results] == [
        (2, RowStatus.CREATED, "link-0"),
        (3, RowStatus.UNKNOWN, ""),
        (4, RowStatus.CREATED, "link-2"),
    ]


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


async def test_a_name_that_the_server_changed_does_not_cost_the_link(plain_server, plain_client):
    """Guests are told by their address; alfaview falls back to it where a name is missing."""
    plain_server.on("roomService/list", {"rooms": {"room": {"displayName": "Seminar A"}}})
    groups = {"permissionGroups": {"group": {"name": "Participant"}}}
    plain_server.on("businessLogicService/permissionGroups/list", groups)
    link = {"id": "link", "email": "guest0@example.org", "displayName": "guest0@example.org"}
    plain_server.on(CREATE, {"guestLinks": [link]})
    (result,) = await run(destination(plain_client), guests(1))
    assert (result.status, result.link_id) == (RowStatus.CREATED, "link")


async def test_a_right_that_is_missing_stops_the_run(emulator, hasty):
    """One call, not ten: its rows are in doubt, the others were not tried."""
    emulator.faults.add(CREATE, do="error", status="INSUFFICIENT_PERMISSIONS")
    results = await run(destination(hasty, chunk_size=10), guests(100))
    assert emulator.requests.count(CREATE) == 1
    assert [result.status for result in results].count(RowStatus.UNKNOWN) == 10
    assert [result.status for result in results].count(RowStatus.FAILED) == 90


async def test_a_login_that_is_throttled_leaves_no_doubt(emulator, api_key):
    """The create was never sent: its rows have failed, they are not unknown."""
    async with Alfaview(api_key, base_url=emulator.base_url, retry=RetryPolicy(attempts=1)) as alfaview:
        there = destination(alfaview)
        (chunk,) = await there.plan(guests(3))
        emulator.clock.advance(hours=2)
        emulator.faults.add("authenticationService/authenticate", do="error", status="RESOURCE_EXHAUSTED")
        results = await there.send(chunk)
    assert {result.status for result in results} == {RowStatus.FAILED}
    assert emulator.requests.count(CREATE) == 1


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


async def test_without_a_server_nothing_is_sent_and_the_rest_is_not_tried(emulator, hasty):
    """After the first chunk that cannot reach the server, all rows are reported as failed, none as unknown."""

    class Unlucky(GuestLinks):
        async def plan(self, recipients):
            chunks = await super().plan(recipients)
            await emulator.stop()
            return chunks

    there = Unlucky(hasty, room="Seminar A", role="Participant", chunk_size=5)
    results = await run(there, guests(20))
    assert [result.status for result in results] == [RowStatus.FAILED] * 20
    assert {result.error.outcome for result in results} == {errors.Outcome.NOT_SENT}


async def test_unknown_rooms_and_roles_stop_before_anything_is_sent(emulator, alfaview):
    """One wrong name among many rows: no link is made."""
    for row in (guests(1, room="Seminar Z")[0], guests(1, role="Teilnemer")[0]):
        with pytest.raises(errors.NotFound):
            await run(destination(alfaview), [*guests(50), row])
    assert emulator.requests.count(CREATE) == 0


async def test_rows_without_room_or_role_are_named(alfaview):
    """The error says which lines, and how to give one for all."""
    with pytest.raises(errors.ConfigurationError, match=r"3 rows name no room \(2, 3, 4\)"):
        await run(GuestLinks(alfaview, role="Participant"), guests(3))
    with pytest.raises(errors.ConfigurationError, match="name no role"):
        await run(GuestLinks(alfaview, room="Seminar A"), guests(3))


async def test_progress_counts_every_row(emulator, hasty):
    """From nothing to all, never backwards, the outcomes apart."""
    emulator.faults.add(CREATE, do="apply-then-reset", on="1")
    seen = []
    await run(destination(hasty, chunk_size=5), guests(12), on_progress=seen.append)
    assert seen[0] == Progress(total=12)
    assert [progress.done for progress in seen] == [0, 5, 10, 12]
    assert (seen[-1].created, seen[-1].unknown, seen[-1].failed) == (7, 5, 0)


async def test_chunks_of_one_room_do_not_overlap_unless_allowed(emulator, hasty):
    """Each call also writes the permissions of the room, so one room is filled call by call."""
    emulator.faults.add(CREATE, do="delay", seconds=0.1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await run(destination(hasty, chunk_size=1), guests(4))
    in_a_row = loop.time() - began
    began = loop.time()
    await run(destination(hasty, chunk_size=1), guests(4), chunks_per_room=4)
    assert in_a_row >= 0.4 > loop.time() - began


async def test_leaving_the_loop_early_stops_the_run(emulator, alfaview):
    """Whoever breaks off sends no further chunks."""
    run = invite(destination(alfaview, chunk_size=1), guests(50))
    async for _ in run:
        break
    await run.aclose()
    await asyncio.sleep(0.05)
    assert emulator.requests.count(CREATE) == 1


async def test_a_defect_in_a_destination_reaches_the_caller(alfaview):
    """Nobody waits for ever for a result that will not come."""

    class Broken(GuestLinks):
        async def send(self, chunk):
            raise ZeroDivisionError(chunk.target)

    with pytest.raises(ZeroDivisionError):
        await run(Broken(alfaview, room="Seminar A", role="Participant"), guests(3))


async def test_a_wrong_login_fails_all_rows_after_one_try(emulator):
    """Nothing was sent, and the login is not hammered."""
    wrong = ApiKey(client_id=emulator.client_id, code="wrong", company_id=emulator.company_id)
    async with Alfaview(wrong, base_url=emulator.base_url) as alfaview:
        with pytest.raises(errors.AuthenticationError):
            await run(destination(alfaview), guests(3))
    assert emulator.requests.count("authenticationService/authenticate") == 1
