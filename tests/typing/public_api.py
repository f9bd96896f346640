"""Never run: what type checkers must make of the public face. An ignore that is not needed is an error."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, assert_type

from alfaview_async import Alfaview, ApiKey, RefreshToken, UsernamePassword
from alfaview_async.bulk import GuestLinks, Recipient, RowResult, invite, read_recipients
from alfaview_async.emulator import Emulator
from alfaview_async.emulator.thread import EmulatorThread
from alfaview_async.models import (
    Company,
    CreateGuestLinksReply,
    GroupLink,
    GuestLink,
    GuestLinkCreation,
    GuestTaskProgressReply,
    PermissionGroup,
    Room,
    RoomListReply,
    RoomListRequest,
    RoomMode,
    RoomQuotas,
    RoomType,
    TrackingInfo,
    User,
)
from alfaview_async.secret import Secret
from alfaview_async.services.room_tree import RoomNode
from alfaview_async.services.rooms import RoomService
from alfaview_async.tokens import FileTokenStore, MemoryTokenStore, TokenStore


def stores() -> list[TokenStore]:
    """Both stores fulfil the protocol."""
    return [MemoryTokenStore(), FileTokenStore("tokens")]


def ways_in() -> list[Alfaview]:
    """Three kinds of credentials, all keyword-only."""
    ApiKey("a", "b", "c")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - positional secrets mix up
    return [
        Alfaview(ApiKey(client_id="a", code="b", company_id="c"), tokens=MemoryTokenStore(), timeout=5),
        Alfaview(UsernamePassword(username="a", password="b")),
        Alfaview(RefreshToken(refresh_token="a", company_id="b")),
        Alfaview.from_env(),
    ]


async def calls(alfaview: Alfaview) -> None:
    """Operations have the parameters of their request and the type of their reply."""
    assert_type(await alfaview.rooms.list(limit=50), RoomListReply)
    assert_type(await alfaview.call(RoomService.list, RoomListRequest(limit=50)), RoomListReply)
    assert_type((await alfaview.rooms.list()).rooms, dict[str, Room])
    await alfaview.rooms.list(limt=50)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - misspelt
    await alfaview.rooms.list(limit="50")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - no text
    await alfaview.rooms.list(50)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - keywords only
    await alfaview.rooms.destroy()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - which room?
    await alfaview.rooms.create(
        room=Room(display_name="Room 1", type=RoomType.ROOM, mode=RoomMode.SPECTATOR, quotas=RoomQuotas(name="50"))
    )
    reply = await alfaview.guests.create_guest_links(
        room_id="r", guest_link_creations=[GuestLinkCreation(email="ada@example.org", send_email=False)]
    )
    assert_type(reply, CreateGuestLinksReply)
    assert_type(reply.guest_links, list[GuestLink])
    await alfaview.guests.delete_link(room_id="r", id="l")


async def helpers(alfaview: Alfaview) -> None:
    """What the services offer beyond the wire."""
    async for room_id, room in alfaview.rooms.all():
        assert_type(room_id, str)
        assert_type(room, Room)
    assert_type(await alfaview.rooms.find("Nord/Seminar A"), tuple[str, Room])
    assert_type(alfaview.rooms.departments(), AsyncGenerator[tuple[str, Room], None])
    assert_type(await alfaview.rooms.tree(), tuple[RoomNode, ...])
    assert_type((await alfaview.rooms.tree())[0].children, tuple[RoomNode, ...])
    assert_type(alfaview.guests.links(), AsyncGenerator[GuestLink, None])
    assert_type(alfaview.guests.group_links("r"), AsyncGenerator[GroupLink, None])
    assert_type(alfaview.users.all(), AsyncGenerator[tuple[str, User], None])
    assert_type(await alfaview.users.by_email("ada@example.org"), tuple[str, User])
    assert_type(await alfaview.business.permission_group("Participant"), tuple[str, PermissionGroup])
    assert_type(await alfaview.accessible_companies(), dict[str, Company])
    assert_type(await alfaview.switch_company("c"), Alfaview)
    assert_type(await alfaview.access_token(), Secret)
    launch = await alfaview.guests.launch_url("https://app.alfaview.com/#/join/a/b/c/v2", display_name="Ada")
    assert_type(launch.native, str)


async def streams(alfaview: Alfaview) -> None:
    """Streaming operations are async iterators."""
    progress = alfaview.guests.stream_task_progress(tracking_info=TrackingInfo(task_id="t"))
    assert_type(progress, AsyncGenerator[GuestTaskProgressReply, None])
    async for step in progress:
        assert_type(step, GuestTaskProgressReply)


async def bulk(alfaview: Alfaview) -> None:
    """From a list to results."""
    guests = read_recipients("guests.csv")
    assert_type(guests.recipients, tuple[Recipient, ...])
    async for result in invite(GuestLinks(alfaview, room="Seminar A", role="Participant"), guests):
        assert_type(result, RowResult)


def emulators() -> None:
    """What stands for the emulator in another thread has its type."""
    with EmulatorThread(Emulator(token_lifetime=60)) as emulator:
        assert_type(emulator, Emulator)
        assert_type(emulator.requests.count("roomService/list"), int)


def methods_are_functions(alfaview: Alfaview) -> Callable[..., Coroutine[Any, Any, RoomListReply]]:
    """An operation can be handed over like any coroutine function."""
    return alfaview.rooms.list
