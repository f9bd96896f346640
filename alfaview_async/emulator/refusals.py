"""How alfaview says no: a status code, its gRPC code and HTTP status, and the error body of the handbook."""

from http import HTTPStatus
from typing import Any

import orjson

from alfaview_async.emulator.habits import Habits
from alfaview_async.emulator.wire_habits import status_number
from alfaview_async.models.status import StatusCode
from alfaview_async.status_errors import GRPC_STATUS

_DETAIL_TYPE = "type.googleapis.com/common.ReplyInfo"
_GRPC_UNKNOWN = 2
_GRPC_OF_ALFAVIEW = {
    3: "ACTION_INVALID MAX_SIZE_EXCEEDED REQUEST_EMPTY REQUEST_ID_INVALID ROOM_ID_INVALID USER_ID_INVALID",
    4: "TIMEOUT",
    5: "ROOM_NOT_FOUND ROOM_PREDECESSOR_NOT_FOUND USER_INVALID",
    7: "INSUFFICIENT_PERMISSIONS CLIENT_REJECTED FEATURE_DISABLED",
    8: "QUOTA_EXCEEDED OUT_OF_SLOTS_ROOM OUT_OF_SLOTS_USER OUT_OF_SLOTS_AUDIO OUT_OF_SLOTS_VIDEO",
    11: "RANGE_ERROR",
    12: "NOT_IMPLEMENTED",
    13: "INTERNAL_ERROR",
    14: "GO_AWAY REMOTE_ERROR",
    16: "AUTHENTICATION_ERROR ACCOUNT_STATUS_ERROR ACCESS_INFO_MISSING TOKEN_OUTDATED",
}
"""Only the 16 of the handbook's sample is documented; the others follow from what the codes mean."""
_GRPC_CODES = {name: code for code, name in GRPC_STATUS.items()} | {
    name: code for code, names in _GRPC_OF_ALFAVIEW.items() for name in names.split()
}
_HTTP_OF_GRPC = {
    1: 408,
    3: 400,
    4: 504,
    5: 404,
    6: 409,
    7: 403,
    8: 429,
    9: 400,
    10: 409,
    11: 400,
    12: 501,
    14: 503,
    16: 401,
}
"""The table of grpc-gateway; what is not here is 500."""
_CLIENT_CLOSED_REQUEST = 499
_CANCELLED = 1
_USUAL_MESSAGES = {"TOKEN_OUTDATED": "token expired", "DEADLINE_EXCEEDED": "context deadline exceeded"}
"""The handbook tells clients to look for these texts."""


class Refused(Exception):
    """A request that alfaview answers with an error.

    Attributes:
        status: Why, as alfaview calls it.
        message: Why, for people; holds no secret.
    """

    def __init__(self, status: StatusCode, message: str = "") -> None:
        self.status = status
        self.message = message or _USUAL_MESSAGES.get(status, f"{status} on demand")
        super().__init__(f"{status}: {self.message}")

    @property
    def grpc_code(self) -> int:
        """The gRPC code that goes with the status."""
        return _GRPC_CODES.get(self.status, _GRPC_UNKNOWN)

    def http_status(self, habits: Habits) -> int:
        """The HTTP status that the gateway makes of the gRPC code."""
        if habits.gateway_v2 and self.grpc_code == _CANCELLED:
            return _CLIENT_CLOSED_REQUEST
        return _HTTP_OF_GRPC.get(self.grpc_code, 500)


def encode_error(refused: Refused, request_id: str, habits: Habits) -> bytes:
    """Build the body of an error, as in the handbook's page "API access"."""
    detail = {"@type": _DETAIL_TYPE} | _info(refused, request_id, habits)
    body = {"code": refused.grpc_code, "message": refused.message, "details": [detail]}
    return orjson.dumps(body | {"error": refused.message} if habits.error_key else body)


def encode_hidden_error(refused: Refused, request_id: str, habits: Habits, *, at_top: bool) -> bytes:
    """Build the body of an error that comes with HTTP 200."""
    info = _info(refused, request_id, habits)
    return orjson.dumps(info if at_top else {"replyInfo": info})


def encode_stream_error(refused: Refused, request_id: str, habits: Habits) -> bytes:
    """Build the line of a stream that ends it with an error; the keys differ between versions of grpc-gateway."""
    error = orjson.loads(encode_error(refused, request_id, habits))
    if not habits.gateway_v2:
        status = refused.http_status(habits)
        names = {"grpc_code": error.pop("code"), "http_code": status, "http_status": HTTPStatus(status).phrase}
        error |= names
    return orjson.dumps({"error": error}, option=orjson.OPT_APPEND_NEWLINE)


def _info(refused: Refused, request_id: str, habits: Habits) -> dict[str, Any]:
    code = status_number(refused.status) if habits.numeric_status else refused.status
    info = {"requestId": request_id, "statusCode": code, "statusMessage": refused.message}
    if not request_id:
        del info["requestId"]
    return info
