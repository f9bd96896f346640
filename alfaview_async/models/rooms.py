"""Rooms and departments: where people meet, and who may do what there."""

from datetime import datetime

from attrs import define, field

from alfaview_async.models.common import Int64, Model, Permissions, Reply, Request
from alfaview_async.models.enums import OpenEnum


class FeatureState(OpenEnum):
    """Whether a room feature is switched on; `UNCHANGED` leaves it as it is."""

    UNCHANGED = "UNCHANGED"
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class RoomFeatureId(OpenEnum):
    """A switch of a room."""

    UNDEFINED_FEATURE = "UNDEFINED_FEATURE"
    DISALLOW_MINIMUM_BANDWIDTH_MODE = "DISALLOW_MINIMUM_BANDWIDTH_MODE"
    SIXTEEN_BY_NINE_VIDEOS = "SIXTEEN_BY_NINE_VIDEOS"
    CENTERED_VIDEO_GRID = "CENTERED_VIDEO_GRID"
    ALLOW_COPY_ROOM_INFO = "ALLOW_COPY_ROOM_INFO"
    ALLOW_WEBVIEWER = "ALLOW_WEBVIEWER"
    SORT_VIDEO_GRID_ALPHABETICALLY = "SORT_VIDEO_GRID_ALPHABETICALLY"
    RAISE_HANDS = "RAISE_HANDS"
    HIDE_RAISED_HANDS = "HIDE_RAISED_HANDS"
    PARTICIPANTS_CAN_ONLY_MEDIASHARE_TO_MODERATORS = "PARTICIPANTS_CAN_ONLY_MEDIASHARE_TO_MODERATORS"
    BLOCK_WEBCLIENT = "BLOCK_WEBCLIENT"
    INTERNAL_USE_ROOMSTATE_SERVICE = "INTERNAL_USE_ROOMSTATE_SERVICE"
    USE_MEDIA_SERVER_VIDEO = "USE_MEDIA_SERVER_VIDEO"
    DISABLE_MINI_WINDOW = "DISABLE_MINI_WINDOW"
    DISABLE_JOIN_AND_LEAVE_NOTIFICATIONS = "DISABLE_JOIN_AND_LEAVE_NOTIFICATIONS"


class RoomMode(OpenEnum):
    """Whether a room takes spectators; `KEEP` leaves it as it is."""

    KEEP = "ROOM_MODE_KEEP"
    NORMAL = "ROOM_MODE_NORMAL"
    EXAM = "ROOM_MODE_EXAM"
    SPECTATOR = "ROOM_MODE_SPECTATOR"


class RoomType(OpenEnum):
    """What a node of the room tree is; `KEEP` leaves it as it is."""

    KEEP = "ROOM_TYPE_KEEP"
    DEPARTMENT = "ROOM_TYPE_DEPARTMENT"
    ROOM = "ROOM_TYPE_ROOM"
    MEETING = "ROOM_TYPE_MEETING"


class UserState(OpenEnum):
    """What a participant of a running room is doing; absent means connected."""

    CONNECTED = "CONNECTED"
    TIMED_OUT = "TIMED_OUT"
    LEFT_ROOM = "LEFT_ROOM"
    QUIT = "QUIT"
    KICKED = "KICKED"
    USER_ERROR = "USER_ERROR"
    UPDATING = "UPDATING"
    SYSTEM_ERROR = "SYSTEM_ERROR"
    CREATED = "CREATED"
    ON_BREAK = "ON_BREAK"


class SkipFlag(OpenEnum):
    """Parts of a room that a list may leave out, to make it shorter."""

    SKIP_OTHER_PERMISSIONS = "SKIP_OTHER_PERMISSIONS"
    SKIP_METADATA = "SKIP_METADATA"
    SKIP_SUBROOMS = "SKIP_SUBROOMS"
    SKIP_UNJOINABLE = "SKIP_UNJOINABLE"


@define(kw_only=True)
class RoomQuotas(Model):
    """How many people fit into a room; by numbers, or by the name of a quota set."""

    name: str = ""
    active_participants: int = 0
    passive_participants: int = 0
    sub_rooms: int = 0


@define(kw_only=True)
class SubRoom(Model):
    """A group room inside a room."""

    display_name: str = ""
    sort: int = 0
    remove: bool = False
    """In an update: take the entry out of its map."""
    id: str = ""


@define(kw_only=True)
class RoomFeature(Model):
    """The state of one feature of a room."""

    id: RoomFeatureId = RoomFeatureId.UNDEFINED_FEATURE
    state: FeatureState = FeatureState.UNCHANGED
    remove: bool = False
    """In an update: take the feature out of the list."""


