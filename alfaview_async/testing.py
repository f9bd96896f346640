"""Tests that every token store must pass: inherit the class, give it a store, run pytest.

    class TestMyStore(TokenStoreContract):
        async def make_store(self):
            return MyStore(...)

Needs pytest with pytest-asyncio in its auto mode, or anyio's plugin.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from attrs import evolve

from alfaview_async.secret import Secret
from alfaview_async.tokens.store import StoredToken, TokenKey, TokenStore

ORIGIN = "https://apis.alfaview.com"
KEY = TokenKey(origin=ORIGIN, principal="key:demo", company_id="01FH0EX2VQQ378MV7Z5NAGHESK")
OTHER_COMPANY = TokenKey(origin=ORIGIN, principal="key:demo", company_id="01EZYCFW9MJ10P15YJ63NZ8S47")
OTHER_PRINCIPAL = TokenKey(origin=ORIGIN, principal="user:ada@example.org", company_id=KEY.company_id)
AWKWARD = TokenKey(origin=ORIGIN, principal="user:../../ä\n\u202e/CON", company_id="x" * 500)
TOKEN = StoredToken(
    company_id=KEY.company_id,
    refresh_token=Secret("a1b2c3d4-0000-4000-8000-0123456789ab"),
    access_token=Secret("+/=" * 90),
    access_expires_at=1_900_000_000.0,
    refresh_expires_at=1_902_592_000.5,
)


class TokenStoreContract:
    """What a `TokenStore` promises, as tests."""

    async def make_store(self) -> TokenStore:
        """Return a new, empty store."""
        raise NotImplementedError

    @pytest.fixture
    async def store(self) -> AsyncIterator[TokenStore]:
        """Give each test a store of its own."""
        store = await self.make_store()
        yield store
        await store.close()

    async def test_an_empty_store_holds_nothing(self, store: TokenStore) -> None:
        """There is no record before the first save."""
        assert await store.load(KEY) is None
        assert await store.keys() == []

    async def test_what_was_stored_comes_back(self, store: TokenStore) -> None:
        """Every field survives; the generation is the store's."""
        assert await store.compare_and_swap(KEY, 0, evolve(TOKEN, generation=99))
        assert await store.load(KEY) == evolve(TOKEN, generation=1)

    async def test_generations_grow_by_one(self, store: TokenStore) -> None:
        """Each save that names the present generation makes the next."""
        for generation in range(3):
            assert await store.compare_and_swap(KEY, generation, TOKEN)
            stored = await store.load(KEY)
            assert stored is not None
            assert stored.generation == generation + 1

    async def test_an_old_generation_changes_nothing(self, store: TokenStore) -> None:
        """Whoever comes second with the same generation is turned away."""
        newer = evolve(TOKEN, refresh_token=Secret("newer"))
        assert await store.compare_and_swap(KEY, 0, TOKEN)
        assert await store.compare_and_swap(KEY, 1, newer)
        assert not await store.compare_and_swap(KEY, 1, TOKEN)
        assert not await store.compare_and_swap(KEY, 0, TOKEN)
        assert await store.load(KEY) == evolve(newer, generation=2)

    async def test_keys_do_not_mix(self, store: TokenStore) -> None:
        """Two companies of one login, and two logins of one company, have records of their own."""
        for number, key in enumerate((KEY, OTHER_COMPANY, OTHER_PRINCIPAL)):
            assert await store.compare_and_swap(key, 0, evolve(TOKEN, refresh_token=Secret(f"token-{number}")))
        for number, key in enumerate((KEY, OTHER_COMPANY, OTHER_PRINCIPAL)):
            stored = await store.load(key)
            assert stored is not None
            assert stored.refresh_token.reveal() == f"token-{number}"
        assert await store.keys() == sorted([KEY, OTHER_COMPANY, OTHER_PRINCIPAL])

    async def test_any_text_may_be_in_a_key(self, store: TokenStore) -> None:
        """Slashes, line breaks, bidi marks and long ids neither escape nor collide."""
        assert await store.compare_and_swap(AWKWARD, 0, TOKEN)
        assert await store.load(AWKWARD) == evolve(TOKEN, generation=1)
        assert await store.keys() == [AWKWARD]

    async def test_deleted_records_are_gone(self, store: TokenStore) -> None:
        """Neither loaded nor listed; deleting what is not there is no error."""
        assert await store.compare_and_swap(KEY, 0, TOKEN)
        await store.delete(KEY)
        await store.delete(OTHER_COMPANY)
        assert await store.load(KEY) is None
        assert await store.keys() == []

    async def test_a_refresh_under_way_cannot_undo_a_logout(self, store: TokenStore) -> None:
        """The save of a refresh that began before the deletion is turned away; a new login is not.

        Its generation tells that there was a record: only in a store that was emptied does one begin with 1 again.
        """
        assert await store.compare_and_swap(KEY, 0, TOKEN)
        await store.delete(KEY)
        assert not await store.compare_and_swap(KEY, 1, TOKEN)
        assert await store.load(KEY) is None
        assert await store.compare_and_swap(KEY, 0, TOKEN)
        stored = await store.load(KEY)
        assert stored is not None
        assert stored.generation > 1

    async def test_one_of_many_writers_wins(self, store: TokenStore) -> None:
        """Fifty concurrent saves of one generation: one is stored."""
        saves = [
            store.compare_and_swap(KEY, 0, evolve(TOKEN, refresh_token=Secret(str(number)))) for number in range(50)
        ]
        won = await asyncio.gather(*saves)
        assert won.count(True) == 1
        stored = await store.load(KEY)
        assert stored is not None
        assert stored.refresh_token.reveal() == str(won.index(True))

    async def test_the_lock_admits_one_at_a_time(self, store: TokenStore) -> None:
        """Nobody else is inside while the block runs; another key has another lock."""
        inside = 0

        async def enter() -> None:
            nonlocal inside
            async with store.lock(KEY):
                inside += 1
                await asyncio.sleep(0)
                assert inside == 1
                inside -= 1

        async with store.lock(OTHER_COMPANY):
            await asyncio.gather(*(enter() for _ in range(20)))

    async def test_a_cancelled_waiter_leaves_the_lock_usable(self, store: TokenStore) -> None:
        """Giving up while waiting neither takes nor breaks the lock."""

        async def enter() -> None:
            async with store.lock(KEY):
                pass

        async with store.lock(KEY):
            waiter = asyncio.create_task(enter())
            await asyncio.sleep(0.01)
            waiter.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiter
        await asyncio.wait_for(enter(), timeout=2)

    async def test_secrets_do_not_show(self, store: TokenStore) -> None:
        """Neither the store nor a record tells a token when printed."""
        assert await store.compare_and_swap(KEY, 0, TOKEN)
        shown = f"{store!r} {store} {await store.load(KEY)!r} {vars(store) if hasattr(store, '__dict__') else ''}"
        assert TOKEN.refresh_token.reveal() not in shown
        assert TOKEN.access_token.reveal() not in shown
