"""What became of a request: the status codes and their severity."""

from typing import Self

from alfaview_async.models.enums import OpenEnum


class StatusCode(OpenEnum):
    """What became of a request. Below 500: no error; 500 to 999: a warning; from 1000: an error."""

    OK = "OK"
    ACCEPTED = "ACCEPTED"
    WELCOME = "WELCOME"
    PING = "PING"
    PONG = "PONG"
    PARTIAL_ERROR = "PARTIAL_ERROR"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    AUTHENTICATION_ERROR = "AUTHENTICATION_ERROR"
    ACCOUNT_STATUS_ERROR = "ACCOUNT_STATUS_ERROR"
    PROTOCOL_ERROR = "PROTOCOL_ERROR"
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED"
    ACTION_INVALID = "ACTION_INVALID"
    INSUFFICIENT_PERMISSIONS = "INSUFFICIENT_PERMISSIONS"
    RANGE_ERROR = "RANGE_ERROR"
    HOSTNAME_INVALID = "HOSTNAME_INVALID"
    REQUEST_ID_INVALID = "REQUEST_ID_INVALID"
    ACCESS_INFO_MISSING = "ACCESS_INFO_MISSING"
    REQUEST_EMPTY = "REQUEST_EMPTY"
    VERSION_OUTDATED = "VERSION_OUTDATED"
    MAX_SIZE_EXCEEDED = "MAX_SIZE_EXCEEDED"
    RESPONSE_EMPTY = "RESPONSE_EMPTY"
    NOT_FOUND = "NOT_FOUND"
    REMOTE_ERROR = "REMOTE_ERROR"
    TIMEOUT = "TIMEOUT"
    CANCELED = "CANCELED"
    TOKEN_OUTDATED = "TOKEN_OUTDATED"
    CLIENT_REJECTED = "CLIENT_REJECTED"
    DOWNGRADED = "DOWNGRADED"
    FEATURE_DISABLED = "FEATURE_DISABLED"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    GO_AWAY = "GO_AWAY"
    USER_ID_INVALID = "USER_ID_INVALID"
    USER_INVALID = "USER_INVALID"
    USER_OFFLINE = "USER_OFFLINE"
    OTHER_CLIENT_CONNECTED = "OTHER_CLIENT_CONNECTED"
    USER_UPDATE = "USER_UPDATE"
    USER_LEAVE = "USER_LEAVE"
    ROOM_ID_INVALID = "ROOM_ID_INVALID"
    ROOM_INVALID = "ROOM_INVALID"
    ROOM_HOST_INVALID = "ROOM_HOST_INVALID"
    ROOM_NOT_RUNNING = "ROOM_NOT_RUNNING"
    SUBROOM_INVALID = "SUBROOM_INVALID"
    ROOM_NOT_FOUND = "ROOM_NOT_FOUND"
    ROOM_PREDECESSOR_NOT_FOUND = "ROOM_PREDECESSOR_NOT_FOUND"
    OUT_OF_SLOTS_ROOM = "OUT_OF_SLOTS_ROOM"
    OUT_OF_SLOTS_USER = "OUT_OF_SLOTS_USER"
    OUT_OF_SLOTS_AUDIO = "OUT_OF_SLOTS_AUDIO"
    OUT_OF_SLOTS_VIDEO = "OUT_OF_SLOTS_VIDEO"
    STREAM_ID_INVALID = "STREAM_ID_INVALID"
    STREAM_NOT_FOUND = "STREAM_NOT_FOUND"
    STREAM_HOST_INVALID = "STREAM_HOST_INVALID"
    HYDRA_STREAM_CLOSED = "HYDRA_STREAM_CLOSED"
    HYDRA_STREAM_CREATED = "HYDRA_STREAM_CREATED"
    HYDRA_STREAM_TIMEOUT = "HYDRA_STREAM_TIMEOUT"
    HYDRA_STREAM_ERROR = "HYDRA_STREAM_ERROR"
    HYDRA_CLIENT_TIMEOUT = "HYDRA_CLIENT_TIMEOUT"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    ABORTED = "ABORTED"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    INTERNAL = "INTERNAL"
    UNAVAILABLE = "UNAVAILABLE"
    DATA_LOSS = "DATA_LOSS"
    UNAUTHENTICATED = "UNAUTHENTICATED"

    @classmethod
    def from_number(cls, number: int) -> Self:
        """Read a status sent as a number, by the numbers of the old proto files."""
        text = _STATUS_BY_NUMBER.get(number)
        return cls(text) if text else super().from_number(number)

    @property
    def is_error(self) -> bool:
        """Whether the request failed; a code this version does not know counts as failed."""
        number = self._number
        return not self.is_warning and (number is None or number >= _FIRST_ERROR or self in _NO_ANSWER)

    @property
    def is_warning(self) -> bool:
        """Whether the request was carried out, but not quite as asked."""
        number = self._number
        return self == "DOWNGRADED" or (
            number is not None and _FIRST_WARNING <= number < _FIRST_ERROR and self not in _NO_ANSWER
        )

    @property
    def _number(self) -> int | None:
        return _STATUS_NUMBERS.get(self.value, self.number)


