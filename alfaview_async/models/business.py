"""Business logic: permission groups, favourites, invitations of users, companies, background tasks."""

from typing import ClassVar

from attrs import define, field

from alfaview_async.models.common import AccessPlace, Int64, Model, Permissions, Reply, Request, TaskState, TrackingInfo
from alfaview_async.models.rooms import Room
from alfaview_async.models.users import User


@define(kw_only=True)
class CompaniesCreateReply(Reply):
    """What `businessLogicService/companies/create` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class CompaniesCreateRequest(Request):
    """What `businessLogicService/companies/create` takes."""

    company_name: str = ""
    user: User | None = None
    user_permissions: dict[str, bool] = field(factory=dict)
    room: Room | None = None
    plan_id: str = ""


@define(kw_only=True)
class CompaniesDestroyReply(Reply):
    """What `businessLogicService/companies/destroy` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class CompaniesDestroyRequest(Request):
    """What `businessLogicService/companies/destroy` takes."""

    company_id: str


@define(kw_only=True)
class PermissionGroup(Model):
    """A role of the company, e.g. Moderator: a name and what it may do."""

    name: str = ""
    order: int = 0
    """Position in lists, from 1."""
    permissions: Permissions | None = None


@define(kw_only=True)
class PermissionGroupsListReply(Reply):
    """What `businessLogicService/permissionGroups/list` answers."""

    permission_groups: dict[str, PermissionGroup] = field(factory=dict)
    """By permission group id."""


@define(kw_only=True)
class PermissionGroupsListRequest(Request):
    """What `businessLogicService/permissionGroups/list` takes: nothing."""


@define(kw_only=True)
class PermissionGroupsUpdateReply(Reply):
    """What `businessLogicService/permissionGroups/update` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class PermissionGroupsUpdateRequest(Request):
    """What `businessLogicService/permissionGroups/update` takes."""

    permission_groups: dict[str, PermissionGroup]


@define(kw_only=True)
class CompaniesSignupReply(Reply):
    """What `businessLogicService/companies/signup` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class CompaniesSignupRequest(Request):
    """What `businessLogicService/companies/signup` takes."""

    ACCESS: ClassVar = AccessPlace.REQUEST_ID

    company: str = ""
    account_name: str = ""
    user: User | None = None
    agreed_to_terms: bool = False
    agreed_to_privacy_policy: bool = False
    plan_id: str = ""


@define(kw_only=True)
class FavoritesListReply(Reply):
    """What `businessLogicService/favorites/list` answers."""

    room_ids: list[str] = field(factory=list)


@define(kw_only=True)
class FavoritesListRequest(Request):
    """What `businessLogicService/favorites/list` takes."""

    user_id: str = ""


@define(kw_only=True)
class FavoritesUpdateReply(Reply):
    """What `businessLogicService/favorites/update` answers: only the reply info."""


@define(kw_only=True)
class FavoritesUpdateRequest(Request):
    """What `businessLogicService/favorites/update` takes."""

    user_id: str = ""
    room_ids: dict[str, bool]


@define(kw_only=True)
class InviteUsersReply(Reply):
    """What `businessLogicService/inviteUsers` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class UserInvitation(Model):
    """A person to invite as a user, with rooms and the role there."""

    user: User | None = None
    room_ids: list[str] = field(factory=list)
    permission_group_id: str = ""


@define(kw_only=True)
class InviteUsersRequest(Request):
    """What `businessLogicService/inviteUsers` takes."""

    user_invitations: list[UserInvitation]
    user_permissions: dict[str, bool] = field(factory=dict)
    company_name: str = ""
    inviter_name: str = ""


@define(kw_only=True)
class TaskProgress(Model):
    """How far a background task has come, and when it runs again."""

    tracking_info: TrackingInfo | None = None
    state: TaskState = TaskState.UNDEFINED
    execution: int = 0
    max_retries: int = 0
    next_run: Int64 = 0
    """Unix seconds."""
    metadata: dict[str, str] = field(factory=dict)
    progress: float = 0.0
    """From 0.0 to 1.0."""


@define(kw_only=True)
class TaskProgressReply(Reply):
    """What `businessLogicService/streamTaskProgress` answers."""

    task_progress: TaskProgress | None = None


@define(kw_only=True)
class TaskProgressRequest(Request):
    """What `businessLogicService/streamTaskProgress` takes."""

    tracking_info: TrackingInfo
