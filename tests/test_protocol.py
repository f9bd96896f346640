"""The envelope: where access info goes, where reply info is found, and what stands in a stream."""

import json
import logging
from datetime import UTC, datetime

import orjson
import pytest

from alfaview_async.envelope import check_info
from alfaview_async.errors import (
    BadReply,
    ConfigurationError,
    LinkNotActive,
    NotFound,
    Outcome,
    StatusError,
    TokenOutdated,
    Unavailable,
)
from alfaview_async.models.authentication import AuthenticationRequest as Login
from alfaview_async.models.authentication import IsAuthenticatedRequest, RefreshTokenCredentials
from alfaview_async.models.business import TaskProgress
from alfaview_async.models.common import AccessInfo, AccessPlace, ReplyInfo, TaskState, TrackingInfo
from alfaview_async.models.companies import Company, CompanyGetReply, CompanyGetRequest
from alfaview_async.models.rooms import RoomDestroyRequest, RoomListReply, RoomListRequest
from alfaview_async.models.status import StatusCode
from alfaview_async.models.users import UserUpdateReply
from alfaview_async.operation import Row
from alfaview_async.protocol import (
    decode_frame,
    decode_raw_reply,
    decode_reply,
    decode_request,
    encode_frame,
    encode_raw_request,
    encode_reply,
    encode_request,
    reply_info,
)
from alfaview_async.services.authentication import AuthenticationService
from alfaview_async.services.business import BusinessService
from alfaview_async.services.companies import CompanyService
from alfaview_async.services.guests import GuestService
from alfaview_async.services.rooms import RoomService
from alfaview_async.services.users import UserService
from alfaview_async.wire import UnreadableError

ACCESS = AccessInfo(request_id="r1", access_token="dG9rZW4=", include_metadata=True)
ACCESS_JSON = {"requestId": "r1", "accessToken": "dG9rZW4=", "includeMetadata": True}


def test_access_info_goes_into_a_field() -> None:
    """Nearly always."""
    body = json.loads(encode_request(RoomDestroyRequest(room_id="a"), ACCESS))

    assert body == {"roomId": "a", "accessInfo": ACCESS_JSON}


def test_logins_bear_only_the_request_id_at_the_top() -> None:
    """There is no token yet."""
    login = Login(refresh_token_credentials=RefreshTokenCredentials(company_id="c"))

    body = json.loads(encode_request(login, AccessInfo(request_id="r1")))

    assert body == {"requestId": "r1", "refreshTokenCredentials": {"companyId": "c"}}


def test_is_authenticated_is_the_access_info() -> None:
    """The body itself, without a key."""
    assert json.loads(encode_request(IsAuthenticatedRequest(), ACCESS)) == ACCESS_JSON


def test_company_get_has_no_access_info() -> None:
    """It would be an unknown field."""
    assert json.loads(encode_request(CompanyGetRequest(company_id="c"), ACCESS)) == {"companyId": "c"}


def test_plain_json_gets_access_info_and_is_left_as_it_was() -> None:
    """The caller's dict must not carry a token afterwards, and an access info of the caller's does not win."""
    body = {"meetingId": "m", "accessInfo": {"accessToken": "stale"}}

    sent = json.loads(encode_raw_request(body, ACCESS))

    assert sent == {"meetingId": "m", "accessInfo": ACCESS_JSON}
    assert body == {"meetingId": "m", "accessInfo": {"accessToken": "stale"}}
    assert json.loads(encode_raw_request({}, ACCESS, AccessPlace.NOWHERE)) == {}


@pytest.mark.parametrize(
    "request_",
    [
        RoomListRequest(filter_room_ids=["\ud800"]),
        RoomListRequest(limit=2**64),
        RoomListRequest(offset=-(2**70)),
    ],
)
def test_what_json_cannot_hold_is_refused_before_it_is_sent(request_: RoomListRequest) -> None:
    """A lone surrogate, as file names may have it, or a number beyond 64 bits."""
    with pytest.raises(ConfigurationError, match="cannot be written as JSON"):
        encode_request(request_, ACCESS)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"roomId": 5}', r"\$\.roomId: expected text, found a number"),
        (b'{"accessInfo": 5}', r"\$: expected an object, found a number"),
        (b'{"accessInfo": {"accessToken": []}}', r"\$\.accessToken: expected text, found a list"),
    ],
)
def test_a_request_that_is_none_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    """So the emulator can say what the real server would choke on."""
    with pytest.raises(UnreadableError, match=reason):
        decode_request(RoomService.destroy, body)


