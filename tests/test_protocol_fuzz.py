"""Whatever a server may send is read, or refused by name; nothing unknown gets lost."""

from collections.abc import Callable, Iterator
from typing import Any, cast, get_args, get_origin

import attrs
import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from wire_facts import bare
from wire_strategies import (
    Json,
    Place,
    follow,
    json_values,
    message_of,
    objects,
    replies,
    reply_places,
    unknown_enum_texts,
)

from alfaview_async.errors import AlfaviewError, BadReply, LinkNotActive
from alfaview_async.models.common import Reply, ReplyInfo
from alfaview_async.models.enums import OpenEnum
from alfaview_async.operation import Row, StreamOperation
from alfaview_async.protocol import decode_frame, decode_reply, encode_reply
from alfaview_async.services import operations
from alfaview_async.services.rooms import RoomService

ROWS = [row for _, _, row in operations()]
STREAMS = [row for row in ROWS if isinstance(row, StreamOperation)]
SECRET = "hunter2 in clear"
WRONG: dict[Any, list[object]] = {
    str: [1, 1.5, True, [SECRET], {SECRET: 1}],
    bool: ["false", SECRET, 0, 1, [SECRET], {SECRET: 1}],
    int: [SECRET, "1.5", 1.5, True, [SECRET], {SECRET: 1}],
    float: [SECRET, True, [SECRET], {SECRET: 1}],
    list: [SECRET, 1, True, {SECRET: 1}],
    dict: [SECRET, 1, True, [SECRET]],
    "time": [SECRET, "2026-01-01T00:00:00", 1, True, [SECRET], {SECRET: 1}],
    "enum": [1.5, True, [SECRET], {SECRET: 1}],
    "message": [SECRET, 1, True, [SECRET]],
}


def is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, OpenEnum)


def holds_enum(kind: Any) -> bool:
    """Tell whether an enumeration stands somewhere in the values of a type; the status code does not count."""
    model = message_of(kind)
    if model is None:
        return is_enum(kind) or any(holds_enum(bare(part)) for part in get_args(kind))
    return model is not ReplyInfo and any(holds_enum(bare(f.type)) for f in attrs.fields(model) if f.name[0] != "_")


def each(rows: list[Row]) -> Callable[[Any], Any]:
    """Run a test for every operation, a few times: many operations share their messages."""
    quick = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    return lambda test: pytest.mark.parametrize("row", rows, ids=lambda row: row.path)(quick(test))


def sent(row: Row, data: st.DataObject) -> Json:
    return cast("Json", orjson.loads(encode_reply(data.draw(replies(row)))))


def read_back(row: Row, raw: Json) -> Reply:
    return cast("Reply", decode_reply(row, 200, {}, orjson.dumps(raw)))


def pick(data: st.DataObject, found: Iterator[Place]) -> Place:
    choice = list(found)
    assume(choice)
    return data.draw(st.sampled_from(choice))


@each(ROWS)
@given(data=st.data())
def test_a_null_or_missing_field_is_a_zero(row: Row, data: st.DataObject) -> None:
    """No field of any reply, at any depth, need be there."""
    raw = sent(row, data)
    place = pick(data, reply_places(row, raw))

    place.holder[place.key] = None
    with_null = answer(row, raw)
    if isinstance(place.holder, list):
        return
    del place.holder[place.key]
    without = answer(row, raw)

    assert place.is_entry or without == with_null


def answer(row: Row, raw: Json) -> Reply | str:
    """Read a reply; the one that may do without its access token tells that the link is not active."""
    try:
        return read_back(row, raw)
    except LinkNotActive as error:
        assert not raw.get("accessToken")
        return error.message


@each(ROWS)
@given(data=st.data(), value=json_values)
def test_an_unknown_key_is_kept(row: Row, data: st.DataObject, value: object) -> None:
    """In every object that stands for a message, and it disturbs nothing."""
    raw = sent(row, data)
    before = read_back(row, raw)
    holder, path = data.draw(st.sampled_from(list(objects(row, raw))))
    holder["invented"] = value

    after = read_back(row, raw)

    assert after == before
    assert follow(after, path).unknown_fields == {"invented": value}


