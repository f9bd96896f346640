"""One login: credentials or refresh token out, access token in."""

from datetime import UTC, datetime
from secrets import token_hex
from time import time

from attrs import frozen

from alfaview_async import refresh_cookie
from alfaview_async.credentials import ApiKey, Credentials, UsernamePassword
from alfaview_async.error_body import printable
from alfaview_async.errors import AuthenticationError, CompanyMismatch
from alfaview_async.http_date import http_date
from alfaview_async.http_reply import HttpReply
from alfaview_async.models.authentication import (
    AuthenticationReply,
    AuthenticationRequest,
    AuthorizationCodeCredentials,
    RefreshTokenCredentials,
    UsernamePasswordCredentials,
)
from alfaview_async.models.common import AccessInfo
from alfaview_async.protocol import decode_reply, encode_request
from alfaview_async.secret import NO_SECRET, Secret
from alfaview_async.services.authentication import AuthenticationService
from alfaview_async.transport import Transport

_DAY = 86_400.0
_DATE_RESOLUTION = 2.0
"""`Date` counts whole seconds: a smaller difference is none."""
_UNITS = (1.0, 1e3, 1e6, 1e9)
"""Seconds are documented; were it milliseconds one day, a token would seem to live for 50,000 years."""


@frozen(kw_only=True)
class Login:
    """What a login gave.

    Attributes:
        access_token: For the calls to come.
        expires_at: Unix seconds of the server's clock; 0.0 if the server did not say.
        lifetime: Seconds from the login to then; 0.0 if unknown.
        refresh_token: The new one; empty if it was taken away; `None` if the server did not send one.
        refresh_expires_at: Unix seconds of the server's clock; 0.0 if unknown.
        company_id: The company entered.
        company_ids: The companies that the same login may enter.
        clock_skew: Server's clock minus ours, in seconds.
    """

    access_token: Secret
    expires_at: float
    lifetime: float
    refresh_token: Secret | None
    refresh_expires_at: float
    company_id: str
    company_ids: tuple[str, ...]
    clock_skew: float


async def log_in(transport: Transport, credentials: Credentials) -> Login:
    """Authenticate once.

    Args:
        transport: The way to the server.
        credentials: Who logs in, and into which company.

    Raises:
        AuthenticationError: The credentials were refused, or the account is locked.
        CompanyMismatch: Another company was entered.
        TransportError: No answer.
        BadReply: An answer that is not alfaview's.
    """
    if isinstance(credentials, ApiKey):
        key = AuthorizationCodeCredentials(
            client_id=credentials.client_id, code=credentials.code.reveal(), company_id=credentials.company_id
        )
        request = AuthenticationRequest(authorization_code_credentials=key)
        return await _entered(transport, request, credentials.company_id)
    if isinstance(credentials, UsernamePassword):
        user = UsernamePasswordCredentials(
            username=credentials.username, password=credentials.password.reveal(), company_id=credentials.company_id
        )
        request = AuthenticationRequest(username_password_credentials=user)
        return await _entered(transport, request, credentials.company_id)
    return await refresh(transport, credentials.refresh_token, credentials.company_id)


async def refresh(transport: Transport, refresh_token: Secret, company_id: str) -> Login:
    """Authenticate with a refresh token, which itself travels as the cookie `auth`; errors as in `log_in`."""
    request = AuthenticationRequest(refresh_token_credentials=RefreshTokenCredentials(company_id=company_id))
    cookie = refresh_cookie.sent(refresh_token) if refresh_token else NO_SECRET
    return await _entered(transport, request, company_id, cookie)


async def _entered(
    transport: Transport, request: AuthenticationRequest, company_id: str, cookie: Secret = NO_SECRET
) -> Login:
    request_id = token_hex(8)
    began = time()
    operation = AuthenticationService.authenticate
    body = encode_request(request, AccessInfo(request_id=request_id))
    http = await transport.post(operation.path, body, cookie=cookie)
    reply = decode_reply(operation, http.status, http.headers, http.body, [request_id])
    if company_id and reply.company_id and reply.company_id != company_id:
        raise CompanyMismatch(
            f"asked for company {company_id}, but the login entered {printable(reply.company_id, 60)}; "
            "nothing was stored",
            operation=operation.path,
            request_ids=[request_id],
        )
    if not reply.access_token:
        status = printable(reply.account_status, 60)
        raise AuthenticationError(
            f"the login was answered without access token; the state of the account is {status}",
            operation=operation.path,
            request_ids=[request_id],
            status=status,
        )
    return _login(reply, http, _clock_skew(http, (began + time()) / 2), company_id)


def _login(reply: AuthenticationReply, http: HttpReply, skew: float, company_id: str) -> Login:
    now = datetime.fromtimestamp(time() + skew, UTC)
    cookie = refresh_cookie.received(http.headers.set_cookie(), now)
    expires_at = _unix_seconds(reply.expires_at, now.timestamp())
    refresh_token = cookie.value if cookie else reply.refresh_token or None
    return Login(
        access_token=Secret(reply.access_token),
        expires_at=expires_at,
        lifetime=max(0.0, expires_at - now.timestamp()) if expires_at else 0.0,
        refresh_token=None if refresh_token is None else Secret(refresh_token),
        refresh_expires_at=cookie.expires_at.timestamp() if cookie and cookie.expires_at else 0.0,
        company_id=reply.company_id or company_id,
        company_ids=tuple(account.company_id for account in reply.accessible_accounts),
        clock_skew=skew,
    )


def _clock_skew(http: HttpReply, local: float) -> float:
    """Compare the server's clock with ours, so that a wrong one here does not make good tokens look stale."""
    servers = http_date(http.headers.get("Date", ""))
    skew = servers.timestamp() - local if servers else 0.0
    return skew if abs(skew) > _DATE_RESOLUTION else 0.0


def _unix_seconds(expires_at: int, now: float) -> float:
    """Decide the unit by magnitude; what is no plausible time is unknown."""
    candidates = (expires_at / unit for unit in _UNITS)
    return next((time for time in candidates if now - _DAY < time < now + 400 * _DAY), 0.0)