def test_an_empty_request_is_an_empty_object() -> None:
    """As grpc-gateway takes it."""
    assert decode_request(RoomService.list, b"") == (RoomListRequest(), AccessInfo())


INFO = ReplyInfo(request_id="r1", status_message="OK")
INFO_JSON = {"requestId": "r1", "statusMessage": "OK"}


@pytest.mark.parametrize(
    ("row", "body"),
    [
        pytest.param(RoomService.destroy, {"replyInfo": INFO_JSON}, id="in a field"),
        pytest.param(UserService.update, INFO_JSON, id="the body"),
        pytest.param(UserService.update, {"replyInfo": INFO_JSON}, id="in a field instead of the body"),
        pytest.param(AuthenticationService.authentication_update, {"replyInfo": INFO_JSON, **INFO_JSON}, id="both"),
        pytest.param(AuthenticationService.authentication_update, INFO_JSON, id="both, but only at the top"),
        pytest.param(
            AuthenticationService.authentication_update, {"replyInfo": INFO_JSON}, id="both, only in the field"
        ),
        pytest.param(
            AuthenticationService.authentication_update,
            {"replyInfo": {"requestId": "r1", "statusMessage": ""}, "requestId": "", "statusMessage": "OK"},
            id="both, half filled",
        ),
    ],
)
def test_reply_info_is_found_wherever_it_stands(row: Row, body: dict[str, object]) -> None:
    """And nothing of it is left over as an unknown field."""
    reply = decode_reply(row, 200, {}, orjson.dumps(body))

    assert reply.info == INFO
    assert reply.unknown_fields == {}


@pytest.mark.parametrize(
    ("row", "body"),
    [
        (RoomService.destroy, {"replyInfo": {"statusCode": "NOT_FOUND"}}),
        (UserService.update, {"statusCode": "NOT_FOUND"}),
        (UserService.update, {"replyInfo": {"statusCode": "NOT_FOUND"}}),
        (AuthenticationService.authentication_update, {"statusCode": "NOT_FOUND", "replyInfo": {}}),
        (AuthenticationService.authentication_update, {"statusCode": "NOT_FOUND", "replyInfo": {"statusCode": None}}),
        (AuthenticationService.authentication_update, {"statusCode": "", "replyInfo": {"statusCode": "NOT_FOUND"}}),
        (CompanyService.get, {"replyInfo": {"statusCode": "NOT_FOUND"}, "company": {}}),
    ],
)
def test_an_error_in_the_reply_info_is_found_wherever_it_stands(row: Row, body: dict[str, object]) -> None:
    """A reply of HTTP 200 may still be a refusal."""
    with pytest.raises(NotFound) as caught:
        decode_reply(row, 200, {}, orjson.dumps(body), ["r1"])

    assert caught.value.outcome is Outcome.REFUSED
    assert caught.value.request_ids == ("r1",)


def test_a_reply_without_reply_info_is_fine() -> None:
    """companyService/get never has one."""
    reply = decode_reply(CompanyService.get, 200, {}, b'{"company": {"displayName": "A"}}')

    assert reply == CompanyGetReply(company=Company(display_name="A"))
    assert orjson.loads(encode_reply(reply)) == {"company": {"displayName": "A"}}


def test_replies_are_written_as_alfaview_writes_them() -> None:
    """OK is the zero: no status code, just the message."""
    assert orjson.loads(encode_reply(RoomListReply(info=reply_info("r1")))) == {"replyInfo": INFO_JSON}
    assert orjson.loads(encode_reply(UserUpdateReply(info=reply_info("r1")))) == INFO_JSON