@define(kw_only=True)
class Room(Model):
    """A room or department. Departments hold rooms; `parent_id` makes the tree."""

    display_name: str = ""
    mode: RoomMode = RoomMode.KEEP
    quotas: RoomQuotas | None = None
    type: RoomType = RoomType.KEEP
    metadata: dict[str, str] = field(factory=dict)
    permissions: dict[str, Permissions] = field(factory=dict)
    """By user id."""
    default_permissions: Permissions | None = None
    """What every registered user of the company may do; `None`: nothing."""
    sub_rooms: dict[str, SubRoom] = field(factory=dict)
    """By sub-room id."""
    features: list[RoomFeature] = field(factory=list)
    parent_id: str = ""
    allow_spectators: bool = False
    sort: Int64 = 0
    my_permissions: Permissions | None = None
    created_at: datetime | None = None
    created_by: str = ""
    managed: bool = False
    """Not editable by users."""


@define(kw_only=True)
class AvailableRoomType(Model):
    """A size of room that the contract allows, and how many are left."""

    limit: Int64 = 0
    available: Int64 = 0
    quota: RoomQuotas | None = None


@define(kw_only=True)
class AvailableTypesReply(Reply):
    """What `roomService/availableTypes` answers."""

    room_types: list[AvailableRoomType] = field(factory=list)


@define(kw_only=True)
class AvailableTypesRequest(Request):
    """What `roomService/availableTypes` takes."""

    type: RoomType = RoomType.KEEP


@define(kw_only=True)
class CreateJoinLinkReply(Reply):
    """What `roomService/createJoinLink` answers."""

    join_link: str = field(default="", repr=False)
    """Opens the client as the owner of the token: a secret."""


@define(kw_only=True)
class CreateJoinLinkRequest(Request):
    """What `roomService/createJoinLink` takes."""

    expires_at: Int64 = 0
    """Unix seconds; 0 leaves it to alfaview."""
    room_id: str


@define(kw_only=True)
class RoomCreateReply(Reply):
    """What `roomService/create` answers."""

    room_id: str = ""
    room: Room | None = None


@define(kw_only=True)
class RoomCreateRequest(Request):
    """What `roomService/create` takes."""

    room: Room
    skip_default_subrooms: bool = False


@define(kw_only=True)
class RoomDestroyReply(Reply):
    """What `roomService/destroy` answers: only the reply info."""


@define(kw_only=True)
class RoomDestroyRequest(Request):
    """What `roomService/destroy` takes."""

    room_id: str


@define(kw_only=True)
class UserInfo(Model):
    """Somebody who is in a room."""

    online: bool = False
    display_name: str = ""
    is_guest: bool = False
    state: UserState = UserState.CONNECTED
    is_spectator: bool = False


@define(kw_only=True)
class SubroomInfo(Model):
    """Who is in a sub-room."""

    users: dict[str, UserInfo] = field(factory=dict)


@define(kw_only=True)
class RoomInfo(Model):
    """Who is in a room."""

    subrooms: dict[str, SubroomInfo] = field(factory=dict)
    users: dict[str, UserInfo] = field(factory=dict)


@define(kw_only=True)
class RoomListReply(Reply):
    """What `roomService/list` answers."""

    rooms: dict[str, Room] = field(factory=dict)
    """By room id, in no order."""


@define(kw_only=True)
class RoomListRequest(Request):
    """What `roomService/list` takes."""

    limit: int = 0
    """At most this many rooms; 0 means 100, more than 1000 is not given."""
    offset: int = 0
    """Skip this many rooms."""
    skip_flags: list[SkipFlag] = field(factory=list)
    filter_room_ids: list[str] = field(factory=list)
    filter_room_types: list[RoomType] = field(factory=list)


@define(kw_only=True)
class RoomMoveInfo(Model):
    """Where in the tree a room goes."""

    room_id: str = ""
    parent_id: str = ""
    move_after_room_id: str = ""


@define(kw_only=True)
class RoomPermissionsReply(Reply):
    """What `roomService/permissions` answers."""

    permissions: Permissions | None = None


@define(kw_only=True)
class RoomPermissionsRequest(Request):
    """What `roomService/permissions` takes."""

    room_id: str
    ignore_promotes: bool = False


@define(kw_only=True)
class RoomSortReply(Reply):
    """What `roomService/sort` answers: only the reply info."""


@define(kw_only=True)
class RoomSortRequest(Request):
    """What `roomService/sort` takes."""

    room_moves: list[RoomMoveInfo]


@define(kw_only=True)
class RoomStatusReply(Reply):
    """What `roomService/status` answers."""

    rooms: dict[str, RoomInfo] = field(factory=dict)


@define(kw_only=True)
class RoomStatusRequest(Request):
    """What `roomService/status` takes."""

    group_by_subroom: bool = False
    room_ids: list[str] = field(factory=list)


@define(kw_only=True)
class RoomUpdateReply(Reply):
    """What `roomService/update` answers."""

    room: Room | None = None


@define(kw_only=True)
class RoomUpdateRequest(Request):
    """What `roomService/update` takes."""

    room_id: str
    room: Room | None = None
    remove_default_permissions: bool = False
    """Needed to take them away: an absent value means unchanged."""
