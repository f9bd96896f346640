"""Requests to bytes, bytes to replies or errors; no I/O. The emulator runs the same code backwards.

The envelope lives here: `accessInfo` is put in and `replyInfo` is judged, wherever an operation bears them.
"""

import logging
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import orjson

from alfaview_async.error_body import bad_reply, printable, status_error
from alfaview_async.errors import BadReply, ConfigurationError, PartialError, RedirectRefused
from alfaview_async.models.common import AccessInfo, AccessPlace, InfoPlace, Reply, ReplyInfo, Request
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Operation, StreamOperation
from alfaview_async.secret import SecretBytes, SecretJson
from alfaview_async.wire import UnreadableError, read, write

Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)
Row = Operation[..., Req, Rep] | StreamOperation[..., Req, Rep]
Json = dict[str, Any]

_log = logging.getLogger("alfaview_async")
_INFO_KEYS = ("requestId", "statusCode", "statusMessage")
_SAID_OK = frozenset({None, "", 0, "OK"})
"""Absent, null, empty, zero and OK are one: servers of different versions send each of them."""


def encode_request(request: Request, access: AccessInfo) -> SecretBytes:
    """Build the body of a request, with the access info where the operation bears it.

    Raises:
        ConfigurationError: A value that JSON cannot hold.
    """
    return encode_raw_request(write(request), access, request.ACCESS)


def encode_raw_request(body: Json, access: AccessInfo, place: AccessPlace = AccessPlace.FIELD) -> SecretBytes:
    """Build the body of a request from plain JSON; the handbook's form of the access info unless told otherwise.

    Raises:
        ConfigurationError: A value that JSON cannot hold.
    """
    whole = SecretJson(body)
    if place is AccessPlace.FIELD:
        whole["accessInfo"] = write(access)
    elif place is AccessPlace.REQUEST_ID:
        whole["requestId"] = access.request_id
    elif place is AccessPlace.BODY:
        whole = SecretJson(write(access))
    try:
        return SecretBytes(orjson.dumps(whole))
    except TypeError as error:
        raise ConfigurationError(f"the request cannot be written as JSON: {error}") from None


def decode_request(operation: Row[Req, Rep], body: bytes) -> tuple[Req, AccessInfo]:
    """Read the body of a request, for the emulator.

    Raises:
        UnreadableError: Not a JSON object, or a field of the wrong type.
    """
    try:
        raw = orjson.loads(memoryview(body or b"{}"))
    except orjson.JSONDecodeError as error:
        raise UnreadableError(f"not JSON: {error}") from None
    if not isinstance(raw, dict):
        raise UnreadableError("not a JSON object")
    model = cast("type[Req]", operation.request)
    access = read(AccessInfo, raw if model.ACCESS is AccessPlace.BODY else raw.get("accessInfo") or {})
    if model.ACCESS is AccessPlace.REQUEST_ID:
        access.request_id = access.request_id or str(raw.get("requestId") or "")
    return read(model, raw), access


def decode_reply(
    operation: Row[Req, Rep],
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    request_ids: Sequence[str] = (),
) -> Rep:
    """Read a reply, and raise what it says went wrong.

    Raises:
        BadReply: No JSON object, or one that does not fit the operation; subclass `RedirectRefused`.
        StatusError: An error, in either form alfaview has for it: HTTP error with a status, or inside an OK.
    """
    path = operation.path
    return typed_reply(operation, decode_raw_reply(path, status, headers, body, request_ids), request_ids)


def decode_raw_reply(
    path: str, status: int, headers: Mapping[str, str], body: bytes, request_ids: Sequence[str] = ()
) -> Json:
    """Read a reply as plain JSON, and raise an error that has the HTTP form.

    Raises:
        BadReply: No JSON object.
        StatusError: The HTTP status or the body says that the request failed.
    """
    if 300 <= status < 400:  # noqa: PLR2004 - the range of redirects
        raise RedirectRefused(
            f"redirect (HTTP {status}) refused: the token would follow it; check the base URL",
            operation=path,
            request_ids=request_ids,
            http_status=status,
        )
    raw = _object(body)
    if raw is None:
        raise bad_reply("no JSON object", path, status, headers, body, request_ids)
    if status >= 400 or raw.get("code") or raw.get("error"):  # noqa: PLR2004 - the range of HTTP errors
        raise status_error(raw, path, status, headers, request_ids)
    return raw


def typed_reply(operation: Row[Req, Rep], raw: Json, request_ids: Sequence[str] = ()) -> Rep:
    """Turn the JSON of a reply into its model and raise an error that hides in it (arguments: `decode_reply`)."""
    model = operation.reply
    raw = _with_info(raw, model.INFO)
    check_info(raw, operation.path, request_ids)
    try:
        reply = read(model, raw)
    except UnreadableError as error:
        message = f"the reply does not fit the operation: {error}"
        raise BadReply(message, operation=operation.path, request_ids=request_ids) from None
    check_complete(raw, reply, operation.path, request_ids)
    if hidden := reply.hidden_error():
        hidden.operation, hidden.request_ids = operation.path, tuple(request_ids)
        raise hidden
    return reply