@each([row for row in ROWS if holds_enum(row.reply)])
@given(data=st.data(), text=unknown_enum_texts, number=st.integers(100, 2**31 - 1), named=st.booleans())
def test_an_unknown_enum_value_survives(row: Row, data: st.DataObject, text: str, number: int, *, named: bool) -> None:
    """As text or as number: it is read, can be looked at, and is written as it came."""
    raw = sent(row, data)
    enums = (place for place in reply_places(row, raw) if is_enum(place.kind) and place.key != "statusCode")
    place = pick(data, enums)
    assume(text not in list(place.kind))
    place.holder[place.key] = text if named else number

    reply = read_back(row, raw)

    assert isinstance(follow(reply, place.path), place.kind)
    assert follow(reply, place.path) == (text if named else str(number))
    written = reply_places(row, orjson.loads(encode_reply(reply)))
    again = next(other for other in written if other.path == place.path)
    assert again.holder[again.key] == (text if named else number)


@each(ROWS)
@given(data=st.data())
def test_a_wrong_type_is_refused_with_its_place_and_without_its_value(row: Row, data: st.DataObject) -> None:
    """Text for a flag, an object for a list: the error has the JSON path and never what stood there."""
    raw = sent(row, data)
    place = pick(data, reply_places(row, raw))
    place.holder[place.key] = data.draw(st.sampled_from(WRONG[sort_of(place.kind)]))

    with pytest.raises(BadReply) as caught:
        read_back(row, raw)

    error = caught.value
    assert error.operation == row.path
    if place.path not in (("replyInfo",), ("replyInfo", "statusCode")):
        assert f": {place.json_path}: " in str(error)
    assert SECRET not in f"{error} {error!r}"
    assert error.__cause__ is None


def sort_of(kind: Any) -> Any:
    if is_enum(kind):
        return "enum"
    if message_of(kind):
        return "message"
    if get_origin(kind) in (list, dict):
        return get_origin(kind)
    return next(
        (scalar for scalar in (str, bool, int, float) if bare(kind) is scalar or scalar in get_args(kind)), "time"
    )


def survives(row: Row, body: bytes, status: int) -> None:
    """Decode, and accept a reply or one of our errors, whose text can be shown to people."""
    decoders: list[Callable[[], object]] = [lambda: decode_reply(row, status, {}, body)]
    if isinstance(row, StreamOperation):
        decoders.append(lambda: decode_frame(row, body))
    for decode in decoders:
        try:
            reply = decode()
        except AlfaviewError as error:
            text = str(error)
            assert len(text) < 1000
            assert text.isprintable()
        else:
            assert isinstance(reply, row.reply)


@pytest.mark.parametrize("row", [RoomService.list, *STREAMS], ids=lambda row: row.path)
@settings(deadline=None)
@given(body=st.binary(), status=st.sampled_from([200, 204, 302, 400, 401, 404, 429, 500, 502, 503]))
def test_arbitrary_bytes_raise_only_our_errors(row: Row, body: bytes, status: int) -> None:
    """Whatever arrives, `except AlfaviewError` catches it."""
    survives(row, body, status)


STATUS_LIKE = st.sampled_from(["TOKEN_OUTDATED", "token\\_outdated", "PARTIAL_ERROR", "OK", "503", "16x", "9" * 5000])
KEYS = st.sampled_from(
    [
        *("code", "error", "message", "details", "replyInfo", "statusCode", "statusMessage", "requestId", "result"),
        *("grpc_code", "http_code", "@type", "rooms", "accessToken", "expiresAt", "taskProgress", "state", "progress"),
    ]
)
nearly_errors = st.recursive(
    json_values | STATUS_LIKE,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("row", [RoomService.list, *STREAMS], ids=lambda row: row.path)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(raw=st.dictionaries(KEYS, nearly_errors, max_size=5), status=st.sampled_from([200, 400, 401, 503]))
def test_arbitrary_json_raises_only_our_errors(row: Row, raw: Json, status: int) -> None:
    """Also where it looks nearly like an error of alfaview's, with one value of a wrong type."""
    survives(row, orjson.dumps(raw), status)