def test_a_link_outside_its_time_frame_is_told_by_its_own_error() -> None:
    """alfaview answers OK with only the link info."""
    body = b'{"linkInfo": {"validFrom": "2026-01-01T00:00:00Z", "type": "TYPE_GUEST_LINK"}}'

    with pytest.raises(LinkNotActive) as caught:
        decode_reply(GuestService.authenticate, 200, {}, body, ["r1"])

    assert caught.value.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert caught.value.valid_until is None
    assert caught.value.operation == "guestService.v2/authenticate"
    assert caught.value.request_ids == ("r1",)


def test_a_warning_is_logged_and_the_reply_returned(caplog: pytest.LogCaptureFixture) -> None:
    """The work was done, though not quite as asked."""
    body = b'{"replyInfo": {"statusCode": "SUBROOM_INVALID"}, "rooms": {"r": {}}}'

    with caplog.at_level(logging.WARNING, "alfaview_async"):
        reply = decode_reply(RoomService.list, 200, {}, body, ["r1"])

    assert reply.info.status_code is StatusCode.SUBROOM_INVALID
    assert caplog.messages == ["roomService/list answered with the warning SUBROOM_INVALID (request r1)"]


def test_raw_replies_are_judged_too() -> None:
    """For operations that no table knows."""
    path = "meetingService/list"

    assert decode_raw_reply(path, 200, {}, b'{"meetings": []}') == {"meetings": []}
    with pytest.raises(TokenOutdated):
        decode_raw_reply(path, 401, {}, b'{"code": 16, "message": "token expired"}')
    with pytest.raises(NotFound):
        check_info({"replyInfo": {"statusCode": "NOT_FOUND"}}, path)
    check_info({"replyInfo": None}, path)


TASKS = BusinessService.stream_task_progress


def test_a_frame_of_a_stream_holds_a_reply() -> None:
    """One line of JSON each."""
    line = b'{"result": {"taskProgress": {"trackingInfo": {"taskId": "t"}, "state": "DONE", "progress": 1}}}\n'

    reply = decode_frame(TASKS, line)

    done = TaskProgress(tracking_info=TrackingInfo(task_id="t"), state=TaskState.DONE, progress=1.0)
    assert reply.task_progress == done
    assert encode_frame(reply).endswith(b"}\n")
    assert decode_frame(TASKS, encode_frame(reply)) == reply
    assert decode_frame(TASKS, b'{"result": {}, "error": null}').task_progress is None


@pytest.mark.parametrize(
    ("line", "error", "http_status"),
    [
        (b'{"error": {"grpc_code": 16, "http_code": 401, "message": "token expired"}}', TokenOutdated, 401),
        (b'{"error": {"code": 5, "message": "no such task"}}', NotFound, 200),
        (b'{"error": {"http_code": 503, "http_status": "Service Unavailable"}}', Unavailable, 503),
        (b'{"error": {"http_code": "503"}}', Unavailable, 503),
        (b'{"error": {"http_code": [503], "message": "x"}}', StatusError, 200),
        (b'{"error": {"details": [{"statusCode": "ROOM_NOT_FOUND"}]}}', NotFound, 200),
        (b'{"error": {}}', StatusError, 200),
        (b'{"result": {"replyInfo": {"statusCode": "NOT_FOUND"}}}', NotFound, 200),
    ],
)
def test_a_stream_may_end_with_an_error(line: bytes, error: type[StatusError], http_status: int) -> None:
    """In the forms of both generations of gateways, which spell the code differently."""
    with pytest.raises(StatusError) as caught:
        decode_frame(TASKS, line, ["r1"])

    assert type(caught.value) is error
    assert (caught.value.http_status, caught.value.request_ids) == (http_status, ("r1",))


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"result": []}', b'{"result": null}', b"<html>", b'{"result"'])
def test_a_line_that_is_no_frame_is_a_bad_reply(line: bytes) -> None:
    """A stream that broke in the middle of a line is not taken for its end."""
    with pytest.raises(BadReply, match="no frame of a stream"):
        decode_frame(TASKS, line)
