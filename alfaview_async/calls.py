"""One call, whatever happens to it: token in, retries, renewal, and honesty about doubt."""

from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from secrets import token_hex
from time import monotonic
from typing import Any, Generic, TypeVar

from attrs import define, evolve, field

from alfaview_async.access_token import AccessToken
from alfaview_async.errors import (
    AlfaviewError,
    AlreadyExists,
    AuthenticationError,
    NotFound,
    Outcome,
    OutcomeUnknown,
    PartialError,
    TokenOutdated,
)
from alfaview_async.models.common import AccessInfo, AccessPlace, Reply, Request
from alfaview_async.operation import Operation, StreamOperation
from alfaview_async.protocol import (
    check_complete,
    check_info,
    decode_line,
    decode_raw_reply,
    decode_reply,
    encode_raw_request,
)
from alfaview_async.retry import RetryBudget, RetryPolicy, repeat
from alfaview_async.secret import NO_SECRET, Secret
from alfaview_async.session import Session
from alfaview_async.transport import HttpReply, Transport
from alfaview_async.wire import write

Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)
T = TypeVar("T")
Json = dict[str, Any]

_NO_OPTIONS = AccessInfo()
_ANSWERS = (PartialError, AlreadyExists)
"""Errors that tell the caller more than that the outcome is unknown."""


@define(repr=False)
class _Call(Generic[T]):
    """One call through all its attempts; the body is a snapshot, safe from later changes by the caller."""

    path: str
    body: Json
    place: AccessPlace
    idempotent: bool
    authenticated: bool
    options: AccessInfo
    request: object
    read: Callable[[HttpReply, list[str]], T]
    removed: Callable[[], T] | None = None
    request_ids: list[str] = field(factory=list)
    doubtful: bool = False


class Calls:
    """Makes calls for one identity over one transport."""

    def __init__(self, session: Session, transport: Transport, policy: RetryPolicy) -> None:
        self._session = session
        self._transport = transport
        self._policy = policy
        self._budget = RetryBudget()

    async def call(self, operation: Operation[..., Req, Rep], request: Req, options: AccessInfo = _NO_OPTIONS) -> Rep:
        """Send one request and return the typed reply; errors as in `Alfaview.call`."""

        def read(http: HttpReply, request_ids: list[str]) -> Rep:
            return decode_reply(operation, http.status, http.headers, http.body, request_ids)

        return await self._made(
            _Call(
                path=operation.path,
                body=write(request),
                place=request.ACCESS,
                idempotent=operation.idempotent,
                authenticated=operation.authenticated,
                options=options,
                request=request,
                read=read,
                removed=operation.reply if _removes(operation.path) else None,
            )
        )

    async def call_raw(self, path: str, body: Json, *, idempotent: bool) -> Json:
        """Send plain JSON to an operation that no table knows, and return plain JSON."""

        def read(http: HttpReply, request_ids: list[str]) -> Json:
            raw = decode_raw_reply(path, http.status, http.headers, http.body, request_ids)
            check_info(raw, path, request_ids)
            check_complete(raw, raw, path, request_ids)
            return raw

        return await self._made(
            _Call(
                path=path,
                body=deepcopy(body),
                place=AccessPlace.FIELD,
                idempotent=idempotent,
                authenticated=True,
                options=_NO_OPTIONS,
                request=body,
                read=read,
            )
        )

    async def stream(self, operation: StreamOperation[..., Req, Rep], request: Req) -> AsyncIterator[Rep]:
        """Send one request and yield the typed replies as they come; a broken stream is not taken up again."""
        request_ids: list[str] = []
        for is_last in (False, True):
            token = await self._session.token() if operation.authenticated else None
            request_ids.append(request_id := token_hex(8))
            access = AccessInfo(request_id=request_id, access_token=token.text.reveal() if token else "")
            body = encode_raw_request(write(request), access, request.ACCESS)
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

        That holds for creates too: the server checks the token before it does any work. A token that it does not know
        fails this call, since the same might happen for ever; the next call logs in anew.
        """
        if not call.authenticated:
            return await self._sent(call, NO_SECRET)
        token = await self._token(call)
        try:
            return await self._sent(call, token.text)
        except TokenOutdated:
            self._session.invalidate(token.generation)
        except AuthenticationError:
            self._session.distrust(token.generation)
            raise
        token = await self._token(call)
        return await self._sent(call, token.text)

    async def _token(self, call: _Call[T]) -> AccessToken:
        """Get a token; whatever happens to the login, the request itself was not sent."""
        try:
            return await self._session.token(for_create=not call.idempotent)
        except AlfaviewError as error:
            if error.outcome is not Outcome.FATAL:
                error.outcome = Outcome.NOT_SENT
            raise

    async def _sent(self, call: _Call[T], token: Secret) -> T:
        call.request_ids.append(request_id := token_hex(8))
        access = evolve(call.options, request_id=request_id, access_token=token.reveal())
        body = encode_raw_request(call.body, access, call.place)
        try:
            http = await self._transport.post(call.path, body, idempotent=call.idempotent)
            return call.read(http, call.request_ids)
        except AlfaviewError as error:
            if isinstance(error, NotFound) and call.doubtful and call.removed:
                return call.removed()
            error.request_ids = tuple(call.request_ids)
            call.doubtful = call.doubtful or error.outcome is Outcome.AMBIGUOUS
            raise


def _removes(path: str) -> bool:
    """Tell whether an operation deletes: gone after an attempt whose answer was lost means done."""
    return path.rpartition("/")[2].startswith(("destroy", "delete"))
