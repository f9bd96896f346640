"""What may be tried again, and how long to wait before. Only here is stamina known."""

import random
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from attrs import define, frozen

from alfaview_async.errors import (
    AlfaviewError,
    BadReply,
    Outcome,
    RateLimited,
    RedirectRefused,
    ReplyTooLarge,
    ServerTimeout,
    StatusError,
    TransportError,
    Unavailable,
    UntrustedServer,
)

T = TypeVar("T")

_RETRIED_ONCE = frozenset({"CANCELED", "UNKNOWN", "INTERNAL", "INTERNAL_ERROR", "DATA_LOSS", "REMOTE_ERROR"})
_FULL_BUDGET = 100
_COST_OF_A_RETRY = 10
_TOO_MANY_REQUESTS = 429


@frozen(kw_only=True)
class RetryPolicy:
    """How patient a client is.

    Attributes:
        attempts: At most this many, the first included. 1 switches retries off.
        deadline: Seconds from the beginning of the call after which no further attempt is begun.
        wait: Upper bound of the first wait after a passing fault, in seconds; doubles each time. The wait itself is
            drawn between zero and the bound, so that many clients do not come back at the same moment.
        longest_wait: Where the doubling ends, in seconds.
        throttled_wait: Like `wait`, after "too many requests" without a hint how long to stay away.
        longest_throttled_wait: Like `longest_wait`, after "too many requests".
        longest_hint: A server that asks for a longer wait than this, in seconds, gets none: the error is raised.
    """

    attempts: int = 4
    deadline: float = 60.0
    wait: float = 0.1
    longest_wait: float = 5.0
    throttled_wait: float = 1.0
    longest_throttled_wait: float = 30.0
    longest_hint: float = 120.0

    def may_repeat(self, error: AlfaviewError, *, idempotent: bool, failures: int) -> bool:
        """Tell whether the request that failed so, for the n-th time, may be sent again.

        Creates and mails only when it is proven that nothing was sent: no status code proves that much.
        """
        if isinstance(error, RedirectRefused | ReplyTooLarge | UntrustedServer):
            return False
        if not idempotent and error.outcome is not Outcome.NOT_SENT:
            return False
        if (hint := _hint(error)) is not None and hint > self.longest_hint:
            return False
        if isinstance(error, TransportError | BadReply | RateLimited | Unavailable | ServerTimeout):
            return True
        if isinstance(error, StatusError):
            return error.status == "ABORTED" or (error.status in _RETRIED_ONCE and failures == 1)
        return False

    def delay(self, error: AlfaviewError, failures: int) -> float:
        """Return the seconds to wait after the n-th failure: the server's hint, else full jitter."""
        if (hint := _hint(error)) is not None:
            return hint
        throttled = isinstance(error, RateLimited) or getattr(error, "http_status", 0) == _TOO_MANY_REQUESTS
        first, longest = (
            (self.throttled_wait, self.longest_throttled_wait) if throttled else (self.wait, self.longest_wait)
        )
        return random.uniform(0, min(longest, first * 2 ** (failures - 1)))


@define
class RetryBudget:
    """Bounds the retries of one client as a whole: in an outage they would double the load on a server that fights.

    A retry costs as much as ten successes earn; the budget begins full, with ten retries.
    """

    left: int = _FULL_BUDGET

    def spend(self) -> bool:
        """Take the price of one retry, if it is there."""
        if self.left < _COST_OF_A_RETRY:
            return False
        self.left -= _COST_OF_A_RETRY
        return True

    def earn(self) -> None:
        """Note a success."""
        if self.left < _FULL_BUDGET:
            self.left += 1

    def refund(self) -> None:
        """Note that a retry succeeded: the server was not overloaded after all."""
        self.left = min(_FULL_BUDGET, self.left + _COST_OF_A_RETRY)


async def repeat(
    attempt: Callable[[], Awaitable[T]],
    failure: AlfaviewError,
    policy: RetryPolicy,
    budget: RetryBudget,
    *,
    idempotent: bool,
    began: float,
) -> T:
    """Go on after a first attempt that failed with `failure`; raise the last failure when nothing helps.

    The first attempt is made by the caller, so that calls which succeed at once pay nothing for retries.

    Args:
        attempt: Makes one more.
        failure: Of the first.
        policy: How patient to be.
        budget: Of the client.
        idempotent: Whether repeating does no harm.
        began: `time.monotonic()` at the beginning of the call.
    """
    import stamina  # noqa: PLC0415 - loads for 20 ms, and most programs never need it

    failures = 0

    def wait(error: Exception) -> float | bool:
        nonlocal failures
        failures += 1
        if not isinstance(error, AlfaviewError) or failures >= policy.attempts:
            return False
        if not policy.may_repeat(error, idempotent=idempotent, failures=failures):
            return False
        delay = policy.delay(error, failures)
        in_time = monotonic() - began + delay < policy.deadline
        return delay if in_time and budget.spend() else False

    async def resend() -> T:
        if not failures:
            raise failure
        return await attempt()

    if not policy.may_repeat(failure, idempotent=idempotent, failures=1):
        raise failure
    result = await stamina.AsyncRetryingCaller(attempts=policy.attempts, timeout=None)(wait, resend)
    budget.refund()
    return result


def _hint(error: AlfaviewError) -> float | None:
    return error.retry_after if isinstance(error, StatusError | BadReply) else None
