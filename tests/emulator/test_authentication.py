"""Logging in (handbook: initial authentication with API key, with username/password)."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest

from alfaview_async.emulator import Emulator

COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
OTHER_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = {"clientId": "demo", "code": "demo-secret", "companyId": COMPANY}
USER = {"username": "ada@example.org", "password": "demo-password"}


async def test_initial_authentication_with_api_key(app, emulator):
    """The reply has a token of base64, its end in unix seconds as text, and who entered what."""
    emulator.clock.freeze(NOON)
    answer = await app.log_in(authorizationCodeCredentials=KEY)
    reply = answer.json
    assert answer.status == 200
    assert reply["replyInfo"] == {"requestId": "login", "statusMessage": "OK"}
    assert len(reply["accessToken"]) == 292
    assert len(base64.b64decode(reply["accessToken"], validate=True)) == 219
    assert {"+", "/"} <= set(reply["accessToken"])
    assert reply["expiresAt"] == str(int(NOON.timestamp()) + 3600)
    assert reply["companyId"] == COMPANY
    assert reply["accessibleAccounts"] == [{"companyId": COMPANY}]
    assert reply["permissions"]["10"] is True
    assert "refreshToken" not in reply


async def test_initial_authentication_with_api_key_needs_the_company(app):
    """`companyId` is required."""
    answer = await app.log_in(authorizationCodeCredentials={"clientId": "demo", "code": "demo-secret"})
    assert answer.error == (400, 3, "INVALID_ARGUMENT")


async def test_wrong_api_key_is_refused(app):
    """Wrong alias, secret or company: not logged in, with the request id echoed and no secret in the answer."""
    for wrong in ({"clientId": "nobody"}, {"code": "guessed-secret"}, {"companyId": OTHER_COMPANY}):
        answer = await app.log_in(authorizationCodeCredentials=KEY | wrong)
        assert answer.error == (401, 16, "AUTHENTICATION_ERROR")
        detail = answer.json["details"][0]
        assert detail["@type"] == "type.googleapis.com/common.ReplyInfo"
        assert detail["requestId"] == "login"
        assert "guessed-secret" not in answer.text


async def test_initial_authentication_with_username_password(app):
    """Without `companyId` the first accessible company is entered; the reply has all of them."""
    reply = (await app.log_in(usernamePasswordCredentials=USER)).json
    accounts = [account["companyId"] for account in reply["accessibleAccounts"]]
    assert accounts == [COMPANY, OTHER_COMPANY]
    assert reply["companyId"] == accounts[0]


async def test_switch_company(app):
    """Authenticating again with the desired `companyId` enters that company."""
    reply = (await app.log_in(usernamePasswordCredentials=USER | {"companyId": OTHER_COMPANY})).json
    assert reply["companyId"] == OTHER_COMPANY
    app.token = reply["accessToken"]
    rooms = (await app.ask("roomService/list")).json["rooms"]
    assert [room["displayName"] for room in rooms.values()] == ["Aula"]


async def test_wrong_user_is_refused(app):
    """Wrong name, password or company: not logged in."""
    for wrong in ({"username": "eve@example.org"}, {"password": "guess"}, {"companyId": "SOMEWHERE"}):
        answer = await app.log_in(usernamePasswordCredentials=USER | wrong)
        assert answer.error == (401, 16, "AUTHENTICATION_ERROR")


async def test_exactly_one_kind_of_credentials(app):
    """None and two kinds are malformed requests."""
    assert (await app.log_in()).error == (400, 3, "INVALID_ARGUMENT")
    both = await app.log_in(usernamePasswordCredentials=USER, authorizationCodeCredentials=KEY)
    assert both.error == (400, 3, "INVALID_ARGUMENT")


async def test_login_through_a_directory(app):
    """The company's users, in that company alone, whatever the directory's own names are."""
    names = {"bindDN": "cn=reader,dc=example,dc=org", "searchDN": "ou=people,dc=example,dc=org"}
    ada = {"username": "Ada@example.org", "password": "demo-password", "companyId": COMPANY}
    reply = (await app.log_in(ldapCredentials=ada | names)).json
    assert reply["companyId"] == COMPANY
    assert reply["accessibleAccounts"] == [{"companyId": COMPANY}]
    assert reply["accessToken"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"password": "guessed"}, (401, 16, "AUTHENTICATION_ERROR")),
        ({"username": "nobody"}, (401, 16, "AUTHENTICATION_ERROR")),
        ({"companyId": "elsewhere"}, (401, 16, "AUTHENTICATION_ERROR")),
        ({"companyId": ""}, (400, 3, "INVALID_ARGUMENT")),
    ],
)
async def test_refused_by_a_directory(app, changed, error):
    """Wrong names and passwords, and a directory of no company."""
    ada = {"username": "ada@example.org", "password": "demo-password", "companyId": COMPANY}
    assert (await app.log_in(ldapCredentials=ada | changed)).error == error


async def test_is_authenticated_answers_with_bare_reply_info(app):
    """The access info is the whole request, the reply info the whole reply."""
    token = (await app.log_in_with_key()).json["accessToken"]
    answer = await app.post("authenticationService/isAuthenticated", {"requestId": "am I?", "accessToken": token})
    assert answer.json == {"requestId": "am I?", "statusMessage": "OK"}
    refused = await app.post("authenticationService/isAuthenticated", {"requestId": "am I?", "accessToken": "no"})
    assert refused.error == (401, 16, "AUTHENTICATION_ERROR")


async def test_access_token_information(app, emulator):
    """It tells whose the token is and when it ends, not the token."""
    emulator.clock.freeze(NOON)
    login = (await app.log_in(usernamePasswordCredentials=USER)).json
    app.token = login["accessToken"]
    facts = (await app.ask("authenticationService/accessTokenInformation")).json
    assert facts["userId"] == login["userId"]
    assert facts["companyId"] == COMPANY
    assert facts["expiresAt"] == login["expiresAt"]
    assert "accessToken" not in facts


async def test_token_is_read_as_protojson_reads_bytes(app):
    """The URL-safe alphabet means the same token."""
    token = (await app.log_in_with_key()).json["accessToken"]
    app.token = token.replace("+", "-").replace("/", "_")
    assert (await app.ask("roomService/list")).status == 200


async def test_date_header_tells_the_emulators_time(app, emulator):
    """Clients measure the server's clock by `Date`, also on errors."""
    emulator.clock.freeze(NOON)
    assert (await app.log_in_with_key()).headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert (await app.post("nowhere", {})).headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT"


async def test_token_lifetime_can_be_chosen(app_for):
    """A token ends when it says, to the second."""
    async with Emulator(token_lifetime=90) as emulator:
        app = app_for(emulator)
        emulator.clock.freeze(NOON)
        reply = (await app.log_in_with_key()).json
        assert reply["expiresAt"] == str(int((NOON + timedelta(seconds=90)).timestamp()))
        app.token = reply["accessToken"]
        emulator.clock.advance(seconds=89)
        assert (await app.ask("roomService/list")).status == 200
        emulator.clock.advance(seconds=1)
        assert (await app.ask("roomService/list")).error == (401, 16, "TOKEN_OUTDATED")


async def test_set_cookie_has_the_handbooks_form(app, emulator):
    """Subsequent authentication: the refresh token is the value of `auth`, set for another host, for 30 days."""
    emulator.clock.freeze(NOON)
    header = (await app.log_in_with_key()).headers["Set-Cookie"]
    expected = (
        r"auth=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}; Path=/; Domain=app\.alfaview\.com; "
        r"Expires=Tue, 31 Mar 2026 12:00:00 GMT; HttpOnly; Secure"
    )
    assert re.fullmatch(expected, header)
