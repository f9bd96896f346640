"""`userService`: people with an account."""

from attrs import evolve

from alfaview_async.emulator import accounts, invitations
from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.authentication import UsernamePasswordCredentials
from alfaview_async.models.status import StatusCode
from alfaview_async.models.users import (
    Locale,
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
from alfaview_async.services.users import UserService


@handles(UserService.list)
def list_users(call: Call, request: UserListRequest) -> UserListReply:
    """List users of the company, also those who have not accepted yet. Guess: unknown ids are left out."""
    members = {user.id: user for user in call.state.users.values() if user.belongs_to(call.caller.company_id)}
    ids = [user_id for user_id in dict.fromkeys(request.user_id_list or members) if user_id in members]
    if request.return_user_ids_only or call.access.return_object_ids_only:
        return UserListReply(user_id_list=ids)
    return UserListReply(users={user_id: members[user_id].profile for user_id in ids}, user_id_list=ids)


@handles(UserService.create)
def create(call: Call, request: UserCreateRequest) -> UserCreateReply:
    """Create a member of the company, with a login if credentials are given."""
    login = request.authentication_request
    credentials = (login and login.username_password_credentials) or UsernamePasswordCredentials()
    user = accounts.enrol(call.state, request.user, username=credentials.username, password=credentials.password)
    user.join(call.caller.company_id)
    user.permissions = dict(login.permissions) if login else {}
    return UserCreateReply(user_id=user.id)


@handles(UserService.invite)
def invite(call: Call, request: UserInviteRequest) -> UserInviteReply:
    """Invite one person, who gets a mail."""
    profile = User(email=request.email, user_profile=request.user_profile, locale=request.locale)
    return UserInviteReply(user_id=invitations.invite(call, profile).id)


@handles(UserService.accept_invitation, explained=False)
def accept_invitation(call: Call, _request: UserAcceptInvitationRequest) -> UserAcceptInvitationReply:
    """Become a member. Guess: of every company that waits for the caller, as the request names none."""
    user = call.state.users.get(call.caller.user_id)
    if user is None or not user.invited_to:
        raise Refused(StatusCode.NOT_FOUND, "nobody has invited this user")
    for company_id in list(user.invited_to):
        user.join(company_id)
    return UserAcceptInvitationReply()


@handles(UserService.update)
def update(call: Call, request: UserUpdateRequest) -> UserUpdateReply:
    """Change a user; what is not given stays. A password or rights come with the authentication request."""
    user = accounts.find(call, request.user_id)
    if request.authentication_request:
        accounts.change_login(call, user, request.authentication_request)
    if request.user:
        accounts.change(user, request.user)
    return UserUpdateReply()


@handles(UserService.update_profile)
def update_profile(call: Call, request: UserProfileUpdateRequest) -> UserProfileUpdateReply:
    """Change name and title of a user."""
    accounts.rename(accounts.find(call, request.user_id), request.user_profile)
    return UserProfileUpdateReply()


@handles(UserService.destroy)
def destroy(call: Call, request: UserDestroyRequest) -> UserDestroyReply:
    """Take a user out of the company. Guess: who is in no other company is deleted."""
    if not request.user_id:
        raise Refused(StatusCode.USER_ID_INVALID, "userId is required")
    if request.company_id not in ("", call.caller.company_id):
        raise Refused(StatusCode.INSUFFICIENT_PERMISSIONS, "users are deleted by their own company")
    accounts.expel(call.state, accounts.find(call, request.user_id), call.caller.company_id)
    return UserDestroyReply()


@handles(UserService.get_locale)
def get_locale(call: Call, request: UserGetLocaleRequest) -> UserGetLocaleReply:
    """Tell the languages of a user. Guess: without id those of the caller."""
    return UserGetLocaleReply(locale=evolve(accounts.find(call, request.user_id).profile.locale or Locale()))
