"""Failures on demand: which request of which operation goes wrong, and how."""

import re
from collections.abc import Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random
from typing import cast

from attrs import define, field

from alfaview_async.emulator.items import items_field
from alfaview_async.emulator.operation_names import operations_meant
from alfaview_async.errors import ConfigurationError
from alfaview_async.models.status import StatusCode

_ON = re.compile(r"(?P<first>[1-9]\d{0,8})(?:-(?P<last>[1-9]\d{0,8}))?|(?P<percent>\d{1,3}(?:\.\d{1,9})?)%")
_TEXT = re.compile(r"(?P<match>[^@:]+)(?:@(?P<on>[^:]+))?:(?P<do>.+)")
_URL = re.compile(r"https?://[!-~]+")
_BAD_GATEWAY = 502
_LONGEST_DELAY = 1e6
"""Eleven days; beyond it, event loops refuse to wait."""


class Do(StrEnum):
    """How a request goes wrong. Carried out or not: either way the client does not hear that it was."""

    ERROR = "error"
    """An error of alfaview's, with the status of the fault. Not carried out."""
    STATUS = "status"
    """A page of HTML from a proxy, with the HTTP status of the fault. Not carried out."""
    REDIRECT = "redirect"
    """HTTP 307 to the location of the fault: another host, where no token must go. Not carried out."""
    NO_ROUTE = "no-route"
    """404 as if there were no such operation: plain text, or JSON with the habit `gateway_v2`. Not carried out."""
    TIMEOUT = "timeout"
    """No answer, ever. Not carried out."""
    RESET = "reset"
    """The connection is reset. Not carried out."""
    TRUNCATE = "truncate"
    """Carried out; the connection ends in the middle of the answer."""
    DELAY = "delay"
    """Carried out and answered after the seconds of the fault, even if the client has left by then."""
    APPLY_THEN_TIMEOUT = "apply-then-timeout"
    """Carried out, but never answered."""
    APPLY_THEN_RESET = "apply-then-reset"
    """Carried out; then the connection is reset."""
    PARTIAL = "partial"
    """Carried out for the first half of the items, rounded down; the answer has those and `PARTIAL_ERROR`."""


@define(kw_only=True, eq=False)
class Fault:
    """One failure on demand; see `Faults.add`.

    Attributes:
        id: Number of the fault, from 1.
        operation: Path of the operation, or a pattern of paths.
        do: What happens.
        on: Which requests.
        times: How often at most; `None`: without end.
        status: Status code of `error`.
        http: HTTP status of `status`.
        seconds: Wait of `delay`.
        location: Where `redirect` points.
        seen: Requests of the operation since the fault was added.
        fired: How many of them went wrong.
    """

    id: int
    operation: str
    do: Do
    on: str = ""
    times: int | None = None
    status: StatusCode = StatusCode.UNAVAILABLE
    http: int = _BAD_GATEWAY
    seconds: float = 0.0
    location: str = ""
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def strikes(self, random: Random) -> bool:
        """Count one more request and tell whether it goes wrong."""
        self.seen += 1
        return (self.times is None or self.fired < self.times) and self._hits(random)

    def concerns(self, operation: str) -> bool:
        """Tell whether requests of an operation count for this fault."""
        return fnmatchcase(operation, self.operation)

    def _hits(self, random: Random) -> bool:
        if not (parts := _ON.fullmatch(self.on)):
            return True
        if parts["percent"]:
            return random.random() * 100 < float(parts["percent"])
        first = int(parts["first"])
        return first <= self.seen <= int(parts["last"] or first)


