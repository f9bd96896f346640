"""Errors quote what servers sent: without secrets, without control characters, and not all of it."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.error_body import bad_reply, printable, status_error
from alfaview_async.errors import AlfaviewError
from alfaview_async.operation import Row
from alfaview_async.protocol import decode_reply
from alfaview_async.services.authentication import AuthenticationService
from alfaview_async.services.guests import GuestService


def text_of(body: bytes, row: Row = AuthenticationService.authenticate, http_status: int = 200) -> str:
    """Decode what is no good reply, and return all that can be shown of the error."""
    with pytest.raises(AlfaviewError) as caught:
        decode_reply(row, http_status, {}, body)
    error = caught.value
    assert error.__cause__ is None
    return f"{error} {error!r}"


TOKEN = (
    "IRXPAVVc1nZC0u5+mKTfXeUQr5bf/C1bSJt3Pd0ibtpDSdineL5trH0BuArpIqfBo41sh7S5gPxntpEBYl0wAIu6pT700f1nx2p8Idc7CDZUy6aV"
    "hYTa70jc3Pzu0k6UZtwi43ixjqhKvSIY0JYdQrExlvjWhUZVuIGf6Wnk50D73z4YmQnVLQ9c1ye6/u4l5p6fe0rgTP16mKCMnH/CXb5Y21HHGdxT"
    "4ENS9Vpg0wI5ihI4xZ7Rc3VjkRpWEUDtmeKwSn1NhQkcuFezlWBQrsI5kvxp9R0vE1aw"
)
"""The handbook's sample: 292 characters of base64 with `+` and `/`."""
ACCESS_KEY = "rgOUSiy2pFWkRFNfnkXuJRVXcD72Go0b"
USER_ID = "5f6a1f0e-7f3e-4b5c-9d51-0c2f4c1f6d7a"
REFRESH_TOKEN = "0b8a7a3c-3c4e-4c0e-9a52-7d7f6f1c2e11"


@pytest.mark.parametrize("secret", [TOKEN, ACCESS_KEY])
@pytest.mark.parametrize(
    "body",
    [
        {"code": 3, "message": "bad value $!"},
        {"error": "$"},
        {"replyInfo": {"statusCode": "$", "statusMessage": "$"}},
        {"replyInfo": {"statusCode": "PARTIAL_ERROR", "statusMessage": "$"}},
        {"replyInfo": {"statusCode": 1.5, "statusMessage": "$"}},
        {"accessToken": ["$"]},
        {"expiresAt": "$"},
    ],
)
def test_a_token_or_key_that_the_server_sends_is_not_shown(body: object, secret: str) -> None:
    """Servers echo what they were sent, and replies may be malformed around it."""
    assert secret[:8] not in text_of(orjson.dumps(body).replace(b"$", secret.encode()))


@pytest.mark.parametrize("start", [0, 100, 250, 380, 400])
def test_a_login_reply_cut_short_anywhere_shows_no_part_of_its_tokens(start: int) -> None:
    """Not even the first characters: half a token does not look like one."""
    whole = orjson.dumps(
        {
            "displayName": "é" * start,
            "accessToken": TOKEN,
            "expiresAt": "1668871095",
            "refreshToken": REFRESH_TOKEN,
            "userId": USER_ID,
        }
    )

    for end in range(len(whole)):
        text = text_of(whole[:end])
        assert TOKEN[:4] not in text
        assert REFRESH_TOKEN[:4] not in text


@pytest.mark.parametrize("start", range(770, 802))
def test_a_token_without_quotes_is_not_shown_where_the_excerpt_ends(start: int) -> None:
    """Neither whole nor in part, wherever in a page that is no JSON it stands."""
    page = (b"A" * 40 + b" ") * 18 + b"." * (start - 738) + b" " + TOKEN.encode()

    assert TOKEN[:4] not in text_of(page, http_status=502)


def test_codes_and_links_in_a_cut_reply_are_not_shown() -> None:
    """Dial-in codes are short, and join links are more than their key; the names of the fields help to find out."""
    cut = f'{{"guestLinks":[{{"dialInCode":"4711","joinLink":"https://app.alfaview.com/#/join/01F/r/{ACCESS_KEY}'
    text = text_of(cut.encode(), GuestService.create_guest_links)

    assert "dialInCode" in text
    assert "joinLink" in text
    assert "4711" not in text
    assert "/join/" not in text


def test_a_token_with_escaped_slashes_is_not_shown() -> None:
    """Some encoders write a slash as backslash and slash."""
    assert "AAAA" not in text_of(b'{"accessToken":"' + b"AAAAAAAAAAAA\\/" * 20)


@pytest.mark.parametrize(
    "text",
    ["\x1b[31mred\x1b[0m", "a\u202eb", "a\r\nSet-Cookie: x", "a\x00b", "a\u2028b", "\ud800", "tab\there", "\x9b31m"],
)
def test_control_and_bidi_characters_are_spelt_out(text: str) -> None:
    """Nothing that a server sends can steer a terminal or a log."""
    raw: dict[str, Any] = {"code": 3, "message": text, "details": [{"statusCode": text}]}
    found = status_error(raw, "a/b", 400, {"Retry-After": text})
    other = bad_reply("no JSON", "a/b", 400, {"Content-Type": text}, text.encode("utf-8", "surrogatepass"))

    assert str(found).isprintable()
    assert found.status.isprintable()
    assert str(other).isprintable()


@pytest.mark.parametrize("text", ["word " * 200_000, "x" * 1_000_000, "\u202e" * 1_000_000, "ab-" * 400_000])
def test_a_megabyte_of_message_is_cut(text: str) -> None:
    """What is shown stays readable."""
    assert len(str(status_error({"code": 3, "message": text}, "a/b", 400, {}))) < 600
    assert len(str(bad_reply("no JSON", "a/b", 400, {"Content-Type": text}, text.encode()))) < 400


@given(st.text(), st.integers(1, 50))
def test_printable_is_printable_and_short(text: str, limit: int) -> None:
    """For any text and any limit."""
    shown = printable(text, limit)

    assert shown.isprintable()
    assert len(shown) <= limit


def test_printable_leaves_good_text_alone() -> None:
    """Messages keep their letters, also those beyond ASCII, and the ids that support asks for."""
    text = "Raum „Größe“ 5726d492-6eb2-5f59-9ee8-203181250dc4 of 01EZYCFW9MJ10P15YJ63NZ8S47 — not found"

    assert printable(text) == text
