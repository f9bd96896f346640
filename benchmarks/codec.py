"""What models cost: bytes to 1,000 rooms and back, over msgspec structs and orjson alone.

python benchmarks/codec.py [rounds]
"""

import statistics
import sys
import time

import msgspec
import orjson

from alfaview_async.models.common import AccessInfo
from alfaview_async.models.guests import CreateGuestLinksRequest, GuestLinkCreation
from alfaview_async.protocol import decode_reply, encode_request
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


class RoomListReply(msgspec.Struct, rename="camel"):
    rooms: dict[str, Room] = {}


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
ROOMS = orjson.dumps({"replyInfo": {"statusMessage": "OK"}, "rooms": {f"room-{n}": ROOM for n in range(1000)}})
CREATION = {"email": "ada@example.org", "displayName": "Ada", "locale": "de", "permissionGroupId": "p"}
LINKS = CreateGuestLinksRequest(
    room_id="r",
    guest_link_creations=[
        GuestLinkCreation(email="ada@example.org", display_name="Ada", locale="de", permission_group_id="p")
    ]
    * 1000,
)
PLAIN_LINKS = {"accessInfo": {"requestId": "r"}, "roomId": "r", "guestLinkCreations": [CREATION] * 1000}
STRUCTS = msgspec.json.Decoder(RoomListReply)

PAIRS = {
    "decode 1,000 rooms over msgspec structs": (
        lambda: decode_reply(RoomService.list, 200, {}, ROOMS),
        lambda: STRUCTS.decode(ROOMS),
    ),
    "encode 1,000 guest links over orjson of dicts": (
        lambda: encode_request(LINKS, AccessInfo(request_id="r")),
        lambda: orjson.dumps(PLAIN_LINKS),
    ),
}


def seconds(work: object) -> float:
    began = time.perf_counter()
    for _ in range(10):
        work()
    return time.perf_counter() - began


def main(rounds: int) -> None:
    for name, (ours, theirs) in PAIRS.items():
        ratios = [seconds(ours) / seconds(theirs) for _ in range(rounds + 1)][1:]
        print(f"{name}: x{statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
