"""The refresh token in `Set-Cookie`: read and written by hand.

The cookie `auth` is set for another host (`app.alfaview.com`) than the one that sends it, so every cookie jar drops it;
and aiohttp's `cookies=` puts values with `/` or `=` in quotes, which the server does not take off.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import field, frozen

from alfaview_async.errors import ConfigurationError
from alfaview_async.http_date import http_date
from alfaview_async.secret import Secret

COOKIE_NAME = "auth"
_COOKIE_OCTETS = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+")
"""What RFC 6265 allows in a value: anything else could end the header or begin another cookie."""
_SECONDS = re.compile(r"-?[0-9]+")
_LONGEST = 4096


@frozen(kw_only=True)
class RefreshCookie:
    """A refresh token as a reply sets it.

    Attributes:
        value: The token; empty if the reply takes the token away.
        expires_at: When it ends; `None` if the cookie does not say.
    """

    value: str = field(repr=False)
    expires_at: datetime | None = None


def received(set_cookie: Iterable[str], now: datetime) -> RefreshCookie | None:
    """Find what a reply does to the refresh token.

    A reply may set the cookie twice, to clear the old one and to set the new: the last living one counts.

    Args:
        set_cookie: All `Set-Cookie` headers, in order.
        now: The server's time.

    Returns:
        The new token; one with an empty value if it was taken away; `None` if the reply leaves it alone.
    """
    found = [cookie for header in set_cookie if (cookie := _parsed(header, now)) is not None]
    living = [cookie for cookie in found if cookie.value and not (cookie.expires_at and cookie.expires_at <= now)]
    if living:
        return living[-1]
    return RefreshCookie(value="") if found else None


def sent(token: Secret) -> Secret:
    """Build the `Cookie` header that sends a refresh token back.

    Raises:
        ConfigurationError: The token has characters that no cookie value may have.
    """
    if len(token.reveal()) > _LONGEST or not _COOKIE_OCTETS.fullmatch(token.reveal()):
        raise ConfigurationError("the refresh token has characters that no cookie may have; log in anew")
    return Secret(f"{COOKIE_NAME}={token.reveal()}")


def _parsed(header: str, now: datetime) -> RefreshCookie | None:
    pair, *attributes = header.split(";")
    name, _, value = pair.partition("=")
    value = value.strip()
    if name.strip() != COOKIE_NAME or (value and not _COOKIE_OCTETS.fullmatch(value)) or len(value) > _LONGEST:
        return None
    expires_at = None
    for attribute in attributes:
        key, _, text = attribute.partition("=")
        if key.strip().lower() == "max-age" and _SECONDS.fullmatch(text.strip()):
            seconds = max(-1, min(int(text.strip()[:12]), 10**9))
            return RefreshCookie(value=value, expires_at=now + timedelta(seconds=seconds))
        if key.strip().lower() == "expires":
            expires_at = http_date(text.strip())
    return RefreshCookie(value=value, expires_at=expires_at)
