"""What `businessLogicService` offers: permission groups, favourites, invitations, companies, tasks."""

from alfaview_async.models.business import (
    CompaniesCreateReply,
    CompaniesCreateRequest,
    CompaniesDestroyReply,
    CompaniesDestroyRequest,
    CompaniesSignupReply,
    CompaniesSignupRequest,
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
    TaskProgressReply,
    TaskProgressRequest,
)
from alfaview_async.operation import Operation, Service, StreamOperation
from alfaview_async.services.role_names import group_named


class BusinessService(Service):
    """What `businessLogicService` offers: permission groups, favourites, invitations, companies, tasks."""

    companies_destroy = Operation(
        "businessLogicService/companies/destroy", CompaniesDestroyRequest, CompaniesDestroyReply, idempotent=True
    )
    """Delete a company and all that belongs to it, in the background."""
    companies_signup = Operation(
        "businessLogicService/companies/signup",
        CompaniesSignupRequest,
        CompaniesSignupReply,
        idempotent=False,
        authenticated=False,
    )
    """Register a new company with its first user, who gets a mail."""
    companies_create = Operation(
        "businessLogicService/companies/create", CompaniesCreateRequest, CompaniesCreateReply, idempotent=False
    )
    """Create a company with its first user and room, in the background."""
    favorites_list = Operation(
        "businessLogicService/favorites/list", FavoritesListRequest, FavoritesListReply, idempotent=True
    )
    """List the favourite rooms of a user."""
    favorites_update = Operation(
        "businessLogicService/favorites/update", FavoritesUpdateRequest, FavoritesUpdateReply, idempotent=True
    )
    """Add rooms to the favourites of a user (`True`) or take them off (`False`)."""
    invite_users = Operation("businessLogicService/inviteUsers", InviteUsersRequest, InviteUsersReply, idempotent=False)
    """Invite people as users of the company; each gets a mail."""
    permission_groups_list = Operation(
        "businessLogicService/permissionGroups/list",
        PermissionGroupsListRequest,
        PermissionGroupsListReply,
        idempotent=True,
    )
    """List the permission groups (roles) of the company."""
    permission_groups_update = Operation(
        "businessLogicService/permissionGroups/update",
        PermissionGroupsUpdateRequest,
        PermissionGroupsUpdateReply,
        idempotent=True,
    )
    """Change permission groups, in the background."""
    stream_task_progress = StreamOperation(
        "businessLogicService/streamTaskProgress", TaskProgressRequest, TaskProgressReply
    )
    """Follow a background task until it is done."""

    async def permission_group(self, text: str) -> tuple[str, PermissionGroup]:
        """Find a permission group (role) of the company by its id or its name, in English or German, whatever the case.

        Raises:
            NotFound: No such role; the message names those there are.
            AmbiguousName: Several roles bear the name.
            AlfaviewError: As in `Alfaview.call`.
        """
        return group_named((await self.permission_groups_list()).permission_groups, text)
