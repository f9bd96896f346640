"""Readers for usual sets of keys read just what the general reader reads, and refuse just what it refuses."""

from collections.abc import Iterator
from typing import Any

import attrs
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_strategies import json_values, objects, replies, reply_places

from alfaview_async import wire_readers
from alfaview_async.models.common import Permissions, Reply
from alfaview_async.models.rooms import Room, RoomListReply
from alfaview_async.operation import Row
from alfaview_async.protocol import encode_reply
from alfaview_async.services import operations
from alfaview_async.wire import UnreadableError, read
from alfaview_async.wire_readers import MessageReader, message_reader, value_reader

every_operation = pytest.mark.parametrize("row", [row for _, _, row in operations()], ids=lambda row: row.path)
few = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A set of keys is usual once it was met, and there is no limit to what is learned."""
    monkeypatch.setattr(wire_readers, "_OFTEN", 1)
    monkeypatch.setattr(wire_readers, "_MOST_READERS", 10**6)
    message_reader.cache_clear()
    value_reader.cache_clear()
    yield
    message_reader.cache_clear()
    value_reader.cache_clear()


def outcome(model: type[Reply], raw: object) -> object:
    """Return all that was read, unknown fields and the types of values included, or the complaint."""
    try:
        found = read(model, raw)
    except UnreadableError as error:
        return str(error)
    return repr(found), attrs.asdict(found)


@every_operation
@few
@given(data=st.data())
def test_what_was_met_before_is_read_alike(row: Row, data: st.DataObject) -> None:
    """Sound replies, replies with unknown keys, and replies with one wrong or missing value, at any depth."""
    raw = orjson.loads(encode_reply(data.draw(replies(row))))
    for _ in range(data.draw(st.integers(0, 2))):
        holder, _ = data.draw(st.sampled_from(list(objects(row, raw))))
        holder[data.draw(st.sampled_from(["invented", "self", "value", "v", '"\\', "\ud800"]))] = data.draw(json_values)
    if places := list(reply_places(row, raw)):
        place = data.draw(st.sampled_from(places))
        place.holder[place.key] = data.draw(json_values | st.just(place.holder[place.key]))

    in_general = outcome(row.reply, raw)
    as_usual = outcome(row.reply, raw)

    assert as_usual == in_general


def test_messages_of_one_size_with_other_keys_are_read_right() -> None:
    """A reader is chosen by the number of keys; it notices keys that are not its own, even at the last one."""
    reader = MessageReader(Room)
    first, second = {"displayName": "A", "sort": "1"}, {"displayName": "B", "parentId": "p"}

    for _ in range(3):
        assert reader(first) == Room(display_name="A", sort=1)
        assert reader(second) == Room(display_name="B", parent_id="p")
        assert reader({"displayName": "C", "colour": 1}).unknown_fields == {"colour": 1}


def test_learning_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that never repeats itself costs no compiling without end, and no memory."""
    monkeypatch.setattr(wire_readers, "_OFTEN", 2)
    monkeypatch.setattr(wire_readers, "_MOST_READERS", 3)
    reader = MessageReader(Permissions)

    for number in range(1000):
        assert reader({f"key{number}": 1, "join": True}) == Permissions(join=True)
        assert len(reader._met) <= 2 * 3 + 1
    assert reader.usual == {}

    for size in range(1, 10):
        for _ in range(3):
            assert reader({f"key{number}": 1 for number in range(size)}) == Permissions()
    assert len(reader.usual) == 3


@pytest.mark.parametrize("odd", [0, 1, 1.5, False, True, "", "join", [], ["join"], ["join", "video"], {"join"}])
def test_what_is_no_object_is_never_read_as_one(odd: Any) -> None:
    """Nor what is as long as usual messages are; nothing but null and an object is a message."""
    known = {"rooms": {"r": {"permissions": {"a": {"join": True}, "b": {"join": True, "video": True}}}}}
    for _ in range(3):
        read(RoomListReply, known)

    with pytest.raises(UnreadableError, match=r"^\$\.rooms\['r'\]\.permissions\['a'\]: expected an object, found "):
        read(RoomListReply, {"rooms": {"r": {"permissions": {"a": odd}}}})
