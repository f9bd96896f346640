"""`authenticationService`: three ways to log in, and what a token stands for."""

from email.utils import format_datetime

from attrs import fields

from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.tokens import Grant
from alfaview_async.models.authentication import (
    AccessTokenInformationRequest,
    Account,
    AuthenticationReply,
    AuthenticationRequest,
    AuthorizationCodeCredentials,
    IsAuthenticatedReply,
    IsAuthenticatedRequest,
    RefreshTokenCredentials,
    UsernamePasswordCredentials,
)
from alfaview_async.models.status import StatusCode
from alfaview_async.services.authentication import AuthenticationService

_KINDS = [field.name for field in fields(AuthenticationRequest) if field.name.endswith("_credentials")]


@handles(AuthenticationService.authenticate)
def authenticate(call: Call, request: AuthenticationRequest) -> AuthenticationReply:
    """Log in with an API key, user name and password, or a refresh token.

    Guess: a login with an API key gets a refresh token too, as the handbook's page on them names no kind of login.
    """
    given = [credentials for kind in _KINDS if (credentials := getattr(request, kind)) is not None]
    if len(given) != 1:
        raise Refused(StatusCode.INVALID_ARGUMENT, "exactly one kind of credentials is needed")
    match given[0]:
        case AuthorizationCodeCredentials() as key:
            return _logged_in(call, _holder_of_key(call, key))
        case UsernamePasswordCredentials() as login:
            return _logged_in(call, _user(call, login))
        case RefreshTokenCredentials() as refresh:
            return _refreshed(call, refresh)
        case other:
            raise Refused(StatusCode.UNIMPLEMENTED, f"the emulator does not take {type(other).__name__} yet")


@handles(AuthenticationService.is_authenticated, for_guests=True)
def is_authenticated(_call: Call, _request: IsAuthenticatedRequest) -> IsAuthenticatedReply:
    """Answer OK: the token was checked on the way here."""
    return IsAuthenticatedReply()


@handles(AuthenticationService.access_token_information, for_guests=True)
def access_token_information(call: Call, _request: AccessTokenInformationRequest) -> AuthenticationReply:
    """Tell all about the token in use but its text."""
    return _facts(call, call.caller)


def _holder_of_key(call: Call, credentials: AuthorizationCodeCredentials) -> Grant:
    company_id = _required_company(credentials.company_id)
    key = call.state.api_keys.get(credentials.client_id)
    if key is None or key.code != credentials.code or key.company_id != company_id:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "API key refused")
    return Grant(user_id=key.user_id, company_id=company_id, company_ids=(company_id,))


def _user(call: Call, credentials: UsernamePasswordCredentials) -> Grant:
    """Check a user; without company id the first accessible company is entered (handbook: switch company)."""
    user = next((user for user in call.state.users.values() if user.username == credentials.username), None)
    if user is None or user.password != credentials.password:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "user name or password wrong")
    company_id = credentials.company_id or next(iter(user.company_ids), "")
    if company_id not in user.company_ids:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "the user may not enter this company")
    return Grant(user_id=user.id, company_id=company_id, company_ids=tuple(user.company_ids))


def _refreshed(call: Call, credentials: RefreshTokenCredentials) -> AuthenticationReply:
    """Log in with a refresh token; guess: where both are sent, the cookie counts."""
    company_id = _required_company(credentials.company_id)
    token = call.refresh_token or credentials.refresh_token
    grant = call.state.tokens.redeem(token, company_id)
    return _logged_in(call, grant, with_refresh_token=call.state.tokens.rules.rotate)


def _required_company(company_id: str) -> str:
    if not company_id:
        raise Refused(StatusCode.INVALID_ARGUMENT, "companyId is required")
    return company_id


def _logged_in(call: Call, grant: Grant, *, with_refresh_token: bool = True) -> AuthenticationReply:
    tokens = call.state.tokens
    access_token, issued = tokens.issue_access(grant, tokens.rules.lifetime)
    reply = _facts(call, issued)
    reply.access_token = access_token
    if with_refresh_token:
        refresh_token, ends = tokens.issue_refresh(grant)
        expires = format_datetime(ends, usegmt=True)
        call.set_cookie = f"auth={refresh_token}; Path=/; Domain=app.alfaview.com; Expires={expires}; HttpOnly; Secure"
        reply.refresh_token = refresh_token if tokens.rules.refresh_in_body else ""
    return reply


def _facts(call: Call, grant: Grant) -> AuthenticationReply:
    user = call.state.users.get(grant.user_id)
    return AuthenticationReply(
        expires_at=int(grant.expires_at.timestamp()),
        user_id=grant.user_id,
        permissions=dict(user.permissions) if user else {},
        company_id=grant.company_id,
        accessible_accounts=[Account(company_id=company_id) for company_id in grant.company_ids],
    )
