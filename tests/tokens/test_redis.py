"""Tokens in Redis, beyond what every store promises: how they are kept, found bad, and found again."""

import subprocess
import sys
from importlib import import_module

import pytest
import redis.asyncio
from attrs import evolve

from alfaview_async.errors import ConfigurationError, StorageCorrupt, StoreTooNew, TokenStoreError
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN, TokenStoreContract
from alfaview_async.tokens.record import NotOpened, record_name
from alfaview_async.tokens.redis import RedisTokenStore

pytest_plugins = ["redis_server"]

PLACE = f"alfaview_async:{record_name(KEY)}"
SEALING_KEY = bytes(range(32))
JUNK = [b"", b"{", b"\x00" * 100, b"[]", b"{}", b'{"version":1}', b"null", b"x" * 70_000, b"sealed"]


@pytest.fixture
def store(redis_server, connect):
    return connect(redis_server.url)


class TestRedisTokenStore(TokenStoreContract):
    @pytest.fixture(autouse=True)
    def server(self, redis_server):
        self.server = redis_server

    async def make_store(self):
        return RedisTokenStore(self.server.url)


class TestSealedRedisTokenStore(TestRedisTokenStore):
    async def make_store(self):
        return RedisTokenStore(self.server.url, encryption_key=SEALING_KEY)


class TestRedisTokenStoreWithAClientOfTheCallers(TestRedisTokenStore):
    """Whatever the client makes of other answers: records are bytes."""

    @pytest.fixture(params=[2, 3])
    async def protocol(self, request):
        return request.param

    @pytest.fixture
    async def store(self, protocol):
        async with redis.asyncio.Redis(port=self.server.port, decode_responses=True, protocol=protocol) as client:
            store = RedisTokenStore(client, encryption_key=SEALING_KEY)
            yield store
            await store.close()
            assert await client.ping()


async def test_another_store_object_finds_the_record(store, redis_server, connect):
    """What one host stored, the next one loads."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    other = connect(redis_server.url)
    assert await other.load(KEY) == evolve(TOKEN, generation=1)


async def test_prefixes_keep_applications_apart(store, redis_server, connect):
    """Each store sees and lists the records under its own prefix, whatever characters that has."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    odd = connect(redis_server.url, prefix="a*[b]?\\ä:")
    redis_server.admin.set("aXb:" + "a" * 32, "of somebody else")
    assert await odd.load(KEY) is None
    await odd.compare_and_swap(OTHER_COMPANY, 0, TOKEN)
    assert await odd.keys() == [OTHER_COMPANY]
    assert await store.keys() == [KEY]


async def test_locks_and_what_was_set_aside_are_not_listed(store, redis_server):
    """`keys()` names records; a held lock or a bad record under its new name is none."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.rename(PLACE, f"{PLACE}.corrupt-1-abcdef")
    async with store.lock(KEY):
        assert await store.keys() == []


async def test_keys_are_listed_beyond_one_page(store, redis_server):
    """Among thousands of other keys, each of ours is found, once."""
    redis_server.admin.mset({f"alfaview_async:{number}": "" for number in range(5000)})
    keys = [evolve(KEY, company_id=f"company-{number}") for number in range(20)]
    for key in keys:
        await store.compare_and_swap(key, 0, TOKEN)
    assert await store.keys() == sorted(keys)


async def test_records_do_not_end_by_themselves_and_locks_do(store, redis_server):
    """A record has no time to live; a lock has its lease, 90 seconds, so that a dead holder does not keep it."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    async with store.lock(KEY) as lease:
        assert redis_server.admin.ttl(PLACE) == -1
        assert 89_000 < redis_server.admin.pttl(f"{PLACE}.lock") <= 90_010
        assert 89 < lease.remaining() <= redis_server.admin.pttl(f"{PLACE}.lock") / 1000
    assert redis_server.admin.pttl(f"{PLACE}.lock") <= 500


async def test_a_logout_leaves_the_generation(store, redis_server):
    """S16: the record of a deleted token has no token, and the next login goes on counting."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    await store.delete(KEY)
    assert redis_server.admin.hget(PLACE, "generation") == b"2"
    assert TOKEN.refresh_token.reveal().encode() not in redis_server.admin.hget(PLACE, "record")
    await store.compare_and_swap(KEY, 0, TOKEN)
    assert (await store.load(KEY)).generation == 3


@pytest.mark.parametrize("data", JUNK, ids=lambda data: repr(data[:10]))
async def test_f45_an_unreadable_record_is_set_aside_not_taken_for_absent(store, redis_server, data):
    """S9: the caller hears of it, the bytes are kept under another name, the next save works."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.hset(PLACE, "record", data)
    with pytest.raises(StorageCorrupt, match="corrupt-"):
        await store.load(KEY)
    (aside,) = redis_server.admin.keys(f"{PLACE}.corrupt-*")
    assert redis_server.admin.hget(aside, "record") == data
    assert await store.compare_and_swap(KEY, 0, TOKEN)


