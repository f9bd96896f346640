"""From the body of a request to the status and body of its answer: what grpc-gateway and the services do; no I/O."""

from attrs import frozen

from alfaview_async.emulator import handlers as handlers  # noqa: PLC0414 - importing them registers them
from alfaview_async.emulator.call import Call, Handler, handler_of
from alfaview_async.emulator.items import first_half
from alfaview_async.emulator.refusals import Refused, encode_error
from alfaview_async.emulator.state import State
from alfaview_async.emulator.tokens import NOBODY, Grant
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Row
from alfaview_async.protocol import decode_request, encode_reply, reply_info
from alfaview_async.wire import UnreadableError


@frozen(kw_only=True)
class Answer:
    """What goes back over HTTP.

    Attributes:
        status: HTTP status.
        body: JSON, or a page of HTML.
        set_cookie: Value of the header `Set-Cookie`.
        is_page: The body is HTML: not alfaview answers, but a proxy before it.
    """

    status: int = 200
    body: bytes
    set_cookie: str = ""
    is_page: bool = False


def answer(state: State, operation: Row, body: bytes, refresh_token: str = "", *, halved: bool = False) -> Answer:
    """Carry out one request.

    Args:
        state: Read and changed.
        operation: Which one is asked for.
        body: JSON.
        refresh_token: From the cookie `auth`.
        halved: Do only the first half of the items and answer `PARTIAL_ERROR`.
    """
    request_id = ""
    try:
        request, access = decode_request(operation, body)
        request_id = access.request_id
        handler = handler_of(operation.path)
        caller = _authorised(state, operation, handler, access.access_token)
        call = Call(state=state, caller=caller, refresh_token=refresh_token)
        reply = handler.carry_out(call, first_half(request, operation) if halved else request)
    except UnreadableError as error:
        return refusal(Refused(StatusCode.INVALID_ARGUMENT, str(error)), request_id)
    except Refused as refused:
        return refusal(refused, request_id)
    reply.info = reply_info(request_id)
    if halved:
        reply.info.status_code, reply.info.status_message = StatusCode.PARTIAL_ERROR, "some of the items failed"
    return Answer(body=encode_reply(reply), set_cookie=call.set_cookie)


def refusal(refused: Refused, request_id: str) -> Answer:
    """Answer that a request is refused."""
    return Answer(status=refused.http_status, body=encode_error(refused, request_id))


def request_id_of(raw: object) -> str:
    """Find the request id of a parsed body, in whichever of its places it stands."""
    if not isinstance(raw, dict):
        return ""
    access = raw.get("accessInfo")
    found = access.get("requestId") if isinstance(access, dict) else raw.get("requestId")
    return found if isinstance(found, str) else ""


def _authorised(state: State, operation: Row, handler: Handler, token: str) -> Grant:
    if not operation.authenticated:
        return NOBODY
    caller = state.tokens.holder(token)
    if caller.is_guest and not handler.for_guests:
        raise Refused(StatusCode.INSUFFICIENT_PERMISSIONS, "guests may not do this")
    return caller
