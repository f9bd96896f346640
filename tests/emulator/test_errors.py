"""How the emulator says no (handbook: API access, error handling; grpc-gateway for what never reaches a service)."""

from io import BytesIO

import pytest

SAMPLE = {
    "code": 16,
    "message": "token expired",
    "details": [
        {
            "@type": "type.googleapis.com/common.ReplyInfo",
            "requestId": "tn5BoQ10239",
            "statusCode": "TOKEN_OUTDATED",
            "statusMessage": "token expired",
        }
    ],
}


async def test_api_access_token_expired(app, emulator):
    """An outdated token gives the handbook's sample, letter for letter."""
    token = (await app.log_in_with_key()).json["accessToken"]
    emulator.clock.advance(hours=1)
    access = {"requestId": "tn5BoQ10239", "accessToken": token}
    answer = await app.post("roomService/list", {"accessInfo": access})
    assert answer.status == 401
    assert answer.json == SAMPLE


async def test_api_access_ok(app):
    """Success has the request id and `OK`, and no status code: defaults are left out."""
    answer = await app.ask("businessLogicService/permissionGroups/list")
    assert answer.json["replyInfo"] == {"requestId": "ask", "statusMessage": "OK"}
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("body", [{}, {"accessInfo": {}}, {"accessInfo": {"requestId": "r", "accessToken": ""}}])
async def test_missing_token(app, body):
    """Without token nothing is told."""
    assert (await app.post("roomService/list", body)).error == (401, 16, "ACCESS_INFO_MISSING")


async def test_unknown_token(app):
    """A token that was never issued is not outdated: logging in again with the same would not help."""
    app.token = "bm90IGEgdG9rZW4="
    assert (await app.ask("roomService/list")).error == (401, 16, "AUTHENTICATION_ERROR")


async def test_token_of_a_guest_may_not_list(app):
    """A guest may enter a room, not look at the house."""
    link = (await app.guest_links({"displayName": "Ada"})).json["guestLinks"][0]
    app.token = (await app.enter(link)).json["accessToken"]
    assert (await app.ask("roomService/list")).error == (403, 7, "INSUFFICIENT_PERMISSIONS")
    assert (await app.ask("guestService.v2/listGuestLinks")).error == (403, 7, "INSUFFICIENT_PERMISSIONS")
    assert (await app.ask("authenticationService/accessTokenInformation")).status == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", '{"limit": "many"}', '{"filterRoomIds": "no list"}'])
async def test_malformed_requests(app, body):
    """No JSON, no object, or a field of the wrong type."""
    assert (await app.post("roomService/list", body)).error == (400, 3, "INVALID_ARGUMENT")


async def test_wrong_type_of_the_access_info(app):
    """The envelope is checked as the rest."""
    assert (await app.post("roomService/list", {"accessInfo": "secret"})).error == (400, 3, "INVALID_ARGUMENT")


async def test_unknown_fields_are_ignored(app):
    """A misspelt field is dropped in silence, as grpc-gateway does."""
    assert (await app.ask("roomService/list", limitt=1)).status == 200


async def test_unknown_path(app):
    """grpc-gateway v1 answers in plain text, also to the short name on the handbook's page of permission groups."""
    for path in ("roomService/lists", "businessLogicService/permissionGroups", "meetingService/list"):
        answer = await app.post(path, {})
        assert (answer.status, answer.text) == (404, "Not Found")
        assert answer.headers["Content-Type"].startswith("text/plain")


async def test_other_methods(http, emulator):
    """Everything is POST."""
    async with http.get(emulator.base_url + "roomService/list") as response:
        assert (response.status, await response.text()) == (405, "Method Not Allowed")
        assert response.content_type == "text/plain"


async def test_too_large_request(app):
    """A request of more than 4 MiB is refused, and the next one served."""
    assert (await app.post("roomService/list", BytesIO(b" " * (4 * 1024 * 1024 + 1)))).error == (
        400,
        3,
        "MAX_SIZE_EXCEEDED",
    )
    assert (await app.ask("roomService/list")).status == 200


async def test_large_reply(app, emulator):
    """A list of some megabytes arrives whole."""
    company = emulator.state.companies[emulator.company_id]
    company.profile.metadata["notes"] = "x" * (3 * 1024 * 1024)
    listed = (await app.ask("companyService/list")).json
    assert len(listed["companies"][company.id]["metadata"]["notes"]) == 3 * 1024 * 1024
