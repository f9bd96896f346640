"""Guest and group links: how people without an account get into a room."""

from datetime import datetime

from attrs import define, field

from alfaview_async.errors import AlfaviewError, LinkNotActive
from alfaview_async.models.common import Model, Reply, Request, TaskState, TrackingInfo
from alfaview_async.models.enums import OpenEnum


class GuestType(OpenEnum):
    """Which kind of link somebody came with."""

    UNDEFINED_TYPE = "UNDEFINED_TYPE"
    GUEST_LINK = "TYPE_GUEST_LINK"
    GROUP_LINK = "TYPE_GROUP_LINK"


@define(kw_only=True)
class LinkInfo(Model):
    """Kind, name and time frame of the link somebody came with."""

    valid_from: datetime | None = None
    valid_until: datetime | None = None
    display_name: str = ""
    type: GuestType = GuestType.UNDEFINED_TYPE


@define(kw_only=True)
class GuestAuthenticateReply(Reply):
    """What `guestService.v2/authenticate` answers."""

    access_token: str = field(default="", repr=False)
    token_expires_at: datetime | None = None
    """12 hours after creation."""
    user_id: str = ""
    link_info: LinkInfo | None = None

    def hidden_error(self) -> AlfaviewError | None:
        """Tell that the link is outside its time frame: then the answer is OK, but has only the link info."""
        if self.access_token:
            return None
        link = self.link_info or LinkInfo()
        frame = f"from {link.valid_from or 'any time'} until {link.valid_until or 'any time'}"
        return LinkNotActive(
            f"the link is not active now; it is valid {frame}", valid_from=link.valid_from, valid_until=link.valid_until
        )


@define(kw_only=True)
class GuestAuthenticateRequest(Request):
    """What `guestService.v2/authenticate` takes: the three parts of a join link and a name."""

    company_id: str
    room_id: str
    access_key: str = field(repr=False)
    display_name: str = ""
    external_id: str = ""
    """32 to 256 characters, for group links: one person, one place in the room."""


@define(kw_only=True)
class GroupLink(Model):
    """A link for many people, as alfaview keeps it."""

    id: str = ""
    room_id: str = ""
    description: str = ""
    permission_group_id: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    created_by: str = ""
    created_at: datetime | None = None
    join_link: str = field(default="", repr=False)
    access_key: str = field(default="", repr=False)
    managed: bool = False
    origin: str = ""
    dial_in_allowed: bool = False
    dial_in_code: str = field(default="", repr=False)


@define(kw_only=True)
class CreateGroupLinksReply(Reply):
    """What `guestService.v2/createGroupLinks` answers."""

    tracking_info: TrackingInfo | None = None
    group_links: list[GroupLink] = field(factory=list)
    """In the order of the creations."""


@define(kw_only=True)
class GroupLinkCreation(Model):
    """A group link to be made. Without `valid_from` and `valid_until` it is valid without limit."""

    description: str = ""
    """Title of the link, not seen by the people who use it."""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    permission_group_id: str = ""
    skip_room_permissions_update: bool = False
    """Leave it false: the link would not open the room."""
    allow_dial_in: bool = False
    """Let people enter by telephone; read back as `dial_in_allowed`."""


@define(kw_only=True)
class CreateGroupLinksRequest(Request):
    """What `guestService.v2/createGroupLinks` takes."""

    room_id: str
    group_link_creations: list[GroupLinkCreation]
    origin: str = ""
    """Free text that marks the links of this call; each of them carries it when listed."""


@define(kw_only=True)
class GuestLink(Model):
    """A link for one person, as alfaview keeps it."""

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
    join_link: str = field(default="", repr=False)
    access_key: str = field(default="", repr=False)
    managed: bool = False
    origin: str = ""
    dial_in_allowed: bool = False
    dial_in_code: str = field(default="", repr=False)


@define(kw_only=True)
class CreateGuestLinksReply(Reply):
    """What `guestService.v2/createGuestLinks` answers."""

    tracking_info: TrackingInfo | None = None
    guest_links: list[GuestLink] = field(factory=list)
    """In the order of the creations."""


@define(kw_only=True)
class GuestLinkCreation(Model):
    """A guest link to be made. Without `valid_from` and `valid_until` it is valid without limit."""

    email: str = ""
    display_name: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    locale: str = ""
    """Language of the mail: `de` or `en`; empty means `en`."""
    send_email: bool = False
    """Mail the link to the guest. A mail cannot be called back."""
    permission_group_id: str = ""
    skip_room_permissions_update: bool = False
    """Leave it false: the link would not open the room."""
    allow_dial_in: bool = False
    """Let the guest enter by telephone; read back as `dial_in_allowed`."""


