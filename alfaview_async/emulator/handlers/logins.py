"""`authenticationService`: the ways in which users can log in, made, changed and listed."""

from collections.abc import Iterator

from alfaview_async.emulator import accounts
from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.state import ApiKey, User
from alfaview_async.models.authentication import (
    AuthenticationCreateReply,
    AuthenticationCreateRequest,
    AuthenticationInformationReply,
    AuthenticationInformationRequest,
    AuthenticationMethodInformation,
    AuthenticationMethodInformationList,
    AuthenticationRequest,
    AuthenticationUpdateReply,
    AuthenticationUpdateRequest,
    AuthorizationCodeCredentials,
    ListAuthenticationsReply,
    ListAuthenticationsRequest,
    ListIdentityProvidersReply,
    ListIdentityProvidersRequest,
)
from alfaview_async.models.status import StatusCode
from alfaview_async.models.users import User as Profile
from alfaview_async.services.authentication import AuthenticationService

_PASSWORD, _API_KEY = "password", "authorization_code"
"""Key types seen in the comments of the old protocol files."""
_USUAL_PAGE = 100
_LARGEST_PAGE = 1000


@handles(AuthenticationService.authentication_create, explained=False)
def create(call: Call, request: AuthenticationCreateRequest) -> AuthenticationCreateReply:
    """Make a login. Guess: a user name makes its user; an API key is the caller's, whose rights it has."""
    wanted = request.authentication_request or AuthenticationRequest()
    if wanted.authorization_code_credentials:
        user_id = _make_key(call, wanted.authorization_code_credentials)
    elif login := wanted.username_password_credentials:
        if not login.password:
            raise Refused(StatusCode.INVALID_ARGUMENT, "password is required")
        user = accounts.enrol(
            call.state, Profile(email=login.username), username=login.username, password=login.password
        )
        user.join(call.caller.company_id)
        user.permissions = dict(wanted.permissions)
        user_id = user.id
    else:
        raise Refused(StatusCode.INVALID_ARGUMENT, "user name and password, or an API key, are needed")
    return AuthenticationCreateReply(user_id=user_id, tracking_info=call.task())


@handles(AuthenticationService.authentication_update)
def update(call: Call, request: AuthenticationUpdateRequest) -> AuthenticationUpdateReply:
    """Change the logins of a user, or take all of them away."""
    user = accounts.find(call, request.user_id)
    if request.remove_all:
        user.password = ""
        for alias in [key.client_id for key in _keys(call, user)]:
            del call.state.api_keys[alias]
    if request.authentication_request:
        accounts.change_login(call, user, request.authentication_request)
    return AuthenticationUpdateReply(tracking_info=call.task())


@handles(AuthenticationService.authentication_information, explained=False)
def information(call: Call, request: AuthenticationInformationRequest) -> AuthenticationInformationReply:
    """Tell the logins of a user. Guess: by principal, as one user may have several of a type."""
    user = accounts.find(call, request.user_id)
    return AuthenticationInformationReply(
        user_id=user.id,
        permissions=dict(user.permissions),
        authentication_method_information={method.principal: method for method in _methods(call, user)},
    )


@handles(AuthenticationService.list_authentications)
def list_authentications(call: Call, request: ListAuthenticationsRequest) -> ListAuthenticationsReply:
    """List the logins of the company's users, those of one user together.

    `limit` counts users (guess): 100 unless told otherwise, 1000 at most. `maxOffset` is the offset of the last page.
    """
    if request.limit < 0 or request.offset < 0:
        raise Refused(StatusCode.INVALID_ARGUMENT, "limit and offset must not be negative")
    found: dict[str, list[AuthenticationMethodInformation]] = {}
    for user in call.state.users.values():
        if user.belongs_to(call.caller.company_id) and _wanted(request, user):
            methods = [method for method in _methods(call, user) if _matches(request, method)]
            found |= {user.id: methods} if methods else {}
    limit = min(request.limit or _USUAL_PAGE, _LARGEST_PAGE)
    page = list(found.items())[request.offset : request.offset + limit]
    return ListAuthenticationsReply(
        max_offset=max(len(found) - 1, 0) // limit * limit,
        results={user_id: AuthenticationMethodInformationList(methods=methods) for user_id, methods in page},
    )


@handles(AuthenticationService.list_identity_providers)
def list_identity_providers(call: Call, request: ListIdentityProvidersRequest) -> ListIdentityProvidersReply:
    """List the external login pages for a mail domain, whatever its case."""
    return ListIdentityProvidersReply(
        identity_providers=list(call.state.identity_providers.get(request.domain.strip().casefold(), []))
    )


def _make_key(call: Call, wanted: AuthorizationCodeCredentials) -> str:
    if not (wanted.client_id and wanted.code):
        raise Refused(StatusCode.INVALID_ARGUMENT, "clientId and code are required")
    if wanted.client_id in call.state.api_keys:
        raise Refused(StatusCode.ALREADY_EXISTS, "there is an API key of this alias")
    call.state.api_keys[wanted.client_id] = ApiKey(
        client_id=wanted.client_id,
        code=wanted.code,
        company_id=call.caller.company_id,
        user_id=call.caller.user_id,
    )
    return call.caller.user_id


def _keys(call: Call, user: User) -> list[ApiKey]:
    company_id = call.caller.company_id
    return [key for key in call.state.api_keys.values() if key.user_id == user.id and key.company_id == company_id]


def _methods(call: Call, user: User) -> Iterator[AuthenticationMethodInformation]:
    principals = [(_PASSWORD, user.username)] if user.password else []
    for kind, principal in [*principals, *((_API_KEY, key.client_id) for key in _keys(call, user))]:
        yield AuthenticationMethodInformation(
            type=kind,
            principal=principal,
            company_id=call.caller.company_id,
            user_id=user.id,
            permissions=dict(user.permissions),
            account_status=user.account_status,
        )


def _wanted(request: ListAuthenticationsRequest, user: User) -> bool:
    return (
        (not request.user_id_list or user.id in request.user_id_list)
        and (not request.account_status or user.account_status in request.account_status)
        and not (request.only_eligible_for_company_switch and len(user.company_ids) < 2)  # noqa: PLR2004 - another one
    )


def _matches(request: ListAuthenticationsRequest, method: AuthenticationMethodInformation) -> bool:
    return (
        (not request.key_type or method.type in request.key_type)
        and (not request.principal or method.principal in request.principal)
        and (not request.company_id or method.company_id in request.company_id)
    )