_FIRST_WARNING = 500
_FIRST_ERROR = 1000
_NO_ANSWER = frozenset({"NOT_IMPLEMENTED", "GO_AWAY"})
"""Numbered as warnings, but their replies hold nothing: taking them for answers would lose data in silence."""

_STATUS_NUMBERS = {
    "OK": 0,
    "PING": 1,
    "PONG": 2,
    "ACCEPTED": 3,
    "WELCOME": 4,
    "PARTIAL_ERROR": 5,
    "USER_UPDATE": 12,
    "USER_LEAVE": 13,
    "HYDRA_STREAM_CLOSED": 104,
    "HYDRA_STREAM_CREATED": 105,
    "SUBROOM_INVALID": 500,
    "NOT_IMPLEMENTED": 501,
    "GO_AWAY": 502,
    "INTERNAL_ERROR": 1000,
    "AUTHENTICATION_ERROR": 1002,
    "ACCOUNT_STATUS_ERROR": 1003,
    "PROTOCOL_ERROR": 1004,
    "ACTION_INVALID": 1005,
    "INSUFFICIENT_PERMISSIONS": 1006,
    "RANGE_ERROR": 1007,
    "HOSTNAME_INVALID": 1008,
    "REQUEST_ID_INVALID": 1009,
    "USER_ID_INVALID": 1010,
    "USER_INVALID": 1011,
    "USER_OFFLINE": 1012,
    "OTHER_CLIENT_CONNECTED": 1013,
    "ROOM_ID_INVALID": 1020,
    "ROOM_INVALID": 1021,
    "ROOM_HOST_INVALID": 1022,
    "ROOM_NOT_RUNNING": 1023,
    "ROOM_NOT_FOUND": 1025,
    "ROOM_PREDECESSOR_NOT_FOUND": 1026,
    "OUT_OF_SLOTS_ROOM": 1030,
    "OUT_OF_SLOTS_USER": 1031,
    "OUT_OF_SLOTS_AUDIO": 1032,
    "OUT_OF_SLOTS_VIDEO": 1033,
    "ACCESS_INFO_MISSING": 1040,
    "REQUEST_EMPTY": 1041,
    "VERSION_OUTDATED": 1042,
    "MAX_SIZE_EXCEEDED": 1043,
    "RESPONSE_EMPTY": 1044,
    "NOT_FOUND": 1045,
    "REMOTE_ERROR": 1046,
    "TIMEOUT": 1047,
    "CANCELED": 1048,
    "TOKEN_OUTDATED": 1049,
    "QUOTA_EXCEEDED": 1060,
}
"""The published numbers. Codes added since 2022 have none; all of them are errors but DOWNGRADED."""
_STATUS_BY_NUMBER = {number: text for text, number in _STATUS_NUMBERS.items()}
