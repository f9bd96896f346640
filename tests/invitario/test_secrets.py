"""App Code, session token and access codes show nowhere: canaries, looked for in everything that can be printed."""

import json
import logging
import pickle
import traceback

import pytest

from alfaview_async import errors
from alfaview_async.bulk.recipients import printable
from alfaview_async.invitario import Invitario, InvitarioError
from alfaview_async.retry import RetryPolicy
from alfaview_async.secret import Secret

KEY = "kEycAnAr"
TOKEN = "70ccanaf" * 5
ACCESS_CODE = "aXcanY"
CANARIES = (KEY, TOKEN, TOKEN[:8], ACCESS_CODE)
ONE_TRY = RetryPolicy(attempts=1)
LOGIN = {"status": "success", "sessionToken": TOKEN}
GUEST = {"id": "a", "accessCode": ACCESS_CODE, "fields": {"email": "ada@example.org"}}
LIST = {"status": "success", "count": 1, "dateTime": "2018-01-01T18:30:00Z", "guests": [GUEST]}


def everything_about(error):
    """Return a traceback as the most talkative tools print it: all causes, all locals of all frames but the test's."""
    error.__traceback__ = error.__traceback__.tb_next
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts = ["".join(told.format()), repr(error), str(error), repr(vars(error))]
    try:
        parts.append(repr(pickle.dumps(error)))
    except (TypeError, AttributeError, pickle.PicklingError) as refused:
        parts.append(str(refused))
    return "\n".join(parts)


def leaks(text):
    return [canary for canary in CANARIES if canary in text]


def echo(code):
    return {"errors": [{"code": code, "message": f"bad key {KEY} or token {TOKEN}"}], "displayMessage": f"{TOKEN}"}


BAD_LOGINS = {
    "refused": echo(1010),
    "unknown code": echo(4711),
    "no token": {"status": "success", "sessionToken": "", "apiKey": KEY},
    "cut off": json.dumps(LOGIN | {"apiKey": KEY}).encode()[:-2],
    "page": f"<html>{KEY} {TOKEN}</html>".encode(),
    "no status": {"sessionToken": TOKEN, "apiKey": KEY},
}
BAD_LISTS = {
    "refused": echo(20),
    "unknown code": echo(4711),
    "cut off": json.dumps(LIST).encode()[:-2],
    "page": f"<html>{KEY} {TOKEN}</html>".encode(),
    "bad time": LIST | {"guests": [GUEST | {"checkInDateTime": ACCESS_CODE}]},
    "bad guest": LIST | {"guests": [GUEST | {"fields": ACCESS_CODE}]},
    "bad id": LIST | {"guests": [GUEST | {"id": [ACCESS_CODE]}]},
    "bad count": LIST | {"count": 2},
    "bad clock": LIST | {"dateTime": TOKEN},
}


@pytest.fixture
def canary_replay(replay):
    replay.on("login", LOGIN)
    replay.on("guest/list/all", LIST)
    return replay


async def fails(replay, call=Invitario.guests):
    async with replay.reader(api_key=KEY, retry=ONE_TRY) as invitario:
        with pytest.raises(errors.AlfaviewError) as caught:
            await call(invitario)
    return everything_about(caught.value)


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("answer", BAD_LOGINS.values(), ids=BAD_LOGINS)
async def test_failed_logins_tell_no_secret(canary_replay, caplog, answer, status):
    """Servers echo what they were sent; neither message nor traceback with locals nor log repeats it."""
    caplog.set_level(logging.DEBUG)
    canary_replay.on("login", answer, status=status)
    told = await fails(canary_replay)
    assert not leaks(told + caplog.text)


@pytest.mark.parametrize("answer", BAD_LISTS.values(), ids=BAD_LISTS)
async def test_failed_lists_tell_no_secret(canary_replay, caplog, answer):
    """Access codes open registration pages, so the value that does not fit is never quoted."""
    caplog.set_level(logging.DEBUG)
    canary_replay.on("guest/list/all", answer)
    told = await fails(canary_replay)
    assert not leaks(told + caplog.text)


async def test_failed_logouts_tell_no_secret(canary_replay, caplog):
    """The warning says why, without the token that lives on."""
    caplog.set_level(logging.DEBUG)
    canary_replay.on("logout", echo(4711))
    async with canary_replay.reader(api_key=KEY, retry=ONE_TRY) as invitario:
        await invitario.guests()
    assert "cannot log out" in caplog.text
    assert not leaks(caplog.text)


async def test_lost_answers_tell_no_secret(station, caplog):
    """The request bears the token when the connection breaks."""
    caplog.set_level(logging.DEBUG)
    tokens = []

    async def hang_up(request, handler):
        tokens.append((await request.json())["sessionToken"])
        request.transport.abort()
        return await handler(request)

    station.disturb("guest/list/all", hang_up)
    async with station.reader(retry=ONE_TRY) as invitario:
        with pytest.raises(errors.TransportError) as caught:
            await invitario.guests()
    told = everything_about(caught.value) + caplog.text
    assert len(tokens[0]) == 40
    assert not [secret for secret in (tokens[0], station.emulator.api_key) if secret in told]


async def test_an_address_that_cannot_be_used_tells_no_secret():
    """The constructor fails with the App Code among its arguments."""
    with pytest.raises(errors.ConfigurationError) as caught:
        Invitario(base_url="http://invitario.example/", event_id="1", api_key=KEY, station_name="s")
    assert not leaks(everything_about(caught.value))


async def test_objects_in_use_show_no_secret(canary_replay):
    """Reader, guests and their list, printed with all they hold."""
    async with canary_replay.reader(api_key=Secret(KEY)) as invitario:
        guests = await invitario.guests()
        held = [invitario, vars(invitario), guests, guests[0], list(guests)]
        shown = "".join(f"{thing!r} {thing}" for thing in held)
    assert guests[0].access_code == ACCESS_CODE
    assert canary_replay.bodies("login")[0]["apiKey"] == KEY
    assert not leaks(shown)


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\u202eb", "a\r\nb", "x" * 100_000])
async def test_what_invitario_says_steers_no_terminal(replay, text):
    """Control characters are spelt out, and long texts are cut."""
    replay.on("login", {"errors": [{"code": 1010, "message": text}], "displayMessage": text})
    async with replay.reader() as invitario:
        with pytest.raises(InvitarioError) as caught:
            await invitario.guests()
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 600
    assert printable(message, 600) == message