@pytest.mark.parametrize("plant", [["SET", PLACE, "junk"], ["RPUSH", PLACE, "junk"], ["HSET", PLACE, "other", "field"]])
@pytest.mark.parametrize("use", ["load", "compare_and_swap", "delete", "keys"])
async def test_f45_another_type_in_place_of_the_record_is_set_aside(store, redis_server, plant, use):
    """A key that we did not write is no record; it is kept under another name, whatever was asked for."""
    redis_server.admin.execute_command(*plant)
    arguments = {"compare_and_swap": (KEY, 0, TOKEN), "keys": ()}.get(use, (KEY,))
    with pytest.raises(StorageCorrupt):
        await getattr(store, use)(*arguments)
    (aside,) = redis_server.admin.keys(f"{PLACE}.corrupt-*")
    assert redis_server.admin.type(aside) == {"SET": b"string", "RPUSH": b"list", "HSET": b"hash"}[plant[0]]
    assert await store.load(KEY) is None


async def test_f45_a_tampered_generation_is_found(store, redis_server):
    """The number that changes are compared with stands inside the record too."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.hset(PLACE, "generation", 7)
    with pytest.raises(StorageCorrupt, match="generation"):
        await store.load(KEY)


async def test_f45_a_record_of_another_login_is_not_used(store, redis_server):
    """A record that was copied to another name is recognised by the key inside."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.copy(PLACE, f"alfaview_async:{record_name(OTHER_COMPANY)}")
    with pytest.raises(StorageCorrupt, match="another login"):
        await store.load(OTHER_COMPANY)


async def test_a_good_record_is_not_set_aside_for_a_bad_one_before_it(store, redis_server, connect):
    """Between reading garbage and setting it aside a peer may have saved: its record stays."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    redis_server.admin.hset(PLACE, "record", "junk")
    set_aside = store._set_aside

    async def late(*arguments):
        redis_server.admin.delete(PLACE)
        peer = connect(redis_server.url)
        await peer.compare_and_swap(KEY, 0, evolve(TOKEN, refresh_token=Secret("newer")))
        return await set_aside(*arguments)

    store._set_aside = late
    with pytest.raises(StorageCorrupt):
        await store.load(KEY)
    assert (await store.load(KEY)).refresh_token == Secret("newer")


async def test_a_record_of_a_later_version_is_left_alone(store, redis_server):
    """An old program must not destroy what a new one wrote."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    later = redis_server.admin.hget(PLACE, "record").replace(b'"version":1', b'"version":99')
    redis_server.admin.hset(PLACE, "record", later)
    for attempt in (store.load(KEY), store.compare_and_swap(KEY, 1, TOKEN), store.delete(KEY), store.keys()):
        with pytest.raises(StoreTooNew):
            await attempt
    assert redis_server.admin.hget(PLACE, "record") == later


async def test_sealed_records_show_nothing_and_cannot_be_exchanged(redis_server, connect):
    """S14: no token in what Redis holds; without the right key, or moved, a record is an error and stays."""
    sealed = connect(redis_server.url, encryption_key=SEALING_KEY)
    await sealed.compare_and_swap(KEY, 0, TOKEN)
    held = b"".join(redis_server.admin.hgetall(PLACE).values())
    assert TOKEN.refresh_token.reveal().encode() not in held
    assert KEY.company_id.encode() not in held
    plain, wrong = connect(redis_server.url), connect(redis_server.url, encryption_key=bytes(32))
    for store in (plain, wrong):
        with pytest.raises(NotOpened, match="left alone"):
            await store.load(KEY)
    redis_server.admin.copy(PLACE, f"alfaview_async:{record_name(OTHER_COMPANY)}")
    with pytest.raises(NotOpened):
        await sealed.load(OTHER_COMPANY)
    assert await sealed.load(KEY) == evolve(TOKEN, generation=1)


async def test_what_is_too_large_to_be_read_is_not_stored(store):
    """S18: one limit for both directions, and the old record stays."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    with pytest.raises(TokenStoreError, match="larger than 65536 bytes"):
        await store.compare_and_swap(KEY, 1, evolve(TOKEN, access_token=Secret("x" * 65_536)))
    largest = evolve(TOKEN, access_token=Secret("x" * 65_000))
    assert await store.compare_and_swap(KEY, 1, largest)
    assert await store.load(KEY) == evolve(largest, generation=2)


def test_without_redis_py_the_error_names_the_remedy(monkeypatch):
    """The package imports without the extra; making a store says what to install."""
    for name in ("redis", "redis.asyncio"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "alfaview_async.tokens.redis_connection", raising=False)
    monkeypatch.delattr(import_module("alfaview_async.tokens"), "redis_connection", raising=False)
    with pytest.raises(ConfigurationError, match=r"pip install 'alfaview-async\[redis\]'"):
        RedisTokenStore("redis://localhost")


def test_importing_the_store_does_not_import_redis():
    """redis-py loads when a store is made: others need not have it."""
    code = "import sys, alfaview_async.tokens.redis; sys.exit('redis' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("lease", [0, -1, float("nan"), float("inf")])
def test_a_lease_must_be_a_time(lease):
    """A lock that never ended, or ended at once, would be none."""
    with pytest.raises(ConfigurationError, match="lease_seconds"):
        RedisTokenStore("redis://localhost", lease_seconds=lease)
