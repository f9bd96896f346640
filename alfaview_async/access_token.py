"""An access token in use, and when it is time for the next one."""

from time import time

from attrs import field, frozen

_LONGEST_MARGIN = 60.0
_MARGIN_SHARE = 0.2
_CREATE_SECONDS = 120.0
_CREATE_SHARE = 0.5


@frozen(kw_only=True)
class AccessToken:
    """The token that calls bear.

    Attributes:
        text: The token; opaque.
        company_id: The company it is for.
        generation: Grows with each renewal, so that late news of an old token does not throw away the new one.
        renew_at: Unix seconds of our clock from which a new one is fetched before the next call.
        renew_for_create_at: The same for calls that must not fail half-way: they need time left on the token.
    """

    text: str = field(repr=False)
    company_id: str
    generation: int
    renew_at: float
    renew_for_create_at: float


def access_token(text: str, *, company_id: str, generation: int, expires_at: float, clock_skew: float) -> AccessToken:
    """Plan the renewal of a token: early by a share of what is left, since short-lived tokens have no minute to spare.

    Args:
        text: The token.
        company_id: The company it is for.
        generation: Of this token.
        expires_at: Unix seconds of the server's clock; 0.0: unknown, then the server's refusal will tell.
        clock_skew: Server's clock minus ours, in seconds.
    """
    if not expires_at:
        never = float("inf")
        return AccessToken(
            text=text, company_id=company_id, generation=generation, renew_at=never, renew_for_create_at=never
        )
    ends = expires_at - clock_skew
    left = max(0.0, ends - time())
    return AccessToken(
        text=text,
        company_id=company_id,
        generation=generation,
        renew_at=ends - min(_LONGEST_MARGIN, left * _MARGIN_SHARE),
        renew_for_create_at=ends - min(_CREATE_SECONDS, left * _CREATE_SHARE),
    )
