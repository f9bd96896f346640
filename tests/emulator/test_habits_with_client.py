"""Our client works with every habit that a server may have: the main ways through the API, once for each habit."""

from datetime import timedelta

import pytest

from alfaview_async import (
    Alfaview,
    AuthenticationError,
    CompanyMismatch,
    LinkNotActive,
    NotFound,
    PartialError,
    UsernamePassword,
)
from alfaview_async.emulator.habits import Cookie, ExplicitOk, Habits
from alfaview_async.models import GuestLinkCreation, Room, TaskState, TrackingInfo, User, UserInvitation

PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"
OTHER_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
SWITCHES = [
    "emit_defaults",
    "numeric_status",
    "bare_info",
    "errors_in_ok",
    "error_key",
    "numeric_int64",
    "nanoseconds",
    "unknown_enums",
    "unknown_fields",
    "gateway_v2",
    "unsteady_rooms",
    "wrong_company",
]
COMBINATIONS = [
    *({name: True} for name in SWITCHES),
    *({"explicit_ok": said} for said in ExplicitOk),
    *({"cookie": cookie} for cookie in Cookie),
    {"emit_defaults": True, "numeric_status": True, "bare_info": True, "numeric_int64": True},
    {"emit_defaults": True, "errors_in_ok": True, "numeric_status": True, "unknown_fields": True},
    dict.fromkeys(SWITCHES, True),
]


@pytest.fixture(params=COMBINATIONS, ids=lambda habits: "+".join(f"{key}={value}" for key, value in habits.items()))
def habits(request, emulator):
    for name, value in request.param.items():
        setattr(emulator.state.habits, name, value)
    return emulator.state.habits


def grace(**fields):
    return GuestLinkCreation(email="grace@example.org", permission_group_id=PARTICIPANT, **fields)


def test_every_habit_is_tried():
    """None is forgotten."""
    assert {*SWITCHES, "explicit_ok", "cookie"} == {name.lstrip("_") for name in Habits.__slots__ if name[:2] != "__"}


@pytest.mark.usefixtures("habits")
async def test_rooms(alfaview, emulator):
    """List, find, create, change, delete; a room that is not there is not found."""
    known = emulator.state.companies[emulator.company_id].rooms
    assert {room_id async for room_id, _ in alfaview.rooms.all()} == known.keys()
    assert (await alfaview.rooms.find("Nord/Seminar A"))[0] == emulator.room_id
    made = await alfaview.rooms.create(room=Room(display_name="Lab", sort=3))
    assert (made.room.display_name, made.room.sort, made.room.quotas.active_participants) == ("Lab", 3, 50)
    assert made.room.created_at == known[made.room_id].created_at
    assert (await alfaview.rooms.update(room_id=made.room_id, room=Room(display_name="L"))).room.display_name == "L"
    await alfaview.rooms.destroy(room_id=made.room_id)
    with pytest.raises(NotFound) as caught:
        await alfaview.rooms.destroy(room_id=made.room_id)
    assert caught.value.status == "ROOM_NOT_FOUND"


@pytest.mark.usefixtures("habits")
async def test_links(alfaview, emulator):
    """Create with mail, list, get, enter, delete."""
    group_id, _ = await alfaview.business.permission_group("Participant")
    assert group_id == PARTICIPANT
    made = await alfaview.guests.create_guest_links(
        room_id=emulator.room_id, guest_link_creations=[grace(send_email=True), grace()]
    )
    first, second = made.guest_links
    assert [mail.join_link for mail in emulator.outbox] == [first.join_link]
    assert made.tracking_info.task_id
    listed = (await alfaview.guests.list_guest_links(room_id=emulator.room_id)).guest_links
    assert [link.id for link in listed] == [first.id, second.id]
    assert (await alfaview.guests.get_link(id=first.id)).guest_link.email == "grace@example.org"
    assert not (await alfaview.guests.get_link(id=first.id)).group_link
    assert emulator.state.tokens.holder((await alfaview.guests.launch_url(first.join_link)).token).is_guest
    await alfaview.guests.delete_link(room_id=emulator.room_id, id=first.id)
    with pytest.raises(NotFound):
        await alfaview.guests.get_link(id=first.id)


