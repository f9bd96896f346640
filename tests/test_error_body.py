"""Every form in which alfaview, its gateways and the proxies before it say no, and what we make of it."""

import orjson
import pytest
from wire_facts import wire_facts

from alfaview_async import status_errors
from alfaview_async.error_body import status_error
from alfaview_async.errors import (
    AlfaviewError,
    AlreadyExists,
    AuthenticationError,
    BadReply,
    InvalidArgument,
    NotFound,
    Outcome,
    PartialError,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    RedirectRefused,
    ServerTimeout,
    StatusError,
    TokenOutdated,
    Unavailable,
)
from alfaview_async.models.rooms import Room, RoomListReply
from alfaview_async.models.status import StatusCode
from alfaview_async.protocol import decode_reply
from alfaview_async.services.rooms import RoomService

REPLY_INFO = "type.googleapis.com/common.ReplyInfo"
DETAIL = {"@type": REPLY_INFO, "requestId": "tn5BoQ10239", "statusCode": "TOKEN_OUTDATED"}
EXPIRED = {"code": 16, "message": "token expired"}


def answer(body: object, http_status: int, headers: dict[str, str] | None = None) -> AlfaviewError:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    with pytest.raises(AlfaviewError) as caught:
        decode_reply(RoomService.list, http_status, headers or {}, raw, ["r1", "r2"])
    return caught.value


def info(**said: object) -> dict[str, object]:
    return {"replyInfo": {"requestId": "z3ai9B11509", **said}}


