"""The refresh token in Set-Cookie: found whatever else is there, never altered, never believed blindly."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alfaview_async.errors import ConfigurationError
from alfaview_async.refresh_cookie import RefreshCookie, received, sent
from alfaview_async.secret import Secret

TOKEN = "0b8a7a3c-3c4e-4c0e-9a52-7d7f6f1c2e11"
OTHER = "5f6a1f0e-7f3e-4b5c-9d51-0c2f4c1f6d7a"
HANDBOOK = f"auth={TOKEN}; Path=/; Domain=app.alfaview.com; Expires=Sat, 19 Nov 2022 15:18:15 GMT; HttpOnly; Secure"
EXPIRES = datetime(2022, 11, 19, 15, 18, 15, tzinfo=UTC)
NOW = datetime(2022, 10, 20, 15, 18, 15, tzinfo=UTC)
OCTETS = re.compile(r"[!#-+\--:<-\[\]-~]{1,4096}")
"""RFC 6265, cookie-octet: no control characters, white space, quotes, commas, semicolons or backslashes."""
GONE = RefreshCookie(value="")


def test_the_handbooks_header_is_read() -> None:
    """Value and expiry; that it is set for another host than the one that sends it does not matter."""
    assert received([HANDBOOK], NOW) == RefreshCookie(value=TOKEN, expires_at=EXPIRES)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param([], None, id="no cookie"),
        pytest.param(["lang=de; Path=/"], None, id="another cookie"),
        pytest.param([f"xauth={TOKEN}", f"auth2={TOKEN}", f"Auth={TOKEN}"], None, id="names that only look alike"),
        pytest.param([f"auth={TOKEN}"], RefreshCookie(value=TOKEN), id="no attributes"),
        pytest.param([f" auth = {TOKEN} ;Secure"], RefreshCookie(value=TOKEN), id="white space"),
        pytest.param(["lang=de", f"auth={TOKEN}"], RefreshCookie(value=TOKEN), id="among others"),
        pytest.param([f"auth={OTHER}", f"auth={TOKEN}"], RefreshCookie(value=TOKEN), id="two: the last"),
        pytest.param(["auth=; Max-Age=0", f"auth={TOKEN}"], RefreshCookie(value=TOKEN), id="cleared, then set"),
        pytest.param([f"auth={TOKEN}", "auth=; Max-Age=0"], RefreshCookie(value=TOKEN), id="set, then cleared"),
        pytest.param(["auth="], GONE, id="emptied"),
        pytest.param(["auth"], GONE, id="without a value"),
        pytest.param([f"auth={TOKEN}; Max-Age=0"], GONE, id="taken away by Max-Age"),
        pytest.param([f"auth={TOKEN}; Max-Age=-1"], GONE, id="taken away by a negative Max-Age"),
        pytest.param([f"auth={TOKEN}; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], GONE, id="taken away by a past date"),
        pytest.param([f"auth={TOKEN}; Expires=Thu, 20 Oct 2022 15:18:15 GMT"], GONE, id="expires now"),
        pytest.param(["auth=; Path=/", "auth=; Path=/x"], GONE, id="taken away twice"),
        pytest.param(
            [f"auth={TOKEN}; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60"],
            RefreshCookie(value=TOKEN, expires_at=NOW + timedelta(minutes=1)),
            id="Max-Age before Expires",
        ),
        pytest.param(
            [f"auth={TOKEN}; max-age=60"],
            RefreshCookie(value=TOKEN, expires_at=NOW + timedelta(minutes=1)),
            id="lower case",
        ),
        pytest.param(
            [f"auth={TOKEN}; Max-Age=soon; Expires=Sat, 19 Nov 2022 15:18:15 GMT"],
            RefreshCookie(value=TOKEN, expires_at=EXPIRES),
            id="Max-Age is no number",
        ),
        pytest.param([f"auth={TOKEN}; Max-Age=--5"], RefreshCookie(value=TOKEN), id="Max-Age of two signs"),
        pytest.param([f"auth={TOKEN}; Max-Age=\u0665"], RefreshCookie(value=TOKEN), id="Max-Age of other digits"),
        pytest.param([f"auth={TOKEN}; Expires=never"], RefreshCookie(value=TOKEN), id="Expires is no date"),
        pytest.param(
            [f"auth={TOKEN}; Expires=Sat, 19 Nov 99999999999999999999 15:18:15 GMT"],
            RefreshCookie(value=TOKEN),
            id="Expires in a year too large",
        ),
        pytest.param(
            [f"auth={TOKEN}; Expires=Sat, 19 Nov 2022 15:18:15 -0000"],
            RefreshCookie(value=TOKEN, expires_at=EXPIRES),
            id="Expires without zone",
        ),
        pytest.param([f'auth="{TOKEN}"'], None, id="quotes"),
        pytest.param([f"auth={TOKEN} {OTHER}"], None, id="space inside"),
        pytest.param([f"auth={TOKEN}\r\nX: y"], None, id="line break"),
        pytest.param([f"auth={TOKEN}\x00"], None, id="control character"),
        pytest.param([f"auth={TOKEN}é"], None, id="beyond ASCII"),
        pytest.param([f"auth={TOKEN},{OTHER}"], None, id="comma"),
        pytest.param([f"auth={TOKEN}\\"], None, id="backslash"),
        pytest.param(["auth=" + "a" * 65_536], None, id="64 KB"),
        pytest.param([f"auth={TOKEN}", 'auth="x"'], RefreshCookie(value=TOKEN), id="illegal after legal"),
        pytest.param(["auth=tok+/=="], RefreshCookie(value="tok+/=="), id="verbatim"),
    ],
)
def test_what_a_reply_does_to_the_token(headers: list[str], expected: RefreshCookie | None) -> None:
    """Set, replaced, taken away, or left alone; an illegal one is as good as none."""
    assert received(headers, NOW) == expected


def test_a_very_long_life_does_not_overflow() -> None:
    """Nor does a very short one."""
    found = received([f"auth={TOKEN}; Max-Age={'9' * 5000}"], NOW)

    assert found is not None
    assert found.expires_at is not None
    assert found.expires_at > NOW + timedelta(days=10_000)
    assert received([f"auth={TOKEN}; Max-Age=-{'9' * 5000}"], NOW) == GONE


def test_the_token_is_not_in_the_repr() -> None:
    """It logs its bearer in."""
    assert TOKEN not in repr(received([HANDBOOK], NOW))


headers = st.text() | st.lists(
    st.sampled_from(
        ["auth", "=", ";", " ", '"', TOKEN, "Max-Age=", "-", "9", "Expires=", "Sat, 19 Nov 2022 15:18:15 GMT", "+9999"]
    )
    | st.text(max_size=3)
).map("".join)
dates = st.from_regex(r"auth=t; (Expires|Max-Age)=[A-Za-z0-9,: +-]{0,40}", fullmatch=True)


@given(st.lists(headers | dates, max_size=4))
@example(["auth=t; Expires=Sat, 19 Nov 2022 99999999999999999999:18:15 GMT"])
@example(["auth=t; Max-Age=\u00b2"])
def test_any_header_is_read_without_raising_and_yields_only_legal_values(set_cookie: list[str]) -> None:
    """What comes out can be sent back as it is, in a header of ours."""
    found = received(set_cookie, NOW)

    if found is not None and found.value:
        assert OCTETS.fullmatch(found.value)
        assert sent(Secret(found.value)).reveal() == f"auth={found.value}"
        assert any(found.value in header for header in set_cookie)
    assert found is None or found.expires_at is None or found.expires_at > NOW


def test_a_token_is_sent_verbatim() -> None:
    """Not quoted, as aiohttp would do with slashes and equals signs."""
    assert sent(Secret(TOKEN)).reveal() == f"auth={TOKEN}"
    assert sent(Secret("tok+/==")).reveal() == "auth=tok+/=="


@pytest.mark.parametrize(
    "token",
    ["", " ", "a b", 'a"b', "a;b", "a,b", "a\\b", "a\r\nX: y", "a\n", "\x00", "a\x7f", "é", "\ud800", "a" * 4097],
)
def test_a_token_that_would_break_the_header_is_not_sent(token: str) -> None:
    """A store may be tampered with; the message does not tell the token."""
    with pytest.raises(ConfigurationError) as caught:
        sent(Secret(token))

    assert f"auth={token}" not in str(caught.value)
    assert str(caught.value).isprintable()


@given(st.text())
def test_whatever_is_sent_is_one_legal_cookie(token: str) -> None:
    """Or it is refused."""
    try:
        header = sent(Secret(token)).reveal()
    except ConfigurationError:
        assert not OCTETS.fullmatch(token)
    else:
        assert header == f"auth={token}"
        assert OCTETS.fullmatch(token)
