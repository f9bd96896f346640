"""What `userService` offers: people with an account."""

from alfaview_async.models.users import (
    UserAcceptInvitationReply,
    UserAcceptInvitationRequest,
    UserCreateReply,
    UserCreateRequest,
    UserDestroyReply,
    UserDestroyRequest,
    UserGetLocaleReply,
    UserGetLocaleRequest,
    UserInviteReply,
    UserInviteRequest,
    UserListReply,
    UserListRequest,
    UserProfileUpdateReply,
    UserProfileUpdateRequest,
    UserUpdateReply,
    UserUpdateRequest,
)
from alfaview_async.operation import Operation, Service


class UserService(Service):
    """What `userService` offers: people with an account."""

    accept_invitation = Operation(
        "userService/acceptInvitation", UserAcceptInvitationRequest, UserAcceptInvitationReply, idempotent=False
    )
    """Accept the invitation into a company."""
    create = Operation("userService/create", UserCreateRequest, UserCreateReply, idempotent=False, deprecated=True)
    """Create a user; `business.invite_users` replaces it."""
    destroy = Operation("userService/destroy", UserDestroyRequest, UserDestroyReply, idempotent=True)
    """Delete a user."""
    get_locale = Operation("userService/getLocale", UserGetLocaleRequest, UserGetLocaleReply, idempotent=True)
    """Tell the languages of a user."""
    invite = Operation("userService/invite", UserInviteRequest, UserInviteReply, idempotent=False, deprecated=True)
    """Invite a person as a user; `business.invite_users` replaces it."""
    list = Operation("userService/list", UserListRequest, UserListReply, idempotent=True)
    """List users of the company, all or by id."""
    update_profile = Operation(
        "userService/updateProfile", UserProfileUpdateRequest, UserProfileUpdateReply, idempotent=True
    )
    """Change name and title of a user."""
    update = Operation("userService/update", UserUpdateRequest, UserUpdateReply, idempotent=True)
    """Change a user."""