@pytest.mark.parametrize(
    ("body", "http_status", "error", "status"),
    [
        pytest.param(EXPIRED | {"details": [DETAIL]}, 401, TokenOutdated, "TOKEN_OUTDATED", id="handbook"),
        pytest.param(
            EXPIRED | {"details": [DETAIL | {"statusCode": "TOKEN\\_OUTDATED"}]},
            401,
            TokenOutdated,
            "TOKEN_OUTDATED",
            id="backslash as printed in the handbook",
        ),
        pytest.param(
            EXPIRED | {"details": [DETAIL | {"statusCode": "token_outdated"}]},
            401,
            TokenOutdated,
            "TOKEN_OUTDATED",
            id="lower case",
        ),
        pytest.param(
            EXPIRED | {"details": [DETAIL | {"statusCode": 1049}]}, 401, TokenOutdated, "TOKEN_OUTDATED", id="number"
        ),
        pytest.param(EXPIRED, 401, TokenOutdated, "TOKEN_OUTDATED", id="no details"),
        pytest.param(EXPIRED | {"details": None}, 401, TokenOutdated, "TOKEN_OUTDATED", id="details null"),
        pytest.param(EXPIRED | {"details": {}}, 401, TokenOutdated, "TOKEN_OUTDATED", id="details no list"),
        pytest.param(EXPIRED | {"details": [None, 5, "x"]}, 401, TokenOutdated, "TOKEN_OUTDATED", id="details junk"),
        pytest.param(
            EXPIRED | {"details": [{"@type": "type.googleapis.com/google.rpc.DebugInfo", "detail": "stack"}]},
            401,
            TokenOutdated,
            "TOKEN_OUTDATED",
            id="foreign details",
        ),
        pytest.param(
            {"code": 7, "message": "no", "details": [{"@type": "x/y"}, {"statusCode": "INSUFFICIENT_PERMISSIONS"}]},
            403,
            PermissionDenied,
            "INSUFFICIENT_PERMISSIONS",
            id="reply info behind foreign details, without its type",
        ),
        pytest.param({"error": "token expired", "code": 16}, 401, TokenOutdated, "TOKEN_OUTDATED", id="error key"),
        pytest.param({"error": "failed to marshal error message"}, 500, StatusError, "INTERNAL", id="error key alone"),
        pytest.param({"code": 13, "message": "boom", "details": []}, 500, StatusError, "INTERNAL", id="marshal error"),
        pytest.param({"code": "16", "message": "no"}, 401, AuthenticationError, "UNAUTHENTICATED", id="code as text"),
        pytest.param({"code": 16}, 401, AuthenticationError, "UNAUTHENTICATED", id="code only"),
        pytest.param({"code": 5}, 200, NotFound, "NOT_FOUND", id="200 with code"),
        pytest.param({"code": 5}, 500, NotFound, "NOT_FOUND", id="code before HTTP status"),
        pytest.param({"code": 99}, 503, Unavailable, "UNAVAILABLE", id="unknown code"),
        pytest.param({"code": "1234x"}, 503, Unavailable, "UNAVAILABLE", id="code is no number"),
        pytest.param({"code": [16]}, 503, Unavailable, "UNAVAILABLE", id="code is a list"),
        pytest.param({"code": True}, 503, Unavailable, "UNAVAILABLE", id="code is a flag"),
        pytest.param({"error": "boom"}, 200, StatusError, "INTERNAL", id="200 with error"),
        pytest.param({}, 503, Unavailable, "UNAVAILABLE", id="HTTP status only"),
        pytest.param({}, 418, StatusError, "INTERNAL", id="HTTP status of no meaning"),
        pytest.param(info(statusMessage="OK"), 500, StatusError, "INTERNAL", id="OK at 500"),
        pytest.param(info(statusCode="OK") | {"rooms": {}}, 503, Unavailable, "UNAVAILABLE", id="OK at 503"),
        pytest.param(info(statusCode="TOKEN_OUTDATED"), 401, TokenOutdated, "TOKEN_OUTDATED", id="reply info at 401"),
        pytest.param(info(statusCode="ROOM_NOT_FOUND"), 200, NotFound, "ROOM_NOT_FOUND", id="second form"),
        pytest.param(info(statusCode=1025), 200, NotFound, "ROOM_NOT_FOUND", id="second form, number"),
        pytest.param(info(statusCode="token_outdated"), 200, TokenOutdated, "TOKEN_OUTDATED", id="second, lower case"),
        pytest.param(info(statusCode="BRAND_NEW"), 200, StatusError, "BRAND_NEW", id="second form, unknown status"),
        pytest.param(info(statusCode=4711), 200, StatusError, "4711", id="second form, unknown number"),
        pytest.param(
            info(statusCode="NOT_IMPLEMENTED"), 200, InvalidArgument, "NOT_IMPLEMENTED", id="warning, no reply"
        ),
        pytest.param(info(statusCode="GO_AWAY"), 200, Unavailable, "GO_AWAY", id="warning, try later"),
        pytest.param(info(statusCode=502), 200, Unavailable, "GO_AWAY", id="warning by number"),
        pytest.param(
            {"code": 3, "details": [{"statusCode": "BRAND_NEW"}]},
            400,
            InvalidArgument,
            "BRAND_NEW",
            id="unknown status",
        ),
        pytest.param(
            {"code": 4, "message": "context deadline exceeded"}, 504, ServerTimeout, "DEADLINE_EXCEEDED", id="timeout"
        ),
        pytest.param(
            {"code": 2, "message": "rpc error: Context Deadline Exceeded"},
            500,
            ServerTimeout,
            "DEADLINE_EXCEEDED",
            id="timeout told by the message only",
        ),
        pytest.param(
            {"code": 16, "message": "no", "details": [DETAIL | {"statusCode": "ACCOUNT_STATUS_ERROR"}]},
            401,
            AuthenticationError,
            "ACCOUNT_STATUS_ERROR",
            id="account locked is no expired token",
        ),
        pytest.param({"code": 5, "message": "token expired"}, 404, NotFound, "NOT_FOUND", id="code before message"),
    ],
)
def test_an_error_is_recognised(body: object, http_status: int, error: type[StatusError], status: str) -> None:
    """Both forms, gateways of two generations, and the oddities of each; exactly this class, with all facts."""
    found = answer(body, http_status)

    assert type(found) is error
    assert isinstance(found, StatusError)
    assert (found.status, found.http_status) == (status, http_status)
    assert (found.operation, found.request_ids) == ("roomService/list", ("r1", "r2"))
    assert status in str(found)


