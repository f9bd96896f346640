"""What is tried again, and after how long."""

from time import monotonic

import pytest
import stamina

from alfaview_async import errors
from alfaview_async.retry import RetryBudget, RetryPolicy, repeat
from alfaview_async.status_errors import STATUS_ERRORS

POLICY = RetryPolicy()


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=4):
        yield


def status(name, *, code=0, **more):
    return STATUS_ERRORS.get(name, errors.StatusError)("it failed", status=name, grpc_code=code, **more)


READS_AGAIN = [
    errors.TransportError("reset"),
    errors.RequestTimeout("silence"),
    errors.NotSent("refused"),
    errors.BadReply("HTML", http_status=502),
    status("UNAVAILABLE"),
    status("GO_AWAY"),
    status("DEADLINE_EXCEEDED"),
    status("TIMEOUT"),
    status("RESOURCE_EXHAUSTED"),
    status("ABORTED"),
    status("INTERNAL"),
]
NEVER_AGAIN = [
    status("INVALID_ARGUMENT"),
    status("NOT_FOUND"),
    status("ALREADY_EXISTS"),
    status("PERMISSION_DENIED"),
    status("QUOTA_EXCEEDED"),
    status("AUTHENTICATION_ERROR"),
    status("PARTIAL_ERROR"),
    errors.RedirectRefused("redirect"),
    errors.ReplyTooLarge("bomb"),
    errors.UntrustedServer("certificate"),
    errors.LinkNotActive("early"),
    errors.CompanyMismatch("other"),
]


def name(error):
    return getattr(error, "status", "") or type(error).__name__


@pytest.mark.parametrize("error", READS_AGAIN, ids=name)
def test_reads_are_repeated_after_passing_faults(error):
    """The table of the retry contract, column READ."""
    assert POLICY.may_repeat(error, idempotent=True, failures=1)


@pytest.mark.parametrize("error", [e for e in READS_AGAIN if not isinstance(e, errors.NotSent)], ids=name)
def test_creates_are_not_repeated_after_anything_doubtful(error):
    """No status code proves that a create did nothing; only a request that was never sent does."""
    assert not POLICY.may_repeat(error, idempotent=False, failures=1)


def test_creates_are_repeated_when_nothing_was_sent():
    """Proof that no byte left makes a create as safe as a read."""
    assert POLICY.may_repeat(errors.NotSent("refused"), idempotent=False, failures=1)


@pytest.mark.parametrize("error", NEVER_AGAIN, ids=name)
@pytest.mark.parametrize("idempotent", [True, False])
def test_what_cannot_get_better_is_not_repeated(error, idempotent):
    """Refusals stay refusals."""
    assert not POLICY.may_repeat(error, idempotent=idempotent, failures=1)


def test_internal_errors_are_repeated_once():
    """A defect of the server may be a hiccup once, hardly twice."""
    assert not POLICY.may_repeat(status("INTERNAL"), idempotent=True, failures=2)


@pytest.mark.parametrize(("failures", "bound"), [(1, 0.1), (2, 0.2), (3, 0.4), (10, 5.0)])
def test_waits_are_drawn_below_a_doubling_bound(failures, bound):
    """Full jitter: base 0.1 s, doubling, capped at 5 s."""
    drawn = [POLICY.delay(errors.TransportError("reset"), failures) for _ in range(2000)]
    assert max(drawn) <= bound
    assert min(drawn) < bound * 0.05
    assert max(drawn) > bound * 0.95


def test_throttling_waits_longer():
    """Too many requests: base 1 s, capped at 30 s."""
    drawn = [POLICY.delay(status("RESOURCE_EXHAUSTED"), 1) for _ in range(2000)]
    assert 0.95 < max(drawn) <= 1.0
    assert max(POLICY.delay(status("RESOURCE_EXHAUSTED"), 20) for _ in range(2000)) <= 30.0


