"""Access and refresh tokens: issued, checked against the emulator's clock, rotated."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from attrs import evolve, field, frozen

from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.ids import Ids
from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.status import StatusCode

GUEST_TOKEN_LIFETIME = timedelta(hours=12)
REFRESH_TOKEN_LIFETIME = timedelta(days=30)
_NEVER = datetime.max.replace(tzinfo=UTC)
_STANDARD_ALPHABET = str.maketrans("-_", "+/")


@frozen(kw_only=True)
class Grant:
    """What a token stands for.

    Attributes:
        user_id: Whose token it is; a guest's id is made up at the door.
        company_id: The company entered.
        company_ids: The companies that the login may enter, the first one first.
        is_guest: Came with a link and may do nothing but join.
        expires_at: Set when the token is issued.
        permissions: Rights of a token that was signed for somebody; empty: those of the user.
    """

    user_id: str
    company_id: str
    company_ids: tuple[str, ...] = ()
    is_guest: bool = False
    expires_at: datetime = _NEVER
    permissions: Mapping[str, bool] = field(factory=dict)


NOBODY = Grant(user_id="", company_id="")
"""Who calls an operation that wants no token."""


@frozen(kw_only=True)
class TokenRules:
    """What differs between one alfaview and the next, since no page says it.

    Attributes:
        lifetime: Of the access tokens of users and API keys.
        rotate: A refresh token is good for one use, which gives the next one.
        refresh_in_body: The refresh token stands in the JSON too, not only in `Set-Cookie`.
    """

    lifetime: timedelta = timedelta(hours=1)
    rotate: bool = True
    refresh_in_body: bool = False


class Tokens:
    """All tokens that were issued.

    Args:
        clock: Time by which they expire.
        ids: Where their texts come from.
        rules: How they behave.
    """

    def __init__(self, clock: Clock, ids: Ids, rules: TokenRules) -> None:
        self.rules = rules
        self._clock = clock
        self._ids = ids
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def issue_access(self, grant: Grant, lifetime: timedelta) -> tuple[str, Grant]:
        """Make an access token for the rights of the grant."""
        token, issued = self._ids.access_token(), evolve(grant, expires_at=self._clock.now() + lifetime)
        self._access[token] = issued
        return token, issued

    def issue_refresh(self, grant: Grant) -> tuple[str, datetime]:
        """Make a refresh token for the company of the grant."""
        token, ends = self._ids.uuid(), self._clock.now() + REFRESH_TOKEN_LIFETIME
        self._refresh[token] = evolve(grant, expires_at=ends)
        return token, ends

    def holder(self, token: str) -> Grant:
        """Tell who bears an access token, which as bytes in JSON may come in any alphabet of base64.

        Raises:
            Refused: No token, one we never issued, or one that has expired.
        """
        if not token:
            raise Refused(StatusCode.ACCESS_INFO_MISSING, "access token missing")
        grant = self._access.get(token) or self._access.get(token.translate(_STANDARD_ALPHABET).rstrip("="))
        if grant is None:
            raise Refused(StatusCode.AUTHENTICATION_ERROR, "access token unknown")
        if self._clock.now() >= grant.expires_at:
            raise Refused(StatusCode.TOKEN_OUTDATED)
        return grant

    def redeem(self, refresh_token: str, company_id: str, *, rotate: bool) -> Grant:
        """Use a refresh token; where tokens rotate it is spent by that.

        With the id of another company that the login may enter, it switches (handbook: switch company). Guess: as the
        token is tied to its own company, switching does not spend it.

        Raises:
            Refused: Unknown, spent, expired, or a company that the login may not enter.
        """
        grant = self._refresh.get(refresh_token)
        if grant is None or company_id not in grant.company_ids or self._clock.now() >= grant.expires_at:
            raise Refused(StatusCode.AUTHENTICATION_ERROR, "refresh token refused")
        if rotate and company_id == grant.company_id:
            del self._refresh[refresh_token]
        return evolve(grant, company_id=company_id)

    def forget(self, *, company_id: str, user_id: str = "") -> None:
        """End all tokens for a company, or those of one user for it; other tokens no longer lead there."""
        for tokens in (self._access, self._refresh):
            for token, grant in list(tokens.items()):
                if user_id not in ("", grant.user_id):
                    continue
                if grant.company_id == company_id:
                    del tokens[token]
                elif company_id in grant.company_ids:
                    left = tuple(other for other in grant.company_ids if other != company_id)
                    tokens[token] = evolve(grant, company_ids=left)

    def expire(self, *, refresh: bool = False) -> None:
        """Let every access token be outdated from now on.

        Args:
            refresh: The refresh tokens too: then nobody stays logged in.
        """
        now = self._clock.now()
        for kept in (self._access, *([self._refresh] if refresh else [])):
            kept.update({token: evolve(grant, expires_at=min(grant.expires_at, now)) for token, grant in kept.items()})

    def clear(self) -> None:
        """Forget all tokens: nobody is logged in."""
        self._access.clear()
        self._refresh.clear()
