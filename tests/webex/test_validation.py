"""What Webex would refuse is found before anything is sent, all of it at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.errors import ConfigurationError, RecipientsRejected
from alfaview_async.webex import Invitee, NewInvitee, email_key
from alfaview_async.webex.validation import check_invitees


def people(number):
    return [NewInvitee(email=f"guest{n}@example.org") for n in range(number)]


def problems(invitees):
    try:
        check_invitees(invitees)
    except RecipientsRejected as error:
        return [(problem.index, problem.field) for problem in error.problems]
    return []


def test_a_hundred_are_taken_and_one_more_is_not():
    """The reference: at most 100 items."""
    assert problems(people(100)) == []
    assert problems(people(101)) == [(100, "")]
    assert problems(people(250)) == [(100, "")]


def test_addresses_are_unique_without_regard_to_case_and_blanks():
    """The reference: each invitee should have a unique email."""
    twice = [NewInvitee(email=email) for email in ("Ada@Example.org", "bob@example.org", " ada@example.ORG ")]
    assert problems(twice) == [(2, "email")]
    assert email_key(" Straße@Example.org") == email_key("STRASSE@example.org ")


@pytest.mark.parametrize("name", ["x" * 128, "ä" * 128, "語" * 128, "😀" * 96, ""], ids=len)
def test_names_up_to_both_limits_are_taken(name):
    """128 characters and 384 bytes."""
    assert problems([NewInvitee(email="a@example.org", display_name=name)]) == []


@pytest.mark.parametrize("name", ["x" * 129, "😀" * 97, "half \ud83d"], ids=["129 characters", "388 bytes", "half"])
def test_names_beyond_a_limit_are_not_taken(name):
    """One character too many; 97 characters that have 388 bytes; text that UTF-8 cannot say."""
    assert problems([NewInvitee(email="a@example.org", display_name=name)]) == [(0, "display_name")]


@pytest.mark.parametrize("email", ["", " ", "ada", "@example.org", "ada@", "a b@example.org", "a\n@b.org", "a\ud83d@b"])
def test_what_is_no_address_is_not_taken(email):
    """Without a name, a domain, or in one piece it cannot be one."""
    assert problems([NewInvitee(email=email)]) == [(0, "email")]


async def test_all_problems_are_reported_together_and_nothing_is_sent(plain, client):
    """One error names every row and field; Webex hears nothing."""
    bad = [
        *people(100),
        NewInvitee(email="GUEST7@example.org", display_name="x" * 129),
        NewInvitee(email="nobody", display_name="y" * 129),
    ]
    with pytest.raises(RecipientsRejected) as caught:
        await client.invitees.create_many(meeting_id="m", invitees=bad)
    assert [(problem.index, problem.field) for problem in caught.value.problems] == [
        (100, ""),
        (100, "email"),
        (100, "display_name"),
        (101, "email"),
        (101, "display_name"),
    ]
    assert "invitees[100].email: the same address as invitees[7]" in str(caught.value)
    assert plain.sent == []


async def test_long_reports_are_cut(client):
    """A hundred bad rows do not make a message of a hundred lines; the error holds them all."""
    with pytest.raises(RecipientsRejected, match="and 90 more") as caught:
        await client.invitees.create_many(meeting_id="m", invitees=[NewInvitee(email="") for _ in range(100)])
    assert len(caught.value.problems) == 100


async def test_one_invitee_is_checked_like_many(plain, client):
    """`create` and `update` know the same rules."""
    with pytest.raises(RecipientsRejected):
        await client.invitees.create(meeting_id="m", email="nobody")
    with pytest.raises(RecipientsRejected):
        await client.invitees.update(Invitee(id="x", email="a@example.org", display_name="x" * 129))
    assert plain.sent == []


async def test_nobody_to_invite_is_no_call(plain, client):
    """An empty list of people is done at once."""
    assert await client.invitees.create_many(meeting_id="m", invitees=[]) == ()
    assert plain.sent == []


@pytest.mark.parametrize("empty", ["", "  ", "\ud83d"])
async def test_ids_that_cannot_be_are_refused_here(plain, client, empty):
    """An empty id would ask for another thing than meant: `DELETE /meetingInvitees/`."""
    calls = [
        lambda: client.invitees.create(meeting_id=empty, email="a@example.org"),
        lambda: client.invitees.create_many(meeting_id=empty, invitees=people(1)),
        lambda: anext(client.invitees.list(meeting_id=empty)),
        lambda: client.invitees.get(empty),
        lambda: client.invitees.update(Invitee(id=empty, email="a@example.org")),
        lambda: client.invitees.delete(empty),
    ]
    for call in calls:
        with pytest.raises(ConfigurationError):
            await call()
    for dots in (".", ".."):
        with pytest.raises(ConfigurationError):
            await client.invitees.delete(dots)
    assert plain.sent == []


async def test_a_page_has_at_least_one_place(client):
    """A page of nobody would never end."""
    with pytest.raises(ConfigurationError):
        await anext(client.invitees.list(meeting_id="m", page_size=0))


@given(st.lists(st.builds(NewInvitee, email=st.text(), display_name=st.text()), max_size=20))
def test_any_text_is_checked_without_a_crash(invitees):
    """Lists come from files: they hold anything; what passes can be written as UTF-8 and is unique."""
    if not problems(invitees):
        assert len({email_key(invitee.email) for invitee in invitees}) == len(invitees)
        for invitee in invitees:
            (invitee.email + invitee.display_name).encode()
