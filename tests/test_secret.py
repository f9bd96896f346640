"""Secrets show nowhere: a canary in every credential and token, looked for in everything that can be printed."""

import asyncio
import copy
import logging
import pickle
import traceback
import warnings

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async import Alfaview, ApiKey, RefreshToken, UsernamePassword, errors
from alfaview_async.models import GuestLinkCreation
from alfaview_async.retry import RetryPolicy
from alfaview_async.secret import Secret, SecretBytes, SecretJson
from alfaview_async.tokens import MemoryTokenStore

AUTHENTICATE = "authenticationService/authenticate"
CREATE = "guestService.v2/createGuestLinks"
CANARY = "canary"
CODE = "code-canary-0123456789abcdef"
REFRESH = "11111111-canary-4333-8444-555555555555"
ACCESS = "canary" + "Zm9v" * 70
COOKIE = f"auth={REFRESH}; Path=/; Domain=app.alfaview.com; Expires=Sat, 19 Nov 2050 15:18:15 GMT; HttpOnly; Secure"
LOGIN = {"replyInfo": {"statusMessage": "OK"}, "accessToken": ACCESS, "expiresAt": "4102444800", "companyId": "c"}
ONE_TRY = RetryPolicy(attempts=1)


def everything_about(error):
    """Return a traceback as the most talkative tools print it: all causes, all locals of all frames."""
    error.__traceback__ = error.__traceback__.tb_next  # but the frame of the test, which knows the canary
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts = ["".join(told.format()), repr(error), str(error), repr(vars(error))]
    try:
        parts.append(repr(pickle.dumps(error)))
    except (TypeError, AttributeError, pickle.PicklingError) as refused:
        parts.append(str(refused))
    return "\n".join(parts)


@pytest.fixture
def plain_login(plain_server):
    plain_server.on(AUTHENTICATE, LOGIN, headers={"Set-Cookie": COOKIE})
    return plain_server


def client(server, **options):
    credentials = ApiKey(client_id="alias", code=CODE, company_id="c")
    return Alfaview(credentials, base_url=server.base_url, retry=ONE_TRY, **options)


BAD_LOGINS = {
    "cut off": orjson.dumps(LOGIN)[:-5],
    "wrong type": LOGIN | {"userId": 5},
    "error inside": LOGIN | {"replyInfo": {"statusCode": "INTERNAL_ERROR", "statusMessage": f"token {ACCESS} broken"}},
    "refused": (401, {"code": 16, "message": f"refused: {ACCESS}"}),
    "wrong company": LOGIN | {"companyId": "other"},
    "page": (502, b"<html>" + ACCESS.encode() + b" " + REFRESH.encode() + b"</html>"),
}


@pytest.mark.parametrize("answer", BAD_LOGINS.values(), ids=BAD_LOGINS.keys())
async def test_failed_logins_tell_no_secret(plain_login, caplog, answer):
    """F127: neither message nor traceback with locals nor log holds code, access or refresh token."""
    caplog.set_level(logging.DEBUG)
    plain_login.on(AUTHENTICATE, answer, headers={"Set-Cookie": COOKIE})
    async with client(plain_login) as alfaview:
        with pytest.raises(errors.AlfaviewError) as caught:
            await alfaview.rooms.list()
    assert CANARY not in everything_about(caught.value)
    assert CANARY not in caplog.text


@pytest.mark.parametrize("fault", ["reset", "truncate", "status", "timeout"])
async def test_failed_calls_tell_no_secret(emulator, caplog, fault):
    """F127: the request bears the token, the answer bears links; a traceback shows neither."""
    caplog.set_level(logging.DEBUG)
    key = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
    store = MemoryTokenStore()
    async with Alfaview(key, base_url=emulator.base_url, tokens=store, timeout=0.5, retry=ONE_TRY) as alfaview:
        role, _ = await alfaview.business.permission_group("Participant")
        emulator.faults.add(CREATE, do=fault)
        creation = GuestLinkCreation(email="ada@example.org", permission_group_id=role)
        with pytest.raises(errors.OutcomeUnknown) as caught:
            await alfaview.guests.create_guest_links(room_id=emulator.room_id, guest_link_creations=[creation])
        (record_key,) = await store.keys()
        stored = await store.load(record_key)
        listed = (await alfaview.guests.list_guest_links(room_id=emulator.room_id)).guest_links
    secrets = [emulator.code, stored.access_token.reveal(), stored.refresh_token.reveal()]
    secrets += [link.access_key for link in listed]
    told = everything_about(caught.value) + caplog.text
    assert not [secret for secret in secrets if secret in told]


