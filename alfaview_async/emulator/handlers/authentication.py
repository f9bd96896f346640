"""`authenticationService`: the ways to log in, and what a token stands for."""

from email.utils import format_datetime

from attrs import evolve, fields

from alfaview_async.emulator import accounts
from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.habits import Cookie
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.state import User
from alfaview_async.emulator.tickets import Purpose, Ticket
from alfaview_async.emulator.tokens import Grant
from alfaview_async.models.authentication import (
    AccessTokenInformationRequest,
    Account,
    AccountStatus,
    ActivationTokenCredentials,
    AuthenticationReply,
    AuthenticationRequest,
    AuthorizationCodeCredentials,
    CompanySwitchCredentials,
    IsAuthenticatedReply,
    IsAuthenticatedRequest,
    LdapCredentials,
    MagicTokenCredentials,
    RefreshTokenCredentials,
    UsernamePasswordCredentials,
)
from alfaview_async.models.status import StatusCode
from alfaview_async.services.authentication import AuthenticationService

_KINDS = [field.name for field in fields(AuthenticationRequest) if field.name.endswith("_credentials")]
_SHUT = frozenset({AccountStatus.DEACTIVATED, AccountStatus.LOCKED, AccountStatus.DELETED})
_COOKIE = "auth={token}; Path=/; Domain=app.alfaview.com; Expires={expires}; HttpOnly; Secure"
_LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"


@handles(AuthenticationService.authenticate)
def authenticate(call: Call, request: AuthenticationRequest) -> AuthenticationReply:
    """Log in, in any of the seven ways.

    Guess: a login with an API key gets a refresh token too, as the handbook's page on them names no kind of login.
    """
    given = [credentials for kind in _KINDS if (credentials := getattr(request, kind)) is not None]
    if len(given) != 1:
        raise Refused(StatusCode.INVALID_ARGUMENT, "exactly one kind of credentials is needed")
    match given[0]:
        case AuthorizationCodeCredentials() as key:
            return logged_in(call, _holder_of_key(call, key))
        case UsernamePasswordCredentials() as login:
            return logged_in(call, _user(call, login))
        case RefreshTokenCredentials() as refresh:
            return _refreshed(call, refresh)
        case CompanySwitchCredentials() as switch:
            return logged_in(call, _switched(call, switch))
        case MagicTokenCredentials() as magic:
            return logged_in(call, _bearer(call, call.state.tickets.use(Purpose.MAGIC, magic.magic_token)))
        case ActivationTokenCredentials() as activation:
            return logged_in(call, _activated(call, activation))
        case LdapCredentials() as listed:
            return logged_in(call, _listed(call, listed))
        case other:
            raise Refused(StatusCode.UNIMPLEMENTED, f"the emulator knows no {type(other).__name__}")


@handles(AuthenticationService.is_authenticated, for_guests=True)
def is_authenticated(_call: Call, _request: IsAuthenticatedRequest) -> IsAuthenticatedReply:
    """Answer OK: the token was checked on the way here."""
    return IsAuthenticatedReply()


@handles(AuthenticationService.access_token_information, for_guests=True)
def access_token_information(call: Call, _request: AccessTokenInformationRequest) -> AuthenticationReply:
    """Tell all about the token in use but its text."""
    return facts(call, call.caller)


def facts(call: Call, grant: Grant) -> AuthenticationReply:
    """Tell all about a token but its text."""
    user = call.state.users.get(grant.user_id)
    return AuthenticationReply(
        expires_at=int(grant.expires_at.timestamp()),
        user_id=grant.user_id,
        permissions=dict(grant.permissions or (user.permissions if user else {})),
        account_status=user.account_status if user else AccountStatus.DEFAULT,
        company_id=grant.company_id,
        accessible_accounts=[Account(company_id=company_id) for company_id in grant.company_ids],
    )


def logged_in(call: Call, grant: Grant, *, with_refresh_token: bool = True) -> AuthenticationReply:
    """Issue the tokens of a login; the refresh token goes into the cookie."""
    tokens = call.state.tokens
    access_token, issued = tokens.issue_access(grant, tokens.rules.lifetime)
    reply = facts(call, issued)
    reply.access_token = access_token
    if with_refresh_token:
        refresh_token, ends = tokens.issue_refresh(grant)
        call.set_cookie = _COOKIE.format(token=refresh_token, expires=format_datetime(ends, usegmt=True))
        reply.refresh_token = refresh_token if tokens.rules.refresh_in_body else ""
    return reply


