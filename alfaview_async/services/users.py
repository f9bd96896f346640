"""What `userService` offers: people with an account."""

from collections.abc import AsyncGenerator

from alfaview_async.errors import AmbiguousName, NotFound
from alfaview_async.models.users import (
    User,
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

    async def all(self) -> AsyncGenerator[tuple[str, User], None]:
        """Yield every user of the company with its id.

        Raises:
            AlfaviewError: As in `Alfaview.call`, before the first user.
        """
        for entry in (await self.list()).users.items():
            yield entry

    async def by_email(self, email: str) -> tuple[str, User]:
        """Find a user of the company by the address, whatever the case.

        Raises:
            NotFound: Nobody in the company has this address.
            AmbiguousName: Several users have it; the message has their ids.
            AlfaviewError: As in `Alfaview.call`.
        """
        wanted = email.strip().casefold()
        users = (await self.list()).users
        found = [user_id for user_id, user in users.items() if user.email.strip().casefold() == wanted]
        if not wanted or not found:
            message = f"no user {email!r} among the {len(users)} of this company"
            raise NotFound.of(email, message, operation=UserService.list.path)
        if len(found) > 1:
            raise AmbiguousName(f"{len(found)} users have the address {email!r}; use the id: {', '.join(found)}")
        return found[0], users[found[0]]
