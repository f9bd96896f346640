"""The effects of the operations of `authenticationService`."""

from datetime import timedelta

import pytest

from alfaview_async import AlreadyExists, AuthenticationError, InvalidArgument, PermissionDenied
from alfaview_async.models import (
    AccessToken,
    AuthenticationRequest,
    AuthorizationCodeCredentials,
    CompanySwitchCredentials,
    MagicTokenCredentials,
    UsernamePasswordCredentials,
)

pytestmark = pytest.mark.usefixtures("operations_of_docstring")

ADA = "0a7d4c55-6f0b-4c11-9d2e-5b1f7a3c8e64"
COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
OTHER_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"


def password_login(username, password, **fields):
    return UsernamePasswordCredentials(username=username, password=password, **fields)


async def make_user(alfaview, number):
    wanted = AuthenticationRequest(username_password_credentials=password_login(f"user-{number}@example.org", "secret"))
    return (await alfaview.authentication.authentication_create(authentication_request=wanted)).user_id


async def test_authenticate(alfaview, emulator):
    """`authenticationService/authenticate`: the token is that of the key's user for the key's company."""
    key = AuthorizationCodeCredentials(client_id="demo", code="demo-secret", company_id=COMPANY)
    reply = await alfaview.authentication.authenticate(authorization_code_credentials=key)
    grant = emulator.state.tokens.holder(reply.access_token)
    assert (grant.user_id, grant.company_id, reply.expires_at) == (ADA, COMPANY, int(grant.expires_at.timestamp()))


async def test_is_authenticated(alfaview, emulator):
    """`authenticationService/isAuthenticated`: yes, and no without the token."""
    await alfaview.authentication.is_authenticated()
    emulator.faults.add("authenticationService/authenticate", do="error", status="AUTHENTICATION_ERROR")
    emulator.state.tokens.clear()
    with pytest.raises(AuthenticationError):
        await alfaview.authentication.is_authenticated()


async def test_access_token_information(alfaview):
    """`authenticationService/accessTokenInformation`: whose token, and for which company."""
    reply = await alfaview.authentication.access_token_information()
    assert (reply.user_id, reply.company_id, reply.access_token) == (ADA, COMPANY, "")
    assert reply.permissions["10"]


async def test_authentication_create(alfaview, emulator):
    """`authenticationService/authenticationCreate`: a user with password, and an API key; each once."""
    user_id = await make_user(alfaview, 1)
    assert emulator.state.users[user_id].company_ids == [COMPANY]
    key = AuthorizationCodeCredentials(client_id="second", code="of-mine")
    wanted = AuthenticationRequest(authorization_code_credentials=key)
    made = await alfaview.authentication.authentication_create(authentication_request=wanted)
    assert made.user_id == ADA
    assert made.tracking_info.task_id
    key.company_id = COMPANY
    assert (await alfaview.authentication.authenticate(authorization_code_credentials=key)).user_id == ADA
    with pytest.raises(AlreadyExists):
        await alfaview.authentication.authentication_create(authentication_request=wanted)
    with pytest.raises(InvalidArgument):
        await alfaview.authentication.authentication_create(authentication_request=AuthenticationRequest())


async def test_authentication_update(alfaview, emulator):
    """`authenticationService/authenticationUpdate`: another password with the old one, then none at all."""
    user_id = await make_user(alfaview, 1)
    change = alfaview.authentication.authentication_update
    wrong = AuthenticationRequest(username_password_credentials=password_login("", "new", current="no"))
    with pytest.raises(AuthenticationError):
        await change(user_id=user_id, authentication_request=wrong)
    right = AuthenticationRequest(username_password_credentials=password_login("", "new", current="secret"))
    await change(user_id=user_id, authentication_request=right)
    assert emulator.state.users[user_id].password == "new"
    await change(user_id=user_id, remove_all=True)
    with pytest.raises(AuthenticationError):
        await alfaview.authentication.authenticate(
            username_password_credentials=password_login("user-1@example.org", "")
        )


async def test_authentication_information(alfaview):
    """`authenticationService/authenticationInformation`: the password and the API key, without secrets."""
    told = (await alfaview.authentication.authentication_information()).authentication_method_information
    assert {name: method.type for name, method in told.items()} == {
        "ada@example.org": "password",
        "demo": "authorization_code",
    }


async def test_list_authentications(alfaview, emulator):
    """`authenticationService/listAuthentications`: pages until the offset equals `max_offset`."""
    made = [await make_user(alfaview, number) for number in range(4)]
    seen, offset = [], 0
    while True:
        page = await alfaview.authentication.list_authentications(limit=2, offset=offset)
        seen += page.results
        if offset == page.max_offset:
            break
        offset += 2
    assert seen == [ADA, *made]
    keys = (await alfaview.authentication.list_authentications(key_type=["authorization_code"])).results
    assert [method.principal for method in keys[ADA].methods] == ["demo"]
    emulator.state.users[made[0]].account_status = "LOCKED"
    locked = await alfaview.authentication.list_authentications(account_status=["LOCKED"])
    assert locked.results.keys() == {made[0]}


