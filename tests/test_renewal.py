"""One renewal among processes: what is noted, what survives a crash, what is given up."""

import asyncio
import os
from time import time

import pytest
from attrs import evolve
from refresh_tokens import fresh_refresh_token, token_client
from waiting import until

from alfaview_async import Alfaview, ApiKey, UsernamePassword, errors
from alfaview_async.emulator import Emulator
from alfaview_async.retry import RetryPolicy
from alfaview_async.secret import Secret
from alfaview_async.tokens import MemoryTokenStore, StoredToken, TokenKey

AUTHENTICATE = "authenticationService/authenticate"
LIST = "roomService/list"
ONE_TRY = RetryPolicy(attempts=1)


@pytest.fixture
def origin(emulator):
    return emulator.base_url.removesuffix("/json/v1/")


@pytest.fixture
def key(emulator, origin):
    return TokenKey(origin=origin, principal="key:demo", company_id=emulator.company_id)


@pytest.fixture
def token_key(emulator, origin):
    """The record of `RefreshToken(..., user="ada")`."""
    return TokenKey(origin=origin, principal="token:ada", company_id=emulator.company_id)


def logins(emulator):
    return [next(k for k in e.body if k.endswith("Credentials")) for e in emulator.requests if e.path == AUTHENTICATE]


async def test_the_record_says_that_a_renewal_is_under_way(emulator, key, api_key):
    """R6: noted before the request, gone with the result; in between a death can be recognised."""
    seen = []

    class Watched(MemoryTokenStore):
        async def compare_and_swap(self, key, expected_generation, token):
            seen.append(bool(token.renewing_since))
            return await super().compare_and_swap(key, expected_generation, token)

    store = Watched()
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        emulator.clock.advance(hours=2)
        await alfaview.rooms.list()
    assert seen == [False, True, False]
    assert (await store.load(key)).renewing_since == 0.0


async def test_a_lost_answer_to_a_refresh_is_asked_for_once_more(emulator, token_key):
    """F52, R8: the server may not have seen the first request; here it had not, so the second one works."""
    store = MemoryTokenStore()
    async with token_client(emulator, await fresh_refresh_token(emulator), store) as alfaview:
        await alfaview.rooms.list()
        emulator.clock.advance(hours=2)
        emulator.faults.add(AUTHENTICATE, do="reset", on="1")
        await alfaview.rooms.list()
    assert (await store.load(token_key)).refresh_token


async def test_a_rotation_whose_answer_was_lost_is_told_as_such(emulator, token_key):
    """F52: the server has replaced the token and nobody has the successor; without credentials that is the end.

    The record is kept and marked, not deleted (R7), and no further request is made with it.
    """
    store = MemoryTokenStore()
    token = await fresh_refresh_token(emulator)
    async with token_client(emulator, token, store, retry=ONE_TRY) as alfaview:
        await alfaview.rooms.list()
        emulator.clock.advance(hours=2)
        emulator.faults.add(AUTHENTICATE, do="apply-then-reset", on="1")
        with pytest.raises(errors.RefreshRejected):
            await alfaview.rooms.list()
        count = emulator.requests.count(AUTHENTICATE)
        with pytest.raises(errors.RefreshRejected):
            await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == count
    assert (await store.load(token_key)).suspect


async def test_a_lost_rotation_costs_nothing_where_there_are_credentials(emulator, api_key):
    """F52: the API key logs in anew, and the new refresh token is the one that is used next."""
    async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
        await alfaview.rooms.list()
        emulator.clock.advance(hours=2)
        emulator.faults.add(AUTHENTICATE, do="apply-then-reset", on="1")
        await alfaview.rooms.list()
        emulator.clock.advance(hours=2)
        await alfaview.rooms.list()
    assert logins(emulator) == [
        "authorizationCodeCredentials",
        "refreshTokenCredentials",  # rotated, answer lost
        "refreshTokenCredentials",  # refused
        "authorizationCodeCredentials",
        "refreshTokenCredentials",
    ]


async def test_a_death_between_rotation_and_save_is_named(emulator, token_key):
    """F53: a record that says "renewal under way" to one who holds the lock tells of a dead writer."""
    store = MemoryTokenStore()
    dead = StoredToken(
        company_id=emulator.company_id,
        refresh_token=Secret("11111111-2222-4333-8444-555555555555"),
        renewing_since=time() - 5,
    )
    await store.compare_and_swap(token_key, 0, dead)
    async with token_client(emulator, dead.refresh_token, store, retry=ONE_TRY) as alfaview:
        with pytest.raises(errors.RefreshLost, match="died while it was renewing"):
            await alfaview.rooms.list()


