"""Users of a company: all of them, and one by the address."""

import pytest

from alfaview_async import errors

LIST = "userService/list"
USERS = {
    "user-1": {"email": "Ada@Example.org", "userProfile": {"firstname": "Ada"}},
    "user-2": {"email": "weiß@example.org"},
    "user-3": {"email": "twice@example.org"},
    "user-4": {"email": "TWICE@example.org"},
    "user-5": {},
}


@pytest.fixture(autouse=True)
def users(plain_server):
    """A company of five."""
    plain_server.on(LIST, {"users": USERS})


async def test_all_users(plain_client):
    """Each with its id."""
    users = [(user_id, user.email) async for user_id, user in plain_client.users.all()]
    assert users == [(user_id, user.get("email", "")) for user_id, user in USERS.items()]


@pytest.mark.parametrize(
    ("email", "user_id"),
    [("ada@example.org", "user-1"), (" ADA@EXAMPLE.ORG ", "user-1"), ("WEISS@example.org", "user-2")],
)
async def test_addresses_are_found_whatever_the_case(plain_client, email, user_id):
    """Folded as Unicode folds: a sharp s is two of them."""
    found, user = await plain_client.users.by_email(email)
    assert (found, user.email) == (user_id, USERS[user_id]["email"])


@pytest.mark.parametrize("email", ["nobody@example.org", "", "  ", "ada"])
async def test_unknown_addresses_are_an_error(plain_client, email):
    """An empty one too, although a user without address is there."""
    with pytest.raises(errors.NotFound, match="among the 5"):
        await plain_client.users.by_email(email)


async def test_ambiguous_addresses_are_an_error(plain_client):
    """The message has the ids to choose from."""
    with pytest.raises(errors.AmbiguousName, match="user-3, user-4"):
        await plain_client.users.by_email("twice@example.org")


async def test_the_user_of_the_emulator(emulator, alfaview):
    """Real HTTP, by the address of the login."""
    user_id, user = await alfaview.users.by_email(emulator.username.upper())
    assert user.email == emulator.username
    assert [entry async for entry in alfaview.users.all()] == [(user_id, user)]
