"""The reference's own samples, against a server that knows nothing of our code."""

import json
import uuid

import pytest
from attrs import evolve

from alfaview_async import errors
from alfaview_async.webex import Invitee, NewInvitee

MEETING = "870f51ff287b41be84648412901e0402"
REQUEST = json.loads(
    """{ "meetingId": "870f51ff287b41be84648412901e0402", "hostEmail": "brenda.song@example.com", "items": [
    { "email": "john.andersen@example.com", "displayName": "John Andersen", "coHost": false, "panelist": false,
      "sendEmail": true },
    { "email": "jack.andersen@example.com", "displayName": "Jack Andersen", "coHost": false, "panelist": false,
      "sendEmail": true } ] }"""
)
REPLY = json.loads(
    """{ "items": [
    { "id": "870f51ff287b41be84648412901e0402_2628962", "meetingId": "870f51ff287b41be84648412901e0402",
      "email": "john.andersen@example.com", "displayName": "John Andersen", "coHost": false, "panelist": false },
    { "id": "870f51ff287b41be84648412901e0402_2628963", "meetingId": "870f51ff287b41be84648412901e0402",
      "email": "jack.andersen@example.com", "displayName": "Jack Andersen", "coHost": false, "panelist": false } ] }"""
)
JOHN = REPLY["items"][0]
JOHN_READ = Invitee(
    id=f"{MEETING}_2628962", meeting_id=MEETING, email="john.andersen@example.com", display_name="John Andersen"
)
TWO = [
    NewInvitee(email="john.andersen@example.com", display_name="John Andersen", send_email=True),
    NewInvitee(email="jack.andersen@example.com", display_name="Jack Andersen", send_email=True),
]


async def test_the_sample_of_create_meeting_invitees(plain, client):
    """The request of the reference goes out, its reply is read."""
    plain.on(REPLY)
    john, jack = await client.invitees.create_many(
        meeting_id=MEETING, invitees=TWO, host_email="brenda.song@example.com"
    )
    assert plain.lines == ["POST /v1/meetingInvitees/bulkInsert"]
    assert plain.bodies == [REQUEST]
    assert john == JOHN_READ
    assert jack.id == f"{MEETING}_2628963"


async def test_the_headers_of_a_request(plain, client):
    """A bearer token, JSON, and an id of our own for Webex's support, another one each time."""
    plain.on(JOHN)
    await client.invitees.create(meeting_id=MEETING, email="john.andersen@example.com")
    await client.invitees.get(JOHN["id"])
    assert plain.headers("Authorization") == [[f"Bearer {plain.TOKEN}"]] * 2
    assert plain.headers("Content-Type")[0] == ["application/json"]
    assert plain.headers("Cookie") == [[], []]
    (first,), (second,) = plain.headers("TrackingID")
    assert first != second
    for tracking_id in (first, second):
        prefix, _, rest = tracking_id.rpartition("_")
        assert prefix == "alfaview_async"
        assert str(uuid.UUID(rest)) == rest


async def test_one_invitee_is_created_without_mail_unless_asked(plain, client):
    """`sendEmail` is true by default at Webex, so it is always said."""
    plain.on(JOHN)
    made = await client.invitees.create(meeting_id=f" {MEETING} ", email=" john.andersen@example.com ")
    assert plain.lines == ["POST /v1/meetingInvitees"]
    assert plain.bodies == [
        {
            "meetingId": MEETING,
            "email": "john.andersen@example.com",
            "coHost": False,
            "panelist": False,
            "sendEmail": False,
        }
    ]
    assert made == JOHN_READ


