"""How alfaview says no: a status code, its gRPC code and HTTP status, and the error body of the handbook."""

import orjson

from alfaview_async.errors import GRPC_STATUS
from alfaview_async.models.status import StatusCode

_DETAIL_TYPE = "type.googleapis.com/common.ReplyInfo"
_GRPC_UNKNOWN = 2
_GRPC_OF_ALFAVIEW = {
    3: "ACTION_INVALID MAX_SIZE_EXCEEDED REQUEST_EMPTY REQUEST_ID_INVALID",
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

    @property
    def http_status(self) -> int:
        """The HTTP status that the gateway makes of the gRPC code."""
        return _HTTP_OF_GRPC.get(self.grpc_code, 500)


def encode_error(refused: Refused, request_id: str) -> bytes:
    """Build the body of an error, as in the handbook's page "API access"."""
    detail = {
        "@type": _DETAIL_TYPE,
        "requestId": request_id,
        "statusCode": refused.status,
        "statusMessage": refused.message,
    }
    if not request_id:
        del detail["requestId"]
    return orjson.dumps({"code": refused.grpc_code, "message": refused.message, "details": [detail]})