async def test_a_death_before_the_request_costs_nothing(emulator, token_key):
    """R9: the note is there, the server never heard of it: the token still works."""
    store = MemoryTokenStore()
    token = await fresh_refresh_token(emulator)
    noted = StoredToken(company_id=emulator.company_id, refresh_token=token, renewing_since=time() - 5)
    await store.compare_and_swap(token_key, 0, noted)
    async with token_client(emulator, token, store) as alfaview:
        await alfaview.rooms.list()
    assert (await store.load(token_key)).renewing_since == 0.0


async def test_a_refresh_that_was_never_sent_takes_its_note_back(emulator, token_key, later):
    """A server that cannot be reached has not replaced anything: the next failure must not be called a lost one."""
    store = MemoryTokenStore()
    alfaview = token_client(emulator, await fresh_refresh_token(emulator), store, retry=ONE_TRY)
    await alfaview.rooms.list()
    await emulator.stop()
    later(7200)
    with pytest.raises(errors.NotSent):
        await alfaview.rooms.list()
    assert (await store.load(token_key)).renewing_since == 0.0
    await alfaview.close()


async def test_a_peer_that_saves_late_is_waited_for(emulator, key, api_key):
    """R7: refused, because a peer without our lock has just rotated; its record appears, and is adopted."""
    store = MemoryTokenStore()
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        stored = await store.load(key)
        emulator.clock.advance(hours=2)
        async with Alfaview(api_key, base_url=emulator.base_url) as peer:
            await peer.rooms.list()
            peers_tokens = await peer._tokens.load(key)
            emulator.state.tokens._refresh.clear()
            asked = emulator.requests.count(AUTHENTICATE)
            call = asyncio.create_task(alfaview.rooms.list())
            await until(lambda: emulator.requests.count(AUTHENTICATE) > asked)
            noted = await store.load(key)
            late = evolve(peers_tokens, refresh_token=stored.refresh_token)
            assert await store.compare_and_swap(key, noted.generation, late)
            await call
    assert logins(emulator).count("authorizationCodeCredentials") == 2


async def test_a_store_that_was_emptied_gets_the_latest_token_back(emulator, token_key):
    """F41: without other credentials the login would be lost with the store."""
    store = MemoryTokenStore()
    async with token_client(emulator, await fresh_refresh_token(emulator), store) as alfaview:
        await alfaview.rooms.list()
        emulator.clock.advance(hours=2)
        await alfaview.rooms.list()
        store._records.clear()
        emulator.clock.advance(hours=2)
        await alfaview.rooms.list()
    assert (await store.load(token_key)).refresh_token


class BrokenStore(MemoryTokenStore):
    broken = True

    async def load(self, key):
        if self.broken:
            raise errors.StorageUnavailable("the store is down")
        return await super().load(key)


async def test_without_a_store_an_api_key_logs_in_and_saves_when_the_store_is_back(emulator, key, api_key):
    """S8, F37: the call succeeds; closing stores what could not be stored before."""
    store = BrokenStore()
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        store.broken = False
    assert (await store.load(key)).refresh_token


async def test_without_a_store_a_refresh_token_is_not_risked(emulator):
    """Two hosts that use it at once, without their lock, would lose the login."""
    token = await fresh_refresh_token(emulator)
    count = emulator.requests.count(AUTHENTICATE)
    async with token_client(emulator, token, BrokenStore()) as alfaview:
        with pytest.raises(errors.StorageUnavailable):
            await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == count


async def test_a_valid_token_serves_while_the_store_is_down(emulator, api_key):
    """F37: nothing but a renewal needs the store."""
    store = BrokenStore()
    store.broken = False
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        store.broken = True
        for _ in range(3):
            await alfaview.rooms.list()
        store.broken = False
    assert emulator.requests.count(AUTHENTICATE) == 1


async def test_short_lived_tokens_work_without_storms(later):
    """F59, B9: tokens of five seconds, twenty callers at once, ten seconds long: one login for each token."""
    async with Emulator(token_lifetime=5) as emulator:
        key = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
        async with Alfaview(key, base_url=emulator.base_url) as alfaview:
            for _ in range(10):
                await asyncio.gather(*(alfaview.rooms.list() for _ in range(20)))
                later(1, emulator)
        assert emulator.requests.count(AUTHENTICATE) <= 4
        assert {entry.status for entry in emulator.requests} == {200}


