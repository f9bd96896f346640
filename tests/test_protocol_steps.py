"""A reply read in steps is the reply read whole, and so is what is wrong with it."""

from collections.abc import Generator
from typing import TypeVar, cast

import attrs
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_strategies import json_values, objects, replies, reply_places

from alfaview_async import slices
from alfaview_async.errors import AlfaviewError, NotFound, PartialError
from alfaview_async.models.guests import CreateGuestLinksReply, GuestLink
from alfaview_async.operation import Row
from alfaview_async.protocol import (
    decode_raw_reply,
    decode_raw_reply_in_steps,
    decode_reply,
    decode_reply_in_steps,
    encode_reply,
)
from alfaview_async.services import operations
from alfaview_async.services.guests import GuestService

T = TypeVar("T")

every_operation = pytest.mark.parametrize("row", [row for _, _, row in operations()], ids=lambda row: row.path)
few = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut even the shortest lists and maps."""
    monkeypatch.setattr(slices, "_SLICE", 7)
    monkeypatch.setattr(slices, "_SHORT", 3)


def run(steps: Generator[None, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("T", end.value)


def outcome(row: Row, status: int, body: bytes, *, in_steps: bool) -> object:
    """Return the whole reply with its unknown fields, or the whole error."""
    try:
        if in_steps:
            reply = run(decode_reply_in_steps(row, status, {"Content-Type": "x"}, body, ["r1"]))
        else:
            reply = decode_reply(row, status, {"Content-Type": "x"}, body, ["r1"])
    except AlfaviewError as error:
        return type(error), str(error), error.outcome, error.request_ids, repr(getattr(error, "reply", None))
    return repr(reply), attrs.asdict(reply)


@every_operation
@few
@given(data=st.data(), status=st.sampled_from([200, 200, 200, 307, 401, 503]))
def test_steps_read_what_the_whole_reads(row: Row, data: st.DataObject, status: int) -> None:
    """Sound replies, errors of both forms, unknown keys, wrong values and broken JSON."""
    raw = orjson.loads(encode_reply(data.draw(replies(row))))
    if data.draw(st.booleans()):
        holder, _ = data.draw(st.sampled_from(list(objects(row, raw))))
        holder[data.draw(st.sampled_from(["invented", "code", "error", "statusCode"]))] = data.draw(json_values)
    places = list(reply_places(row, raw))
    is_odd = data.draw(st.booleans())
    if places and is_odd:
        place = data.draw(st.sampled_from(places))
        place.holder[place.key] = data.draw(json_values)
    body = bytearray(orjson.dumps(raw))
    if data.draw(st.booleans()):
        del body[data.draw(st.integers(0, len(body))) :]

    assert outcome(row, status, bytes(body), in_steps=True) == outcome(row, status, bytes(body), in_steps=False)


def test_a_partial_error_bears_all_that_was_read() -> None:
    """Links that were made are in the error, also if they were read in steps."""
    links = [{"id": str(number), "displayName": "}{"} for number in range(50)]
    body = orjson.dumps({"guestLinks": links, "replyInfo": {"statusCode": "PARTIAL_ERROR"}})

    with pytest.raises(PartialError) as caught:
        run(decode_reply_in_steps(GuestService.create_guest_links, 200, {}, body))

    reply = cast("CreateGuestLinksReply", caught.value.reply)
    assert reply.guest_links == [GuestLink(id=str(number), display_name="}{") for number in range(50)]


def test_plain_json_is_read_in_steps_too() -> None:
    """For operations that no table knows, with the same errors."""
    raw = {"meetings": [{"id": number, "tags": ["[", "]"]} for number in range(50)], "more": {"a": {"b": [1, 2]}}}

    assert run(decode_raw_reply_in_steps("meetingService/list", 200, {}, orjson.dumps(raw))) == raw
    body = orjson.dumps({"list": [1] * 50, "code": 5, "message": "gone"})
    with pytest.raises(NotFound, match="gone"):
        run(decode_raw_reply_in_steps("meetingService/list", 200, {}, body))
    with pytest.raises(NotFound, match="gone"):
        decode_raw_reply("meetingService/list", 200, {}, body)
