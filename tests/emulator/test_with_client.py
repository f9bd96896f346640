"""Our client against the emulator, end to end."""

from datetime import UTC, datetime, timedelta

import pytest

from alfaview_async import (
    Alfaview,
    ApiKey,
    AuthenticationError,
    InvalidArgument,
    LinkNotActive,
    NotFound,
    OutcomeUnknown,
    PartialError,
    RetryPolicy,
    UsernamePassword,
)
from alfaview_async.emulator import Emulator
from alfaview_async.models import GroupLinkCreation, GuestLinkCreation, Room, RoomType

LOGIN = "authenticationService/authenticate"
LIST = "roomService/list"
CREATE = "guestService.v2/createGuestLinks"
PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"
COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
OTHER_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"


def grace(**fields):
    return GuestLinkCreation(email="grace@example.org", permission_group_id=PARTICIPANT, **fields)


async def test_login_and_rooms(alfaview, emulator):
    """One login serves many calls."""
    assert (await alfaview.rooms.find("Nord/Seminar A"))[0] == emulator.room_id
    assert len([room async for room in alfaview.rooms.all()]) == 6
    assert emulator.requests.count(LOGIN) == 1


async def test_wrong_secret(emulator):
    """The client's error, and no second try."""
    key = ApiKey(client_id="demo", code="wrong", company_id=COMPANY)
    async with Alfaview(key, base_url=emulator.base_url) as alfaview:
        with pytest.raises(AuthenticationError) as caught:
            await alfaview.rooms.list()
    assert caught.value.status == "AUTHENTICATION_ERROR"
    assert emulator.requests.count(LOGIN) == 1


@pytest.mark.parametrize("rotate", [True, False])
async def test_outdated_token_is_refreshed(rotate):
    """Refresh after refresh, with the cookie of the one before."""
    async with Emulator(rotate_refresh_tokens=rotate) as emulator:
        key = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
        async with Alfaview(key, base_url=emulator.base_url) as alfaview:
            for _ in range(4):
                assert (await alfaview.rooms.list()).rooms
                emulator.clock.advance(hours=2)
    logins = [request for request in emulator.requests if request.path == LOGIN]
    kinds = [next(key for key in request.body if key.endswith("Credentials")) for request in logins]
    assert kinds == ["authorizationCodeCredentials"] + ["refreshTokenCredentials"] * 3
    assert {request.status for request in logins} == {200}


async def test_spent_refresh_token_falls_back_to_the_key(alfaview, emulator):
    """A server that forgot its tokens costs one refused refresh."""
    await alfaview.rooms.list()
    emulator.state.tokens.clear()
    emulator.faults.add(LIST, do="error", status="TOKEN_OUTDATED", on="1")
    assert (await alfaview.rooms.list()).rooms
    statuses = [request.status for request in emulator.requests if request.path == LOGIN]
    assert statuses == [200, 401, 200]


async def test_companies(emulator):
    """First company by default, names for all, and a sibling for the other."""
    user = UsernamePassword(username=emulator.username, password=emulator.password)
    async with Alfaview(user, base_url=emulator.base_url) as alfaview:
        companies = await alfaview.accessible_companies()
        assert {key: company.display_name for key, company in companies.items()} == {
            COMPANY: "Nordlicht Akademie",
            OTHER_COMPANY: "Südwind Institut",
        }
        sibling = await alfaview.switch_company(OTHER_COMPANY)
        assert [room.display_name for room in (await sibling.rooms.list()).rooms.values()] == ["Aula"]
        await sibling.close()


async def test_links_from_birth_to_death(alfaview, emulator):
    """Create, list, get, mail, change, delete."""
    group_id, group = await alfaview.business.permission_group("participant")
    assert (group_id, group.order) == (PARTICIPANT, 2)
    room_id = (await alfaview.rooms.create(room=Room(display_name="Lab", type=RoomType.ROOM))).room_id
    made = await alfaview.guests.create_guest_links(
        room_id=room_id, guest_link_creations=[grace(send_email=True, locale="de")], origin="mark"
    )
    (link,) = made.guest_links
    assert made.tracking_info.task_id
    assert (await alfaview.guests.list_guest_links(room_id=room_id)).guest_links == [link]
    assert (await alfaview.guests.get_link(id=link.id)).guest_link == link
    assert emulator.outbox.to("grace@example.org")[0].join_link == link.join_link
    await alfaview.guests.resend_guest_link_email(room_id=room_id, id=link.id)
    assert len(emulator.outbox) == 2
    link.display_name = "Grace"
    await alfaview.guests.update_guest_link(guest_link=link)
    assert (await alfaview.guests.get_guest_link(id=link.id)).guest_link.display_name == "Grace"
    await alfaview.guests.delete_link(room_id=room_id, id=link.id)
    assert (await alfaview.guests.list_guest_links(room_id=room_id)).guest_links == []
    with pytest.raises(NotFound):
        await alfaview.guests.get_link(id=link.id)


