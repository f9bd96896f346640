"""What is sent again, what is not, and what is said about the rest; with the outbox as witness."""

import pytest
from attrs import evolve

from alfaview_async import errors
from alfaview_async.emulator.webex import WebexEmulator
from alfaview_async.emulator.webex_state import WebexState
from alfaview_async.retry import RetryPolicy
from alfaview_async.webex import NewInvitee, Webex, email_key

BULK = "POST meetingInvitees/bulkInsert"
THREE = [NewInvitee(email=f"{name}@example.org", send_email=True) for name in ("ada", "bob", "cyd")]
LATER = "Wed, 21 Oct 2065 07:28:00 GMT"


@pytest.fixture
def harsh(emulator):
    """A Webex that invites and mails again whoever it is told to: it shows what is sent twice."""
    emulator.state = WebexState(refuse_known=False)
    return emulator


@pytest.fixture
def series(harsh):
    return harsh.state.add_meeting()


def mailed(emulator):
    return sorted(mail.to for mail in emulator.outbox)


def everybody():
    return ["ada@example.org", "bob@example.org", "cyd@example.org"]


@pytest.mark.parametrize("status", [429, 423])
@pytest.mark.parametrize("has_body", [True, False])
@pytest.mark.parametrize(
    "retry_after", [None, "0", "1", "Wed, 21 Oct 2015 07:28:00 GMT", "rand(30),add(30)", "1.5", "-1", ""]
)
async def test_what_was_put_off_is_sent_again(webex, harsh, series, status, has_body, retry_after):
    """429 and 423 say that nothing happened, so even a create comes again, whatever `Retry-After` says."""
    harsh.faults.add("refuse", request=BULK, status=status, retry_after=retry_after, has_body=has_body, times=2)
    made = await webex.invitees.create_many(meeting_id=series.id, invitees=THREE)
    assert sorted(invitee.email for invitee in made) == mailed(harsh) == everybody()
    assert len(harsh.requests) == 3
    assert len({request.tracking_id for request in harsh.requests}) == 3


@pytest.mark.parametrize("status", [429, 423])
@pytest.mark.parametrize(("retry_after", "seconds"), [("121", 121.0), ("86400", 86400.0)])
async def test_a_wait_beyond_the_clients_patience_is_told(webex, harsh, series, status, retry_after, seconds):
    """The caller learns how long to stay away; nothing was sent again."""
    harsh.faults.add("refuse", request=BULK, status=status, retry_after=retry_after)
    with pytest.raises(errors.RateLimited) as caught:
        await webex.invitees.create_many(meeting_id=series.id, invitees=THREE)
    assert caught.value.retry_after == seconds
    assert caught.value.outcome is errors.Outcome.REFUSED
    assert caught.value.http_status == status
    assert len(harsh.requests) == 1


async def test_a_wait_until_a_date_is_told_in_seconds(webex, harsh, series):
    """An HTTP date counts too; this one is decades away."""
    harsh.faults.add("refuse", request=BULK, status=423, retry_after=LATER)
    with pytest.raises(errors.RateLimited) as caught:
        await webex.invitees.create_many(meeting_id=series.id, invitees=THREE)
    assert caught.value.retry_after > 365 * 86400


@pytest.mark.parametrize("retry_after", ["rand(30),add(30)", None])
async def test_endless_throttling_ends_with_the_attempts(webex, harsh, series, retry_after):
    """After four attempts it is raised; junk and no header say nothing about how long."""
    harsh.faults.add("refuse", request=BULK, retry_after=retry_after, times=None)
    with pytest.raises(errors.RateLimited) as caught:
        await webex.invitees.create_many(meeting_id=series.id, invitees=THREE)
    assert caught.value.retry_after is None
    assert len(harsh.requests) == 4
    assert caught.value.request_ids == tuple(request.tracking_id for request in harsh.requests)


async def test_the_callers_patience_counts(harsh, series):
    """One attempt means one, and the longest wait is the policy's."""
    harsh.faults.add("refuse", request=BULK, retry_after="3", times=None)
    for policy in (RetryPolicy(attempts=1), RetryPolicy(longest_hint=2.0), RetryPolicy(deadline=2.0)):
        async with Webex(harsh.token, base_url=harsh.base_url, retry=policy) as webex:
            before = len(harsh.requests)
            with pytest.raises(errors.RateLimited) as caught:
                await webex.invitees.create_many(meeting_id=series.id, invitees=THREE)
        assert caught.value.retry_after == 3.0
        assert len(harsh.requests) == before + 1


