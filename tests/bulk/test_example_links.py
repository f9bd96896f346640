"""The four lists of `examples/` become the right links: who, for when, in which room, in which role."""

import json
from pathlib import Path

import pytest
from aiohttp import web

from alfaview_async.bulk import GuestLinks, RowStatus, invite, read_invitario, read_recipients
from alfaview_async.invitario import Invitario

EXAMPLES = Path(__file__).parents[2] / "examples"


async def links_of(alfaview, guests):
    """Invite all, and tell what alfaview then lists."""
    there = GuestLinks(alfaview, room="Seminar A", role="Participant")
    results = [result async for result in invite(there, guests)]
    assert {result.status for result in results} == {RowStatus.CREATED}
    rooms = {room_id: room.display_name async for room_id, room in alfaview.rooms.all()}
    groups = (await alfaview.business.permission_groups_list()).permission_groups
    return {
        (
            link.email,
            link.display_name,
            link.locale,
            rooms[link.room_id],
            groups[link.permission_group_id].name,
            link.valid_from and f"{link.valid_from:%Y-%m-%d %H:%M}",
            link.valid_until and f"{link.valid_until:%Y-%m-%d %H:%M}",
        )
        async for link in alfaview.guests.links()
    }


@pytest.mark.parametrize(
    ("name", "count", "among"),
    [
        (
            "guests.csv",
            15,
            (
                "joerg.weiss@example.org",
                "Jörg Weiß",
                "de",
                "Seminar A",
                "Moderator",
                "2030-01-14 07:30",
                "2030-01-18 16:00",
            ),
        ),
        (
            "guests.xlsx",
            7,
            (
                "matthias.oeztuerk@example.org",
                "Matthias Öztürk",
                "de",
                "Seminar B",
                "Participant",
                "2030-07-15 06:30",
                "2030-07-19 15:00",
            ),
        ),
        (
            "guests_time_zones.csv",
            10,
            (
                "emily.clarke@example.com",
                "Emily Clarke",
                "en",
                "Seminar B",
                "Spectator",
                "2030-10-27 01:30",
                "2030-10-27 11:00",
            ),
        ),
    ],
)
async def test_every_guest_of_a_file_has_the_right_link(alfaview, name, count, among):
    """Times are as people wrote them in their zones; the wrong row of the first list has no link."""
    guests = read_recipients(EXAMPLES / name, skip_invalid=True)
    found = await links_of(alfaview, guests)
    assert len(found) == count
    assert among in found
    assert {email for email, *_ in found} == {guest.email for guest in guests.recipients}


async def test_every_registered_guest_of_the_invitario_event_has_a_link(alfaview):
    """Not those who are deregistered, undecided, deleted or without an address; a companion counts when asked for."""
    reply = json.loads((EXAMPLES / "invitario_event.json").read_bytes())
    answers = {
        "/api/v1/login": {"status": "success", "sessionToken": "0" * 40},
        "/api/v1/guest/list/all": reply,
        "/api/v1/logout": {"status": "success"},
    }

    async def answer(request):
        return web.json_response(answers[request.path])

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    where = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        async with Invitario(base_url=where, event_id="event", api_key="key", station_name="desk") as invitario:
            sync = await read_invitario(invitario, companions=True, valid_from="2030-01-14 09:00", skip_invalid=True)
    finally:
        await runner.cleanup()
    assert [problem.column for problem in sync.invited.problems] == ["email"]
    found = await links_of(alfaview, sync.invited)
    place = ("Seminar A", "Participant", "2030-01-14 08:00", None)
    assert {(email, name, *rest) for email, name, _, *rest in found} == {
        ("joerg.weiss@example.org", "Dr. Jörg Weiß", *place),
        ("lena.weiss@example.org", "Lena Weiß", *place),
        ("anna.schaefer@example.org", "Anna Schäfer", *place),
        ("emily.clarke@example.com", "Emily Clarke", *place),
    }
    assert sync.cursor == "2029-12-24T18:30:00+01:00"
