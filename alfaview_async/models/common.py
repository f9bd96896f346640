"""What all models share: the envelope of requests and replies, permissions, task tracking."""

from enum import Enum
from typing import Annotated, ClassVar

from attrs import define, field
from cattrs import override

from alfaview_async.errors import AlfaviewError
from alfaview_async.models.enums import OpenEnum
from alfaview_async.models.status import StatusCode

Int64 = Annotated[int, override(unstruct_hook=str)]
"""An integer that travels as text, because JSON readers lose digits beyond 2^53."""


@define(kw_only=True)
class Model:
    """A message of the wire."""

    _unknown: dict[str, object] | None = field(default=None, init=False, repr=False, eq=False)

    @property
    def unknown_fields(self) -> dict[str, object]:
        """What the server sent beyond the fields this version knows, as plain JSON; never sent back."""
        return self._unknown or {}


class AccessPlace(Enum):
    """Where a request bears its access info."""

    FIELD = "accessInfo"
    REQUEST_ID = "requestId"
    """Only the request id, at the top: calls made before there is a token."""
    BODY = "the body"
    """The access info is the whole request."""
    NOWHERE = ""


class InfoPlace(Enum):
    """Where a reply bears its reply info."""

    FIELD = "replyInfo"
    BODY = "the body"
    """The reply info is the whole reply."""
    BOTH = "both"
    """In both places, for old clients."""
    NOWHERE = ""


@define(kw_only=True)
class AccessInfo(Model):
    """Envelope of a request: who asks, and under which id the log will know it."""

    request_id: str = ""
    access_token: str = field(default="", repr=False)
    include_metadata: bool = False
    return_object_ids_only: bool = False


@define(kw_only=True)
class Request(Model):
    """Parameters of one operation."""

    ACCESS: ClassVar = AccessPlace.FIELD


@define(kw_only=True)
class ReplyInfo(Model):
    """Envelope of a reply: how the request went."""

    request_id: str = ""
    status_code: StatusCode = StatusCode.OK
    status_message: str = ""


@define(kw_only=True)
class Reply(Model):
    """Answer of one operation."""

    INFO: ClassVar = InfoPlace.FIELD

    info: Annotated[ReplyInfo, override(rename="replyInfo")] = field(factory=ReplyInfo)
    """How the request went; errors never come this far, they are raised."""

    def hidden_error(self) -> AlfaviewError | None:
        """Tell what is wrong although the status is OK; most replies hide nothing."""
        return None


class TaskState(OpenEnum):
    """How far a background task has come."""

    UNDEFINED = "UNDEFINED"
    QUEUED = "QUEUED"
    ASSIGNED = "ASSIGNED"
    FAILED = "FAILED"
    FAILED_PERMANENTLY = "FAILED_PERMANENTLY"
    DONE = "DONE"


class Role(OpenEnum):
    """A named set of permissions; `CUSTOM` means that the single flags count."""

    CUSTOM = "ROLE_CUSTOM"
    NO_ACCESS = "ROLE_NO_ACCESS"
    GUEST = "ROLE_GUEST"
    SPECTATOR = "ROLE_SPECTATOR"
    PARTICIPANT = "ROLE_PARTICIPANT"
    MODERATOR = "ROLE_MODERATOR"
    ADMIN = "ROLE_ADMIN"


@define(kw_only=True)
class TrackingInfo(Model):
    """The id of the work that goes on after an OK: accepted is not yet done."""

    task_id: str = ""


@define(kw_only=True)
class Permissions(Model):
    """What somebody may do in a room. A false flag cannot be told from an absent one on the wire."""

    role: Role = Role.CUSTOM
    admin: bool = False
    voice: bool = False
    video: bool = False
    promote: bool = False
    join: bool = False
    screen: bool = False
    vip: bool = False
    chat: bool = False
    chat_broadcast: bool = False
    action: bool = False
    remove: bool = False
    """In an update: take the entry out of its map."""
