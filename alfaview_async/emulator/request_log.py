"""What was asked of the emulator, for tests to look at and people to understand; without secrets."""

from collections import Counter, deque
from collections.abc import Iterator

import orjson
from attrs import define, field

from alfaview_async.emulator.operation_names import operations_meant

_SECRETS = frozenset(
    {
        "accessKey",
        "accessToken",
        "activationToken",
        "code",
        "current",
        "currentCode",
        "dialInCode",
        "joinLink",
        "magicToken",
        "password",
        "passwordResetToken",
        "refreshToken",
    }
)
_KEPT = 10_000
"""An emulator may run for days."""
_DEEPEST = 50
"""Bodies of alfaview nest five levels; one made to break us nests thousands."""


@define(kw_only=True, eq=False)
class LoggedRequest:
    """One request.

    Attributes:
        path: Of the operation, e.g. `roomService/list`; of the URL where there is no such operation.
        status: HTTP status of the answer; 0 as long as there is none, and where there never is.
    """

    path: str
    status: int = 0
    _raw: bytes = field(default=b"", repr=False, alias="raw")

    @property
    def body(self) -> object:
        """Parsed JSON with secrets masked, made anew each time; `None` if it is no JSON."""
        try:
            return masked(orjson.loads(self._raw))
        except orjson.JSONDecodeError:
            return None


class RequestLog:
    """The latest 10,000 requests, the oldest first."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=_KEPT)
        self._counts: Counter[str] = Counter()

    def note(self, path: str, body: bytes) -> LoggedRequest:
        """Add a request as it arrives; the status follows. Most are never looked at, so none is parsed here."""
        entry = LoggedRequest(path=path, raw=body)
        self._entries.append(entry)
        self._counts[path] += 1
        return entry

    def count(self, operation: str) -> int:
        """Tell how many requests of an operation there were; also those that the log no longer holds.

        Args:
            operation: As of a fault: a path such as `guestService.v2/createGuestLinks`, its last part, or a pattern;
                or a path of the URL, from its slash on, where there is no such operation.

        Raises:
            ConfigurationError: There is no such operation.
        """
        return sum(self._counts[path] for path in paths_meant(operation))

    @property
    def total(self) -> int:
        """How many requests there were; also those that the log no longer holds."""
        return self._counts.total()

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()
        self._counts.clear()

    def __getitem__(self, index: int) -> LoggedRequest:
        return self._entries[index]

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


def paths_meant(operation: str) -> set[str]:
    """Return the paths under which requests are logged; argument and errors as of `RequestLog.count`."""
    return {operation} if operation.startswith("/") else {row.path for row in operations_meant(operation)}


def masked(value: object, depth: int = 0) -> object:
    """Copy parsed JSON with the values of secret keys replaced, and with what is nested too deep."""
    if not isinstance(value, dict | list):
        return value
    if depth == _DEEPEST:
        return "..."
    if isinstance(value, list):
        return [masked(item, depth + 1) for item in value]
    return {key: "***" if key in _SECRETS and item else masked(item, depth + 1) for key, item in value.items()}
