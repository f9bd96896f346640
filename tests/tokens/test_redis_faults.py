"""Redis that is gone, hangs, refuses or forgets: what the store says then, and that it works again afterwards."""

import asyncio
import warnings
from contextlib import asynccontextmanager
from time import monotonic

import pytest
import redis.asyncio
from attrs import evolve
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from alfaview_async import Alfaview
from alfaview_async.errors import StorageCorrupt, StorageTimeout, StorageUnavailable, TokenStoreError
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN
from alfaview_async.tokens import redis_connection
from alfaview_async.tokens.record import record_name

pytest_plugins = ["redis_server"]

PLACE = f"alfaview_async:{record_name(KEY)}"
NEWER = evolve(TOKEN, refresh_token=Secret("newer"))
COMMANDS = "+evalsha +eval +type +hmget +hget +hset +rename +get +set +del +pttl +lpop +rpush +pexpire +blpop +scan"


@pytest.fixture
def store(redis_server, connect):
    return connect(redis_server.url)


async def locked(store):
    async with store.lock(KEY):
        pass


async def outcomes(store):
    """Do everything that a store does, and return what came of it."""
    return await asyncio.gather(
        store.load(KEY),
        store.compare_and_swap(KEY, 1, NEWER),
        store.delete(OTHER_COMPANY),
        locked(store),
        store.keys(),
        return_exceptions=True,
    )


async def all_fail(store, error, match):
    for outcome in await outcomes(store):
        assert type(outcome) is error
        assert match in str(outcome)


async def test_f37_a_server_that_is_gone(own_redis, connect):
    """Refused at once; when it is back, empty, the store works without further ado."""
    server = own_redis().start()
    store = connect(server.url)
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    server.kill()
    await all_fail(store, StorageUnavailable, "cannot be reached")  # after a wait it would be a StorageTimeout
    server.start()
    assert await store.load(KEY) is None
    assert await store.compare_and_swap(KEY, 0, TOKEN)


async def test_f37_a_connection_that_was_lost_while_idle(store, redis_server):
    """What cuts idle connections is not noticed before the next use; that is no error, the question is put again."""
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.client_kill_filter(_type="normal", skipme=True)
    assert await store.compare_and_swap(KEY, 1, NEWER)


async def test_f37_a_name_that_nobody_knows(connect):
    """A host that cannot be found is named."""
    store = connect("rediss://no-such-host.invalid:6380")
    await all_fail(store, StorageUnavailable, "no-such-host.invalid:6380")


async def test_f37_a_name_server_that_does_not_answer(monkeypatch, connect):
    """Looking up the host counts in the bound."""

    async def hang(*_arguments, **_options):
        await asyncio.sleep(60)

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", hang)
    monkeypatch.setattr(redis_connection, "ANSWER_SECONDS", 0.2)
    began = monotonic()
    await all_fail(connect("rediss://redis.example:6380"), StorageTimeout, "did not answer within 0.2 s")
    assert monotonic() - began < 10  # of the minute for which the name server hangs


async def test_f37_a_client_with_a_valid_token_does_not_need_the_store(own_redis, emulator, api_key, connect):
    """While the access token is valid, nobody asks Redis: calls go on while it is down."""
    server = own_redis().start()
    store = connect(server.url)
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        assert await alfaview.rooms.list()
        server.kill()
        began = monotonic()
        assert await alfaview.rooms.list()
        assert monotonic() - began < 1.9  # asking it would take 2 s
    assert emulator.requests.count("authenticationService/authenticate") == 1


async def test_f38_a_server_that_hangs(own_redis, connect, assert_free):
    """Frozen: an error after 2 seconds, also where there is no connection yet; thawed: all works again."""
    server = own_redis().start()
    used, fresh = connect(server.url), connect(server.url)
    assert await used.compare_and_swap(KEY, 0, TOKEN)
    server.freeze()
    began = monotonic()
    await asyncio.gather(*(all_fail(store, StorageTimeout, "did not answer within 2 s") for store in (used, fresh)))
    assert 1.9 < monotonic() - began < 3.9  # one after the other would take 4 s
    server.thaw()
    assert (await used.load(KEY)).refresh_token in (TOKEN.refresh_token, NEWER.refresh_token)
    assert await fresh.keys() == [KEY]
    for store in (used, fresh):
        await store.close()
    await assert_free(used, KEY)


async def test_f38_a_server_that_pauses(redis_server, connect, monkeypatch):
    """CLIENT PAUSE below the bound is waited for; above it is an error."""
    monkeypatch.setattr(redis_connection, "ANSWER_SECONDS", 0.4)
    store = connect(redis_server.url)
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.client_pause(200)
    assert await store.load(KEY) == evolve(TOKEN, generation=1)
    redis_server.admin.client_pause(700)
    await all_fail(store, StorageTimeout, "did not answer within 0.4 s")


