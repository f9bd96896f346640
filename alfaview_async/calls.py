"""One call, whatever happens to it: token in, retries, renewal, and honesty about doubt."""

from collections.abc import AsyncGenerator, Coroutine, Generator
from copy import deepcopy
from time import monotonic
from typing import Any, Generic, TypeVar

from attrs import define, field

from alfaview_async.access_token import AccessToken
from alfaview_async.breathing import breathing
from alfaview_async.envelope import check_complete, check_info
from alfaview_async.errors import (
    AlfaviewError,
    AlreadyExists,
    AuthenticationError,
    ConfigurationError,
    NotFound,
    Outcome,
    OutcomeUnknown,
    PartialError,
    TokenOutdated,
)
from alfaview_async.http_reply import HttpReply
from alfaview_async.models.common import AccessInfo, AccessPlace, Reply, Request
from alfaview_async.operation import Operation, StreamOperation
from alfaview_async.protocol import (
    Answered,
    decode_line,
    decode_raw_reply,
    decode_raw_reply_in_steps,
    decode_reply,
    decode_reply_in_steps,
    encode_attempt,
)
from alfaview_async.request_ids import new_request_id
from alfaview_async.retry import RetryBudget, RetryPolicy, repeat
from alfaview_async.secret import NO_SECRET
from alfaview_async.session import Session
from alfaview_async.transport import Transport
from alfaview_async.wire import write

Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)
T = TypeVar("T")
Json = dict[str, Any]

_SHORT_REPLY = 64 * 1024
"""Bytes that are decoded in a millisecond or two; longer replies are decoded in steps."""
_ANSWERS = (PartialError, AlreadyExists)
"""Errors that tell the caller more than that the outcome is unknown."""


@define(repr=False, eq=False)
class _Call(Generic[T]):
    """One call through all its attempts; the body is a snapshot, safe from later changes by the caller."""

    path: str
    body: Json
    place: AccessPlace
    idempotent: bool
    authenticated: bool
    options: AccessInfo | None
    request: object
    request_ids: list[str] = field(factory=list, init=False)
    doubtful: bool = field(default=False, init=False)

    def read(self, http: HttpReply) -> T:
        """Turn an answer into what the caller wants."""
        raise NotImplementedError

    def read_in_steps(self, http: HttpReply) -> Generator[None, None, T]:
        """Do the same, stopping now and then."""
        raise NotImplementedError

    def removed(self) -> T | None:
        """Return the answer if there is nothing left to delete; `None`: this call does not delete."""
        return None


@define(repr=False, eq=False)
class _TypedCall(_Call[Rep]):
    operation: Answered[Rep]

    def read(self, http: HttpReply) -> Rep:
        return decode_reply(self.operation, http.status, http.headers, http.body, self.request_ids)

    def read_in_steps(self, http: HttpReply) -> Generator[None, None, Rep]:
        return decode_reply_in_steps(self.operation, http.status, http.headers, http.body, self.request_ids)

    def removed(self) -> Rep | None:
        is_removal = self.path.rpartition("/")[2].startswith(("destroy", "delete"))
        return self.operation.reply() if is_removal else None


@define(repr=False, eq=False)
class _RawCall(_Call[Json]):
    def read(self, http: HttpReply) -> Json:
        return self._judged(decode_raw_reply(self.path, http.status, http.headers, http.body, self.request_ids))

    def read_in_steps(self, http: HttpReply) -> Generator[None, None, Json]:
        steps = decode_raw_reply_in_steps(self.path, http.status, http.headers, http.body, self.request_ids)
        return self._judged((yield from steps))

    def _judged(self, raw: Json) -> Json:
        check_info(raw, self.path, self.request_ids)
        check_complete(raw, raw, self.path, self.request_ids)
        return raw


