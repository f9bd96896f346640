"""Each habit of a server as it shows on the wire, seen by an application that knows only JSON."""

import re

import pytest

from alfaview_async.emulator.habits import Cookie, ExplicitOk

ROOM = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
OTHER_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
USER = {"username": "ada@example.org", "password": "demo-password"}


@pytest.fixture
def habits(emulator):
    return emulator.state.habits


async def one_room(app):
    return (await app.ask("roomService/list", filterRoomIds=[ROOM])).json


async def test_zeros_are_left_out_unless_they_are_emitted(app, habits):
    """grpc-gateway v2: every field, in the zero of its kind."""
    plain = await one_room(app)
    assert plain["replyInfo"] == {"requestId": "ask", "statusMessage": "OK"}
    assert not {"sort", "metadata", "features", "defaultPermissions", "managed"} & plain["rooms"][ROOM].keys()
    habits.emit_defaults = True
    reply = await one_room(app)
    room = reply["rooms"][ROOM]
    assert reply["replyInfo"] == {"requestId": "ask", "statusMessage": "OK", "statusCode": "OK"}
    zeros = {"sort": "0", "metadata": {}, "features": [], "defaultPermissions": None, "managed": False}
    assert room | zeros == room
    assert room["quotas"] == {"name": "", "activeParticipants": 50, "passiveParticipants": 0, "subRooms": 10}


async def test_emitted_zeros_of_a_login(app, habits):
    """The refresh token is an empty text, not absent."""
    habits.emit_defaults = True
    login = (await app.log_in_with_key()).json
    assert (login["refreshToken"], login["accountStatus"]) == ("", "ACTIVATED")
    assert re.fullmatch(r"\d{10}", login["expiresAt"])


@pytest.mark.parametrize(("explicit", "said"), [(ExplicitOk.TEXT, "OK"), (ExplicitOk.NUMBER, 0)])
async def test_explicit_ok(app, habits, explicit, said):
    """Text or zero."""
    habits.explicit_ok = explicit
    assert (await one_room(app))["replyInfo"]["statusCode"] == said


async def test_numeric_status(app, habits, emulator):
    """Numbers in errors and replies; where none is published the text stays."""
    habits.numeric_status = True
    answer = await app.ask("roomService/update", roomId="nowhere")
    assert answer.error == (404, 5, 1025)
    assert (await app.ask("roomService/list", limit=-1)).error == (400, 3, "INVALID_ARGUMENT")
    emulator.faults.add("guestService.v2/createGuestLinks", do="partial")
    reply = (await app.guest_links({"displayName": "a"}, {"displayName": "b"})).json
    assert reply["replyInfo"]["statusCode"] == 5


async def test_bare_info(app, habits):
    """The reply info lies open in any reply."""
    habits.bare_info = True
    reply = await one_room(app)
    assert (reply["requestId"], reply["statusMessage"], list(reply["rooms"])) == ("ask", "OK", [ROOM])
    assert "replyInfo" not in reply


async def test_errors_in_ok(app, habits):
    """HTTP 200, and the status where the operation has its reply info."""
    habits.errors_in_ok = True
    answer = await app.ask("roomService/update", roomId="nowhere")
    info = {"requestId": "ask", "statusCode": "ROOM_NOT_FOUND", "statusMessage": "no such room in this company"}
    assert (answer.status, answer.json) == (200, {"replyInfo": info})
    answer = await app.ask("userService/destroy", userId="nobody")
    assert (answer.status, answer.json["statusCode"]) == (200, "USER_INVALID")


async def test_error_key(app, habits):
    """grpc-gateway v1 says it twice."""
    habits.error_key = True
    answer = (await app.ask("roomService/update", roomId="nowhere")).json
    assert answer["error"] == answer["message"] == "no such room in this company"


async def test_numeric_int64(app, habits):
    """A number instead of a text."""
    habits.numeric_int64 = True
    assert isinstance((await app.log_in_with_key()).json["expiresAt"], int)