def test_the_server_says_how_long_to_wait():
    """A hint replaces the drawn wait."""
    assert POLICY.delay(status("RESOURCE_EXHAUSTED", retry_after=17.0), 3) == 17.0
    assert POLICY.delay(errors.BadReply("HTML", http_status=503, retry_after=4.0), 1) == 4.0


def test_a_server_that_asks_for_too_long_a_wait_gets_none():
    """Beyond two minutes the caller decides."""
    assert not POLICY.may_repeat(status("RESOURCE_EXHAUSTED", retry_after=121.0), idempotent=True, failures=1)


class Attempt:
    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.made = 0

    async def __call__(self):
        self.made += 1
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def again(attempt, failure, policy, budget, *, began=None):
    began = monotonic() if began is None else began
    return await repeat(attempt, failure, policy, budget, idempotent=True, began=began)


async def test_an_attempt_that_succeeds_ends_the_retries():
    """Two failures, then a result: three attempts in all, two of them here."""
    attempt = Attempt(errors.TransportError("2"), "done")
    assert await again(attempt, errors.TransportError("1"), POLICY, RetryBudget()) == "done"
    assert attempt.made == 2


async def test_the_last_failure_is_raised_after_four_attempts():
    """The first attempt counts, though it was made outside."""
    failures = [errors.TransportError(str(n)) for n in (2, 3, 4)]
    attempt = Attempt(*failures)
    with pytest.raises(errors.TransportError) as caught:
        await again(attempt, errors.TransportError("1"), POLICY, RetryBudget())
    assert caught.value is failures[-1]
    assert attempt.made == 3


async def test_a_refusal_in_between_ends_the_retries():
    """A retry that is told no does not try a third time."""
    attempt = Attempt(status("NOT_FOUND"))
    with pytest.raises(errors.NotFound):
        await again(attempt, errors.TransportError("1"), POLICY, RetryBudget())
    assert attempt.made == 1


async def test_an_empty_budget_lets_the_first_failure_through():
    """In an outage most calls must not retry at all."""
    attempt = Attempt()
    first = errors.TransportError("1")
    with pytest.raises(errors.TransportError) as caught:
        await again(attempt, first, POLICY, RetryBudget(left=9))
    assert caught.value is first
    assert attempt.made == 0


async def test_after_the_deadline_no_attempt_is_begun():
    """The deadline counts from the beginning of the call, the wait that is due included."""
    attempt = Attempt()
    hinted = errors.BadReply("HTML", http_status=503, retry_after=59.0)
    with pytest.raises(errors.BadReply):
        await again(attempt, hinted, POLICY, RetryBudget(), began=monotonic() - 2)
    assert attempt.made == 0


async def test_only_retries_that_are_made_are_paid_for():
    """Three retries of ten each; the last failure costs nothing."""
    budget = RetryBudget()
    with pytest.raises(errors.TransportError):
        await again(Attempt(*[errors.TransportError("down")] * 3), errors.TransportError("down"), POLICY, budget)
    assert budget.left == 70


async def test_no_waiting_at_all_is_a_policy_too():
    """A wait of zero is no division by zero."""
    policy = RetryPolicy(wait=0)
    assert await again(Attempt("done"), errors.TransportError("1"), policy, RetryBudget()) == "done"


async def test_an_outage_is_not_made_worse():
    """A thousand failing calls on one client make at most ten retries."""
    budget, retries = RetryBudget(), 0
    for _ in range(1000):
        attempt = Attempt(*[errors.TransportError("down")] * 3)
        with pytest.raises(errors.TransportError):
            await again(attempt, errors.TransportError("down"), POLICY, budget)
        retries += attempt.made
    assert retries <= 10


def test_successes_earn_retries():
    """Ten successes pay for one retry; the purse is never fuller than at the start."""
    budget = RetryBudget(left=0)
    for _ in range(9):
        budget.earn()
    assert not budget.spend()
    budget.earn()
    assert budget.spend()
    for _ in range(1000):
        budget.earn()
    assert budget.left == 100
