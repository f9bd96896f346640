"""All links of a room, or of the whole company."""

import pytest

from alfaview_async import errors
from alfaview_async.models import GroupLink, GroupLinkCreation, GuestLink, GuestLinkCreation

PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"


@pytest.fixture
async def two_rooms(emulator, alfaview):
    """Links of both kinds in two rooms; the id of the second."""
    other, _ = await alfaview.rooms.find("Seminar B")
    for room_id, name in ((emulator.room_id, "A"), (other, "B")):
        guests = [GuestLinkCreation(display_name=f"{name}{n}", permission_group_id=PARTICIPANT) for n in range(2)]
        await alfaview.guests.create_guest_links(room_id=room_id, guest_link_creations=guests)
        group = GroupLinkCreation(description=f"Group {name}", permission_group_id=PARTICIPANT)
        await alfaview.guests.create_group_links(room_id=room_id, group_link_creations=[group])
    return other


async def test_guest_links_of_a_room(alfaview, two_rooms):
    """Those of other rooms and group links are not among them."""
    links = [link async for link in alfaview.guests.links(two_rooms)]
    assert [link.display_name for link in links] == ["B0", "B1"]
    assert {type(link) for link in links} == {GuestLink}
    assert {link.room_id for link in links} == {two_rooms}


@pytest.mark.usefixtures("two_rooms")
async def test_guest_links_of_the_company(alfaview):
    """Without a room: all of them."""
    assert sorted([link.display_name async for link in alfaview.guests.links()]) == ["A0", "A1", "B0", "B1"]


async def test_group_links_of_a_room_and_of_the_company(emulator, alfaview, two_rooms):
    """Both ways, and no guest links."""
    of_room = [link async for link in alfaview.guests.group_links(two_rooms)]
    assert ([link.description for link in of_room], type(of_room[0])) == (["Group B"], GroupLink)
    everywhere = {link.room_id async for link in alfaview.guests.group_links()}
    assert everywhere == {emulator.room_id, two_rooms}


async def test_links_of_an_unknown_room_are_an_error(alfaview):
    """A misspelt id is not an empty room."""
    with pytest.raises(errors.NotFound):
        await anext(alfaview.guests.links("no-such-room"))


async def test_the_room_is_what_is_sent(plain_server, plain_client):
    """`roomId` on the wire; nothing for the whole company."""
    path = "guestService.v2/listGuestLinks"
    plain_server.on(path, {"guestLinks": [{"id": "one"}, {"id": "two"}]})
    assert [link.id async for link in plain_client.guests.links("room")] == ["one", "two"]
    assert [link.id async for link in plain_client.guests.links()] == ["one", "two"]
    assert [body.get("roomId", "") for body in plain_server.bodies(path)] == ["room", ""]