@define(kw_only=True)
class CreateGuestLinksRequest(Request):
    """What `guestService.v2/createGuestLinks` takes."""

    room_id: str
    guest_link_creations: list[GuestLinkCreation]
    origin: str = ""
    """Free text that marks the links of this call; each of them carries it when listed."""
    timezone: str = ""
    """IANA zone for the times in the mail; empty means Europe/Berlin."""


@define(kw_only=True)
class DeleteLinkReply(Reply):
    """What `guestService.v2/deleteLink` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class DeleteLinkRequest(Request):
    """What `guestService.v2/deleteLink` takes."""

    room_id: str
    id: str
    skip_room_permissions_update: bool = False


@define(kw_only=True)
class GetGroupLinkReply(Reply):
    """What `guestService.v2/getGroupLink` answers."""

    group_link: GroupLink | None = None


@define(kw_only=True)
class GetGroupLinkRequest(Request):
    """What `guestService.v2/getGroupLink` takes."""

    room_id: str = ""
    id: str


@define(kw_only=True)
class GetGuestLinkReply(Reply):
    """What `guestService.v2/getGuestLink` answers."""

    guest_link: GuestLink | None = None


@define(kw_only=True)
class GetGuestLinkRequest(Request):
    """What `guestService.v2/getGuestLink` takes."""

    room_id: str = ""
    id: str


@define(kw_only=True)
class GetLinkReply(Reply):
    """What `guestService.v2/getLink` answers."""

    guest_link: GuestLink | None = None
    group_link: GroupLink | None = None


@define(kw_only=True)
class GetLinkRequest(Request):
    """What `guestService.v2/getLink` takes."""

    id: str


@define(kw_only=True)
class ListGroupLinksReply(Reply):
    """What `guestService.v2/listGroupLinks` answers."""

    group_links: list[GroupLink] = field(factory=list)


@define(kw_only=True)
class ListGroupLinksRequest(Request):
    """What `guestService.v2/listGroupLinks` takes."""

    room_id: str = ""
    """Empty means the whole company."""


@define(kw_only=True)
class ListGuestLinksReply(Reply):
    """What `guestService.v2/listGuestLinks` answers."""

    guest_links: list[GuestLink] = field(factory=list)


@define(kw_only=True)
class ListGuestLinksRequest(Request):
    """What `guestService.v2/listGuestLinks` takes."""

    room_id: str = ""
    """Empty means the whole company."""


@define(kw_only=True)
class ResendGuestLinkEmailReply(Reply):
    """What `guestService.v2/resendGuestLinkEmail` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class ResendGuestLinkEmailRequest(Request):
    """What `guestService.v2/resendGuestLinkEmail` takes."""

    room_id: str
    id: str
    timezone: str = ""


@define(kw_only=True)
class GuestTaskProgress(Model):
    """How far a background task of the guest service has come."""

    tracking_info: TrackingInfo | None = None
    state: TaskState = TaskState.UNDEFINED
    progress: float = 0.0
    """From 0.0 to 1.0."""


@define(kw_only=True)
class GuestTaskProgressReply(Reply):
    """What `guestService.v2/streamTaskProgress` answers."""

    task_progress: GuestTaskProgress | None = None


@define(kw_only=True)
class GuestTaskProgressRequest(Request):
    """What `guestService.v2/streamTaskProgress` takes."""

    tracking_info: TrackingInfo


@define(kw_only=True)
class UpdateGroupLinkReply(Reply):
    """What `guestService.v2/updateGroupLink` answers."""

    tracking_info: TrackingInfo | None = None
    group_link: GroupLink | None = None


@define(kw_only=True)
class UpdateGroupLinkRequest(Request):
    """What `guestService.v2/updateGroupLink` takes."""

    group_link: GroupLink
    skip_room_permissions_update: bool = False
    allow_dial_in: bool = False


@define(kw_only=True)
class UpdateGuestLinkReply(Reply):
    """What `guestService.v2/updateGuestLink` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class UpdateGuestLinkRequest(Request):
    """What `guestService.v2/updateGuestLink` takes."""

    guest_link: GuestLink
    send_email: bool = False
    skip_room_permissions_update: bool = False
    timezone: str = ""
    allow_dial_in: bool = False
