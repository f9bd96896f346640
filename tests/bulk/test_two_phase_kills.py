"""F104, C15 and C16: processes killed while links too many are deleted, and while guests are mailed."""

import pytest
from invitations import CREATE, addresses, linked, mailed

from alfaview_async.models.guests import GuestLinkCreation

KILLED = -9
GUESTS = 12


@pytest.mark.parametrize(
    "crash",
    [
        pytest.param(("note_mails", "before", 1), id="before the first intent"),
        pytest.param(("transaction", "inside", 10), id="intent half-written"),
        pytest.param(("note_mails", "after", 1), id="intent written"),
        pytest.param(("mail", "before", 3), id="some mails sent"),
        pytest.param(("mail", "after", 1), id="first answer read"),
        pytest.param(("note_mails", "before", 2), id="all mails of a batch sent"),
        pytest.param(("note_mails", "after", 2), id="results written"),
        pytest.param(("mail", "after", 12), id="last answer read"),
    ],
)
async def test_killed_while_mailing(emulator, driver, crash):
    """C16: a mail that was begun and not noted is unknown for ever; all others are sent, each once."""
    killed = await driver.do("invite", guests=GUESTS, mode="two_phase", crash=crash)
    assert killed["exit"] == KILLED
    ended = await driver.do("resume")
    assert linked(emulator) == addresses(GUESTS)
    assert len(set(mailed(emulator))) == len(mailed(emulator))
    states = {address: mail for address, _, mail in ended["results"]}
    assert sorted(states) == addresses(GUESTS)
    assert set(states.values()) <= {"sent", "unknown"}
    assert {address for address, state in states.items() if state == "sent"} <= set(mailed(emulator))
    again = await driver.do("resume")
    assert {address: mail for address, _, mail in again["results"]} == states
    assert len(set(mailed(emulator))) == len(mailed(emulator))


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_links_too_many_are_deleted(emulator, driver, alfaview, when):
    """C15: two links appear under the mark of a lost call after its rows were sent again; in the end they are gone."""
    emulator.faults.add(CREATE, do="reset", on="1")
    killed = await driver.do("invite", guests=GUESTS, mode="two_phase", crash=("note_mails", "before", 1))
    assert killed["exit"] == KILLED
    lost = next(request.body for request in emulator.requests if request.path == CREATE)
    creations = [
        GuestLinkCreation(email=made["email"], permission_group_id=made["permissionGroupId"])
        for made in lost["guestLinkCreations"][:2]
    ]
    await alfaview.guests.create_guest_links(
        room_id=lost["roomId"], guest_link_creations=creations, origin=lost["origin"]
    )
    assert len(linked(emulator)) == GUESTS + 2
    killed = await driver.do("resume", crash=("withdraw", when, 1))
    assert killed["exit"] == KILLED
    assert mailed(emulator) == []
    ended = await driver.do("resume")
    assert ended["error"] is None
    assert linked(emulator) == addresses(GUESTS) == mailed(emulator)
