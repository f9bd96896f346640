"""`businessLogicService`: roles, favourites, invitations, tasks."""

from collections.abc import AsyncIterator

from attrs import evolve

from alfaview_async.emulator import accounts, invitations
from alfaview_async.emulator.call import Call, handles, streams
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.tasks import Task
from alfaview_async.models.business import (
    FavoritesListReply,
    FavoritesListRequest,
    FavoritesUpdateReply,
    FavoritesUpdateRequest,
    InviteUsersReply,
    InviteUsersRequest,
    PermissionGroup,
    PermissionGroupsListReply,
    PermissionGroupsListRequest,
    PermissionGroupsUpdateReply,
    PermissionGroupsUpdateRequest,
    TaskProgress,
    TaskProgressReply,
    TaskProgressRequest,
    UserInvitation,
)
from alfaview_async.models.common import TrackingInfo
from alfaview_async.models.status import StatusCode
from alfaview_async.models.users import User
from alfaview_async.services.business import BusinessService


@handles(BusinessService.permission_groups_list)
def permission_groups_list(call: Call, _request: PermissionGroupsListRequest) -> PermissionGroupsListReply:
    """List the permission groups of the company (handbook: list permission groups)."""
    return PermissionGroupsListReply(permission_groups=dict(call.company.permission_groups))


@handles(BusinessService.permission_groups_update)
def permission_groups_update(call: Call, request: PermissionGroupsUpdateRequest) -> PermissionGroupsUpdateReply:
    """Change groups, all or none. Guess: an unknown id makes a group, `remove` in its permissions takes one away."""
    groups = dict(call.company.permission_groups)
    for group_id, wanted in request.permission_groups.items():
        if wanted.permissions and wanted.permissions.remove:
            if any(link.permission_group_id == group_id for link in call.company.links.values()):
                raise Refused(StatusCode.FAILED_PRECONDITION, "links have this permission group")
            groups.pop(group_id, None)
            continue
        present = groups.get(group_id, PermissionGroup(order=len(groups) + 1))
        if not (wanted.name or present.name):
            raise Refused(StatusCode.INVALID_ARGUMENT, "a new permission group needs a name")
        groups[group_id] = evolve(
            present,
            name=wanted.name or present.name,
            order=wanted.order or present.order,
            permissions=wanted.permissions or present.permissions,
        )
    call.company.permission_groups = groups
    return PermissionGroupsUpdateReply(tracking_info=call.task())


@handles(BusinessService.favorites_list)
def favorites_list(call: Call, request: FavoritesListRequest) -> FavoritesListReply:
    """List the favourites of a user; rooms that are gone are left out."""
    user = accounts.find(call, request.user_id)
    present = user.favorites.get(call.caller.company_id, [])
    return FavoritesListReply(room_ids=[room_id for room_id in present if room_id in call.company.rooms])


@handles(BusinessService.favorites_update)
def favorites_update(call: Call, request: FavoritesUpdateRequest) -> FavoritesUpdateReply:
    """Add rooms to the favourites of a user, or take them off."""
    user = accounts.find(call, request.user_id)
    for room_id, is_favorite in request.room_ids.items():
        if is_favorite:
            call.room(room_id)
    favorites = user.favorites.setdefault(call.caller.company_id, [])
    kept = [room_id for room_id in favorites if request.room_ids.get(room_id, True)]
    added = [room_id for room_id, is_favorite in request.room_ids.items() if is_favorite and room_id not in kept]
    user.favorites[call.caller.company_id] = kept + added
    return FavoritesUpdateReply()


@handles(BusinessService.invite_users)
def invite_users(call: Call, request: InviteUsersRequest) -> InviteUsersReply:
    """Invite people with their rights and rooms, all or none; each gets a mail."""
    if not request.user_invitations:
        raise Refused(StatusCode.INVALID_ARGUMENT, "at least one person must be invited")
    for invitation in request.user_invitations:
        _check(call, invitation)
    for invitation in request.user_invitations:
        user = invitations.invite(call, invitation.user or User(), request.company_name)
        user.permissions = user.permissions | request.user_permissions
        for room_id in invitation.room_ids:
            role = call.company.permission_groups[invitation.permission_group_id].permissions
            if role:
                call.room(room_id).permissions[user.id] = role
    return InviteUsersReply(tracking_info=call.task())


@streams(BusinessService.stream_task_progress)
def stream_task_progress(call: Call, request: TaskProgressRequest) -> AsyncIterator[TaskProgressReply]:
    """Tell how a task moves on, until it is done."""
    return _progress(call, call.state.tasks.find(request.tracking_info.task_id))


async def _progress(call: Call, task: Task) -> AsyncIterator[TaskProgressReply]:
    async for state, progress in call.state.tasks.watch(task):
        yield TaskProgressReply(
            task_progress=TaskProgress(
                tracking_info=TrackingInfo(task_id=task.id), state=state, execution=1, progress=progress
            )
        )


def _check(call: Call, invitation: UserInvitation) -> None:
    invitations.check(call, invitation.user or User())
    for room_id in invitation.room_ids:
        call.room(room_id)
    if invitation.room_ids and invitation.permission_group_id not in call.company.permission_groups:
        raise Refused(StatusCode.NOT_FOUND, "permissionGroupId: no such group; permissionGroups/list has the ids")
