"""What the four web backends share: links, guest lists, problems."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from waiting import until

from alfaview_async import Alfaview, RetryPolicy, errors
from alfaview_async.bulk import peek_results, read_overview
from alfaview_async.models import GuestLinkCreation

pytestmark = pytest.mark.usefixtures("surroundings")

CREATE = "guestService.v2/createGuestLinks"
ROOM = "Seminar A"
LONG_LIST = b"Email\n" + b"".join(b"guest%d@example.org\n" % number for number in range(120))


@pytest.fixture
async def client():
    async with Alfaview.from_env(retry=RetryPolicy(attempts=1)) as client:
        yield client


@pytest.fixture
def invitations(example, client):
    return example("web", "invitations").Invitations(client)


@pytest.fixture
def guest_lists(example, client, tmp_path):
    """Make what works off the lists of one directory; each is a process of its own, as it were."""
    module = example("web", "guest_lists")
    return lambda: module.GuestLists(client, tmp_path)


async def settled(directory, list_id):
    await until(lambda: not read_overview(directory / f"{list_id}.journal").unfinished)


async def test_two_requests_at_once_make_one_link(invitations, alfaview_emulator, guests):
    """A double click: both get the same link."""
    async with invitations:
        links = await asyncio.gather(
            invitations.link_for("ada@example.org", "Ada", room=ROOM),
            invitations.link_for("Ada@example.org", "Ada", room=ROOM),
        )
    assert links[0] == links[1]
    assert guests() == ["ada@example.org"]
    assert alfaview_emulator.requests.count(CREATE) == 1


async def test_a_server_that_stops_waits_for_the_link_under_way(invitations, alfaview_emulator, guests):
    """A request that was cancelled leaves a call; closing waits for it."""
    alfaview_emulator.faults.add(CREATE, do="delay", on="1", seconds=0.1)
    async with invitations:
        request = asyncio.create_task(invitations.link_for("ada@example.org", "Ada", room=ROOM))
        await until(lambda: alfaview_emulator.requests.count(CREATE))
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
    assert guests() == ["ada@example.org"]


@pytest.mark.parametrize(("hours", "handed_out"), [(-1, False), (1, True)], ids=["expired", "still valid"])
async def test_a_link_that_has_expired_is_not_handed_out_again(client, invitations, guests, hours, handed_out):
    """Its guest gets another; a link that is still valid is the one that the guest has, and gets."""
    room_id, _ = await client.rooms.find(ROOM)
    role_id, _ = await client.business.permission_group("Participant")
    end = datetime.now(UTC) + timedelta(hours=hours)
    creation = GuestLinkCreation(email="ada@example.org", permission_group_id=role_id, valid_until=end)
    made = await client.guests.create_guest_links(room_id=room_id, guest_link_creations=[creation])
    async with invitations:
        links = [await invitations.link_for("ada@example.org", "Ada", room=ROOM) for _ in range(2)]
    assert links[0] == links[1]
    assert (links[0] == made.guest_links[0].join_link) is handed_out
    assert len(guests()) == (1 if handed_out else 2)


async def test_an_error_is_told_to_all_who_wait(invitations):
    """Both requests hear of it."""
    async with invitations:
        told = await asyncio.gather(
            *(invitations.link_for("ada@example.org", "Ada", room="Aula") for _ in range(2)), return_exceptions=True
        )
    assert [type(error) for error in told] == [errors.NotFound] * 2


async def test_an_accepted_list_outlives_the_process(guest_lists, tmp_path, guests):
    """Accepted, but not begun: nobody is invited; the next process does it."""
    list_id = await guest_lists().accept(LONG_LIST, room=ROOM)
    assert guests() == []
    assert read_overview(tmp_path / f"{list_id}.journal").unfinished == 120
    async with guest_lists():
        await settled(tmp_path, list_id)
    assert len({*guests()}) == len(guests()) == 120


async def test_a_process_that_stops_leaves_nothing_in_doubt(guest_lists, tmp_path, alfaview_emulator, guests):
    """The call under way is waited for, no other is begun; the next process sends the rest."""
    alfaview_emulator.faults.add(CREATE, do="delay", on="1", seconds=0.2)
    async with guest_lists() as lists:
        list_id = await lists.accept(LONG_LIST, room=ROOM)
        await until(lambda: alfaview_emulator.requests.count(CREATE))
    statuses = [result.status.value for result in peek_results(tmp_path / f"{list_id}.journal")]
    assert (statuses.count("created"), statuses.count("unsent")) == (50, 70)
    async with guest_lists():
        await settled(tmp_path, list_id)
    assert len({*guests()}) == len(guests()) == 120


async def test_an_outage_is_outlived(guest_lists, tmp_path, alfaview_emulator, guests, monkeypatch):
    """What could not be sent is tried again after a while."""
    alfaview_emulator.faults.add(CREATE, do="error", on="1-2", status="QUOTA_EXCEEDED")
    monkeypatch.setattr("guest_lists.LOOK_AGAIN_SECONDS", 0.05)
    async with guest_lists() as lists:
        list_id = await lists.accept(b"Email\nada@example.org\n", room=ROOM)
        await settled(tmp_path, list_id)
    assert alfaview_emulator.requests.count(CREATE) == 3
    assert guests() == ["ada@example.org"]


async def test_two_processes_of_one_machine_share_a_directory(guest_lists, tmp_path, guests):
    """The journal lets one of them work."""
    async with guest_lists() as one, guest_lists() as other:
        list_id = await one.accept(LONG_LIST, room=ROOM)
        other._news.set()
        await settled(tmp_path, list_id)
    assert len({*guests()}) == len(guests()) == 120


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("no such room"), 404),
        (errors.AlreadyInvited("has one"), 409),
        (errors.OutcomeUnknown("perhaps"), 409),
        (errors.AmbiguousName("two"), 422),
        (errors.InvalidArgument("bad"), 422),
        (errors.RecipientsRejected("bad rows"), 422),
        (errors.PermissionDenied("no"), 502),
        (errors.QuotaExceeded("no more"), 502),
        (errors.AuthenticationError("who?"), 502),
        (errors.BadReply("HTML"), 502),
        (errors.RateLimited("slower", retry_after=1.5), 503),
        (errors.Unavailable("down"), 503),
        (errors.RequestTimeout("took too long"), 503),
        (errors.NotSent("no route"), 503),
        (errors.JournalInUse("busy"), 503),
        (errors.ConfigurationError("no credentials"), 500),
        (errors.StorageUnavailable("no Redis"), 500),
        (errors.JournalUnavailable("disk full"), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_has_a_status(example, error, status):
    """Who can try again is told when; what is for the log is not told to the browser."""
    said, headers, body = example("web", "problems").problem_of(error)
    assert said == body["status"] == status
    assert headers == ({"Retry-After": "2" if isinstance(error, errors.RateLimited) else "10"} if status == 503 else {})
    assert (error.message in body["detail"]) is (status in {404, 422} or isinstance(error, errors.AlreadyInvited))


async def test_a_call_that_is_cancelled_may_be_carried_out(client, alfaview_emulator, guests):
    """Nobody is told; that is why links are made in tasks of their own."""
    alfaview_emulator.faults.add(CREATE, do="delay", on="1", seconds=0.1)
    room_id, _ = await client.rooms.find(ROOM)
    role_id, _ = await client.business.permission_group("Participant")
    guest = GuestLinkCreation(email="ada@example.org", permission_group_id=role_id)
    call = asyncio.create_task(client.guests.create_guest_links(room_id=room_id, guest_link_creations=[guest]))
    await until(lambda: alfaview_emulator.requests.count(CREATE))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await until(guests)
    assert guests() == ["ada@example.org"]
