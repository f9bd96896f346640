"""Identity under load and under fire: renewals, races, refusals, with the emulator as the other side."""

import asyncio
from time import time

import aiohttp
import pytest
from attrs import evolve
from waiting import until

from alfaview_async import Alfaview, ApiKey, RefreshToken, UsernamePassword, errors
from alfaview_async.models import Room
from alfaview_async.retry import RetryPolicy
from alfaview_async.tokens import FileTokenStore, MemoryTokenStore, TokenKey

AUTHENTICATE = "authenticationService/authenticate"
LIST = "roomService/list"


def key_of(emulator, principal="key:demo", company_id=None):
    origin = emulator.base_url.removesuffix("/json/v1/")
    return TokenKey(
        origin=origin, principal=principal, company_id=emulator.company_id if company_id is None else company_id
    )


async def test_a_thousand_callers_share_one_login(emulator, alfaview):
    """All calls go out, after one authenticate."""
    await asyncio.gather(*(alfaview.rooms.list() for _ in range(1000)))
    assert emulator.requests.count(AUTHENTICATE) == 1
    assert emulator.requests.count(LIST) == 1000


async def test_an_outdated_token_is_renewed_once_for_all(emulator, alfaview):
    """Fifty calls in flight meet `TOKEN_OUTDATED`: one refresh, each call sent once more."""
    await alfaview.rooms.list()
    emulator.clock.advance(hours=2)
    await asyncio.gather(*(alfaview.rooms.list() for _ in range(50)))
    assert emulator.requests.count(AUTHENTICATE) == 2
    assert emulator.requests.count(LIST) <= 1 + 2 * 50


async def test_a_token_is_renewed_before_it_ends(emulator, alfaview, later):
    """Within the last minute of an hour's token the next call renews first; the server never has to refuse."""
    await alfaview.rooms.list()
    later(3600 - 61, emulator)
    await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 1
    later(2, emulator)
    await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 2
    assert {entry.status for entry in emulator.requests} == {200}


async def test_a_create_wants_two_minutes_left(emulator, alfaview, later):
    """A create must not meet the end of its token: it renews where a read would not."""
    await alfaview.rooms.list()
    later(3600 - 119, emulator)
    await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 1
    await alfaview.rooms.create(room=Room(display_name="New"))
    assert emulator.requests.count(AUTHENTICATE) == 2


async def test_a_wrong_clock_here_does_no_harm(emulator, alfaview, later):
    """Our clock is an hour ahead of the server's: tokens are not renewed for that."""
    later(3600)
    for _ in range(3):
        await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 1


async def test_the_refresh_token_is_used_and_replaced(emulator, api_key):
    """The second login bears the cookie of the first; the third bears that of the second."""
    store = MemoryTokenStore()
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        tokens = []
        for _ in range(3):
            await alfaview.rooms.list()
            tokens.append((await store.load(key_of(emulator))).refresh_token.reveal())
            emulator.clock.advance(hours=2)
    assert len(set(tokens)) == 3
    kinds = [next(k for k in e.body if k.endswith("Credentials")) for e in emulator.requests if e.path == AUTHENTICATE]
    assert kinds == ["authorizationCodeCredentials", "refreshTokenCredentials", "refreshTokenCredentials"]


