"""Failures on demand: which request of which operation goes wrong, and how."""

import re
from collections.abc import Iterator
from enum import StrEnum
from random import Random

from attrs import define, field

from alfaview_async.emulator.items import items_field
from alfaview_async.errors import ConfigurationError
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Row
from alfaview_async.services import operations

_ON = re.compile(r"(?P<first>[1-9]\d*)(?:-(?P<last>[1-9]\d*))?|(?P<percent>\d{1,3}(?:\.\d+)?)%")
_BAD_GATEWAY = 502


class Do(StrEnum):
    """How a request goes wrong. Carried out or not: either way the client does not hear that it was."""

    ERROR = "error"
    """An error of alfaview's, with the status of the fault. Not carried out."""
    STATUS = "status"
    """A page of HTML from a proxy, with the HTTP status of the fault. Not carried out."""
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
        operation: Path of the operation.
        do: What happens.
        on: Which requests.
        times: How often at most; `None`: without end.
        status: Status code of `error`.
        http: HTTP status of `status`.
        seconds: Wait of `delay`.
        seen: Requests of the operation since the fault was added.
        fired: How many of them went wrong.
    """

    operation: str
    do: Do
    on: str = ""
    times: int | None = None
    status: StatusCode = StatusCode.UNAVAILABLE
    http: int = _BAD_GATEWAY
    seconds: float = 0.0
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def strikes(self, random: Random) -> bool:
        """Count one more request and tell whether it goes wrong."""
        self.seen += 1
        return (self.times is None or self.fired < self.times) and self._hits(random)

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
    ) -> Fault:
        """Let requests of an operation go wrong from now on.

        Args:
            operation: Path, e.g. `guestService.v2/createGuestLinks`.
            do: One of `Do`, e.g. `apply-then-timeout`.
            on: The n-th request from now (`2`), a range of them (`2-4`), a share of them (`10%`); empty: each one.
            times: At most so often.
            status: For `error`: a status code, e.g. `QUOTA_EXCEEDED`; also one that no client knows.
            http: For `status`: from 400 to 599.
            seconds: For `delay`: real seconds, whatever the emulator's clock shows.

        Raises:
            ConfigurationError: No such operation or way to fail, or a value that makes no sense.
        """
        row = _row(operation)
        if do not in set(Do):
            raise ConfigurationError(f"do must be one of {', '.join(Do)}, not {do!r}")
        if do == Do.PARTIAL:
            items_field(row)
        _check_on(on)
        if (times is not None and times < 1) or not 400 <= http <= 599 or seconds < 0:  # noqa: PLR2004 - HTTP's errors
            raise ConfigurationError("times must be positive, http between 400 and 599, seconds not negative")
        fault = Fault(
            operation=row.path, do=Do(do), on=on, times=times, status=StatusCode(status), http=http, seconds=seconds
        )
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go right again; draws begin anew."""
        self._faults.clear()
        self._random.seed(self._seed)

    def due(self, operation: str) -> Fault | None:
        """Count a request for every fault of its operation and return the one that strikes it."""
        struck = [fault for fault in self._faults if fault.operation == operation and fault.strikes(self._random)]
        if not struck:
            return None
        struck[0].fired += 1
        return struck[0]

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults))

    def __len__(self) -> int:
        return len(self._faults)


def _row(path: str) -> Row:
    found = next((row for _, _, row in operations() if row.path == path), None)
    if found is None:
        raise ConfigurationError(f"no operation {path!r}; expected a path such as guestService.v2/createGuestLinks")
    return found


def _check_on(on: str) -> None:
    parts = _ON.fullmatch(on)
    if on and (
        not parts
        or (parts["last"] and int(parts["last"]) < int(parts["first"]))
        or (parts["percent"] and float(parts["percent"]) > 100)  # noqa: PLR2004 - per cent
    ):
        raise ConfigurationError(f"on must be like '2', '2-4', '10%' or empty, not {on!r}")
