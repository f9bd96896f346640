"""What models cost: bytes to rooms, links and a small reply and back, without any network.

The garbage collector runs as in any program.

python benchmarks/codec.py [--quick]
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec
import orjson
import pydantic_models
import structs
from paired import Measure, Shown, cpu_seconds, ratio, rounds, script
from server import OK, guest_link, room

from alfaview_async.models.common import AccessInfo
from alfaview_async.models.guests import CreateGuestLinksRequest, GuestLinkCreation
from alfaview_async.operation import Operation
from alfaview_async.protocol import decode_reply, encode_request
from alfaview_async.services.guests import GuestService
from alfaview_async.services.rooms import RoomService

ROOMS = orjson.dumps({"rooms": {f"room-{n}": room(n, 1) for n in range(1000)}, **OK})
LINKS = orjson.dumps({"guestLinks": [guest_link(n) for n in range(1000)], **OK})
SMALL = orjson.dumps({"roomId": "b495c2b7-7f43-49c5-81b2-e44d429bb215", "room": room(1, 1), **OK})
CREATION = {"email": "ada@example.org", "displayName": "Ada", "locale": "de", "permissionGroupId": "p"}
PLAIN = {"accessInfo": {"requestId": "r"}, "roomId": "r", "guestLinkCreations": [CREATION] * 1000}
BASE = "msgspec structs"
SHOWN = Shown(1e6, "us of CPU")


def decoders(operation: Operation[..., Any, Any], body: bytes) -> dict[str, Callable[[], object]]:
    model = operation.reply.__name__
    structs_of = msgspec.json.Decoder(getattr(structs, model))
    return {
        "alfaview_async": lambda: decode_reply(operation, 200, {}, body),
        BASE: lambda: structs_of.decode(body),
        "pydantic models": lambda: getattr(pydantic_models, model).model_validate_json(body),
        "orjson, dicts": lambda: orjson.loads(body),
    }


def encoders() -> dict[str, Callable[[], bytes]]:
    creation = GuestLinkCreation(email="ada@example.org", display_name="Ada", locale="de", permission_group_id="p")
    ours = CreateGuestLinksRequest(room_id="r", guest_link_creations=[creation] * 1000)
    struct = msgspec.convert(PLAIN, structs.CreateGuestLinksRequest)
    model = pydantic_models.CreateGuestLinksRequest.model_validate(PLAIN)
    encoded: dict[str, Callable[[], bytes]] = {
        "alfaview_async": lambda: encode_request(ours, AccessInfo(request_id="r")),
        "orjson, dicts": lambda: orjson.dumps(PLAIN),
        BASE: lambda: msgspec.json.encode(struct),
        "pydantic models": lambda: model.model_dump_json(by_alias=True, exclude_defaults=True).encode(),
    }
    assert all(orjson.loads(bytes(encode())) == PLAIN for encode in encoded.values()), "all send the same"
    return encoded


def costs(work: Mapping[str, Callable[[], object]], times: int, turns: int) -> dict[str, list[float]]:
    """Return seconds of CPU for each time."""
    found = rounds({name: partial(cpu_seconds, code, times) for name, code in work.items()}, turns)
    return {name: [cost / times for cost in values] for name, values in found.items()}


def measures(*, quick: bool) -> Iterator[Measure]:
    turns, share = (9, 4) if quick else (31, 1)
    for what, operation, body, times, goal in (
        ("1,000 rooms", RoomService.list, ROOMS, 12 // share, 4.5),
        ("1,000 guest links", GuestService.list_guest_links, LINKS, 12 // share, 5.0),
        ("a small reply", RoomService.create, SMALL, 2000 // share, 6.0),
    ):
        found = costs(decoders(operation, body), times, turns)
        yield ratio(f"decode {what} over msgspec structs", found, "alfaview_async", BASE, goal=goal, shown=SHOWN)
    found = costs(encoders(), 12 // share, turns)
    yield ratio(
        "encode 1,000 guest link creations over orjson of plain dicts",
        found,
        "alfaview_async",
        "orjson, dicts",
        goal=8.0,
        shown=SHOWN,
    )


if __name__ == "__main__":
    script(measures)