async def test_a_server_that_does_not_rotate_leaves_the_token_in_the_store(plain_server, tmp_path):
    """No new cookie means: keep the old one."""
    store = FileTokenStore(tmp_path / "tokens")
    outdated = {"code": 16, "message": "token expired"}
    plain_server.on(LIST, {}, (401, outdated), {})
    credentials = RefreshToken(refresh_token="only-token", company_id="company-1", user="ada")
    async with Alfaview(credentials, base_url=plain_server.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        await alfaview.rooms.list()
    assert plain_server.cookies(AUTHENTICATE) == ["auth=only-token"] * 2


async def test_a_cleared_cookie_takes_the_token_away(plain_server):
    """A server that clears the cookie has revoked the token: the next login uses the credentials."""
    cleared = "auth=; Path=/; Domain=app.alfaview.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    plain_server.on(AUTHENTICATE, *plain_server.answers[AUTHENTICATE], headers={"Set-Cookie": cleared})
    plain_server.on(LIST, {}, (401, {"code": 16, "message": "token expired"}), {})
    credentials = UsernamePassword(username="ada", password="secret")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        await alfaview.rooms.list()
        await alfaview.rooms.list()
    assert plain_server.cookies(AUTHENTICATE) == [None, None]


async def test_a_second_client_uses_the_stored_token(emulator, api_key, tmp_path):
    """Two processes with one store need one login."""
    for _ in range(2):
        store = FileTokenStore(tmp_path / "tokens")
        async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
            await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 1


async def test_many_clients_renew_once(emulator, api_key, tmp_path):
    """Ten clients on one file store meet an expired token: one refresh, the others adopt it."""
    clients = [
        Alfaview(api_key, base_url=emulator.base_url, tokens=FileTokenStore(tmp_path / "tokens")) for _ in range(10)
    ]
    await asyncio.gather(*(client.rooms.list() for client in clients))
    emulator.clock.advance(hours=2)
    await asyncio.gather(*(client.rooms.list() for client in clients))
    assert emulator.requests.count(AUTHENTICATE) == 2
    for client in clients:
        await client.close()


async def test_a_server_that_forgot_all_tokens_is_logged_in_to_anew(emulator, api_key):
    """The call that meets it fails, so that nothing loops; the next one logs in with the key."""
    async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
        await alfaview.rooms.list()
        emulator.state.tokens.clear()
        with pytest.raises(errors.AuthenticationError):
            await alfaview.rooms.list()
        assert await alfaview.rooms.list()


async def test_refused_credentials_are_not_hammered(emulator):
    """A hundred callers with a wrong secret make one request, and so does the next one after them."""
    wrong = ApiKey(client_id=emulator.client_id, code="wrong", company_id=emulator.company_id)
    async with Alfaview(wrong, base_url=emulator.base_url) as alfaview:
        results = await asyncio.gather(*(alfaview.rooms.list() for _ in range(100)), return_exceptions=True)
        assert {type(result) for result in results} == {errors.AuthenticationError}
        with pytest.raises(errors.AuthenticationError) as caught:
            await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 1
    assert "wrong" not in str(caught.value)


async def test_a_passing_fault_of_the_login_is_retried(emulator, api_key):
    """An unavailable server at login is tried again, for creates too: the create itself was not sent."""
    emulator.faults.add(AUTHENTICATE, do="error", on="1", status="UNAVAILABLE")
    policy = RetryPolicy(wait=0.001)
    async with Alfaview(api_key, base_url=emulator.base_url, retry=policy) as alfaview:
        await alfaview.rooms.create(room=Room(display_name="New"))
    assert emulator.requests.count(AUTHENTICATE) == 2
    assert emulator.requests.count("roomService/create") == 1


async def test_a_create_whose_login_failed_is_known_not_to_have_happened(emulator, api_key):
    """Not `OutcomeUnknown`: the request never left."""
    emulator.faults.add(AUTHENTICATE, do="error", status="UNAVAILABLE")
    policy = RetryPolicy(wait=0.001)
    async with Alfaview(api_key, base_url=emulator.base_url, retry=policy) as alfaview:
        with pytest.raises(errors.Unavailable) as caught:
            await alfaview.rooms.create(room=Room(display_name="New"))
    assert caught.value.outcome is errors.Outcome.NOT_SENT
    assert emulator.requests.count("roomService/create") == 0


async def test_a_cancelled_caller_does_not_stop_the_login_of_the_others(emulator, api_key):
    """The first caller gives up; the second is served by the same login."""
    emulator.faults.add(AUTHENTICATE, do="delay", on="1", seconds=0.1)
    async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
        first, second = (asyncio.create_task(alfaview.rooms.list()) for _ in range(2))
        await until(lambda: emulator.requests.count(AUTHENTICATE))
        first.cancel()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first
    assert emulator.requests.count(AUTHENTICATE) == 1


async def test_closing_waits_for_a_renewal_under_way(emulator, api_key):
    """The server has replaced the refresh token: losing the answer would lose the login."""
    store = MemoryTokenStore()
    emulator.faults.add(AUTHENTICATE, do="delay", on="1", seconds=0.1)
    alfaview = Alfaview(api_key, base_url=emulator.base_url, tokens=store)
    call = asyncio.create_task(alfaview.rooms.list())
    await until(lambda: emulator.requests.count(AUTHENTICATE))
    call.cancel()
    await alfaview.close()
    assert (await store.load(key_of(emulator))).refresh_token


async def test_the_wrong_company_is_an_error_and_nothing_is_stored(plain_server):
    """Asked for one company, let into another: no call is made there, no token kept."""
    plain_server.on(AUTHENTICATE, plain_server.answers[AUTHENTICATE][0] | {"companyId": "company-9"})
    store = MemoryTokenStore()
    credentials = ApiKey(client_id="alias", code="secret", company_id="company-1")
    async with Alfaview(credentials, base_url=plain_server.base_url, tokens=store) as alfaview:
        with pytest.raises(errors.CompanyMismatch, match="company-9"):
            await alfaview.rooms.list()
    assert await store.keys() == []
    assert plain_server.bodies(LIST) == []


async def test_a_login_into_a_locked_account_is_refused_and_remembered(plain_server):
    """R11: an OK that holds no token is a refusal with the state of the account; the password is not tried again."""
    plain_server.on(AUTHENTICATE, {"replyInfo": {"statusMessage": "OK"}, "accountStatus": "LOCKED"})
    credentials = UsernamePassword(username="ada", password="secret")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        for _ in range(3):
            with pytest.raises(errors.AuthenticationError, match="LOCKED"):
                await alfaview.rooms.list()
    assert len(plain_server.bodies(AUTHENTICATE)) == 1


async def test_the_access_token_is_the_one_that_calls_bear(emulator, alfaview, later):
    """The same until shortly before its end, then the next one; another program can use it; it shows nowhere."""
    token = await alfaview.access_token()
    assert token.reveal() not in f"{token} {token!r}"
    await alfaview.rooms.list()
    assert [await alfaview.access_token(), emulator.requests.count(AUTHENTICATE)] == [token, 1]
    body = {"accessInfo": {"accessToken": token.reveal()}}
    async with aiohttp.ClientSession() as http, http.post(f"{emulator.base_url}{LIST}", json=body) as reply:
        assert "Seminar A" in await reply.text()
    later(3600 - 59, emulator)
    assert await alfaview.access_token() != token
    assert emulator.requests.count(AUTHENTICATE) == 2


async def test_a_server_that_knows_no_token_is_not_logged_in_to_again_and_again(plain_server):
    """An operation that always answers 16 costs one more login, not one for each call."""
    plain_server.on(LIST, (401, {"code": 16, "message": "not you"}))
    credentials = UsernamePassword(username="ada", password="secret")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        for _ in range(5):
            with pytest.raises(errors.AuthenticationError):
                await alfaview.rooms.list()
    assert len(plain_server.bodies(AUTHENTICATE)) == 2


async def test_a_create_does_not_go_out_on_a_peers_token_that_is_about_to_end(emulator, api_key):
    """A stored token with a minute and a half left is good for reads; a create renews it first."""
    store = MemoryTokenStore()
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as peer:
        await peer.rooms.list()
    stored = await store.load(key_of(emulator))
    nearly_over = evolve(stored, access_expires_at=time() + 90)
    assert await store.compare_and_swap(key_of(emulator), stored.generation, nearly_over)
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        assert emulator.requests.count(AUTHENTICATE) == 1
        await alfaview.rooms.create(room=Room(display_name="New"))
    assert emulator.requests.count(AUTHENTICATE) == 2


async def test_closing_waits_for_the_renewals_of_siblings_too(emulator):
    """A sibling's refresh token that the server has just replaced is stored before the connections close."""
    store = MemoryTokenStore()
    credentials = UsernamePassword(username=emulator.username, password=emulator.password)
    alfaview = Alfaview(credentials, base_url=emulator.base_url, tokens=store)
    companies = await alfaview.accessible_companies()
    other_id = next(company_id for company_id in companies if company_id != emulator.company_id)
    other = await alfaview.switch_company(other_id)
    key = key_of(emulator, f"user:{emulator.username}", other_id)
    before = (await store.load(key)).refresh_token
    emulator.clock.advance(hours=2)
    emulator.faults.add(AUTHENTICATE, do="delay", on="1", seconds=0.2)
    logins = emulator.requests.count(AUTHENTICATE)
    call = asyncio.create_task(other.rooms.list())
    await until(lambda: emulator.requests.count(AUTHENTICATE) > logins)
    await alfaview.close()
    await asyncio.gather(call, return_exceptions=True)
    after = await store.load(key)
    assert after.refresh_token != before
    assert not after.renewing_since


async def test_a_store_error_that_cannot_be_copied_reaches_the_caller(emulator, api_key):
    """Nobody waits for ever for a renewal whose exception is odd."""

    class Odd(Exception):
        def __init__(self, one, two):
            super().__init__(f"{one}{two}")

    class OddStore(MemoryTokenStore):
        async def load(self, _key):
            raise Odd("a", "b")

    async with Alfaview(api_key, base_url=emulator.base_url, tokens=OddStore()) as alfaview:
        with pytest.raises(Odd):
            await asyncio.wait_for(alfaview.rooms.list(), timeout=2)


async def test_an_empty_store_that_has_a_length_is_used(emulator, api_key):
    """A store may be falsy; that does not make it absent."""

    class Sized(MemoryTokenStore):
        def __len__(self):
            return len(self._records)

    store = Sized()
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
    assert len(store) == 1


async def test_a_store_that_fails_to_save_does_not_fail_the_call(emulator, api_key, caplog):
    """The token serves from memory, and the log says that it was not stored."""

    class FullStore(MemoryTokenStore):
        async def compare_and_swap(self, *_arguments):
            raise errors.StorageUnavailable("no space left on device")

    async with Alfaview(api_key, base_url=emulator.base_url, tokens=FullStore()) as alfaview:
        await alfaview.rooms.list()
        await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 1
    assert "no space left on device" in caplog.text


async def test_log_out_forgets_the_tokens(emulator, api_key):
    """After logging out the store is empty, and the next call would log in anew."""
    store = MemoryTokenStore()
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        await alfaview.log_out()
        assert await store.keys() == []
        await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 2


async def test_a_closed_client_says_so(emulator, api_key):
    """No call after `close()`; closing twice is allowed."""
    alfaview = Alfaview(api_key, base_url=emulator.base_url)
    await alfaview.rooms.list()
    await alfaview.close()
    await alfaview.close()
    with pytest.raises(errors.ClientClosed):
        await alfaview.rooms.list()


async def test_secrets_do_not_show(emulator, caplog):
    """Neither credentials nor client nor the log at DEBUG show code, password or token."""
    caplog.set_level("DEBUG")
    canaries = [emulator.code, emulator.password]
    store = MemoryTokenStore()
    credentials = UsernamePassword(username=emulator.username, password=emulator.password)
    key = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
    async with Alfaview(credentials, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        emulator.clock.advance(hours=2)
        await alfaview.rooms.list()
        stored = await store.load(key_of(emulator, f"user:{emulator.username}", ""))
        canaries += [stored.refresh_token.reveal(), stored.access_token.reveal()]
        shown = f"{credentials!r} {key!r} {alfaview!r} {stored!r} {vars(alfaview)!r} {caplog.text}"
    assert all(canaries)
    assert not [canary for canary in canaries if canary in shown]
