"""A Webex meeting as destination: after doubt, list and send only those who are missing."""

from collections import Counter

import pytest
from aiohttp import web

from alfaview_async import errors
from alfaview_async.bulk import Existing, Recipient, RowStatus, WebexMeeting, invite, undo
from alfaview_async.emulator.webex import WebexEmulator
from alfaview_async.retry import RetryPolicy
from alfaview_async.webex import Webex


@pytest.fixture
async def emulated():
    emulator = WebexEmulator()
    app = web.Application()
    app.add_routes(emulator.routes("/webex/v1"))
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield emulator, f"http://127.0.0.1:{port}/webex/v1"
    await runner.cleanup()


@pytest.fixture
async def webex(emulated):
    emulator, base_url = emulated
    retry = RetryPolicy(wait=0.001, throttled_wait=0.001)
    async with Webex(emulator.token, base_url=base_url, timeout=0.5, retry=retry) as webex:
        yield webex


def meeting(webex, emulator, **options):
    quick = {"send_email": True, "effect_within": 0.1, "listed_within": 0.02, "chunk_size": 10}
    return WebexMeeting(webex, meeting_id=emulator.state.add_meeting().id, **quick | options)


def guests(count):
    return [Recipient(email=f"guest{n}@example.org", display_name=f"Guest {n}") for n in range(count)]


async def run(destination, rows, **options):
    return [result async for result in invite(destination, rows, **options)]


async def test_everybody_is_invited_once(emulated, webex):
    """25 rows in chunks of 10: each has an invitee of their own, and one mail."""
    emulator, _ = emulated
    results = await run(meeting(webex, emulator), guests(25))
    assert Counter(result.status for result in results) == {RowStatus.CREATED: 25}
    assert len({result.link_id for result in results}) == 25
    assert sorted(mail.to for mail in emulator.outbox) == sorted(f"guest{n}@example.org" for n in range(25))


@pytest.mark.parametrize("do", ["apply-then-refuse", "apply-then-reset", "apply-half", "reset"])
async def test_after_doubt_only_the_missing_are_sent(emulated, webex, do):
    """B11: the answer of one call is lost, carried out or not; everybody has one mail in the end."""
    emulator, _ = emulated
    emulator.faults.add(do, status=504, skip=1)
    results = await run(meeting(webex, emulator), guests(30))
    assert Counter(result.status for result in results) == {RowStatus.CREATED: 30}
    assert Counter(mail.to for mail in emulator.outbox) == {f"guest{n}@example.org": 1 for n in range(30)}


async def test_who_is_invited_already_is_not_taken_for_ours(emulated, webex):
    """An invitee of before the run is an error, or kept as it is; nobody is mailed twice."""
    emulator, _ = emulated
    destination = meeting(webex, emulator)
    await run(destination, guests(3))
    with pytest.raises(errors.AlreadyInvited, match="3 guests"):
        await run(destination, guests(5))
    results = await run(destination, guests(5), existing=Existing.SKIP)
    assert Counter(result.status for result in results) == {RowStatus.EXISTING: 3, RowStatus.CREATED: 2}
    assert len(emulator.outbox) == 5


async def test_what_webex_would_refuse_is_told_before_anything_is_sent(emulated, webex):
    """A name of 129 characters and a role that Webex does not know."""
    emulator, _ = emulated
    with pytest.raises(errors.RecipientsRejected, match="line 7"):
        await run(
            meeting(webex, emulator), [*guests(2), Recipient(email="a@b.example", display_name="x" * 129, line=7)]
        )
    wrong = [Recipient(email="a@b.example", role="Trainer", line=3), Recipient(email="b@b.example", role="Boss")]
    roles = r"^2 rows \(line 3, b@b\.example\): Webex has no role 'Boss', 'Trainer'; there are cohost, panelist"
    with pytest.raises(errors.ConfigurationError, match=roles):
        await run(meeting(webex, emulator), [*guests(2), *wrong])
    assert not emulator.outbox


async def test_roles_become_flags(emulated, webex):
    """`cohost` and `panelist` in the role of a row."""
    emulator, _ = emulated
    rows = [Recipient(email="c@b.example", role="CoHost"), Recipient(email="p@b.example", role="panelist")]
    destination = meeting(webex, emulator)
    await run(destination, rows)
    (target,) = set(await destination.targets(rows))
    found = {one.email: (one.co_host, one.panelist) async for one in webex.invitees.list(meeting_id=target)}
    assert found == {"c@b.example": (True, False), "p@b.example": (False, True)}


async def test_a_run_can_be_taken_back(emulated, webex, tmp_path):
    """Undo removes exactly the invitees of the run."""
    emulator, _ = emulated
    destination = meeting(webex, emulator)
    await run(destination, guests(12), journal=tmp_path / "webex.journal")
    results = [result async for result in undo(destination, journal=tmp_path / "webex.journal")]
    assert Counter(result.status for result in results) == {RowStatus.WITHDRAWN: 12}
    (target,) = set(await destination.targets(guests(1)))
    assert [one async for one in webex.invitees.list(meeting_id=target)] == []