class Faults:
    """The failures in force; where several strike one request, the one added first does.

    Args:
        seed: Of the draws for percentages.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = Random(seed)
        self._faults: list[Fault] = []
        self._added = 0

    def add(
        self,
        operation: str,
        *,
        do: str,
        on: str = "",
        times: int | None = None,
        status: str = StatusCode.UNAVAILABLE,
        http: int = _BAD_GATEWAY,
        seconds: float = 0.0,
        location: str = "",
    ) -> Fault:
        """Let requests of an operation go wrong from now on.

        Args:
            operation: Path, e.g. `guestService.v2/createGuestLinks`; its last part alone where no other service has
                it too; or a pattern such as `guestService.v2/*` or `*`.
            do: One of `Do`, e.g. `apply-then-timeout`.
            on: The n-th request from now (`2`), a range of them (`2-4`), a share of them (`10%`); empty: each one.
            times: At most so often.
            status: For `error`: a status code, e.g. `QUOTA_EXCEEDED`; also one that no client knows.
            http: For `status`: from 400 to 599.
            seconds: For `delay`: real seconds, whatever the emulator's clock shows.
            location: For `redirect`: an absolute URL; default: the same path on a host that does not exist.

        Raises:
            ConfigurationError: No such operation or way to fail, or a value that makes no sense.
        """
        rows = operations_meant(operation)
        if do not in list(Do):
            raise ConfigurationError(f"do must be one of {', '.join(Do)}, not {do!r}")
        if do == Do.PARTIAL:
            for row in rows:
                items_field(row)
        _check_on(on)
        _check_numbers(times, http, seconds)
        _check_location(location)
        if not isinstance(status, str):
            raise ConfigurationError("status must be a status code such as QUOTA_EXCEEDED")
        self._added += 1
        fault = Fault(
            id=self._added,
            operation=rows[0].path if len(rows) == 1 else operation,
            do=Do(do),
            on=on,
            times=times,
            status=StatusCode(status),
            http=http,
            seconds=seconds,
            location=location,
        )
        self._faults.append(fault)
        return fault

    def add_text(self, text: str) -> Fault:
        """Add a fault written as `createGuestLinks@2:apply-then-timeout`; without `@` every request goes wrong.

        Raises:
            ConfigurationError: As in `add`.
        """
        parts = _TEXT.fullmatch(text)
        if parts is None:
            raise ConfigurationError(f"a fault is written like createGuestLinks@2:apply-then-timeout, not {text!r}")
        return self.add(parts["match"], do=parts["do"], on=parts["on"] or "")

    def remove(self, number: int) -> bool:
        """Take back the fault of an id; tell whether there was one."""
        kept = [fault for fault in self._faults if fault.id != number]
        found, self._faults = len(kept) < len(self._faults), kept
        return found

    def clear(self) -> None:
        """Let everything go right again; draws begin anew."""
        self._faults.clear()
        self._added = 0
        self._random.seed(self._seed)

    def due(self, operation: str) -> Fault | None:
        """Count a request for every fault of its operation and return the one that strikes it."""
        struck = [fault for fault in self._faults if fault.concerns(operation) and fault.strikes(self._random)]
        if not struck:
            return None
        struck[0].fired += 1
        return struck[0]

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults))

    def __len__(self) -> int:
        return len(self._faults)


def _check_numbers(times: object, http: object, seconds: object) -> None:
    if not (
        (times is None or (type(times) is int and times >= 1))
        and type(http) is int
        and 400 <= http <= 599  # noqa: PLR2004 - HTTP's errors
        and type(seconds) in (int, float)
        and 0 <= cast("float", seconds) < _LONGEST_DELAY
    ):
        raise ConfigurationError("times must be positive, http between 400 and 599, seconds not negative")


def _check_location(location: object) -> None:
    if not isinstance(location, str) or (location and not _URL.fullmatch(location)):
        raise ConfigurationError(f"location must be a URL such as https://elsewhere.invalid/, not {location!r}")


def _check_on(on: object) -> None:
    parts = _ON.fullmatch(on) if isinstance(on, str) else None
    if on != "" and (
        not parts
        or (parts["last"] and int(parts["last"]) < int(parts["first"]))
        or (parts["percent"] and float(parts["percent"]) > 100)  # noqa: PLR2004 - per cent
    ):
        raise ConfigurationError(f"on must be like '2', '2-4', '10%' or empty, not {on!r}")