async def test_where_the_other_calls_go(plain, client):
    """Paths, queries and bodies as the reference has them: the host is a query of GET and DELETE, a field of PUT."""
    host = "brenda+song@example.com"
    plain.on(JOHN, JOHN, (204, b""), REPLY)
    got = await client.invitees.get(JOHN["id"], host_email=host)
    await client.invitees.update(evolve(got, co_host=True), send_email=True, host_email=host)
    await client.invitees.delete("a/b?c", send_email=True, host_email=host)
    assert [i.email async for i in client.invitees.list(meeting_id=MEETING, host_email=host, panelist=False)] == [
        "john.andersen@example.com",
        "jack.andersen@example.com",
    ]
    assert plain.lines == [
        f"GET /v1/meetingInvitees/{MEETING}_2628962?hostEmail=brenda%2Bsong@example.com",
        f"PUT /v1/meetingInvitees/{MEETING}_2628962",
        "DELETE /v1/meetingInvitees/a%2Fb%3Fc?sendEmail=true&hostEmail=brenda%2Bsong@example.com",
        f"GET /v1/meetingInvitees?meetingId={MEETING}&max=100&hostEmail=brenda%2Bsong@example.com&panelist=false",
    ]
    assert plain.bodies == [
        {
            "hostEmail": host,
            "email": "john.andersen@example.com",
            "displayName": "John Andersen",
            "coHost": True,
            "panelist": False,
            "sendEmail": True,
        }
    ]


async def test_what_is_not_asked_is_not_sent(plain, client):
    """No empty host, no filter; a deletion says that nobody is to be mailed."""
    plain.on((204, b""))
    await client.invitees.delete("x")
    plain.on({"items": []})
    assert [i async for i in client.invitees.list(meeting_id="m", page_size=7)] == []
    assert plain.lines == [
        "DELETE /v1/meetingInvitees/x?sendEmail=false",
        "GET /v1/meetingInvitees?meetingId=m&max=7",
    ]


async def test_unknown_keys_and_other_names_are_taken_as_they_come(plain, client):
    """The account's own name wins over the one that was sent; keys of tomorrow are kept."""
    plain.on({"items": [JOHN | {"displayName": "John P. Andersen", "pronouns": "he"}, REPLY["items"][1]]})
    john, _ = await client.invitees.create_many(meeting_id=MEETING, invitees=TWO)
    assert john.display_name == "John P. Andersen"
    assert john.unknown_fields == {"pronouns": "he"}


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_every_documented_success_with_a_body_is_one(plain, client, status):
    """200, 201 and 202 are success."""
    plain.on((status, REPLY))
    assert len(await client.invitees.create_many(meeting_id=MEETING, invitees=TWO)) == 2


@pytest.mark.parametrize("status", [202, 204])
async def test_success_without_a_body_has_no_ids(plain, client, status):
    """202 and 204 may say nothing; we say what was sent, and leave out what we do not know."""
    plain.on((status, b""))
    made = await client.invitees.create_many(meeting_id=MEETING, invitees=TWO)
    assert [(one.id, one.email) for one in made] == [
        ("", "john.andersen@example.com"),
        ("", "jack.andersen@example.com"),
    ]
    one = await client.invitees.create(meeting_id=MEETING, email="a@example.org", display_name="Ada", panelist=True)
    assert one == Invitee(meeting_id=MEETING, email="a@example.org", display_name="Ada", panelist=True)
    changed = await client.invitees.update(evolve(JOHN_READ, co_host=True))
    assert changed == evolve(JOHN_READ, co_host=True)


async def test_an_empty_list_of_invited_people_is_empty(plain, client):
    """What the reply does not show is not made up."""
    plain.on({"items": []})
    assert await client.invitees.create_many(meeting_id=MEETING, invitees=TWO) == ()


@pytest.mark.parametrize(
    "answer",
    [
        (200, b""),
        (200, b"<html>"),
        {},
        {"items": None},
        {"items": {}},
        {"items": [5]},
        {"items": [{"id": "x"}]},
        {"items": [JOHN | {"email": 5}]},
        [],
        (204, b""),
        (206, REPLY),
    ],
    ids=repr,
)
async def test_a_list_that_makes_no_sense_is_no_empty_list(plain, client, answer):
    """Whoever takes "not listed" for "not invited" would mail twice."""
    plain.on(answer)
    with pytest.raises(errors.BadReply):
        [i async for i in client.invitees.list(meeting_id=MEETING)]
