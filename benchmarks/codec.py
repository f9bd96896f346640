"""What models cost: bytes to rooms, links and a small reply and back, over msgspec structs and orjson alone.

CPU time in alternating rounds; the garbage collector runs as in any program.

python benchmarks/codec.py [rounds]
"""

import statistics
import sys
import time
from collections.abc import Callable

import msgspec
import orjson
from listing_server import guest_link

from alfaview_async.models.common import AccessInfo
from alfaview_async.models.guests import CreateGuestLinksRequest, GuestLinkCreation
from alfaview_async.protocol import decode_reply, encode_request
from alfaview_async.services.guests import GuestService
from alfaview_async.services.rooms import RoomService


class Quotas(msgspec.Struct, rename="camel"):
    name: str = ""
    active_participants: int = 0


class Permissions(msgspec.Struct, rename="camel"):
    voice: bool = False
    video: bool = False
    join: bool = False


class Room(msgspec.Struct, rename="camel"):
    display_name: str = ""
    mode: str = ""
    type: str = ""
    parent_id: str = ""
    sort: str = ""
    created_at: str = ""
    quotas: Quotas | None = None
    permissions: dict[str, Permissions] = {}


class ReplyInfo(msgspec.Struct, rename="camel"):
    request_id: str = ""
    status_code: str = ""
    status_message: str = ""


class RoomListReply(msgspec.Struct, rename="camel"):
    reply_info: ReplyInfo | None = None
    rooms: dict[str, Room] = {}


class RoomCreateReply(msgspec.Struct, rename="camel"):
    reply_info: ReplyInfo | None = None
    room_id: str = ""
    room: Room | None = None


class GuestLink(msgspec.Struct, rename="camel"):
    id: str = ""
    room_id: str = ""
    display_name: str = ""
    permission_group_id: str = ""
    email: str = ""
    locale: str = ""
    valid_from: str = ""
    valid_until: str = ""
    created_by: str = ""
    created_at: str = ""
    join_link: str = ""
    access_key: str = ""
    managed: bool = False
    origin: str = ""
    dial_in_allowed: bool = False
    dial_in_code: str = ""


class ListGuestLinksReply(msgspec.Struct, rename="camel"):
    reply_info: ReplyInfo | None = None
    guest_links: list[GuestLink] = []


ROOM = {
    "displayName": "Seminar A",
    "mode": "ROOM_MODE_SPECTATOR",
    "type": "ROOM_TYPE_ROOM",
    "parentId": "b495c2b7-7f43-49c5-81b2-e44d429bb215",
    "sort": "17",
    "createdAt": "2026-01-01T00:00:00Z",
    "quotas": {"name": "50", "activeParticipants": 50},
    "permissions": {"user-1": {"voice": True, "video": True, "join": True}},
}
INFO = {"requestId": "0123456789abcdef", "statusMessage": "OK"}
ROOMS = orjson.dumps({"replyInfo": INFO, "rooms": {f"room-{n}": ROOM for n in range(1000)}})
CREATED = orjson.dumps({"replyInfo": INFO, "roomId": "b495c2b7-7f43-49c5-81b2-e44d429bb215", "room": ROOM})
LISTED = orjson.dumps({"replyInfo": INFO, "guestLinks": [guest_link(n) for n in range(1000)]})
CREATION = {"email": "ada@example.org", "displayName": "Ada", "locale": "de", "permissionGroupId": "p"}
LINKS = CreateGuestLinksRequest(
    room_id="r",
    guest_link_creations=[
        GuestLinkCreation(email="ada@example.org", display_name="Ada", locale="de", permission_group_id="p")
    ]
    * 1000,
)
PLAIN_LINKS = {"accessInfo": {"requestId": "r"}, "roomId": "r", "guestLinkCreations": [CREATION] * 1000}
STRUCTS = {model: msgspec.json.Decoder(model) for model in (RoomListReply, RoomCreateReply, ListGuestLinksReply)}

PAIRS = {
    "decode 1,000 rooms over msgspec structs": (
        lambda: decode_reply(RoomService.list, 200, {}, ROOMS),
        lambda: STRUCTS[RoomListReply].decode(ROOMS),
        10,
    ),
    "decode 1,000 guest links over msgspec structs": (
        lambda: decode_reply(GuestService.list_guest_links, 200, {}, LISTED),
        lambda: STRUCTS[ListGuestLinksReply].decode(LISTED),
        10,
    ),
    "decode a small reply over msgspec structs": (
        lambda: decode_reply(RoomService.create, 200, {}, CREATED),
        lambda: STRUCTS[RoomCreateReply].decode(CREATED),
        2000,
    ),
    "encode 1,000 guest links over orjson of dicts": (
        lambda: encode_request(LINKS, AccessInfo(request_id="r")),
        lambda: orjson.dumps(PLAIN_LINKS),
        10,
    ),
}


def seconds(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - began


def main(rounds: int) -> None:
    for name, (ours, theirs, times) in PAIRS.items():
        ratios = [seconds(ours, times) / seconds(theirs, times) for _ in range(rounds + 1)][1:]
        print(f"{name}: x{statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