def _holder_of_key(call: Call, credentials: AuthorizationCodeCredentials) -> Grant:
    company_id = _required_company(credentials.company_id)
    key = call.state.api_keys.get(credentials.client_id)
    if key is None or key.code != credentials.code or key.company_id != company_id:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "API key refused")
    return Grant(user_id=key.user_id, company_id=company_id, company_ids=(company_id,))


def _user(call: Call, credentials: UsernamePasswordCredentials) -> Grant:
    """Check a user; without company id the first accessible company is entered (handbook: switch company).

    Guess: a password reset token in place of the old password sets the new one.
    """
    user = accounts.by_name(call.state, credentials.username)
    if user is not None and credentials.password_reset_token:
        accounts.reset_password(call.state, user, credentials)
    if user is None or not user.password or user.password != credentials.password:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "user name or password wrong")
    _refuse_shut(user)
    company_id = credentials.company_id or next(iter(user.company_ids), "")
    if company_id not in user.company_ids:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "the user may not enter this company")
    if call.state.habits.wrong_company:
        company_id = next((other for other in user.company_ids if other != company_id), company_id)
    return Grant(user_id=user.id, company_id=company_id, company_ids=tuple(user.company_ids))


def _listed(call: Call, credentials: LdapCredentials) -> Grant:
    """Check a user of a company's directory.

    Guess: the directory belongs to one company, so its id is required and no other company is entered; it lists the
    company's users under the names and passwords they have here, wherever `bindDN` and `searchDN` tell to look.
    """
    company_id = _required_company(credentials.company_id)
    plain = UsernamePasswordCredentials(
        username=credentials.username, password=credentials.password, company_id=company_id
    )
    return evolve(_user(call, plain), company_ids=(company_id,))


def _refreshed(call: Call, credentials: RefreshTokenCredentials) -> AuthenticationReply:
    """Log in with a refresh token; guess: where both are sent, the cookie counts."""
    company_id = _required_company(credentials.company_id)
    habit = call.state.habits.cookie
    rotate = call.state.tokens.rules.rotate if habit is Cookie.AS_RULED else habit is Cookie.ROTATED
    token = call.refresh_token or credentials.refresh_token
    grant = call.state.tokens.redeem(token, company_id, rotate=rotate or habit is Cookie.CLEARED)
    reply = logged_in(call, grant, with_refresh_token=rotate)
    if habit is Cookie.CLEARED:
        call.set_cookie = _COOKIE.format(token="", expires=_LONG_AGO)
    return reply


def _switched(call: Call, credentials: CompanySwitchCredentials) -> Grant:
    """Enter another company with the tokens of this one; all three fields are required."""
    refresh_token = credentials.refresh_token or call.refresh_token
    if not (credentials.access_token and refresh_token):
        raise Refused(StatusCode.INVALID_ARGUMENT, "accessToken, refreshToken and companyId are required")
    company_id = _required_company(credentials.company_id)
    holder = call.state.tokens.holder(credentials.access_token)
    grant = call.state.tokens.redeem(refresh_token, company_id, rotate=False)
    if grant.user_id != holder.user_id:
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "the two tokens are of different users")
    return grant


def _activated(call: Call, credentials: ActivationTokenCredentials) -> Grant:
    """Let somebody in who was invited; guess: accepting the invitation is a call of its own."""
    ticket = call.state.tickets.use(Purpose.ACTIVATION, credentials.activation_token)
    grant = _bearer(call, ticket)
    user = call.state.users[ticket.user_id]
    if user.account_status is AccountStatus.PENDING:
        user.account_status = AccountStatus.ACTIVATED
    return grant


def _bearer(call: Call, ticket: Ticket) -> Grant:
    user = call.state.users.get(ticket.user_id)
    if user is None or not user.belongs_to(ticket.company_id):
        raise Refused(StatusCode.AUTHENTICATION_ERROR, "the user is no longer in this company")
    _refuse_shut(user)
    companies = dict.fromkeys([*user.company_ids, ticket.company_id])
    return Grant(user_id=user.id, company_id=ticket.company_id, company_ids=tuple(companies))


def _refuse_shut(user: User) -> None:
    if user.account_status in _SHUT:
        raise Refused(StatusCode.ACCOUNT_STATUS_ERROR, f"the account is {user.account_status}")


def _required_company(company_id: str) -> str:
    if not company_id:
        raise Refused(StatusCode.INVALID_ARGUMENT, "companyId is required")
    return company_id
