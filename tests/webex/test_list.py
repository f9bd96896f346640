"""Everybody who is invited, page by page, against the emulator."""

import pytest
from multidict import CIMultiDict as MultiHeaders

from alfaview_async import errors
from alfaview_async.webex import NewInvitee

HOLES = "GET meetingInvitees"


@pytest.fixture
async def invited(webex, meeting):
    """Invite 23 people in no order of the alphabet."""
    numbers = [number * 7 % 23 for number in range(23)]
    await webex.invitees.create_many(
        meeting_id=meeting.id,
        invitees=[NewInvitee(email=f"guest{n:02}@example.org", panelist=n < 3) for n in numbers],
    )
    return [f"guest{n:02}@example.org" for n in range(23)]


async def listed(webex, meeting, **options):
    return [invitee.email async for invitee in webex.invitees.list(meeting_id=meeting.id, **options)]


@pytest.mark.parametrize(("page_size", "pages"), [(100, 1), (1000, 1), (23, 1), (10, 3), (1, 23)])
async def test_all_pages_are_read(webex, meeting, emulator, invited, page_size, pages):
    """Sorted by e-mail; `max` is the size of a page, not of the list; above 100 it is 100."""
    before = len(emulator.requests)
    assert await listed(webex, meeting, page_size=page_size) == invited
    asked = emulator.requests[before:]
    assert len(asked) == pages
    assert {request.query["max"] for request in asked} == {str(min(page_size, 100))}
    assert {request.query["meetingId"] for request in asked} == {meeting.id}


async def test_panelists_can_be_told_apart(webex, meeting, invited):
    """True lists panelists, false attendees, on all pages."""
    assert await listed(webex, meeting, panelist=True, page_size=2) == invited[:3]
    assert await listed(webex, meeting, panelist=False, page_size=2) == invited[3:]


async def test_pages_are_asked_for_when_they_are_needed(webex, meeting, emulator, invited):
    """Whoever stops early does not read on."""
    before = len(emulator.requests)
    async for invitee in webex.invitees.list(meeting_id=meeting.id, page_size=5):
        if invitee.email == invited[4]:
            break
    assert len(emulator.requests) == before + 1


async def test_a_link_with_max_null_is_mended(webex, meeting, emulator, invited):
    """Followed as it stands, Webex refuses it."""
    emulator.faults.add("link-max-null", request=HOLES, times=None)
    assert await listed(webex, meeting, page_size=10) == invited


async def test_an_empty_page_is_not_the_last(webex, meeting, emulator, invited):
    """As long as there is a link, the list goes on."""
    emulator.faults.add("empty-page", request=HOLES, skip=1)
    assert await listed(webex, meeting, page_size=10) == invited


@pytest.mark.usefixtures("invited")
async def test_a_page_that_leads_to_itself_is_an_error(webex, meeting, emulator):
    """The client does not run in circles, nor does it take the list for complete."""
    emulator.faults.add("link-to-itself", request=HOLES, skip=1, times=None)
    with pytest.raises(errors.BadReply, match="circle"):
        await listed(webex, meeting, page_size=10)
    assert len([request for request in emulator.requests if request.method == "GET"]) == 2


async def test_the_token_does_not_follow_a_link_elsewhere(webex, meeting, emulator, invited):
    """Those who came with the page are yielded, then the list is called incomplete."""
    emulator.faults.add("link-elsewhere", request=HOLES)
    people = webex.invitees.list(meeting_id=meeting.id, page_size=10)
    assert [(await anext(people)).email for _ in range(10)] == invited[:10]
    with pytest.raises(errors.RedirectRefused, match="incomplete"):
        await anext(people)


async def test_a_page_that_fails_for_a_while_is_asked_for_again(webex, meeting, emulator, invited):
    """Reads are repeated: after throttling, locks, bad gateways, lost answers."""
    emulator.faults.add("refuse", request=HOLES, status=429, retry_after="0", skip=1)
    emulator.faults.add("refuse", request=HOLES, status=423, skip=3)
    emulator.faults.add("reset", request=HOLES, skip=2)
    assert await listed(webex, meeting, page_size=10) == invited


async def test_nobody_is_listed_twice(plain, client):
    """Somebody who moved to the next page while it was read is yielded once."""
    ada = {"id": "m_1", "meetingId": "m", "email": "ada@example.org"}
    bob = {"id": "m_2", "meetingId": "m", "email": "bob@example.org"}
    plain.on((200, {"items": [ada]}, {"Link": '<?after=1>; rel="next"'}), (200, {"items": [ada, bob]}))
    assert [invitee.id async for invitee in client.invitees.list(meeting_id="m")] == ["m_1", "m_2"]


async def test_several_link_headers_are_one(plain, client):
    """HTTP lets a header stand twice, which is the same as once with a comma."""
    two = [("Link", "<?first=1>; rel=first"), ("Link", "<?after=1>; rel=next")]
    plain.on((200, {"items": []}, MultiHeaders(two)), {"items": []})
    assert [invitee async for invitee in client.invitees.list(meeting_id="m")] == []
    assert plain.lines[1] == "GET /v1/meetingInvitees?after=1&meetingId=m&max=100"
