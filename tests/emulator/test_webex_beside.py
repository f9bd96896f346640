"""The Webex that shares the emulator's port: what it keeps, and what ends with the emulator."""

import asyncio

import pytest

from alfaview_async.emulator import Emulator

MEETING = "870f51ff287b41be84648412901e0402"


async def invited(http, emulator, email):
    """Ask for one invitee; return the status."""
    headers = {"Authorization": f"Bearer {emulator.webex.token}"}
    body = {"meetingId": MEETING, "email": email}
    async with http.post(f"{emulator.webex_url}/meetingInvitees", json=body, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize("ending", [None, "reset", "stop"])
async def test_what_it_has_put_off_is_not_carried_out_after_the_end(http, ending):
    """The next test would find a mail that it has not sent."""
    async with Emulator() as emulator:
        emulator.webex.state.add_meeting(MEETING)
        emulator.webex.faults.add("refuse-then-apply", status=503, seconds=0.1)
        assert await invited(http, emulator, "late@example.org") == 503
        if ending == "reset":
            emulator.reset()
            emulator.webex.state.add_meeting(MEETING)
        elif ending == "stop":
            await emulator.stop()
        await asyncio.sleep(0.1)  # timers of a loop run in their order: that of the fault before this one
        assert bool(emulator.webex.outbox) is (ending is None)


async def test_the_latest_requests_are_kept(http, monkeypatch):
    """An emulator may run for days, and its log must not grow for as long."""
    monkeypatch.setattr("alfaview_async.emulator.webex._KEPT", 2)
    async with Emulator() as emulator:
        for name in "abc":
            await invited(http, emulator, f"{name}@example.org")
        assert [request.body["email"] for request in emulator.webex.requests] == ["b@example.org", "c@example.org"]
