"""From the body of a request to the status and body of its answer: what grpc-gateway and the services do; no I/O."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import orjson
from attrs import frozen

from alfaview_async.emulator import handlers as handlers  # noqa: PLC0414 - importing them registers them
from alfaview_async.emulator.call import Call, Handler, handler_of
from alfaview_async.emulator.habits import Habits
from alfaview_async.emulator.items import first_half
from alfaview_async.emulator.refusals import Refused, encode_error, encode_hidden_error, encode_stream_error
from alfaview_async.emulator.state import State
from alfaview_async.emulator.tokens import NOBODY, Grant
from alfaview_async.emulator.wire_habits import rewritten, rewritten_frame
from alfaview_async.models.common import InfoPlace, Reply
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Row, StreamOperation
from alfaview_async.protocol import decode_request, encode_frame, encode_reply, reply_info
from alfaview_async.wire import UnreadableError

_UNAUTHORIZED = 401
_NOT_FOUND, _UNIMPLEMENTED = 5, 12
"""Codes of gRPC."""


@frozen(kw_only=True)
class Answer:
    """What goes back over HTTP.

    Attributes:
        status: HTTP status.
        body: What `kind` says.
        kind: Content type; what is not JSON comes not from alfaview, but from a gateway or proxy before it.
        set_cookie: Value of the header `Set-Cookie`.
        challenge: Value of the header `WWW-Authenticate`.
        location: Value of the header `Location`.
        frames: The lines of a stream, in place of the body.
    """

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    set_cookie: str = ""
    challenge: str = ""
    location: str = ""
    frames: AsyncIterator[bytes] | None = None


def answer(
    state: State,
    operation: Row,
    body: bytes,
    refresh_token: str = "",
    *,
    halved: bool = False,
    refused: Refused | None = None,
) -> Answer:
    """Carry out one request.

    Args:
        state: Read and changed.
        operation: Which one is asked for.
        body: JSON.
        refresh_token: From the cookie `auth`.
        halved: Do only the first half of the items and answer `PARTIAL_ERROR`.
        refused: Do nothing and answer this.
    """
    request_id = ""
    try:
        request, access = decode_request(operation, body)
        request_id = access.request_id
        if refused is not None:
            raise refused
        handler = handler_of(operation.path)
        caller = _authorised(state, operation, handler, access.access_token)
        call = Call(state=state, caller=caller, access=access, refresh_token=refresh_token)
        reply = handler.carry_out(call, first_half(request, operation) if halved else request)
    except UnreadableError as error:
        unreadable = refused or Refused(StatusCode.INVALID_ARGUMENT, str(error))
        return refusal(unreadable, request_id, state.habits, operation)
    except Refused as error:
        return refusal(error, request_id, state.habits, operation)
    if not isinstance(reply, Reply):
        return Answer(frames=_frames(reply, request_id, state.habits))
    reply.info = reply_info(request_id)
    if halved:
        reply.info.status_code, reply.info.status_message = StatusCode.PARTIAL_ERROR, "some of the items failed"
    encoded = encode_reply(reply)
    if state.habits.change_replies:
        encoded = rewritten(encoded, operation.reply, state.habits)
    return Answer(body=encoded, set_cookie=call.set_cookie)


def refusal(refused: Refused, request_id: str, habits: Habits | None = None, operation: Row | None = None) -> Answer:
    """Answer that a request is refused.

    Args:
        refused: Why.
        request_id: Echoed.
        habits: Those of the server; default: all off.
        operation: Which one was asked for; tells where an error inside an OK stands.
    """
    habits = habits or Habits()
    if habits.errors_in_ok and isinstance(operation, StreamOperation):
        return Answer(body=encode_stream_error(refused, request_id, habits))
    if habits.errors_in_ok:
        at_top = habits.bare_info or (operation is not None and operation.reply.INFO is InfoPlace.BODY)
        return Answer(body=encode_hidden_error(refused, request_id, habits, at_top=at_top))
    status = refused.http_status(habits)
    challenge = refused.message if habits.gateway_v2 and status == _UNAUTHORIZED else ""
    return Answer(status=status, body=encode_error(refused, request_id, habits), challenge=challenge)


def unrouted(habits: Habits, *, other_method: bool = False) -> Answer:
    """Answer as grpc-gateway does where it has no route: v1 in plain text; v2 in JSON, and 501 for other methods.

    Args:
        habits: Those of the server.
        other_method: There is such an operation, but it was not asked with POST.
    """
    status, code = (
        (HTTPStatus.METHOD_NOT_ALLOWED, _UNIMPLEMENTED) if other_method else (HTTPStatus.NOT_FOUND, _NOT_FOUND)
    )
    if not habits.gateway_v2:
        return Answer(status=status, body=status.phrase.encode(), kind="text/plain; charset=utf-8")
    body = orjson.dumps({"code": code, "message": status.phrase, "details": []})
    return Answer(status=HTTPStatus.NOT_IMPLEMENTED if other_method else status, body=body)


async def _frames(replies: AsyncIterator[Reply], request_id: str, habits: Habits) -> AsyncIterator[bytes]:
    async for reply in replies:
        reply.info = reply_info(request_id)
        frame = encode_frame(reply)
        yield rewritten_frame(frame, type(reply), habits) if habits.change_replies else frame


def _authorised(state: State, operation: Row, handler: Handler, token: str) -> Grant:
    if not operation.authenticated:
        return NOBODY
    caller = state.tokens.holder(token)
    if caller.is_guest and not handler.for_guests:
        raise Refused(StatusCode.INSUFFICIENT_PERMISSIONS, "guests may not do this")
    return caller
