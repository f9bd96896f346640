"""The emulated Webex behaves as the reference says, seen by a client that is not ours."""

import aiohttp
import pytest

from alfaview_async.emulator.webex import WebexEmulator
from alfaview_async.emulator.webex_state import MailKind, MeetingKind
from alfaview_async.errors import ConfigurationError

MANY_DIGITS = pytest.param("max=" + "9" * 5000, id="max=999...")
"""More than Python makes a number of."""


@pytest.fixture
async def ask(emulator):
    async with aiohttp.ClientSession() as http:

        async def ask(method, path, *, token=WebexEmulator.token, **options):
            headers = {"Authorization": f"Bearer {token}"} | options.pop("headers", {})
            async with http.request(method, f"{emulator.base_url}/{path}", headers=headers, **options) as response:
                text = await response.text()
                return response, await response.json() if text else None

        yield ask


def batch(meeting, *emails, **more):
    return {"meetingId": meeting.id, "items": [{"email": email} | more for email in emails]}


async def test_people_are_invited_and_mailed_unless_it_is_said_otherwise(ask, emulator, meeting):
    """`sendEmail` is true by default; ids are the meeting's id and a number."""
    response, said = await ask("POST", "meetingInvitees", json={"meetingId": meeting.id, "email": "ada@example.org"})
    assert response.status == 200
    assert said == {
        "id": f"{meeting.id}_2628962",
        "meetingId": meeting.id,
        "email": "ada@example.org",
        "displayName": "ada@example.org",
        "coHost": False,
        "panelist": False,
    }
    await ask("POST", "meetingInvitees/bulkInsert", json=batch(meeting, "bob@example.org", sendEmail=False))
    assert [(mail.kind, mail.to) for mail in emulator.outbox] == [(MailKind.INVITATION, "ada@example.org")]


async def test_the_accounts_own_name_wins(ask, emulator, meeting):
    """Whoever has an account appears under its name; others under the name that was sent."""
    emulator.state.accounts["ada@example.org"] = "Ada King"
    items = [
        {"email": "Ada@example.org", "displayName": "Miss Lovelace"},
        {"email": "bob@example.org", "displayName": "Bob"},
    ]
    _, said = await ask("POST", "meetingInvitees/bulkInsert", json={"meetingId": meeting.id, "items": items})
    assert [item["displayName"] for item in said["items"]] == ["Ada King", "Bob"]


@pytest.mark.parametrize(
    "items",
    [
        [{"email": f"g{n}@example.org"} for n in range(101)],
        [{"email": "ada@example.org"}, {"email": " ADA@example.org"}],
        [{"email": "ada@example.org"}, {"email": "nobody"}],
        [{"email": "ada@example.org", "displayName": "x" * 129}],
        [{"email": "ada@example.org", "sendEmail": "yes"}],
        [5],
        "ada@example.org",
    ],
    ids=["101", "twice", "no address", "long name", "no flag", "no object", "no list"],
)
async def test_a_batch_with_a_fault_invites_nobody(ask, emulator, meeting, items):
    """400, and nothing happened."""
    response, said = await ask("POST", "meetingInvitees/bulkInsert", json={"meetingId": meeting.id, "items": items})
    assert response.status == 400
    assert said["message"]
    assert said["trackingId"] == response.headers["trackingId"]
    assert meeting.invitees == {}
    assert emulator.outbox == []


async def test_a_hundred_are_a_batch(ask, meeting):
    """The limit of the reference."""
    emails = [f"g{n}@example.org" for n in range(100)]
    response, said = await ask("POST", "meetingInvitees/bulkInsert", json=batch(meeting, *emails))
    assert (response.status, len(said["items"])) == (200, 100)


async def test_somebody_invited_already_is_a_conflict(ask, meeting):
    """409 for the whole batch."""
    await ask("POST", "meetingInvitees/bulkInsert", json=batch(meeting, "ada@example.org"))
    response, _ = await ask(
        "POST", "meetingInvitees/bulkInsert", json=batch(meeting, "bob@example.org", "Ada@Example.org")
    )
    assert response.status == 409
    assert len(meeting.invitees) == 1


async def test_pages_are_sorted_by_email_and_lead_on(ask, meeting):
    """`Link` leads to the next page until there is none; more than 100 a page are lowered without a word."""
    emails = [f"g{n:03}@example.org" for n in reversed(range(100))]
    await ask("POST", "meetingInvitees/bulkInsert", json=batch(meeting, *emails))
    await ask("POST", "meetingInvitees", json={"meetingId": meeting.id, "email": "last@example.org"})
    path, seen, sizes = f"meetingInvitees?meetingId={meeting.id}&max=500", [], []
    while path:
        response, said = await ask("GET", path)
        seen += [item["email"] for item in said["items"]]
        sizes.append(len(said["items"]))
        link = response.links.get("next")
        path = str(link["url"]).partition("/webex/v1/")[2] if link else ""
    assert seen == sorted([*emails, "last@example.org"])
    assert sizes == [100, 1]