def check_info(raw: Json, path: str, request_ids: Sequence[str] = ()) -> None:
    """Raise the error that the reply info of a reply tells of.

    Raises:
        StatusError: The status code is an error.
        BadReply: The reply info is none.
    """
    info = _info_of(raw)
    if isinstance(info, dict):
        info = SecretJson(info)
    said = info.get("statusCode") if isinstance(info, dict) else False
    if isinstance(said, bool) or not isinstance(said, str | int | None):
        raise BadReply("the reply info is not readable", operation=path, request_ids=request_ids)
    if said in _SAID_OK:
        return
    code = StatusCode.from_wire(said)
    if code.is_error:
        raise status_error({"details": [info]}, path, 200, {}, request_ids)
    if code.is_warning:
        _log.warning("%s answered with the warning %s (request %s)", path, code, ", ".join(request_ids))


def _info_of(raw: Json) -> object:
    """Find the reply info of a reply; some replies are the reply info themselves."""
    info = raw.get("replyInfo")
    return raw if info is None else info


def check_complete(raw: Json, reply: object, path: str, request_ids: Sequence[str] = ()) -> None:
    """Raise what is neither success nor failure.

    Raises:
        PartialError: Some of the entities of the call failed; it bears the reply.
    """
    info = _info_of(raw)
    if not isinstance(info, dict) or info.get("statusCode") in _SAID_OK:
        return
    if StatusCode.from_wire(info["statusCode"]) != StatusCode.PARTIAL_ERROR:
        return
    reason = printable(str(info.get("statusMessage") or "no reason given"))
    partial = PartialError(
        f"only part of the work was done ({reason})",
        operation=path,
        request_ids=request_ids,
        status=StatusCode.PARTIAL_ERROR,
    )
    partial.reply = reply
    raise partial


def _with_info(raw: Json, place: InfoPlace) -> Json:
    """Bring the reply info to where most replies have it; what stands in two places may be filled in one of them."""
    inner = raw.get("replyInfo")
    if place in (InfoPlace.FIELD, InfoPlace.NOWHERE) or not isinstance(inner, dict | None):
        return raw
    inner = inner or {}
    outer = {key: raw[key] for key in _INFO_KEYS if key in raw}
    info = inner | {key: value for key, value in outer.items() if inner.get(key) in _SAID_OK}
    return SecretJson({key: raw[key] for key in raw.keys() - outer.keys()} | {"replyInfo": info})


def _object(body: bytes) -> Json | None:
    """Parse a JSON object; `None` if it is none. Some proxies put a byte order mark before it."""
    try:
        raw = orjson.loads(memoryview(body)[len(BOM_UTF8) if body.startswith(BOM_UTF8) else 0 :])
    except orjson.JSONDecodeError:
        return None
    return SecretJson(raw) if isinstance(raw, dict) else None


def encode_reply(reply: Reply) -> bytes:
    """Build the body of a reply, for the emulator."""
    return orjson.dumps(_json_of(reply))


def decode_frame(operation: StreamOperation[..., Req, Rep], line: bytes, request_ids: Sequence[str] = ()) -> Rep:
    """Read one line of a stream: `{"result": ...}` or `{"error": ...}`.

    Raises:
        BadReply: Neither.
        StatusError: The stream ended with an error.
    """
    frame = _object(line) or {}
    if isinstance(error := frame.get("error"), dict):
        raise status_error(error, operation.path, 200, {}, request_ids)
    if not isinstance(result := frame.get("result"), dict):
        raise bad_reply("no frame of a stream", operation.path, 200, {}, line, request_ids)
    return typed_reply(operation, result, request_ids)


def decode_line(
    operation: StreamOperation[..., Req, Rep],
    status: int,
    headers: Mapping[str, str],
    line: bytes,
    request_ids: Sequence[str] = (),
) -> Rep:
    """Read one line of a stream, or of the error that came instead; errors as in `decode_frame`."""
    if status != 200:  # noqa: PLR2004 - OK
        decode_raw_reply(operation.path, status, headers, line, request_ids)
    return decode_frame(operation, line, request_ids)


def encode_frame(reply: Reply) -> bytes:
    """Build one line of a stream, for the emulator."""
    return orjson.dumps({"result": _json_of(reply)}, option=orjson.OPT_APPEND_NEWLINE)


def _json_of(reply: Reply) -> Json:
    raw: Json = write(reply)
    info = write(reply.info)
    if reply.INFO is InfoPlace.NOWHERE or reply.hidden_error():
        raw.pop("replyInfo", None)
        return raw
    if reply.INFO is InfoPlace.BODY:
        return info
    return raw | {"replyInfo": info} | (info if reply.INFO is InfoPlace.BOTH else {})


def reply_info(request_id: str) -> ReplyInfo:
    """Build the reply info of success as the handbook shows it: no status code, message `OK`."""
    return ReplyInfo(request_id=request_id, status_message="OK")