async def test_list_identity_providers(alfaview):
    """`authenticationService/listIdentityProviders`: those of the domain."""
    (provider,) = (await alfaview.authentication.list_identity_providers(domain="Nordlicht.example")).identity_providers
    assert provider.url == "https://login.nordlicht.example/"
    assert (await alfaview.authentication.list_identity_providers(domain="example.org")).identity_providers == []


async def test_create_magic_token(alfaview, emulator):
    """`authenticationService/createMagicToken`: logs in as the caller, once, and not after five minutes."""
    made = await alfaview.authentication.create_magic_token(vanity_subdomain="nordlicht")
    assert made.launch_url.startswith("https://nordlicht.alfaview.com/")
    assert made.magic_token in made.launch_url
    credentials = MagicTokenCredentials(magic_token=made.magic_token)
    login = await alfaview.authentication.authenticate(magic_token_credentials=credentials)
    assert (login.user_id, login.company_id) == (ADA, COMPANY)
    with pytest.raises(AuthenticationError):
        await alfaview.authentication.authenticate(magic_token_credentials=credentials)
    credentials.magic_token = (await alfaview.authentication.create_magic_token()).magic_token
    emulator.clock.advance(minutes=5)
    with pytest.raises(AuthenticationError):
        await alfaview.authentication.authenticate(magic_token_credentials=credentials)


async def test_company_switch(ada, app, emulator):
    """`authenticationService/authenticate`: the tokens of one company let into another that the user may enter."""
    assert await ada.accessible_companies()
    login = await app.log_in(usernamePasswordCredentials={"username": "ada@example.org", "password": "demo-password"})
    cookie = login.headers["Set-Cookie"].partition("auth=")[2].partition(";")[0]
    switch = CompanySwitchCredentials(
        access_token=login.json["accessToken"], refresh_token=cookie, company_id=OTHER_COMPANY
    )
    reply = await ada.authentication.authenticate(company_switch_credentials=switch)
    assert emulator.state.tokens.holder(reply.access_token).company_id == OTHER_COMPANY
    switch.access_token = ""
    with pytest.raises(InvalidArgument):
        await ada.authentication.authenticate(company_switch_credentials=switch)


async def test_request_password_reset(alfaview, emulator):
    """`authenticationService/requestPasswordReset`: a mail with a token that sets a new password, once."""
    reply = await alfaview.authentication.request_password_reset(username=emulator.username)
    (mail,) = emulator.outbox
    assert (reply.user_id, mail.to, mail.kind) == (ADA, emulator.username, "password reset")
    assert mail.token == reply.password_reset_token
    reset = password_login(emulator.username, "new", password_reset_token=mail.token)
    assert (await alfaview.authentication.authenticate(username_password_credentials=reset)).user_id == ADA
    assert emulator.state.users[ADA].password == "new"
    with pytest.raises(AuthenticationError):
        await alfaview.authentication.authenticate(username_password_credentials=reset)


async def test_send_company_deletion_email(alfaview, emulator):
    """`authenticationService/sendCompanyDeletionEmail`: a mail to the owner; the company is still there."""
    await alfaview.authentication.send_company_deletion_email()
    (mail,) = emulator.outbox
    assert (mail.to, mail.kind) == (emulator.username, "company deletion")
    assert COMPANY in emulator.state.companies


async def test_sign_access_token(alfaview, emulator):
    """`authenticationService/signAccessToken`: a token for another user, as long as asked, with the rights given."""
    user_id = await make_user(alfaview, 1)
    ends = int((emulator.clock.now() + timedelta(minutes=3)).timestamp())
    sign = alfaview.authentication.sign_access_token
    signed = await sign(access_token=AccessToken(user_id=user_id, expires_at=ends, permissions={"13": True}))
    grant = emulator.state.tokens.holder(signed.access_token)
    assert (grant.user_id, int(grant.expires_at.timestamp()), signed.permissions) == (user_id, ends, {"13": True})
    guest = await sign(access_token=AccessToken(is_guest=True, display_name="Alan"))
    assert emulator.state.tokens.holder(guest.access_token).is_guest
    with pytest.raises(PermissionDenied):
        await sign(access_token=AccessToken(user_id=user_id, company_id=OTHER_COMPANY))
    with pytest.raises(InvalidArgument, match="past"):
        await sign(access_token=AccessToken(user_id=user_id, expires_at=1))
