"""Handbook: subsequent authentication with refresh token."""

from http.cookies import SimpleCookie

from alfaview_async.emulator import Emulator

COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
OTHER_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
REFUSED = (401, 16, "AUTHENTICATION_ERROR")


def refresh_token(answer):
    return SimpleCookie(answer.headers["Set-Cookie"])["auth"].value


def for_company(company=COMPANY, **fields):
    return {"refreshTokenCredentials": {"companyId": company, **fields}}


async def test_access_token_from_refresh_token(app):
    """The cookie and the company id give a new access token of the same user."""
    login = await app.log_in_with_key()
    again = await app.log_in(refresh_token(login), **for_company())
    assert again.status == 200
    assert again.json["userId"] == login.json["userId"]
    assert again.json["accessToken"] != login.json["accessToken"]
    app.token = again.json["accessToken"]
    assert (await app.ask("roomService/list")).status == 200


async def test_refresh_token_in_the_body(app):
    """The field of the credentials does as well as the cookie."""
    token = refresh_token(await app.log_in_with_key())
    assert (await app.log_in(**for_company(refreshToken=token))).status == 200


async def test_rotated_token_is_refused(app):
    """Each use replaces the token; only the new one works."""
    first = refresh_token(await app.log_in_with_key())
    second = refresh_token(await app.log_in(first, **for_company()))
    assert second != first
    assert (await app.log_in(first, **for_company())).error == REFUSED
    assert (await app.log_in(second, **for_company())).status == 200


async def test_without_rotation_the_token_stays(app_for):
    """Then no new cookie comes, and the old one keeps working."""
    async with Emulator(rotate_refresh_tokens=False) as emulator:
        app = app_for(emulator)
        token = refresh_token(await app.log_in_with_key())
        for _ in range(2):
            answer = await app.log_in(token, **for_company())
            assert answer.status == 200
            assert "Set-Cookie" not in answer.headers


async def test_refresh_token_of_a_key_is_tied_to_its_company(app):
    """Another company is refused, and the token is not spent by that."""
    token = refresh_token(await app.log_in_with_key())
    assert (await app.log_in(token, **for_company(OTHER_COMPANY))).error == REFUSED
    assert (await app.log_in(token, **for_company())).status == 200


async def test_company_is_required(app):
    """`companyId` is required."""
    token = refresh_token(await app.log_in_with_key())
    assert (await app.log_in(token, refreshTokenCredentials={})).error == (400, 3, "INVALID_ARGUMENT")


async def test_no_token_and_unknown_token_are_refused(app):
    """Neither logs in."""
    assert (await app.log_in(**for_company())).error == REFUSED
    assert (await app.log_in("11111111-2222-4333-8444-555555555555", **for_company())).error == REFUSED


async def test_refresh_token_ends_after_30_days(app, emulator):
    """By the emulator's clock."""
    first = refresh_token(await app.log_in_with_key())
    emulator.clock.advance(days=29, hours=23)
    second = refresh_token(await app.log_in(first, **for_company()))
    emulator.clock.advance(days=30)
    assert (await app.log_in(second, **for_company())).error == REFUSED


async def test_refresh_token_in_the_reply_body_on_request(app_for):
    """`refresh_in_body` puts the token of the cookie into the JSON too."""
    async with Emulator(refresh_in_body=True) as emulator:
        answer = await app_for(emulator).log_in_with_key()
        assert answer.json["refreshToken"] == refresh_token(answer)


async def test_revoked_rights_vanish_with_the_next_token(app, emulator):
    """The rights are looked up anew for each token."""
    login = await app.log_in_with_key()
    emulator.state.users[login.json["userId"]].permissions = {"13": True}
    again = await app.log_in(refresh_token(login), **for_company())
    assert again.json["permissions"] == {"13": True}