async def test_nanoseconds(app, habits):
    """Nine digits, also for a whole second."""
    habits.nanoseconds = True
    assert (await one_room(app))["rooms"][ROOM]["createdAt"] == "2026-01-05T08:00:00.000000000Z"


async def test_unknown_values_and_fields(app, habits):
    """In every message, but never in a status."""
    habits.unknown_enums = habits.unknown_fields = True
    habits.explicit_ok = ExplicitOk.TEXT
    reply = await one_room(app)
    assert reply["rooms"][ROOM]["type"] == "ROOM_TYPE_ROOM_OF_TOMORROW"
    assert reply["replyInfo"]["statusCode"] == "OK"
    for message in (reply, reply["replyInfo"], reply["rooms"][ROOM], reply["rooms"][ROOM]["quotas"]):
        assert "fieldOfTomorrow" in message
    assert "fieldOfTomorrow" not in reply["rooms"]


async def test_frames_have_habits_too(app, habits):
    """A stream is written as the replies are."""
    task = (await app.guest_links({"displayName": "Ada"})).json["trackingInfo"]
    habits.emit_defaults = habits.unknown_enums = True
    answer = await app.ask("businessLogicService/streamTaskProgress", trackingInfo=task)
    first, *_, last = answer.text.splitlines()
    assert '"state":"QUEUED_OF_TOMORROW"' in first
    assert '"nextRun":"0"' in first
    assert '"progress":1.0' in last


async def refreshed(app, cookie):
    credentials = {"companyId": app.emulator.company_id}
    return await app.log_in(cookie=cookie, refreshTokenCredentials=credentials)


def cookie_of(answer):
    return answer.headers["Set-Cookie"].partition("auth=")[2].partition(";")[0]


async def test_cookies(app, habits):
    """Kept: none comes, the old one stays good. Cleared: an empty one of long ago. Rotated: one use each."""
    first = cookie_of(await app.log_in_with_key())
    habits.cookie = Cookie.KEPT
    for _ in range(2):
        answer = await refreshed(app, first)
        assert (answer.status, "Set-Cookie" in answer.headers) == (200, False)
    habits.cookie = Cookie.ROTATED
    second = cookie_of(await refreshed(app, first))
    assert (await refreshed(app, first)).status == 401
    habits.cookie = Cookie.CLEARED
    answer = await refreshed(app, second)
    assert (answer.status, cookie_of(answer)) == (200, "")
    assert "1970" in answer.headers["Set-Cookie"]
    assert (await refreshed(app, second)).status == 401


async def test_wrong_company(app, habits):
    """The user enters the other company, asked for or not; an API key has only one."""
    habits.wrong_company = True
    asked = USER | {"companyId": app.emulator.company_id}
    for credentials in (USER, asked):
        assert (await app.log_in(usernamePasswordCredentials=credentials)).json["companyId"] == OTHER_COMPANY
    assert (await app.log_in_with_key()).json["companyId"] == app.emulator.company_id


async def test_gateway_v2(app, habits, emulator):
    """499 for what was cancelled, and a challenge with the message that is none."""
    emulator.faults.add("roomService/list", do="error", status="CANCELED", on="1-2")
    assert (await app.ask("roomService/list")).status == 408
    habits.gateway_v2 = True
    assert (await app.ask("roomService/list")).status == 499
    refused = await app.post("roomService/list", {"accessInfo": {"accessToken": "eW91"}})
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "access token unknown")


async def test_all_off_again(app, habits, emulator):
    """A reset turns every habit off."""
    before = await one_room(app)
    habits.emit_defaults, habits.cookie, habits.explicit_ok = True, Cookie.CLEARED, ExplicitOk.NUMBER
    emulator.reset()
    app.token = ""
    assert await one_room(app) == before
    assert habits.cookie is Cookie.AS_RULED
