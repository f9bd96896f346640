"""The same messages as pydantic models that do what ours do: times are read, enumerations are checked."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Mode(StrEnum):
    KEEP = "ROOM_MODE_KEEP"
    NORMAL = "ROOM_MODE_NORMAL"
    EXAM = "ROOM_MODE_EXAM"
    SPECTATOR = "ROOM_MODE_SPECTATOR"


class Type(StrEnum):
    KEEP = "ROOM_TYPE_KEEP"
    DEPARTMENT = "ROOM_TYPE_DEPARTMENT"
    ROOM = "ROOM_TYPE_ROOM"
    MEETING = "ROOM_TYPE_MEETING"


class Role(StrEnum):
    CUSTOM = "ROLE_CUSTOM"
    NO_ACCESS = "ROLE_NO_ACCESS"
    GUEST = "ROLE_GUEST"
    SPECTATOR = "ROLE_SPECTATOR"
    PARTICIPANT = "ROLE_PARTICIPANT"
    MODERATOR = "ROLE_MODERATOR"
    ADMIN = "ROLE_ADMIN"


class Message(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Quotas(Message):
    name: str = ""
    active_participants: int = 0


class Permissions(Message):
    role: Role | None = None
    voice: bool = False
    video: bool = False
    join: bool = False


class Room(Message):
    display_name: str = ""
    mode: Mode | None = None
    type: Type | None = None
    parent_id: str = ""
    sort: str = ""
    created_at: datetime | None = None
    quotas: Quotas | None = None
    permissions: dict[str, Permissions] = {}


class ReplyInfo(Message):
    request_id: str = ""
    status_code: str = ""
    status_message: str = ""


class RoomListReply(Message):
    reply_info: ReplyInfo | None = None
    rooms: dict[str, Room] = {}


class RoomCreateReply(Message):
    reply_info: ReplyInfo | None = None
    room_id: str = ""
    room: Room | None = None


class GuestLink(Message):
    id: str = ""
    room_id: str = ""
    display_name: str = ""
    permission_group_id: str = ""
    email: str = ""
    locale: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    created_by: str = ""
    created_at: datetime | None = None
    join_link: str = ""
    access_key: str = ""
    managed: bool = False
    origin: str = ""
    dial_in_allowed: bool = False
    dial_in_code: str = ""


class ListGuestLinksReply(Message):
    reply_info: ReplyInfo | None = None
    guest_links: list[GuestLink] = []


class GuestLinkCreation(Message):
    email: str = ""
    display_name: str = ""
    locale: str = ""
    permission_group_id: str = ""


class AccessInfo(Message):
    request_id: str = ""


class CreateGuestLinksRequest(Message):
    access_info: AccessInfo
    room_id: str = ""
    guest_link_creations: list[GuestLinkCreation] = []
