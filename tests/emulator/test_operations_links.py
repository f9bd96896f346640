"""The effects of the operations of `guestService.v2`."""

from datetime import timedelta

import pytest

from alfaview_async import NotFound
from alfaview_async.models import (
    GroupLink,
    GroupLinkCreation,
    GuestLink,
    GuestLinkCreation,
    GuestTaskProgressRequest,
    GuestType,
    TrackingInfo,
)
from alfaview_async.services.guests import GuestService

pytestmark = pytest.mark.usefixtures("operations_of_docstring")

PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"
SPECTATOR = "885e356d-02dd-4eec-960c-cd647f4b859a"


def grace(**fields):
    return GuestLinkCreation(email="grace@example.org", display_name="Grace", permission_group_id=PARTICIPANT, **fields)


@pytest.fixture
async def guest_link(alfaview, emulator):
    made = await alfaview.guests.create_guest_links(room_id=emulator.room_id, guest_link_creations=[grace()])
    return made.guest_links[0]


@pytest.fixture
async def group_link(alfaview, emulator):
    creation = GroupLinkCreation(description="Monday", permission_group_id=PARTICIPANT)
    made = await alfaview.guests.create_group_links(room_id=emulator.room_id, group_link_creations=[creation])
    return made.group_links[0]


async def test_create_guest_links(alfaview, emulator, company):
    """`guestService.v2/createGuestLinks`: links in order, one mail, and the way into the room."""
    creations = [grace(send_email=True), grace()]
    made = await alfaview.guests.create_guest_links(room_id=emulator.room_id, guest_link_creations=creations)
    assert list(company.links) == [link.id for link in made.guest_links]
    assert [mail.link_id for mail in emulator.outbox] == [made.guest_links[0].id]
    assert company.rooms[emulator.room_id].permissions[made.guest_links[1].id].voice


async def test_create_group_links(group_link, company):
    """`guestService.v2/createGroupLinks`: the link is kept."""
    assert company.links[group_link.id].description == "Monday"


async def test_get_guest_link(alfaview, guest_link, company):
    """`guestService.v2/getGuestLink`: as it is kept."""
    assert (await alfaview.guests.get_guest_link(id=guest_link.id)).guest_link == company.links[guest_link.id]


async def test_get_group_link(alfaview, group_link, company):
    """`guestService.v2/getGroupLink`: as it is kept."""
    assert (await alfaview.guests.get_group_link(id=group_link.id)).group_link == company.links[group_link.id]


async def test_get_link(alfaview, guest_link, group_link):
    """`guestService.v2/getLink`: either kind."""
    assert (await alfaview.guests.get_link(id=guest_link.id)).guest_link == guest_link
    assert (await alfaview.guests.get_link(id=group_link.id)).group_link == group_link


async def test_list_guest_links(alfaview, guest_link, group_link, emulator):
    """`guestService.v2/listGuestLinks`: of the room, of the company, and no group links."""
    assert group_link.id
    for room_id in (emulator.room_id, ""):
        assert (await alfaview.guests.list_guest_links(room_id=room_id)).guest_links == [guest_link]


async def test_list_group_links(alfaview, guest_link, group_link, emulator):
    """`guestService.v2/listGroupLinks`: of the room, of the company, and no guest links."""
    assert guest_link.id
    for room_id in (emulator.room_id, ""):
        assert (await alfaview.guests.list_group_links(room_id=room_id)).group_links == [group_link]


async def test_update_guest_link(alfaview, guest_link, company, emulator):
    """`guestService.v2/updateGuestLink`: name and role change, in the room too, and a mail goes out."""
    changed = GuestLink(id=guest_link.id, display_name="Grace H.", permission_group_id=SPECTATOR)
    await alfaview.guests.update_guest_link(guest_link=changed, send_email=True)
    assert company.links[guest_link.id].display_name == "Grace H."
    assert not company.rooms[emulator.room_id].permissions[guest_link.id].voice
    assert [mail.link_id for mail in emulator.outbox] == [guest_link.id]


async def test_update_group_link(alfaview, group_link, company):
    """`guestService.v2/updateGroupLink`: the title changes, and people may dial in."""
    changed = GroupLink(id=group_link.id, description="Tuesday")
    await alfaview.guests.update_group_link(group_link=changed, allow_dial_in=True)
    kept = company.links[group_link.id]
    assert (kept.description, kept.dial_in_allowed, len(kept.dial_in_code)) == ("Tuesday", True, 9)


async def test_delete_link(alfaview, guest_link, company, emulator):
    """`guestService.v2/deleteLink`: gone, and the way into the room with it."""
    await alfaview.guests.delete_link(room_id=emulator.room_id, id=guest_link.id)
    assert company.links == {}
    assert guest_link.id not in company.rooms[emulator.room_id].permissions


async def test_resend_guest_link_email(alfaview, guest_link, emulator):
    """`guestService.v2/resendGuestLinkEmail`: one mail with the same link."""
    await alfaview.guests.resend_guest_link_email(room_id=emulator.room_id, id=guest_link.id)
    assert [mail.join_link for mail in emulator.outbox] == [guest_link.join_link]


async def test_guest_authenticate(alfaview, guest_link, emulator):
    """`guestService.v2/authenticate`: a token of twelve hours for the guest."""
    reply = await alfaview.guests.authenticate(
        company_id=emulator.company_id, room_id=emulator.room_id, access_key=guest_link.access_key
    )
    grant = emulator.state.tokens.holder(reply.access_token)
    assert (grant.is_guest, grant.user_id, reply.link_info.type) == (True, guest_link.id, GuestType.GUEST_LINK)
    assert timedelta(hours=11, minutes=59) < reply.token_expires_at - emulator.clock.now() <= timedelta(hours=12)


async def test_guest_stream_task_progress(alfaview, emulator):
    """`guestService.v2/streamTaskProgress`: deprecated; queued, assigned, done."""
    made = await alfaview.guests.create_guest_links(room_id=emulator.room_id, guest_link_creations=[grace()])
    with pytest.warns(DeprecationWarning, match="guestService.v2/streamTaskProgress"):
        frames = alfaview.guests.stream_task_progress(tracking_info=made.tracking_info)
    told = [(frame.task_progress.state, frame.task_progress.progress) async for frame in frames]
    assert told == [("QUEUED", 0.0), ("ASSIGNED", 0.5), ("DONE", 1.0)]


async def test_stream_of_an_unknown_task(alfaview):
    """`guestService.v2/streamTaskProgress`: refused before the first frame."""
    request = GuestTaskProgressRequest(tracking_info=TrackingInfo(task_id="nowhere"))
    with pytest.warns(DeprecationWarning, match="guestService.v2/streamTaskProgress"):
        frames = alfaview.stream(GuestService.stream_task_progress, request)
    with pytest.raises(NotFound):
        await anext(frames)
