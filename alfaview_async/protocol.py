"""Requests to bytes, bytes to replies or errors; no I/O. The emulator runs the same code backwards.

A reply is read twice at worst: first as if nothing were wrong, and if something is, with an eye on what that is.
"""

from codecs import BOM_UTF8
from collections.abc import Generator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, cast

import orjson

from alfaview_async.breathing import collector_paused
from alfaview_async.envelope import PLACES_OF_ITS_OWN, check_complete, check_info, with_info
from alfaview_async.error_body import bad_reply, status_error
from alfaview_async.errors import BadReply, ConfigurationError, RedirectRefused
from alfaview_async.generated import Hook
from alfaview_async.models.common import AccessInfo, AccessPlace, InfoPlace, Reply, ReplyInfo, Request
from alfaview_async.operation import Operation, StreamOperation
from alfaview_async.secret import NO_SECRET, Secret, SecretBytes, SecretJson
from alfaview_async.slices import Body, Sliced, sliced
from alfaview_async.wire import MISFIT, UnreadableError, element_readers, read, write
from alfaview_async.wire_readers import message_reader

Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)
Answer_co = TypeVar("Answer_co", bound=Reply, covariant=True)
Row = Operation[..., Req, Rep] | StreamOperation[..., Req, Rep]
Json = dict[str, Any]


class Answered(Protocol[Answer_co]):
    """What reading a reply needs to know of an operation."""

    @property
    def path(self) -> str:
        """`service/name`."""
        ...

    @property
    def reply(self) -> type[Answer_co]:
        """Class of the answer."""
        ...


_MANY_OBJECTS = 16 * 1024
"""Bytes of a reply from which the collector is kept away."""
_EXCERPT_BYTES = 4096
"""More than errors show of a body, whatever its encoding."""
_OK = 200
_IN_A_FIELD = AccessPlace.FIELD
_NOTHING: Mapping[str, object] = MappingProxyType({})


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
    return _encoded(body, SecretJson(write(access)), place)


def encode_attempt(
    body: Json, place: AccessPlace, request_id: str, token: Secret, options: AccessInfo | None
) -> SecretBytes:
    """Build the body of a request for one attempt to send it; otherwise as `encode_raw_request`.

    Args:
        body: Parameters as plain JSON.
        place: Where the access info goes.
        request_id: Of this attempt.
        token: The access token, if there is one.
        options: What else the access info shall say.
    """
    access = SecretJson(requestId=request_id)
    if token is not NO_SECRET:
        access["accessToken"] = token.reveal()
    if options is not None:
        access.update(write(options))
    return _encoded(body, access, place)


def _encoded(body: Json, access: SecretJson, place: AccessPlace) -> SecretBytes:
    whole = SecretJson(body)
    if place is _IN_A_FIELD:
        whole["accessInfo"] = access
    elif place is AccessPlace.REQUEST_ID:
        whole["requestId"] = access.get("requestId", "")
    elif place is AccessPlace.BODY:
        whole = access
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
    operation: Answered[Rep],
    status: int,
    headers: Mapping[str, str],
    body: Body,
    request_ids: Sequence[str] = (),
) -> Rep:
    """Read a reply, and raise what it says went wrong.

    Raises:
        BadReply: No JSON object, or one that does not fit the operation; subclass `RedirectRefused`.
        StatusError: An error, in either form alfaview has for it: HTTP error with a status, or inside an OK.
    """
    if status == _OK:
        if len(body) > _MANY_OBJECTS:
            with collector_paused():
                reply = _sound_reply(operation.reply, body)
        else:
            reply = _sound_reply(operation.reply, body)
        if reply is not None:
            return reply
    return _judged_reply(operation, status, headers, body, request_ids)


def _sound_reply(model: type[Rep], body: Body) -> Rep | None:
    """Read a reply with nothing wrong about it; else `None`, and never an error that would show what is in it."""
    kind: Any = model  # mypy doubts that classes are hashable
    try:
        raw = orjson.loads(memoryview(body))
        if type(raw) is not dict or "code" in raw or "error" in raw:
            return None
        if model.INFO not in PLACES_OF_ITS_OWN:
            raw = with_info(raw, model.INFO)
        info = raw.get("replyInfo", raw)
        if type(info) is not dict or ("statusCode" in info and info["statusCode"] != "OK"):
            return None
        reply: Rep = message_reader(kind)(raw)
    except MISFIT:
        return None  # read again, to say what is wrong
    return None if reply.hidden_error() else reply


