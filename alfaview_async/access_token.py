"""An access token in use, and when it is time for the next one."""

import time
from collections.abc import Callable
from functools import partial
from time import time as wall_clock

from attrs import frozen

from alfaview_async.secret import Secret

_LONGEST_MARGIN = 60.0
_MARGIN_SHARE = 0.2
_CREATE_SECONDS = 120.0
_CREATE_SHARE = 0.5
_SHORTEST_USE = 1.0


boot_clock: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic
)
"""Returns seconds of a clock that nobody sets, and that goes on while the machine sleeps."""


@frozen(kw_only=True)
class Moment:
    """A moment by both clocks: it has come when either says so, since one may be set back and the other reset."""

    wall: float
    boot: float

    def has_come(self) -> bool:
        """Tell whether the moment is here."""
        return wall_clock() >= self.wall or boot_clock() >= self.boot


NEVER = Moment(wall=float("inf"), boot=float("inf"))


def seconds_from_now(seconds: float) -> Moment:
    """Return the moment so many seconds ahead."""
    return Moment(wall=wall_clock() + seconds, boot=boot_clock() + seconds)


@frozen(kw_only=True)
class AccessToken:
    """The token that calls bear.

    Attributes:
        text: The token; opaque.
        company_id: The company it is for.
        generation: Grows with each token of this client, so that late news of an old one does not throw away the new.
        renew_at: From when a new one is fetched before the next call.
        renew_for_create_at: The same for calls that must not fail half-way: they need time left on the token.
    """

    text: Secret
    company_id: str
    generation: int
    renew_at: Moment
    renew_for_create_at: Moment


def is_worth_using(expires_at: float, lifetime: float, clock_skew: float) -> bool:
    """Tell whether a token need not be renewed yet; arguments as in `access_token`."""
    left = expires_at - clock_skew - wall_clock()
    return not expires_at or left > max(_SHORTEST_USE, _margin(lifetime))


def _margin(lifetime: float) -> float:
    return min(_LONGEST_MARGIN, lifetime * _MARGIN_SHARE)


def access_token(
    text: Secret,
    *,
    company_id: str,
    generation: int,
    expires_at: float,
    lifetime: float,
    clock_skew: float,
    is_new: bool,
    again: bool = False,
) -> AccessToken:
    """Plan the renewal of a token: early by a share of its life, since short-lived tokens have no minute to spare.

    Args:
        text: The token.
        company_id: The company it is for.
        generation: Of this token.
        expires_at: Unix seconds of the server's clock; 0.0: unknown, then the server's refusal will tell.
        lifetime: Seconds between its issue and its end; 0.0: what is left of it.
        clock_skew: Server's clock minus ours, in seconds.
        is_new: Just issued: then it is used for a moment at least, whatever its times say, lest every call renew it.
        again: The server has given the same token again: asking once more before its end gives nothing new.
    """
    if not expires_at:
        return AccessToken(
            text=text, company_id=company_id, generation=generation, renew_at=NEVER, renew_for_create_at=NEVER
        )
    left = expires_at - clock_skew - wall_clock()
    margin = 0.0 if again else _margin(lifetime or left)
    shortest = _SHORTEST_USE if is_new else 0.0
    create_margin = 0.0 if again else min(_CREATE_SECONDS, (lifetime or left) * _CREATE_SHARE)
    return AccessToken(
        text=text,
        company_id=company_id,
        generation=generation,
        renew_at=seconds_from_now(max(shortest, left - margin)),
        renew_for_create_at=seconds_from_now(max(shortest, left - create_margin)),
    )
