"""People and what they may enter: found, invited, taken out."""

from attrs import evolve

from alfaview_async.emulator.call import Call
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.state import State, User
from alfaview_async.emulator.tickets import Purpose
from alfaview_async.models import users
from alfaview_async.models.authentication import (
    AccountStatus,
    AuthenticationRequest,
    AuthorizationCodeCredentials,
    UsernamePasswordCredentials,
)
from alfaview_async.models.status import StatusCode


def find(call: Call, user_id: str) -> User:
    """Find a user of the caller's company; no id means the caller.

    Raises:
        Refused: No such user there.
    """
    user = call.state.users.get(user_id or call.caller.user_id)
    if user is None or not user.belongs_to(call.caller.company_id):
        raise Refused(StatusCode.USER_INVALID, "no such user in this company")
    return user


def by_name(state: State, username: str) -> User | None:
    """Find a user by the name for the login, whatever the case."""
    wanted = username.strip().casefold()
    return next((user for user in state.users.values() if wanted and user.username.casefold() == wanted), None)


def by_address(state: State, email: str) -> User | None:
    """Find a user by mail address, which may be the name for the login too."""
    wanted = email.strip().casefold()
    addresses = {user.profile.email.strip().casefold(): user for user in state.users.values()}
    return (addresses.get(wanted) if wanted else None) or by_name(state, email)


def enrol(state: State, profile: users.User, *, username: str = "", password: str = "") -> User:
    """Make a user without any company; the name for the login is the address unless another is given.

    Raises:
        Refused: Neither name nor address, or one that somebody else has.
    """
    username = username or profile.email
    if not username.strip():
        raise Refused(StatusCode.INVALID_ARGUMENT, "user.email is required")
    if by_name(state, username):
        raise Refused(StatusCode.ALREADY_EXISTS, "there is a user of this name")
    user = User(
        id=state.ids.uuid(),
        username=username,
        password=password,
        profile=evolve(profile),
        company_ids=[],
        permissions={},
        account_status=AccountStatus.ACTIVATED if password else AccountStatus.PENDING,
    )
    state.users[user.id] = user
    return user


def change(user: User, wanted: users.User) -> None:
    """Take over what is given; an empty text cannot be told from absence and changes nothing."""
    user.profile.email = wanted.email or user.profile.email
    user.profile.managed = wanted.managed or user.profile.managed
    user.profile.metadata = user.profile.metadata | wanted.metadata
    user.profile.locale = wanted.locale or user.profile.locale
    if wanted.user_profile:
        rename(user, wanted.user_profile)


def rename(user: User, wanted: users.UserProfile) -> None:
    """Change first name, last name and title as far as they are given."""
    present = user.profile.user_profile or users.UserProfile()
    user.profile.user_profile = users.UserProfile(
        firstname=wanted.firstname or present.firstname,
        lastname=wanted.lastname or present.lastname,
        title=wanted.title or present.title,
    )


def expel(state: State, user: User, company_id: str) -> None:
    """Take a user out of a company; without a company nobody has an account."""
    user.leave(company_id)
    for room in state.companies[company_id].rooms.values():
        room.permissions.pop(user.id, None)
    state.tokens.forget(company_id=company_id, user_id=user.id)
    for alias in [key.client_id for key in state.api_keys.values() if key.user_id == user.id]:
        if state.api_keys[alias].company_id == company_id:
            del state.api_keys[alias]
    if not user.company_ids and not user.invited_to:
        del state.users[user.id]


def change_login(call: Call, user: User, wanted: AuthenticationRequest) -> None:
    """Change how a user logs in and what the login may do; what is not given stays.

    Raises:
        Refused: The name is somebody else's, or the present password or code was given and is wrong.
    """
    if password := wanted.username_password_credentials:
        _change_password(call.state, user, password)
    if key := wanted.authorization_code_credentials:
        _change_key(call, user, key)
    user.permissions = user.permissions | wanted.permissions
    if wanted.account_status is not AccountStatus.DEFAULT:
        user.account_status = wanted.account_status


def reset_password(state: State, user: User, wanted: UsernamePasswordCredentials) -> None:
    """Set a new password with the token that a mail brought.

    Raises:
        Refused: The password is empty, or the token does not fit.
    """
    if not wanted.password:
        raise Refused(StatusCode.INVALID_ARGUMENT, "password is required")
    if state.tickets.use(Purpose.PASSWORD_RESET, wanted.password_reset_token).user_id != user.id:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "the token is somebody else's")
    user.password = wanted.password


def _change_password(state: State, user: User, wanted: UsernamePasswordCredentials) -> None:
    other = by_name(state, wanted.username)
    if other not in (None, user):
        raise Refused(StatusCode.ALREADY_EXISTS, "there is a user of this name")
    if wanted.current and wanted.current != user.password:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "the present password is wrong")
    if wanted.password_reset_token:
        reset_password(state, user, wanted)
    user.username = wanted.username or user.username
    user.password = wanted.password or user.password


def _change_key(call: Call, user: User, wanted: AuthorizationCodeCredentials) -> None:
    key = call.state.api_keys.get(wanted.client_id)
    if key is None or key.user_id != user.id or key.company_id != call.caller.company_id:
        raise Refused(StatusCode.NOT_FOUND, "the user has no such API key")
    if wanted.current_code and wanted.current_code != key.code:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "the present code is wrong")
    key.code = wanted.code or key.code