async def test_f39_out_of_memory(store, redis_server):
    """Nothing is stored or locked; what was stored can be read, and is what it was."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.config_set("maxmemory", 1)
    loaded, *changes, listed = await outcomes(store)
    assert loaded == evolve(TOKEN, generation=1)
    assert listed == [KEY]
    assert {type(change) for change in changes} == {StorageUnavailable}
    assert all("out of memory" in str(change) for change in changes)
    redis_server.admin.config_set("maxmemory", 0)
    assert await store.load(KEY) == evolve(TOKEN, generation=1)
    assert await store.compare_and_swap(KEY, 1, NEWER)
    await locked(store)


async def test_f39_a_lock_can_be_released_when_the_memory_is_full(store, redis_server, assert_free, caplog):
    """A release needs no memory: the next one need not wait for the lease."""
    async with store.lock(KEY):
        redis_server.admin.config_set("maxmemory", 1)
    redis_server.admin.config_set("maxmemory", 0)
    await assert_free(store, KEY)
    assert caplog.text == ""


async def test_f39_a_read_only_replica(store, redis_server):
    """After a failover to which our address does not follow: reads go on, changes say what is wrong."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.replicaof("127.0.0.1", "1")
    loaded, *changes, _listed = await outcomes(store)
    assert loaded == evolve(TOKEN, generation=1)
    assert {type(change) for change in changes} == {StorageUnavailable}
    assert all("read-only replica" in str(change) for change in changes)


async def test_f39_a_server_that_forgot_the_scripts(store, redis_server):
    """NOSCRIPT is no error: the script is sent whole."""
    for generation in range(3):
        redis_server.admin.script_flush()
        assert await store.compare_and_swap(KEY, generation, TOKEN)
        redis_server.admin.script_flush()
        await locked(store)


async def test_f39_something_else_in_place_of_the_lock(store, redis_server):
    """WRONGTYPE: named, and not waited for."""
    redis_server.admin.rpush(f"{PLACE}.lock", "junk")
    with pytest.raises(StorageUnavailable, match=r"delete the keys \*\.lock"):
        await locked(store)


async def test_f39_no_login_or_a_wrong_one(own_redis, connect):
    """NOAUTH and WRONGPASS: to be set right by a person; the password does not show."""
    server = own_redis("--requirepass", "right").start()
    for login in ("", ":wrong-canary@", "ada-canary:wrong-canary@"):
        store = connect(server.url.replace("//", f"//{login}"))
        for outcome in await outcomes(store):
            assert type(outcome) is StorageUnavailable
            assert "check user and password" in str(outcome)
            assert "canary" not in str(outcome)
    store = connect(server.url.replace("//", "//:right@"))
    assert await store.compare_and_swap(KEY, 0, TOKEN)


async def test_f39_a_user_with_too_few_rights(redis_server, connect):
    """NOPERM: for commands and for keys alike."""
    for rights in ("~alfaview_async:* +ping", f"~other:* {COMMANDS}"):
        redis_server.admin.execute_command("ACL", "SETUSER", "few", "reset", "on", ">secret", *rights.split())
        store = connect(redis_server.url.replace("//", "//few:secret@"))
        with pytest.raises(StorageUnavailable, match="does not let its user"):
            await store.load(KEY)
    redis_server.admin.acl_deluser("few")


async def test_f39_a_user_with_just_the_rights_needed(redis_server, caplog, connect):
    """The commands that the docs list are enough; that INFO is forbidden is a line at DEBUG."""
    caplog.set_level("DEBUG")
    rights = f"~alfaview_async:* {COMMANDS}".split()
    redis_server.admin.execute_command("ACL", "SETUSER", "few", "reset", "on", ">secret", *rights)
    store = connect(redis_server.url.replace("//", "//few:secret@"))
    assert await store.compare_and_swap(KEY, 0, TOKEN)
    await locked(store)
    assert await store.keys() == [KEY]
    redis_server.admin.hset(PLACE, "record", "junk")
    with pytest.raises(StorageCorrupt):
        await store.load(KEY)
    await store.delete(KEY)
    redis_server.admin.acl_deluser("few")
    assert "does not tell its eviction policy" in caplog.text


async def test_f39_a_server_that_is_loading(own_redis, connect):
    """LOADING: named as what it is, and over when it is over."""
    server = own_redis().start()
    store = connect(server.url)
    await store.compare_and_swap(KEY, 0, TOKEN)
    server.admin.mset({f"ballast-{number}": b"x" * 2048 for number in range(2000)})
    server.admin.save()
    server.kill()
    server.start(
        "--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024", "--rdbcompression", "no"
    )
    await all_fail(store, StorageUnavailable, "still loading")
    server.admin.config_set("key-load-delay", 0)
    await server.until(lambda info: not info["loading"])
    assert await store.load(KEY) == evolve(TOKEN, generation=1)


async def test_f39_a_server_that_cannot_save(own_redis, tmp_path, connect):
    """MISCONF: Redis refuses changes when its disk does; so do we, and what was stored can be read."""
    place = tmp_path / "gone"
    place.mkdir()
    server = own_redis("--save", "3600 1", "--dir", str(place), "--logfile", "").start()
    store = connect(server.url)
    await store.compare_and_swap(KEY, 0, TOKEN)
    place.rmdir()
    server.admin.bgsave()
    await server.until(lambda info: info["rdb_last_bgsave_status"] != "ok")
    with pytest.raises(StorageUnavailable, match="cannot save to its disk"):
        await store.compare_and_swap(KEY, 1, NEWER)
    assert await store.load(KEY) == evolve(TOKEN, generation=1)


