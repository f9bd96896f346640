"""Which error a status code is, and which status code a gRPC code or an HTTP status means."""

from alfaview_async.errors import (
    AlreadyExists,
    AuthenticationError,
    InvalidArgument,
    NotFound,
    PartialError,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    ServerTimeout,
    StatusError,
    TokenOutdated,
    Unavailable,
)

_BY_STATUS: dict[type[StatusError], str] = {
    AuthenticationError: "AUTHENTICATION_ERROR ACCOUNT_STATUS_ERROR ACCESS_INFO_MISSING UNAUTHENTICATED",
    TokenOutdated: "TOKEN_OUTDATED",
    PermissionDenied: "INSUFFICIENT_PERMISSIONS PERMISSION_DENIED FEATURE_DISABLED CLIENT_REJECTED",
    NotFound: "NOT_FOUND ROOM_NOT_FOUND ROOM_PREDECESSOR_NOT_FOUND STREAM_NOT_FOUND USER_INVALID USER_ID_INVALID "
    "ROOM_ID_INVALID ROOM_INVALID",
    AlreadyExists: "ALREADY_EXISTS",
    InvalidArgument: "INVALID_ARGUMENT ACTION_INVALID RANGE_ERROR OUT_OF_RANGE REQUEST_ID_INVALID REQUEST_EMPTY "
    "MAX_SIZE_EXCEEDED FAILED_PRECONDITION PROTOCOL_ERROR HOSTNAME_INVALID VERSION_OUTDATED NOT_IMPLEMENTED "
    "UNIMPLEMENTED",
    QuotaExceeded: "QUOTA_EXCEEDED OUT_OF_SLOTS_ROOM OUT_OF_SLOTS_USER OUT_OF_SLOTS_AUDIO OUT_OF_SLOTS_VIDEO",
    RateLimited: "RESOURCE_EXHAUSTED",
    Unavailable: "UNAVAILABLE GO_AWAY",
    ServerTimeout: "TIMEOUT DEADLINE_EXCEEDED",
    PartialError: "PARTIAL_ERROR",
}
STATUS_ERRORS = {status: error for error, statuses in _BY_STATUS.items() for status in statuses.split()}
"""Status code -> error class; a code that is not here is a plain `StatusError`."""

GRPC_STATUS = {
    1: "CANCELED",
    2: "UNKNOWN",
    3: "INVALID_ARGUMENT",
    4: "DEADLINE_EXCEEDED",
    5: "NOT_FOUND",
    6: "ALREADY_EXISTS",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    9: "FAILED_PRECONDITION",
    10: "ABORTED",
    11: "OUT_OF_RANGE",
    12: "UNIMPLEMENTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
    15: "DATA_LOSS",
    16: "UNAUTHENTICATED",
}
"""gRPC code -> status code of the same meaning, for error bodies that name no status code of alfaview's."""

HTTP_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "CANCELED",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELED",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""HTTP status -> status code, for error bodies that name neither; the rest is INTERNAL (grpc-gateway's table)."""
