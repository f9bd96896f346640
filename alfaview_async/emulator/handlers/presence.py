"""`roomService`: going into a room, and who is there."""

from urllib.parse import quote

from attrs import evolve

from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.expiry import moment
from alfaview_async.emulator.room_rights import rights
from alfaview_async.models.rooms import (
    CreateJoinLinkReply,
    CreateJoinLinkRequest,
    RoomInfo,
    RoomPermissionsReply,
    RoomPermissionsRequest,
    RoomStatusReply,
    RoomStatusRequest,
    SubroomInfo,
)
from alfaview_async.services.rooms import RoomService

_CLIENT = "alfaview://apis.alfaview.com:443"


@handles(RoomService.create_join_link, for_guests=True)
def create_join_link(call: Call, request: CreateJoinLinkRequest) -> CreateJoinLinkReply:
    """Make a link that opens the client as the caller. Guess: its form is that of the handbook's launch URL.

    Without time the token in it ends with the caller's own.
    """
    call.room(request.room_id)
    now = call.state.clock.now()
    ends = moment(request.expires_at, now) if request.expires_at else call.caller.expires_at
    token, _ = call.state.tokens.issue_access(evolve(call.caller), ends - now)
    place = f"companyId={call.caller.company_id}&roomId={request.room_id}"
    return CreateJoinLinkReply(join_link=f"{_CLIENT}?{place}&token={quote(token, safe='')}")


@handles(RoomService.permissions, for_guests=True)
def permissions(call: Call, request: RoomPermissionsRequest) -> RoomPermissionsReply:
    """Tell what the caller may do in a room. Promotions happen in running rooms only, so there are none to ignore."""
    return RoomPermissionsReply(permissions=rights(call.state, call.caller, call.room(request.room_id)))


@handles(RoomService.status)
def status(call: Call, request: RoomStatusRequest) -> RoomStatusReply:
    """Tell who is in which room, by sub-room if asked. Guess: without ids all rooms with somebody in them."""
    company = call.company
    busy = dict.fromkeys(place.partition("/")[0] for place, people in company.present.items() if people)
    asked = request.room_ids or [room_id for room_id in busy if room_id in company.rooms]
    return RoomStatusReply(rooms={room_id: _info(call, room_id, request) for room_id in asked})


def _info(call: Call, room_id: str, request: RoomStatusRequest) -> RoomInfo:
    call.room(room_id)
    info = RoomInfo()
    for place, people in call.company.present.items():
        room, _, sub_room = place.partition("/")
        if room != room_id:
            continue
        if sub_room and request.group_by_subroom:
            info.subrooms[sub_room] = SubroomInfo(users=dict(people))
        else:
            info.users |= people
    return info