LOST = {
    "no answer": {"do": "apply-then-reset"},
    "504": {"do": "apply-then-refuse", "status": 504},
    "502": {"do": "apply-then-refuse", "status": 502},
    "503 with Retry-After": {"do": "apply-then-refuse", "status": 503, "retry_after": "1"},
    "500": {"do": "apply-then-refuse", "status": 500},
    "half, then 500": {"do": "apply-half", "status": 500},
    "before the work": {"do": "reset"},
    "504 and nothing done": {"do": "refuse", "status": 504},
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
async def test_a_create_in_doubt_is_not_sent_again_and_can_be_cleared_up(webex, harsh, series, fault):
    """List, compare by e-mail, send who is missing: everybody is invited and mailed exactly once."""
    harsh.faults.add(request=BULK, **fault)
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await webex.invitees.create_many(meeting_id=series.id, invitees=THREE)
    assert [request.method for request in harsh.requests] == ["POST"]
    assert caught.value.operation == BULK
    assert caught.value.request_ids == (harsh.requests[0].tracking_id,)
    assert [invitee.email for invitee in caught.value.request] == everybody()

    there = {email_key(invitee.email) async for invitee in webex.invitees.list(meeting_id=series.id)}
    missing = [invitee for invitee in THREE if email_key(invitee.email) not in there]
    await webex.invitees.create_many(meeting_id=series.id, invitees=missing)
    assert mailed(harsh) == [invitee.email for invitee in series.by_email()] == everybody()


async def test_work_that_is_done_after_a_504_shows_in_a_later_list(webex, harsh, series):
    """What is not listed yet may still come: whoever sends again at once mails twice."""
    harsh.faults.add("refuse-then-apply", request=BULK, status=504, seconds=0)
    with pytest.raises(errors.OutcomeUnknown):
        await webex.invitees.create_many(meeting_id=series.id, invitees=THREE)
    assert [invitee.email async for invitee in webex.invitees.list(meeting_id=series.id)] == everybody()


async def test_one_invitee_in_doubt_is_not_sent_again_either(webex, harsh, series):
    """`create` is as careful as `create_many`."""
    harsh.faults.add("apply-then-reset", request="POST meetingInvitees")
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await webex.invitees.create(meeting_id=series.id, email="ada@example.org", send_email=True)
    assert mailed(harsh) == ["ada@example.org"]
    assert caught.value.request == NewInvitee(email="ada@example.org", send_email=True)


@pytest.mark.parametrize("fault", ["apply-then-reset", "reset"])
async def test_a_change_that_mails_is_sent_once(webex, harsh, series, fault):
    """HTTP libraries take PUT for repeatable and send it again by themselves; it would mail twice."""
    ada = await webex.invitees.create(meeting_id=series.id, email="ada@example.org")
    harsh.faults.add(fault, request="PUT *")
    with pytest.raises(errors.OutcomeUnknown):
        await webex.invitees.update(evolve(ada, display_name="Ada"), send_email=True)
    assert [request.method for request in harsh.requests].count("PUT") == 1
    assert len(harsh.outbox) == (fault == "apply-then-reset")


async def test_a_change_without_mail_is_repeated(webex, harsh, series):
    """Twice the same is once the same."""
    ada = await webex.invitees.create(meeting_id=series.id, email="ada@example.org")
    harsh.faults.add("apply-then-reset", request="PUT *")
    changed = await webex.invitees.update(evolve(ada, display_name="Ada", co_host=True))
    assert (changed.id, changed.display_name, changed.co_host) == (ada.id, "Ada", True)
    assert harsh.outbox == []


async def test_a_deletion_whose_answer_was_lost_is_done(webex, harsh, series):
    """Gone after an attempt in doubt means done; the mail went out once."""
    ada = await webex.invitees.create(meeting_id=series.id, email="ada@example.org")
    harsh.faults.add("apply-then-reset", request="DELETE *")
    await webex.invitees.delete(ada.id, send_email=True)
    assert [request.method for request in harsh.requests].count("DELETE") == 2
    assert mailed(harsh) == ["ada@example.org"]
    assert series.invitees == {}


async def test_a_deletion_of_nobody_is_an_error(webex, meeting):
    """Without doubt, "not found" is an answer."""
    with pytest.raises(errors.NotFound):
        await webex.invitees.delete(f"{meeting.id}_1")


async def test_a_create_that_never_left_is_no_doubt(unused_tcp_port):
    """Nobody listens: nothing was sent, and so it is said."""
    async with Webex("token", base_url=f"http://127.0.0.1:{unused_tcp_port}/v1") as webex:
        with pytest.raises(errors.NotSent):
            await webex.invitees.create(meeting_id="m", email="ada@example.org")


@pytest.mark.parametrize("answer", [(200, b""), (200, b"<html>"), {}, {"items": 5}, (206, {"items": []}), (307, b"")])
async def test_an_answer_that_makes_no_sense_leaves_a_create_in_doubt(plain, client, answer):
    """Perhaps it was done, perhaps not; it is not sent again."""
    plain.on(answer)
    with pytest.raises(errors.OutcomeUnknown):
        await client.invitees.create_many(meeting_id="m", invitees=THREE)
    assert len(plain.sent) == 1


async def test_a_conflict_is_told_as_such(webex, meeting):
    """409: somebody is invited already, perhaps by an attempt of ours; that is more than doubt."""
    await webex.invitees.create(meeting_id=meeting.id, email="ada@example.org")
    with pytest.raises(errors.AlreadyExists, match=r"ada@example\.org") as caught:
        await webex.invitees.create_many(meeting_id=meeting.id, invitees=THREE)
    assert caught.value.outcome is errors.Outcome.AMBIGUOUS
    assert len(meeting.invitees) == 1


async def test_the_lists_of_callers_may_change_meanwhile(plain, client):
    """What was asked is a snapshot."""
    invitees = [NewInvitee(email="ada@example.org")]
    plain.on(plain.HANG_UP)
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await client.invitees.create_many(meeting_id="m", invitees=invitees)
    invitees[0].email = "changed"
    assert caught.value.request[0].email == "ada@example.org"


def test_the_emulators_tokens_are_known_beforehand():
    """Programs under test need no look into the emulator."""
    assert WebexEmulator.token == "webex-emulator-token"


async def test_a_proxy_that_finds_nothing_proves_no_deletion(plain, client):
    """Without a tracking id it is not Webex that says so."""
    plain.on(plain.HANG_UP, (404, b"<html>"))
    with pytest.raises(errors.NotFound):
        await client.invitees.delete("x")
    plain.on(plain.HANG_UP, (404, {"message": "gone", "trackingId": "ROUTER_1"}))
    await client.invitees.delete("x")