@pytest.mark.usefixtures("habits")
async def test_link_not_active(alfaview, emulator):
    """A success without token is told as such, with the frame."""
    begin = emulator.clock.now() + timedelta(hours=1)
    made = await alfaview.guests.create_guest_links(
        room_id=emulator.room_id, guest_link_creations=[grace(valid_from=begin)]
    )
    with pytest.raises(LinkNotActive) as caught:
        await alfaview.guests.launch_url(made.guest_links[0].join_link)
    assert caught.value.valid_from == begin


@pytest.mark.usefixtures("habits")
async def test_partial_error(alfaview, emulator):
    """Half of the work is not a success."""
    emulator.faults.add("guestService.v2/createGuestLinks", do="partial")
    with pytest.raises(PartialError) as caught:
        await alfaview.guests.create_guest_links(
            room_id=emulator.room_id, guest_link_creations=[grace(display_name="a"), grace(display_name="b")]
        )
    assert [link.display_name for link in caught.value.reply.guest_links] == ["a"]


@pytest.mark.usefixtures("habits")
async def test_tokens_are_renewed(alfaview, emulator):
    """Renewal after renewal, whatever becomes of the cookie."""
    for _ in range(4):
        assert len((await alfaview.rooms.list()).rooms) == 6
        emulator.clock.advance(hours=2)
    await alfaview.authentication.is_authenticated()


@pytest.mark.usefixtures("habits")
async def test_a_token_that_the_server_forgot(alfaview, emulator):
    """Outdated on the way: one login more, and the call is made again."""
    await alfaview.rooms.list()
    emulator.faults.add("roomService/list", do="error", status="TOKEN_OUTDATED", on="1")
    assert len((await alfaview.rooms.list()).rooms) == 6


async def test_people_and_tasks(alfaview, emulator, habits):
    """Invite, list, follow the task, delete; bare reply infos too."""
    invitation = UserInvitation(user=User(email="grace@example.org"))
    tracking = (await alfaview.business.invite_users(user_invitations=[invitation])).tracking_info
    frames = [frame.task_progress async for frame in alfaview.business.stream_task_progress(tracking_info=tracking)]
    assert [frame.progress for frame in frames] == [0.0, 0.5, 1.0]
    assert (frames[-1].state is TaskState.DONE) != habits.unknown_enums
    grace_id = next(user_id for user_id in emulator.state.users if emulator.state.users[user_id].invited_to)
    assert (await alfaview.users.list()).users[grace_id].email == "grace@example.org"
    await alfaview.users.destroy(user_id=grace_id)
    with pytest.raises(NotFound):
        await alfaview.users.destroy(user_id=grace_id)


@pytest.mark.usefixtures("habits")
async def test_a_stream_that_is_refused(alfaview):
    """As an HTTP error, or as a line of the stream in either form."""
    frames = alfaview.business.stream_task_progress(tracking_info=TrackingInfo(task_id="nowhere"))
    with pytest.raises(NotFound, match="no such task"):
        await anext(frames)


async def test_a_user_in_the_wrong_company(emulator):
    """Without a wish any company will do; with one, another is an error and nothing is kept."""
    emulator.state.habits.wrong_company = True
    user = UsernamePassword(username=emulator.username, password=emulator.password)
    async with Alfaview(user, base_url=emulator.base_url) as alfaview:
        assert [room.display_name for room in (await alfaview.rooms.list()).rooms.values()] == ["Aula"]
    user = UsernamePassword(username=emulator.username, password=emulator.password, company_id=emulator.company_id)
    async with Alfaview(user, base_url=emulator.base_url) as alfaview:
        with pytest.raises(CompanyMismatch, match=OTHER_COMPANY):
            await alfaview.rooms.list()


@pytest.mark.usefixtures("habits")
async def test_a_wrong_secret(emulator):
    """Refused, and no second try."""
    user = UsernamePassword(username=emulator.username, password="wrong")
    async with Alfaview(user, base_url=emulator.base_url) as alfaview:
        with pytest.raises(AuthenticationError):
            await alfaview.rooms.list()
    assert emulator.requests.count("authenticationService/authenticate") == 1
