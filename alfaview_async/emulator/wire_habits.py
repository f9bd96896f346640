"""Writes a reply as other versions of the server would: the same content, another form."""

import re
from enum import Enum
from types import UnionType
from typing import Annotated, Any, get_args, get_origin

import attrs
import orjson

from alfaview_async.emulator.habits import ExplicitOk, Habits
from alfaview_async.models.common import InfoPlace, Reply, ReplyInfo
from alfaview_async.models.status import StatusCode
from alfaview_async.wire import wire_name

Json = dict[str, Any]

_LARGEST_STATUS = 1200
_NUMBERS = {
    str(code): number for number in range(_LARGEST_STATUS) if not (code := StatusCode.from_number(number)).number
}
"""Status codes by text; the numbers of the newer ones are not published."""
_SCALARS: dict[object, object] = {str: "", bool: False, int: 0, float: 0.0}
_TIME = re.compile(r"(?P<seconds>[^.]*?)(?:\.(?P<fraction>\d+))?Z")
_FIELD_OF_TOMORROW = {"fieldOfTomorrow": {"values": [1, "two", None]}}


def rewritten(body: bytes, model: type[Reply], habits: Habits) -> bytes:
    """Write the body of a reply anew."""
    return orjson.dumps(_reply(orjson.loads(body), model, habits))


def rewritten_frame(line: bytes, model: type[Reply], habits: Habits) -> bytes:
    """Write one line of a stream anew."""
    frame = orjson.loads(line)
    return orjson.dumps({"result": _reply(frame["result"], model, habits)}, option=orjson.OPT_APPEND_NEWLINE)


def status_number(code: str) -> str | int:
    """Return the number of a status code, or its text where that is all there is."""
    return _NUMBERS.get(code, code)


def _reply(raw: Json, model: type[Reply], habits: Habits) -> Json:
    if model.INFO is InfoPlace.BODY:
        return _info(_message(raw, ReplyInfo, habits), habits)
    content = _message(raw, model, habits)
    if model.INFO is InfoPlace.NOWHERE:
        content.pop("replyInfo", None)
        return content
    info = content.get("replyInfo")
    if isinstance(info, dict):
        content["replyInfo"] = info = _info(info, habits)
    if model.INFO is InfoPlace.BOTH and isinstance(info, dict):
        content |= info
    elif habits.bare_info and isinstance(info, dict):
        del content["replyInfo"]
        content |= info
    return content


def _info(info: Json, habits: Habits) -> Json:
    if info.get("statusCode", "OK") == "OK":
        if habits.explicit_ok is not None:
            info["statusCode"] = habits.explicit_ok.value
        elif habits.emit_defaults and habits.numeric_status:
            info["statusCode"] = ExplicitOk.NUMBER.value
    elif habits.numeric_status:
        info["statusCode"] = status_number(info["statusCode"])
    return info


def _message(raw: Json, model: Any, habits: Habits) -> Json:
    fields = {wire_name(field): field.type for field in attrs.fields(model) if not field.name.startswith("_")}
    written = {
        key: _value(raw.get(key), kind, habits)
        for key, kind in fields.items()
        if key in raw or (habits.emit_defaults and not (key == "replyInfo" and _has_no_info(model, raw)))
    }
    return written | _FIELD_OF_TOMORROW if habits.unknown_fields else written


def _has_no_info(model: Any, raw: Json) -> bool:
    return issubclass(model, Reply) and "replyInfo" not in raw


def _value(value: Any, kind: Any, habits: Habits) -> Any:
    if get_origin(kind) is Annotated:
        kind, *notes = get_args(kind)
        if any(getattr(note, "unstruct_hook", None) is str for note in notes):
            return int(value or 0) if habits.numeric_int64 else str(value or 0)
    if isinstance(kind, UnionType):
        kind = next(inner for inner in get_args(kind) if inner is not type(None))
        if value is None:
            return None
    if get_origin(kind) is list:
        return [_value(item, get_args(kind)[0], habits) for item in value or []]
    if get_origin(kind) is dict:
        return {key: _value(item, get_args(kind)[1], habits) for key, item in (value or {}).items()}
    if attrs.has(kind):
        return _message(value or {}, kind, habits)
    if kind in _SCALARS:
        return _SCALARS[kind] if value is None else value
    if issubclass(kind, Enum):
        return _enumerated(next(iter(kind)).value if value is None else value, kind, habits)
    return _nanoseconds(value) if habits.nanoseconds else value


def _enumerated(value: Any, kind: type[Enum], habits: Habits) -> Any:
    if kind is StatusCode or not habits.unknown_enums:
        return value
    return f"{value}_OF_TOMORROW"


def _nanoseconds(time: str) -> str:
    parts = _TIME.fullmatch(time)
    return f"{parts['seconds']}.{(parts['fraction'] or ''):0<9}Z" if parts else time