@pytest.mark.parametrize("query", ["max=null", "max=0", "max=-1", "after=_w%3D%3D", "after=x", MANY_DIGITS])
async def test_pages_that_do_not_exist(ask, meeting, query):
    """400."""
    response, _ = await ask("GET", f"meetingInvitees?meetingId={meeting.id}&{query}")
    assert response.status == 400


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic webex-emulator-token"])
async def test_a_token_is_needed(ask, meeting, authorization):
    """401, with a code in place of descriptions."""
    path = f"meetingInvitees?meetingId={meeting.id}"
    response, said = await ask("GET", path, headers={"Authorization": authorization})
    assert response.status == 401
    assert said.keys() == {"code", "message", "trackingId"}


async def test_acting_for_a_host_needs_an_admin(ask, emulator, meeting):
    """403 for users; 404 if it is not the host of the meeting."""
    path = f"meetingInvitees?meetingId={meeting.id}&hostEmail="
    assert (await ask("GET", f"{path}{meeting.host_email}"))[0].status == 403
    assert (await ask("GET", f"{path}{meeting.host_email}", token=emulator.admin_token))[0].status == 200
    assert (await ask("GET", f"{path}other@example.com", token=emulator.admin_token))[0].status == 404


@pytest.mark.parametrize(
    ("kind", "listed", "created"),
    [("series", 200, 200), ("scheduled", 200, 200), ("instance", 200, 400), ("personal room", 400, 400)],
)
async def test_what_can_be_done_with_which_meeting(ask, emulator, kind, listed, created):
    """Instances can be listed only, meetings of personal rooms not even that."""
    meeting = emulator.state.add_meeting(kind=MeetingKind(kind))
    assert (await ask("GET", f"meetingInvitees?meetingId={meeting.id}"))[0].status == listed
    body = {"meetingId": meeting.id, "email": "ada@example.org"}
    assert (await ask("POST", "meetingInvitees", json=body))[0].status == created


async def test_an_invitee_is_read_changed_and_removed(ask, emulator, meeting):
    """With mails of their own kinds, if wanted."""
    _, ada = await ask(
        "POST", "meetingInvitees", json={"meetingId": meeting.id, "email": "a@b.org", "sendEmail": False}
    )
    path = f"meetingInvitees/{ada['id']}"
    assert (await ask("GET", path))[1] == ada
    _, changed = await ask("PUT", path, json={"email": "ada@b.org", "displayName": "Ada", "coHost": True})
    assert changed == ada | {"email": "ada@b.org", "displayName": "Ada", "coHost": True}
    assert (await ask("DELETE", f"{path}?sendEmail=false"))[0].status == 204
    assert (await ask("GET", path))[0].status == 404
    assert (await ask("DELETE", path))[0].status == 404
    assert [(mail.kind, mail.to) for mail in emulator.outbox] == [(MailKind.UPDATE, "ada@b.org")]


async def test_two_invitees_never_get_one_address(ask, meeting):
    """409; a change of case only is a change of the same one."""
    _, said = await ask("POST", "meetingInvitees/bulkInsert", json=batch(meeting, "ada@b.org", "bob@b.org"))
    ada = f"meetingInvitees/{said['items'][0]['id']}"
    assert (await ask("PUT", ada, json={"email": "BOB@b.org"}))[0].status == 409
    assert (await ask("PUT", ada, json={"email": "ADA@b.org"}))[0].status == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"5"])
async def test_bodies_that_are_no_objects(ask, body):
    """400."""
    assert (await ask("POST", "meetingInvitees", data=body))[0].status == 400


@pytest.mark.parametrize(
    "wrong",
    [{"do": "explode"}, {"do": "refuse", "status": 200}, {"do": "reset", "share": 2}, {"do": "reset", "skip": -1}],
)
def test_faults_that_make_no_sense_are_refused(wrong):
    """Before they strike nobody."""
    with pytest.raises(ConfigurationError):
        WebexEmulator().faults.add(**wrong)


async def test_a_share_of_the_requests_goes_wrong(ask, emulator, meeting):
    """Drawn from the seed; cleared, all goes well again."""
    emulator.faults.add("refuse", request="GET *", status=503, times=None, share=0.3)
    path = f"meetingInvitees?meetingId={meeting.id}"
    refused = [(await ask("GET", path))[0].status for _ in range(100)].count(503)
    assert 10 < refused < 50
    emulator.faults.clear()
    assert (await ask("GET", path))[0].status == 200


async def test_a_reset_begins_anew(ask, emulator, meeting):
    """Nothing is left, and the same calls give the same ids again."""
    body = {"meetingId": meeting.id, "email": "ada@example.org"}
    _, first = await ask("POST", "meetingInvitees", json=body)
    emulator.state.accounts["ada@example.org"] = "Ada"
    emulator.faults.add("reset", times=None)
    emulator.reset()
    assert (emulator.outbox, emulator.requests) == ([], [])
    assert (await ask("POST", "meetingInvitees", json=body))[0].status == 404
    emulator.state.add_meeting(meeting.id)
    assert (await ask("POST", "meetingInvitees", json=body))[1] == first