@pytest.mark.parametrize(
    ("body", "http_status", "kind", "shown"),
    [
        (b"<html><body><h1>502 Bad Gateway</h1></body></html>", 502, "text/html", "502 Bad Gateway"),
        (b"Not Found\n", 404, "text/plain; charset=utf-8", "Not Found"),
        (b"Method Not Allowed", 405, "text/plain", "Method Not Allowed"),
        (b"<html>Please log in to the WLAN</html>", 200, "text/html", "Please log in"),
        (b"", 200, "application/json", "empty"),
        (b"", 500, "", "empty"),
        (b"null", 200, "application/json", "null"),
        (b"[1, 2]", 200, "application/json", "[1, 2]"),
        (b'"OK"', 200, "application/json", "OK"),
        (b'{"replyInfo": {"status', 200, "application/json", "replyInfo"),
        (b"\xff\xfe{\x00}\x00", 200, "application/json", "\ufffd"),
        (b"[" * 100_000, 200, "application/json", "[["),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 200, "application/json", '{"a":'),
        (b'{"a": NaN}', 200, "application/json", "NaN"),
        (b'{"a": Infinity}', 200, "application/json", "Infinity"),
        (b'{"a": 1e999}', 200, "application/json", "1e999"),
        (b'{"a": ' + b"1" * 5000 + b"}", 200, "application/json", '{"a": '),
        (b'{"a": "\\ud800"}', 200, "application/json", '{"a": '),
    ],
)
def test_a_body_that_is_no_reply_is_named_with_status_type_and_start(
    body: bytes, http_status: int, kind: str, shown: str
) -> None:
    """Captive portals, gateways, cut-off bodies, other encodings, nesting and numbers that JSON forbids."""
    found = answer(body, http_status, {"Content-Type": kind, "Retry-After": "7"})

    assert type(found) is BadReply
    assert isinstance(found, BadReply)
    assert (found.http_status, found.retry_after) == (http_status, 7.0)
    assert f"HTTP {http_status}" in str(found)
    assert kind in str(found)
    assert shown in str(found)
    assert len(str(found)) < 400


def test_a_byte_order_mark_before_a_reply_is_taken_off() -> None:
    """Some proxies add one."""
    assert decode_reply(RoomService.list, 200, {}, b"\xef\xbb\xbf{}").rooms == {}


