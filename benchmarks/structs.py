"""The same messages as msgspec structs: the fastest way there is in Python; times and enumerations stay text."""

import msgspec


class Quotas(msgspec.Struct, rename="camel"):
    name: str = ""
    active_participants: int = 0


class Permissions(msgspec.Struct, rename="camel"):
    role: str = ""
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


class GuestLinkCreation(msgspec.Struct, rename="camel", omit_defaults=True):
    email: str = ""
    display_name: str = ""
    locale: str = ""
    permission_group_id: str = ""


class AccessInfo(msgspec.Struct, rename="camel", omit_defaults=True):
    request_id: str = ""


class CreateGuestLinksRequest(msgspec.Struct, rename="camel", omit_defaults=True):
    access_info: AccessInfo
    room_id: str = ""
    guest_link_creations: list[GuestLinkCreation] = []
