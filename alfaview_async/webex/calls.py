"""One call through all its attempts: retries where they do no harm, and honesty about doubt."""

from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from typing import Generic, TypeVar
from uuid import uuid4

import attrs
from attrs import define, field, frozen

from alfaview_async.error_body import bad_reply
from alfaview_async.errors import AlfaviewError, AlreadyExists, NotFound, Outcome, OutcomeUnknown, RateLimited
from alfaview_async.retry import RetryBudget, RetryPolicy, repeat
from alfaview_async.webex.error_replies import refusal, tracking_id
from alfaview_async.webex.exchange import Exchange, HttpAnswer, HttpRequest
from alfaview_async.wire import UnreadableError

T = TypeVar("T")

_SUCCESS = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT})


@frozen(kw_only=True)
class Call(Generic[T]):
    """What to ask, and how to read the answer.

    Attributes:
        request: What to send.
        read: Turns an answer of success into the result; raises `UnreadableError` if it makes no sense.
        asked: What the caller asked for; goes with `OutcomeUnknown`.
        removed: The result if the thing is gone after an attempt whose answer was lost; only for deletions.
    """

    request: HttpRequest
    read: Callable[[HttpAnswer], T]
    asked: object = None
    removed: Callable[[], T] | None = None


@define
class _Course:
    """How a call has gone so far."""

    ids: list[str] = field(factory=list)
    doubtful: bool = False


@frozen(kw_only=True)
class _Patience(RetryPolicy):
    """The caller's patience, and one thing more: what Webex has put off, with 429 or 423, it has not done."""

    def may_repeat(self, error: AlfaviewError, *, idempotent: bool, failures: int) -> bool:
        return super().may_repeat(error, idempotent=idempotent or isinstance(error, RateLimited), failures=failures)


class Calls:
    """Makes calls over one exchange.

    Args:
        exchange: Where requests go.
        policy: How patient to be.
    """

    def __init__(self, exchange: Exchange, policy: RetryPolicy) -> None:
        self._exchange = exchange
        self._policy = _Patience(**{each.name: getattr(policy, each.name) for each in attrs.fields(RetryPolicy)})
        self._budget = RetryBudget()

    async def make(self, call: Call[T]) -> T:
        """Make one call.

        Raises:
            StatusError: Webex refused; the subclass says why.
            OutcomeUnknown: A create or mail whose answer was lost or makes no sense: it may have happened.
            TransportError: No answer, after retries where those are safe.
            BadReply: An answer that is not Webex's.
        """
        began, course = monotonic(), _Course()
        try:
            result = await self._attempt(call, course)
        except AlfaviewError as failure:
            return await self._second_chance(call, course, failure, began)
        self._budget.earn()
        return result

    async def _second_chance(self, call: Call[T], course: _Course, failure: AlfaviewError, began: float) -> T:
        repeatable = call.request.repeatable
        try:
            return await repeat(
                lambda: self._attempt(call, course),
                failure,
                self._policy,
                self._budget,
                idempotent=repeatable,
                began=began,
            )
        except AlfaviewError as last:
            if repeatable or last.outcome is not Outcome.AMBIGUOUS or isinstance(last, AlreadyExists):
                raise
            unknown = OutcomeUnknown(
                f"it may or may not have been carried out ({last.message}); list the invitees before you send it again",
                operation=call.request.label,
                request_ids=last.request_ids,
            )
            unknown.request = call.asked
            raise unknown from last

    async def _attempt(self, call: Call[T], course: _Course) -> T:
        try:
            return await self._answered(call, course)
        except AlfaviewError as error:
            if _is_gone(error) and course.doubtful and call.removed:
                return call.removed()
            error.request_ids = tuple(course.ids)
            course.doubtful = course.doubtful or error.outcome is Outcome.AMBIGUOUS
            raise

    async def _answered(self, call: Call[T], course: _Course) -> T:
        """Send once under an id of our own; of a failure, note Webex's id too."""
        ours = f"alfaview_async_{uuid4()}"
        course.ids.append(ours)
        answer = await self._exchange.send(call.request, ours)
        problem = "an undocumented kind of success"
        if answer.status in _SUCCESS:
            try:
                return call.read(answer)
            except UnreadableError as error:
                problem = str(error)
        shown = self._exchange.without_token(answer)
        if (theirs := tracking_id(shown)) not in {"", ours}:
            course.ids.append(theirs)
        label = call.request.label
        if HTTPStatus.OK <= shown.status < HTTPStatus.MULTIPLE_CHOICES:
            raise bad_reply(problem, label, shown.status, shown.headers, shown.body)
        raise refusal(shown, label)


def _is_gone(error: AlfaviewError) -> bool:
    """Tell whether Webex itself, not some proxy, says that there is no such thing."""
    return isinstance(error, NotFound) and error.outcome is Outcome.REFUSED