def _judged_reply(
    operation: Answered[Rep],
    status: int,
    headers: Mapping[str, str],
    body: Body,
    request_ids: Sequence[str],
) -> Rep:
    raw = decode_raw_reply(operation.path, status, headers, body, request_ids)
    return typed_reply(operation, raw, request_ids)


def decode_reply_in_steps(
    operation: Answered[Rep],
    status: int,
    headers: Mapping[str, str],
    body: Body,
    request_ids: Sequence[str] = (),
) -> Generator[None, None, Rep]:
    """Read a long reply, stopping now and then; arguments, result and errors as of `decode_reply`.

    A reply that is wrong somewhere is read once more in one go, to say the same about it.
    """
    path = operation.path
    model: Any = operation.reply  # mypy doubts that classes are hashable
    fields = element_readers(model)
    found = yield from _sliced(status, body, {key: reader for key, (_, reader) in fields.items()})
    if found is None:
        return _judged_reply(operation, status, headers, body, request_ids)
    raw = _accepted(SecretJson(found.plain), path, status, headers, request_ids)
    return typed_reply(operation, raw, request_ids, {fields[key][0]: read for key, read in found.read.items()})


def decode_raw_reply(
    path: str, status: int, headers: Mapping[str, str], body: Body, request_ids: Sequence[str] = ()
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
        raise bad_reply("no JSON object", path, status, headers, bytes(body[:_EXCERPT_BYTES]), request_ids)
    return _accepted(raw, path, status, headers, request_ids)


def decode_raw_reply_in_steps(
    path: str, status: int, headers: Mapping[str, str], body: Body, request_ids: Sequence[str] = ()
) -> Generator[None, None, Json]:
    """Read a long reply as plain JSON, stopping now and then; otherwise as `decode_raw_reply`."""
    found = yield from _sliced(status, body, {})
    if found is None:
        return decode_raw_reply(path, status, headers, body, request_ids)
    return _accepted(SecretJson(found.plain), path, status, headers, request_ids)


def _sliced(status: int, body: Body, readers: Mapping[str, Hook]) -> Generator[None, None, Sliced | None]:
    if status != _OK:
        return None
    try:
        return (yield from sliced(body, readers))
    except MISFIT:
        return None


def _accepted(raw: Json, path: str, status: int, headers: Mapping[str, str], request_ids: Sequence[str]) -> Json:
    """Return a reply, unless it is an error in the HTTP form."""
    if status >= 400 or raw.get("code") or raw.get("error"):  # noqa: PLR2004 - the range of HTTP errors
        raise status_error(raw, path, status, headers, request_ids)
    return raw


def typed_reply(
    operation: Answered[Rep], raw: Json, request_ids: Sequence[str] = (), already_read: Mapping[str, object] = _NOTHING
) -> Rep:
    """Turn the JSON of a reply into its model and raise an error that hides in it.

    Args:
        operation: Whose reply it is.
        raw: The JSON.
        request_ids: Of all attempts, for errors.
        already_read: Fields of the model that are not in the JSON, and their values.
    """
    model = operation.reply
    raw = with_info(raw, model.INFO)
    check_info(raw, operation.path, request_ids)
    try:
        reply = read(model, raw)
    except UnreadableError as error:
        message = f"the reply does not fit the operation: {error}"
        raise BadReply(message, operation=operation.path, request_ids=request_ids) from None
    for name, value in already_read.items():
        setattr(reply, name, value)
    check_complete(raw, reply, operation.path, request_ids)
    if hidden := reply.hidden_error():
        hidden.operation, hidden.request_ids = operation.path, tuple(request_ids)
        raise hidden
    return reply


def _object(body: Body) -> Json | None:
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
    if status != _OK:
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
