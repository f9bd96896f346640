"""Hypothesis strategies for what travels, derived from the fields of the models; and the places inside its JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Any, cast, get_args, get_origin

import attrs
from attrs import frozen
from hypothesis import strategies as st
from wire_facts import bare

from alfaview_async.models.common import AccessInfo, InfoPlace, Int64, Reply, ReplyInfo, Request
from alfaview_async.models.enums import OpenEnum
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Row
from alfaview_async.wire import wire_name

Json = dict[str, Any]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
"""No lone surrogates: UTF-8, and so JSON on the wire, cannot hold them."""
moments = st.datetimes(timezones=st.just(UTC))
int32 = st.integers(-(2**31), 2**32 - 1)
int64 = st.integers(-(2**63), 2**63 - 1)
unknown_enum_texts = st.from_regex(r"[A-Za-z_][A-Z0-9_]{0,9}", fullmatch=True)
fine_statuses = st.sampled_from(["OK", "ACCEPTED", "WELCOME", "USER_UPDATE", "DOWNGRADED", "SUBROOM_INVALID"])
"""Statuses of replies that are returned, not raised."""
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)

_SCALARS: dict[object, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: int32,
    Int64: int64,
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime | None: st.none() | moments,
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a field's type."""
    kind = bare(kind)
    if kind in _SCALARS:
        return _SCALARS[kind]
    if isinstance(kind, type) and issubclass(kind, OpenEnum):
        return st.sampled_from(list(kind)) | unknown_enum_texts.map(kind)
    if get_origin(kind) is list:
        return st.lists(values(get_args(kind)[0]), max_size=2)
    if get_origin(kind) is dict:
        return st.dictionaries(texts, values(get_args(kind)[1]), max_size=2)
    model = message_of(kind)
    if model is None:
        raise TypeError(f"no strategy for {kind}")
    return messages(model) if kind is model else st.none() | messages(model)


@cache
def messages(model: type) -> st.SearchStrategy[Any]:
    """Return a strategy for a message with all its fields."""
    return st.builds(model, **{f.name: values(f.type) for f in _travelling(model) if f.type != ReplyInfo})


def requests(row: Row) -> st.SearchStrategy[Request]:
    """Return a strategy for the requests of an operation."""
    return messages(cast("type", row.request))


def replies(row: Row) -> st.SearchStrategy[Reply]:
    """Return a strategy for the replies of an operation that are no errors."""
    fields = {f.name: values(f.type) for f in _travelling(row.reply) if f.name != "info"}
    if row.reply.INFO is not InfoPlace.NOWHERE:
        code = fine_statuses.map(StatusCode)
        fields["info"] = st.builds(ReplyInfo, request_id=texts, status_code=code, status_message=texts)
    built: st.SearchStrategy[Reply] = st.builds(row.reply, **fields)
    return built.filter(lambda reply: reply.hidden_error() is None)


@frozen
class Place:
    """One value inside the JSON of a message.

    Attributes:
        holder: The JSON object or list that holds the value.
        key: Its key or index there.
        kind: What the model says it is; an item has the type of items.
        path: Keys and indexes from the top, as a model is read.
        json_path: The same as an error spells it.
        is_entry: It is an entry of a map, which may be there or not.
    """

    holder: Any
    key: Any
    kind: Any
    path: tuple[str | int, ...]
    json_path: str
    is_entry: bool = False

    def inside(self) -> Iterator["Place"]:
        """Yield this place and all within it."""
        yield self
        value = self.holder[self.key]
        if get_origin(self.kind) is list:
            for index in range(len(value)):
                yield from self._item(value, index, get_args(self.kind)[0], f"[{index}]").inside()
        elif get_origin(self.kind) is dict:
            for key in value:
                yield from self._item(value, key, get_args(self.kind)[1], f"[{key!r:.60}]", is_entry=True).inside()
        elif (model := message_of(self.kind)) and isinstance(value, dict):
            yield from places(model, value, self.path, self.json_path)

    def _item(self, holder: Any, key: Any, kind: Any, step: str, *, is_entry: bool = False) -> "Place":
        return Place(holder, key, kind, (*self.path, key), self.json_path + step, is_entry)


def message_of(kind: Any) -> type | None:
    """Return the message that a field holds, or `None` if it holds something else."""
    parts = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return next((part for part in parts if attrs.has(part)), None)


def places(model: type, raw: Json, path: tuple[str | int, ...] = (), json_path: str = "$") -> Iterator[Place]:
    """Yield every value that the JSON of a message has, at any depth, with what the model says of it."""
    for field in _travelling(model):
        key = wire_name(field)
        if key in raw:
            yield from Place(raw, key, bare(field.type), (*path, key), f"{json_path}.{key}").inside()


def reply_places(row: Row, raw: Json) -> Iterator[Place]:
    """Yield the places of a reply, wherever it bears its reply info."""
    if row.reply.INFO is InfoPlace.BODY:
        return places(ReplyInfo, raw, ("replyInfo",), "$.replyInfo")
    return places(row.reply, raw)


def objects(row: Row, raw: Json) -> Iterator[tuple[Json, tuple[str | int, ...]]]:
    """Yield every JSON object that stands for a message of the reply, with its path as it is read."""
    yield raw, ()
    for place in reply_places(row, raw):
        if message_of(place.kind):
            yield place.holder[place.key], place.path


def follow(message: Any, path: tuple[str | int, ...]) -> Any:
    """Return what a read message holds at the path of its JSON."""
    for step in path:
        if attrs.has(type(message)):
            field = next(f for f in _travelling(type(message)) if wire_name(f) == step)
            message = getattr(message, field.name)
        else:
            message = message[step]
    return message


def _travelling(model: Any) -> "list[attrs.Attribute[Any]]":
    return [field for field in attrs.fields(model) if not field.name.startswith("_")]


access_infos = messages(AccessInfo)