async def test_launch_url_of_a_group_link(alfaview, emulator):
    """From link to launch URL without login."""
    creation = GroupLinkCreation(description="Monday", permission_group_id=PARTICIPANT)
    made = await alfaview.guests.create_group_links(room_id=emulator.room_id, group_link_creations=[creation])
    launch = await alfaview.guests.launch_url(made.group_links[0].join_link, display_name="Ada")
    assert launch.native.startswith(f"alfaview://apis.alfaview.com:443?companyId={COMPANY}&roomId={emulator.room_id}")


async def test_link_not_active(alfaview, emulator):
    """Outside its frame the client says so, with the frame."""
    begin = emulator.clock.now() + timedelta(hours=1)
    made = await alfaview.guests.create_guest_links(
        room_id=emulator.room_id, guest_link_creations=[grace(valid_from=begin)]
    )
    link = made.guest_links[0].join_link
    with pytest.raises(LinkNotActive) as caught:
        await alfaview.guests.launch_url(link)
    assert caught.value.valid_from == begin
    assert caught.value.valid_until is None
    emulator.clock.advance(hours=1)
    assert (await alfaview.guests.launch_url(link)).token


async def test_external_id_of_the_wrong_length(alfaview, emulator):
    """The server's check reaches the caller."""
    creation = GroupLinkCreation(permission_group_id=PARTICIPANT)
    made = await alfaview.guests.create_group_links(room_id=emulator.room_id, group_link_creations=[creation])
    with pytest.raises(InvalidArgument, match="32 to 256"):
        await alfaview.guests.launch_url(made.group_links[0].join_link, external_id="short")


@pytest.mark.parametrize(
    ("do", "made"),
    [("apply-then-timeout", 1), ("timeout", 0), ("apply-then-reset", 1), ("reset", 0), ("truncate", 1), ("status", 0)],
)
async def test_a_create_in_doubt_is_never_repeated(emulator, do, made):
    """One request, and an error that says that the outcome is unknown."""
    key = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
    async with Alfaview(key, base_url=emulator.base_url, timeout=0.3) as alfaview:
        await alfaview.rooms.list()
        emulator.faults.add(CREATE, do=do)
        with pytest.raises(OutcomeUnknown):
            await alfaview.guests.create_guest_links(
                room_id=emulator.room_id, guest_link_creations=[grace(send_email=True)]
            )
        assert len((await alfaview.guests.list_guest_links(room_id=emulator.room_id)).guest_links) == made
    assert emulator.requests.count(CREATE) == 1
    assert len(emulator.outbox) == made


@pytest.mark.parametrize("do", ["error", "status", "reset", "truncate", "timeout"])
async def test_a_read_is_repeated(emulator, do):
    """Until it succeeds."""
    key = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
    policy = RetryPolicy(wait=0.001)
    async with Alfaview(key, base_url=emulator.base_url, timeout=0.3, retry=policy) as alfaview:
        emulator.faults.add(LIST, do=do, on="1-2")
        assert len((await alfaview.rooms.list()).rooms) == 6
    assert emulator.requests.count(LIST) == 3


async def test_partial_error_keeps_what_came_back(alfaview, emulator):
    """The error holds the reply with the first half."""
    emulator.faults.add(CREATE, do="partial")
    with pytest.raises(PartialError) as caught:
        await alfaview.guests.create_guest_links(
            room_id=emulator.room_id, guest_link_creations=[grace(display_name="a"), grace(display_name="b")]
        )
    assert [link.display_name for link in caught.value.reply.guest_links] == ["a"]


async def test_create_with_a_token_that_just_ended(alfaview, emulator):
    """The server checks the token before the work: refreshed and sent again, once, one link."""
    await alfaview.rooms.list()
    emulator.clock.freeze(datetime.now(UTC) + timedelta(hours=1))
    made = await alfaview.guests.create_guest_links(room_id=emulator.room_id, guest_link_creations=[grace()])
    assert len(made.guest_links) == len(emulator.state.companies[COMPANY].links) == 1
    assert emulator.requests.count(CREATE) == 2