class Calls:
    """Makes calls for one identity over one transport."""

    def __init__(self, session: Session, transport: Transport, policy: RetryPolicy) -> None:
        self._session = session
        self._transport = transport
        self._policy = policy
        self._budget = RetryBudget()

    def call(
        self, operation: Operation[..., Req, Rep], request: Req, options: AccessInfo | None = None
    ) -> Coroutine[Any, Any, Rep]:
        """Send one request and return the typed reply; errors as in `Alfaview.call`."""
        call = _TypedCall(
            operation.path,
            write(request),
            request.ACCESS,
            operation.idempotent,
            operation.authenticated,
            options,
            request,
            operation,
        )
        return self._made(call)

    async def call_raw(self, path: str, body: Json, *, idempotent: bool) -> Json:
        """Send plain JSON to an operation that no table knows, and return plain JSON."""
        try:
            own = deepcopy(body)
        except RecursionError:
            message = "the request cannot be written as JSON: it is nested too deep"
            raise ConfigurationError(message, operation=path) from None
        return await self._made(
            _RawCall(path, own, AccessPlace.FIELD, idempotent, True, None, body)  # noqa: FBT003 - see the class
        )

    async def stream(self, operation: StreamOperation[..., Req, Rep], request: Req) -> AsyncGenerator[Rep, None]:
        """Send one request and yield the typed replies as they come; a broken stream is not taken up again."""
        request_ids: list[str] = []
        for is_last in (False, True):
            token = await self._session.token() if operation.authenticated else None
            request_ids.append(request_id := new_request_id())
            text = token.text if token else NO_SECRET
            body = encode_attempt(write(request), request.ACCESS, request_id, text, None)
            try:
                async with self._transport.stream(operation.path, body) as answer:
                    async for line in answer.lines:
                        if line.strip():
                            yield decode_line(operation, answer.status, answer.headers, line, request_ids)
            except TokenOutdated:
                if token is None or is_last:
                    raise
                self._session.invalidate(token.generation)
            except AlfaviewError as error:
                error.request_ids = tuple(request_ids)
                raise
            else:
                return

    async def _made(self, call: _Call[T]) -> T:
        began = monotonic()
        try:
            result = await self._attempt(call)
        except AlfaviewError as failure:
            return await self._second_chance(call, failure, began)
        self._budget.earn()
        return result

    async def _second_chance(self, call: _Call[T], failure: AlfaviewError, began: float) -> T:
        try:
            return await repeat(
                lambda: self._attempt(call),
                failure,
                self._policy,
                self._budget,
                idempotent=call.idempotent,
                began=began,
            )
        except AlfaviewError as last:
            if call.idempotent or last.outcome is not Outcome.AMBIGUOUS or isinstance(last, _ANSWERS):
                raise
            unknown = OutcomeUnknown(
                f"it may or may not have been carried out ({last.message}); find out before you send it again",
                operation=call.path,
                request_ids=last.request_ids,
            )
            unknown.request = call.request
            raise unknown from last

    async def _attempt(self, call: _Call[T]) -> T:
        """Send once; a token that the server calls outdated is renewed, and the request sent once more.

        That holds for creates too: the server checks the token before it does any work.
        """
        session, is_first = self._session, True
        while True:
            token = None
            if call.authenticated:
                token = session.token_at_hand(for_create=not call.idempotent) or await self._new_token(call)
            call.request_ids.append(request_id := new_request_id())
            body = encode_attempt(call.body, call.place, request_id, token.text if token else NO_SECRET, call.options)
            try:
                http = await self._transport.post(call.path, body, idempotent=call.idempotent)
                if len(http.body) <= _SHORT_REPLY:
                    return call.read(http)
                return await breathing(call.read_in_steps(http))
            except AlfaviewError as error:
                if isinstance(error, NotFound) and call.doubtful and (removed := call.removed()) is not None:
                    return removed
                error.request_ids = tuple(call.request_ids)
                call.doubtful = call.doubtful or error.outcome is Outcome.AMBIGUOUS
                if token is None or not is_first or not self._helps_to_renew(token, error):
                    raise
                is_first = False

    def _helps_to_renew(self, token: AccessToken, error: AlfaviewError) -> bool:
        """Tell whether the same request may pass with another token.

        A token that the server does not know fails this call, since the same might happen for ever; the next call logs
        in anew.
        """
        if isinstance(error, TokenOutdated):
            self._session.invalidate(token.generation)
            return True
        if isinstance(error, AuthenticationError):
            self._session.distrust(token.generation)
        return False

    async def _new_token(self, call: _Call[T]) -> AccessToken:
        """Get a token; whatever happens to the login, the request itself was not sent."""
        try:
            return await self._session.token(for_create=not call.idempotent)
        except AlfaviewError as error:
            if error.outcome is not Outcome.FATAL:
                error.outcome = Outcome.NOT_SENT
            raise