async def test_an_unreachable_server_tells_no_secret(unused_tcp_port):
    """F127: the refresh token is on its way in a header when the connection is refused."""
    credentials = RefreshToken(refresh_token=REFRESH, company_id="c")
    async with Alfaview(credentials, base_url=f"http://127.0.0.1:{unused_tcp_port}/", retry=ONE_TRY) as alfaview:
        with pytest.raises(errors.NotSent) as caught:
            await alfaview.rooms.list()
    assert CANARY not in everything_about(caught.value)


async def test_a_token_that_no_cookie_may_hold_tells_no_secret():
    """F57, F127: refused before sending, without quoting it."""
    credentials = RefreshToken(refresh_token=f"{REFRESH}; evil", company_id="c")
    async with Alfaview(credentials, base_url="http://127.0.0.1:1/") as alfaview:
        with pytest.raises(errors.ConfigurationError) as caught:
            await alfaview.rooms.list()
    assert CANARY not in everything_about(caught.value)


def test_incomplete_environments_tell_no_secret(monkeypatch):
    """F127: the variable that is missing is named, the one that is there is not shown."""
    for name in ("CLIENT_ID", "COMPANY_ID", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"ALFAVIEW_{name}", raising=False)
    monkeypatch.setenv("ALFAVIEW_CODE", CODE)
    with pytest.raises(errors.ConfigurationError, match="ALFAVIEW_CLIENT_ID, ALFAVIEW_COMPANY_ID not set") as caught:
        Alfaview.from_env()
    assert CANARY not in everything_about(caught.value)


async def test_objects_in_use_show_no_secret(plain_login):
    """F127: client, session, credentials, records and replies, printed with all they hold."""
    plain_login.on("roomService/list", {})
    store = MemoryTokenStore()
    async with client(plain_login, tokens=store) as alfaview:
        await alfaview.rooms.list()
        reply = await alfaview.authentication.authenticate()
        held = [alfaview, alfaview._session, alfaview._session._token, alfaview._calls, alfaview._transport, store]
        held += [store._records, *[await store.load(key) for key in await store.keys()], reply]
        held += [ApiKey(client_id="a", code=CODE, company_id="c"), UsernamePassword(username="a", password=CODE)]
        held += [RefreshToken(refresh_token=REFRESH, company_id="c")]
        shown = "".join(f"{thing!r} {thing} {getattr(thing, '__dict__', '')!r}" for thing in held)
    assert reply.access_token == ACCESS
    assert CANARY not in shown


async def test_secrets_leave_no_trace_in_warnings(plain_login):
    """F127: not even in the warnings about what was left open."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        plain_login.on("roomService/status", {})
        async with client(plain_login) as alfaview:
            await alfaview.rooms.status()
        await asyncio.sleep(0)
    assert caught
    assert CANARY not in "".join(str(warning) for warning in caught)


@given(st.text(min_size=4))
def test_a_secret_shows_a_fingerprint_only(text):
    """Printed, formatted or in containers; copying keeps the object, pickling and JSON refuse."""
    secret = Secret(f"{CANARY}{text}")
    shown = f"{secret} {secret!r} {secret:>30} {[secret]} {{'a': secret}} %s" % secret
    assert CANARY not in shown
    assert secret.reveal() == f"{CANARY}{text}"
    assert copy.copy(secret) is copy.deepcopy(secret) is secret
    for dump in (pickle.dumps, orjson.dumps):
        with pytest.raises(TypeError):
            dump(secret)


def test_secrets_compare_by_value_and_with_secrets_only():
    """Equal texts are equal secrets; a text is no secret; an empty one is false."""
    assert Secret("a") == Secret("a") != Secret("b")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != "a"
    assert Secret("a")
    assert not Secret("")
    assert Secret.of("a") == Secret.of(Secret("a")) == Secret("a")


def test_bodies_show_their_size_and_keys_only():
    """What tracebacks print of requests and replies."""
    assert repr(SecretBytes(b"canary")) == "<6 bytes>"
    assert repr(SecretJson(accessToken="canary", userId="u")) == "<JSON with accessToken, userId>"
