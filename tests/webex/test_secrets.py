"""The token shows nowhere: a canary in it, looked for in everything that can be printed."""

import logging
import traceback

import aiohttp
import pytest

from alfaview_async import errors
from alfaview_async.retry import RetryPolicy
from alfaview_async.webex import Invitee, NewInvitee, Webex

CANARY = "canary"
ONE_TRY = RetryPolicy(attempts=1)


def everything_about(error):
    """Return a traceback as the most talkative tools print it: all causes, all locals of all frames but the test's."""
    error.__traceback__ = error.__traceback__.tb_next
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "\n".join(["".join(told.format()), repr(error), str(error), repr(vars(error))])


ADA = Invitee(id="x", email="ada@example.org")
CALLS = {
    "get": lambda webex: webex.invitees.get("x"),
    "create": lambda webex: webex.invitees.create_many(meeting_id="m", invitees=[NewInvitee(email="ada@example.org")]),
    "update": lambda webex: webex.invitees.update(ADA, send_email=True),
    "list": lambda webex: anext(webex.invitees.list(meeting_id="m")),
}
ANSWERS = {
    "echo in a text": (400, {"message": "bad token {token}", "trackingId": "x"}, {}),
    "echo in a key": (403, {"{token}": "x"}, {}),
    "echo as tracking id": (500, {"trackingId": "{token}"}, {}),
    "echo in a header": (404, {}, {"trackingId": "{token}"}),
    "echo in a page": (502, b"<html>{token}</html>", {"Content-Type": "text/{token}"}),
    "success that is none": (200, b"Bearer {token}", {}),
    "redirect": (302, b"", {"Location": "https://evil.example/?{token}"}),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_no_error_tells_the_token(plain, caplog, answer, call):
    """Not even if the server sends it back to us."""
    caplog.set_level(logging.DEBUG)
    status, body, headers = answer
    if isinstance(body, bytes):
        body = body.replace(b"{token}", plain.TOKEN.encode())
    else:
        body = {
            key.replace("{token}", plain.TOKEN): value.replace("{token}", plain.TOKEN) for key, value in body.items()
        }
    headers = {name: text.replace("{token}", plain.TOKEN) for name, text in headers.items()}
    plain.on((status, body, headers))
    async with Webex(plain.TOKEN, base_url=plain.base_url, retry=ONE_TRY) as webex:
        with pytest.raises(errors.AlfaviewError) as caught:
            await call(webex)
    assert CANARY in plain.headers("Authorization")[0][0]
    assert CANARY not in everything_about(caught.value)
    assert CANARY not in caplog.text


async def hang_up(plain):
    plain.on(plain.HANG_UP)
    return plain.base_url


async def refuse(_plain):
    return "http://127.0.0.1:1/v1"


@pytest.mark.parametrize("server", [hang_up, refuse])
@pytest.mark.parametrize("own_session", [True, False])
@pytest.mark.parametrize("call", [*CALLS.values(), lambda webex: webex.invitees.delete("x")], ids=[*CALLS, "delete"])
async def test_no_broken_connection_tells_the_token(plain, caplog, server, own_session, call):
    """aiohttp's frames hold the headers; they are not kept as a cause."""
    caplog.set_level(logging.DEBUG)
    base_url = await server(plain)
    async with (
        aiohttp.ClientSession() as http,
        Webex(plain.TOKEN, base_url=base_url, retry=ONE_TRY, http=None if own_session else http) as webex,
    ):
        with pytest.raises(errors.AlfaviewError) as caught:
            await call(webex)
    assert CANARY not in everything_about(caught.value)
    assert CANARY not in caplog.text


async def test_the_client_itself_tells_nothing(plain):
    """Neither its repr nor those of its parts, however deep."""
    webex = Webex(plain.TOKEN, base_url=plain.base_url)
    plain.on({"id": "x", "email": "a@b.org"})
    await webex.invitees.get("x")
    parts = [webex, webex.invitees, webex.invitees._calls, webex._exchange, *vars(webex._exchange).values()]
    assert CANARY not in repr(parts) + repr([vars(part) for part in parts[:4]])
    await webex.close()


@pytest.mark.parametrize("token", ["", "Bearer canary", "canary\r\nX: y", "canary ", "canäry-canary"])
async def test_a_token_that_fits_in_no_header_is_refused(token):
    """At once, and without showing it."""
    with pytest.raises(errors.ConfigurationError) as caught:
        Webex(token)
    assert CANARY not in everything_about(caught.value)