@pytest.mark.parametrize("http_status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_whatever_its_body(http_status: int) -> None:
    """Following it would carry the token, which is in the body, to another host."""
    found = answer(b"{}", http_status, {"Location": "https://evil.example/?token=secret"})

    assert type(found) is RedirectRefused
    assert "evil" not in str(found)


CLASSES: dict[type[StatusError], set[str]] = {
    AuthenticationError: {"AUTHENTICATION_ERROR", "ACCOUNT_STATUS_ERROR", "ACCESS_INFO_MISSING", "UNAUTHENTICATED"},
    TokenOutdated: {"TOKEN_OUTDATED"},
    PermissionDenied: {"INSUFFICIENT_PERMISSIONS", "PERMISSION_DENIED", "FEATURE_DISABLED", "CLIENT_REJECTED"},
    NotFound: {
        *("NOT_FOUND", "ROOM_NOT_FOUND", "ROOM_PREDECESSOR_NOT_FOUND", "STREAM_NOT_FOUND"),
        *("USER_INVALID", "USER_ID_INVALID", "ROOM_ID_INVALID", "ROOM_INVALID"),
    },
    AlreadyExists: {"ALREADY_EXISTS"},
    InvalidArgument: {
        *("INVALID_ARGUMENT", "ACTION_INVALID", "RANGE_ERROR", "OUT_OF_RANGE", "REQUEST_ID_INVALID", "REQUEST_EMPTY"),
        *("MAX_SIZE_EXCEEDED", "FAILED_PRECONDITION", "PROTOCOL_ERROR", "HOSTNAME_INVALID", "VERSION_OUTDATED"),
        *("NOT_IMPLEMENTED", "UNIMPLEMENTED"),
    },
    QuotaExceeded: {
        *("QUOTA_EXCEEDED", "OUT_OF_SLOTS_ROOM", "OUT_OF_SLOTS_USER", "OUT_OF_SLOTS_AUDIO", "OUT_OF_SLOTS_VIDEO"),
    },
    RateLimited: {"RESOURCE_EXHAUSTED"},
    Unavailable: {"UNAVAILABLE", "GO_AWAY"},
    ServerTimeout: {"TIMEOUT", "DEADLINE_EXCEEDED"},
    PartialError: {"PARTIAL_ERROR"},
}
EXPECTED = {status: error for error, statuses in CLASSES.items() for status in statuses}
STATUSES: list[str] = wire_facts()["enums"]["CommonReplyStatusCode"]


@pytest.mark.parametrize("status", STATUSES[1:])
def test_every_status_code_of_the_wire_has_its_class(status: str) -> None:
    """Named as in the facts; those without a class of their own are plain status errors."""
    found = status_error({"details": [{"statusCode": status}]}, "a/b", 200, {})

    assert type(found) is EXPECTED.get(status, StatusError)
    assert found.status == status


def test_the_classes_name_no_status_that_does_not_exist() -> None:
    """A misspelt one would never match."""
    assert set(EXPECTED) <= set(STATUSES)
    assert set(status_errors.STATUS_ERRORS) == set(EXPECTED)
    assert {status for status in status_errors.GRPC_STATUS.values() if status != "UNKNOWN"} <= set(STATUSES)
    assert set(status_errors.HTTP_STATUS.values()) <= set(STATUSES)


@pytest.mark.parametrize(
    ("grpc_code", "http_status", "error"),
    [
        (1, 499, StatusError),
        (2, 500, StatusError),
        (3, 400, InvalidArgument),
        (4, 504, ServerTimeout),
        (5, 404, NotFound),
        (6, 409, AlreadyExists),
        (7, 403, PermissionDenied),
        (8, 429, RateLimited),
        (9, 400, InvalidArgument),
        (10, 409, StatusError),
        (11, 400, InvalidArgument),
        (12, 501, InvalidArgument),
        (13, 500, StatusError),
        (14, 503, Unavailable),
        (15, 500, StatusError),
        (16, 401, AuthenticationError),
    ],
)
def test_grpc_codes_and_their_http_statuses_agree(grpc_code: int, http_status: int, error: type[StatusError]) -> None:
    """By code, whatever the HTTP status; and by HTTP status alone, where it tells as much."""
    by_code = answer({"code": grpc_code, "message": "no"}, 200)
    assert type(by_code) is error
    assert isinstance(by_code, StatusError)
    assert by_code.grpc_code == grpc_code
    by_http = answer({}, http_status)
    assert type(by_http) is error or http_status == 409


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("TOKEN_OUTDATED", Outcome.REFUSED),
        ("INVALID_ARGUMENT", Outcome.REFUSED),
        ("QUOTA_EXCEEDED", Outcome.REFUSED),
        ("RESOURCE_EXHAUSTED", Outcome.REFUSED),
        ("TIMEOUT", Outcome.AMBIGUOUS),
        ("UNAVAILABLE", Outcome.AMBIGUOUS),
        ("INTERNAL_ERROR", Outcome.AMBIGUOUS),
        ("BRAND_NEW", Outcome.AMBIGUOUS),
    ],
)
def test_an_error_tells_whether_the_work_may_have_been_done(status: str, outcome: Outcome) -> None:
    """Refused before the work, or in doubt: unknown statuses are in doubt."""
    assert status_error({"details": [{"statusCode": status}]}, "a/b", 200, {}).outcome is outcome


@pytest.mark.parametrize("status", ["OK", "ACCEPTED", "DOWNGRADED", "SUBROOM_INVALID", 0, 3, 500, "", None])
def test_a_status_below_an_error_is_returned(status: object) -> None:
    """Below 500 no error, 500 to 999 a warning: the reply is there, and so is its status."""
    reply = decode_reply(RoomService.list, 200, {}, orjson.dumps(info(statusCode=status) | {"rooms": {"r": {}}}))

    assert list(reply.rooms) == ["r"]
    assert isinstance(reply.info.status_code, StatusCode)
    assert not reply.info.status_code.is_error


@pytest.mark.parametrize("status", ["PARTIAL_ERROR", 5])
def test_a_partial_error_carries_the_reply(status: object) -> None:
    """What was made is not lost."""
    found = answer(info(statusCode=status, statusMessage="1 of 2 failed") | {"rooms": {"r": {"displayName": "A"}}}, 200)

    assert isinstance(found, PartialError)
    assert isinstance(found.reply, RoomListReply)
    assert found.reply.rooms == {"r": Room(display_name="A")}
    assert found.status == "PARTIAL_ERROR"
    assert "1 of 2 failed" in str(found)


@pytest.mark.parametrize(
    "said",
    [
        [],
        "OK",
        5,
        True,
        info(statusCode=[])["replyInfo"],
        {"statusCode": {}},
        {"statusCode": 1.5},
        {"statusCode": True},
    ],
)
def test_a_reply_info_that_is_none_is_a_bad_reply(said: object) -> None:
    """An unreadable verdict is not taken for OK."""
    assert type(answer({"replyInfo": said}, 200)) is BadReply