async def test_a_token_that_is_given_again_is_used_to_its_end(plain_server, later):
    """F60: a server that answers with the same token is not asked again at every call."""
    now = time()
    login = plain_server.answers[AUTHENTICATE][0] | {"companyId": "company-1", "expiresAt": str(int(now + 100))}
    plain_server.on(AUTHENTICATE, login)
    plain_server.on(LIST, {})
    credentials = ApiKey(client_id="alias", code="secret", company_id="company-1")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        await alfaview.rooms.list()
        later(90)
        for _ in range(5):
            await alfaview.rooms.list()
    assert len(plain_server.bodies(AUTHENTICATE)) == 2


@pytest.mark.parametrize("jump", [3600, -3600, 10 * 365 * 86400, -10 * 365 * 86400])
async def test_a_clock_that_is_set_costs_one_login_at_most(emulator, api_key, later, jump):
    """F61: an hour or ten years, forward or back; no storm."""
    async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
        await alfaview.rooms.list()
        later(jump, set_by_hand=True)
        for _ in range(5):
            await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) <= 2


async def test_a_machine_that_slept_renews_before_it_calls(emulator, api_key, later):
    """F61: after eight hours of sleep the token is known to have ended, though somebody set the wall clock back."""
    async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
        await alfaview.rooms.list()
        later(8 * 3600, emulator)
        later(-8 * 3600, set_by_hand=True)
        await alfaview.rooms.list()
    assert emulator.requests.count(AUTHENTICATE) == 2
    assert {entry.status for entry in emulator.requests} == {200}


@pytest.mark.parametrize(
    ("expires_at", "known"),
    [
        ("{s}", True),
        ("{ms}", True),
        ("{us}", True),
        ("{ns}", True),
        ("0", False),
        ("", False),
        ("-1", False),
        ("9000000000000000000", False),
    ],
)
async def test_the_unit_of_the_expiry_is_decided_by_its_size(plain_server, later, expires_at, known):
    """F58: seconds are documented; what is no plausible time means unknown, and the server's refusal will tell."""
    ends = int(time()) + 100
    text = expires_at.format(s=ends, ms=ends * 10**3, us=ends * 10**6, ns=ends * 10**9)
    plain_server.on(AUTHENTICATE, plain_server.answers[AUTHENTICATE][0] | {"expiresAt": text})
    plain_server.on(LIST, {})
    credentials = UsernamePassword(username="ada", password="secret")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        await alfaview.rooms.list()
        later(95)
        await alfaview.rooms.list()
    assert len(plain_server.bodies(AUTHENTICATE)) == (2 if known else 1)


async def test_failures_are_not_kept(emulator, api_key):
    """F51: every waiter has its own exception, and the next call tries again."""
    emulator.faults.add(AUTHENTICATE, do="error", status="INTERNAL", on="1")
    async with Alfaview(api_key, base_url=emulator.base_url, retry=ONE_TRY) as alfaview:
        failed = await asyncio.gather(*(alfaview.rooms.list() for _ in range(20)), return_exceptions=True)
        assert len({id(failure) for failure in failed}) == 20
        assert {type(failure) for failure in failed} == {errors.StatusError}
        assert await alfaview.rooms.list()


def test_one_client_serves_one_loop_after_another(unused_tcp_port):
    """F89, R14: `asyncio.run` twice with the same client: connections of its own in each loop, one login."""
    emulator = Emulator(port=unused_tcp_port)
    key = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
    client = Alfaview(key, base_url=f"http://127.0.0.1:{unused_tcp_port}/json/v1/")

    async def call():
        async with emulator:
            found = await client.rooms.find("Seminar A")
            await client._transport.close_connections()
            return found

    assert asyncio.run(call()) == asyncio.run(call())
    assert emulator.requests.count(AUTHENTICATE) == 1


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
async def test_a_fork_leaves_both_sides_working(emulator, api_key):
    """F90, B18, R14: sixty calls in the parent and sixty in a forked child, at the same time, all answered."""
    async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
        await alfaview.rooms.list()

        def in_the_child():
            async def calls():
                return [len((await alfaview.rooms.list()).rooms) for _ in range(60)]

            return asyncio.run(calls())

        readable, writable = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.write(writable, str(len(in_the_child())).encode())
            finally:
                os._exit(0)
        os.close(writable)
        assert [len((await alfaview.rooms.list()).rooms) for _ in range(60)]
        assert await asyncio.to_thread(os.read, readable, 10) == b"60"
        await asyncio.to_thread(os.waitpid, child, 0)
        os.close(readable)
    assert emulator.requests.count(LIST) == 121
    assert emulator.requests.count(AUTHENTICATE) == 1