async def test_f39_a_server_that_is_full(own_redis, connect):
    """No connection is free: Redis hangs up, often before it can be asked why."""
    server = own_redis("--maxclients", "1").start()
    store = connect(server.url)
    with pytest.raises(StorageUnavailable, match="cannot be reached"):
        await store.load(KEY)


@pytest.mark.parametrize("says", [b"HTTP/1.1 400 canary\r\n\r\n", b"-STRANGE canary\r\n", b"$-7\r\n", b""])
async def test_f39_something_that_is_no_redis(connect, says):
    """Another server at that address: an error that does not quote it, neither a hang nor garbage for a record."""

    async def answer(reader, writer):
        while says and await reader.readline():
            writer.write(says)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        where = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        store = connect(f"redis://{where}")
        found = await outcomes(store)
        await store.close()
        for outcome in found:
            assert isinstance(outcome, TokenStoreError)
            assert where in str(outcome)
            assert "canary" not in str(outcome)


@asynccontextmanager
async def that_swallows_answers(port, to):
    """A way to Redis on which the answer to the first request with these bytes is lost, with the connection."""
    losing = True

    async def carry(reader, writer):
        nonlocal losing
        there, back = await asyncio.open_connection("127.0.0.1", port)
        while request := await reader.read(65536):
            back.write(request)
            answer = await there.read(65536)
            if losing and to in request and not answer.startswith(b"-NOSCRIPT"):
                losing = False
                break
            writer.write(answer)
        for end in (writer, back):
            end.close()

    async with await asyncio.start_server(carry, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
    assert not losing


async def test_a_change_whose_answer_was_lost_is_made_once(redis_server, connect):
    """A client of the caller's sends again what it has no answer to: it is stored, once, and not called a conflict."""
    async with (
        that_swallows_answers(redis_server.port, TOKEN.refresh_token.reveal().encode()) as port,
        redis.asyncio.Redis(port=port, retry=Retry(NoBackoff(), 3)) as client,
    ):
        store = connect(client)
        assert await store.compare_and_swap(KEY, 0, TOKEN)
        assert await store.load(KEY) == evolve(TOKEN, generation=1)


async def test_a_lock_whose_answer_was_lost_is_ours(redis_server, connect, assert_free):
    """Sent again, it finds itself taken, by us: nobody waits out the lease."""
    async with (
        that_swallows_answers(redis_server.port, f"{PLACE}.lock".encode()) as port,
        redis.asyncio.Redis(port=port, retry=Retry(NoBackoff(), 3)) as client,
    ):
        began = monotonic()
        await locked(connect(client))
        assert monotonic() - began < 10  # of the lease's 90 s
    await assert_free(connect(redis_server.url), KEY)


async def test_f41_flushall_while_many_write(store, redis_server):
    """The record is made anew; of the writers none fails, and none overwrites what it has not seen."""
    stored, some_stored = 0, asyncio.Event()

    async def write(number):
        nonlocal stored
        while True:
            now = await store.load(KEY)
            token = evolve(TOKEN, refresh_token=Secret(f"{number}"))
            if await store.compare_and_swap(KEY, now.generation if now else 0, token):
                stored += 1
                if stored == 5:
                    some_stored.set()
                return

    writers = [asyncio.create_task(write(number)) for number in range(12)]
    await some_stored.wait()
    before = stored
    redis_server.admin.flushall()
    await asyncio.gather(*writers)
    assert before < 12 == stored
    assert 1 <= (await store.load(KEY)).generation <= 12 - before + 1


async def test_f41_what_was_read_before_flushall_does_not_come_back(store, redis_server):
    """A save that names a generation of before is turned away; one that names none is the new record."""
    for generation in range(5):
        await store.compare_and_swap(KEY, generation, TOKEN)
    redis_server.admin.flushall()
    assert not await store.compare_and_swap(KEY, 5, TOKEN)
    assert await store.compare_and_swap(KEY, 0, NEWER)
    assert (await store.load(KEY)).refresh_token == NEWER.refresh_token


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu", "allkeys-random"])
async def test_f42_a_server_that_may_evict_tokens_is_warned_of_once(store, redis_server, policy):
    """At the first use, with the remedy."""
    redis_server.admin.config_set("maxmemory-policy", policy)
    with pytest.warns(RuntimeWarning, match=f"{policy}.*Use noeviction") as caught:
        await asyncio.gather(*(store.load(KEY) for _ in range(5)))
    assert len(caught) == 1
    await store.load(KEY)


@pytest.mark.parametrize("policy", ["noeviction", "volatile-lru"])
async def test_f42_other_policies_are_fine(store, redis_server, policy):
    """Records have no time to live, so volatile- policies leave them alone."""
    redis_server.admin.config_set("maxmemory-policy", policy)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert await store.load(KEY) is None
