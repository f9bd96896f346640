"""What a logout ends, and what peers that go on make of it."""

import asyncio

import pytest
from refresh_tokens import fresh_refresh_token, token_client

from alfaview_async import Alfaview, errors
from alfaview_async.emulator import Emulator
from alfaview_async.tokens import MemoryTokenStore

AUTHENTICATE = "authenticationService/authenticate"


async def test_a_logout_during_a_renewal_wins(emulator, api_key):
    """F66, S16: the renewal ends, but its record is not written over the deletion."""
    store = MemoryTokenStore()
    async with Alfaview(api_key, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
        (key,) = await store.keys()
        emulator.clock.advance(hours=2)
        delayed = emulator.faults.add(AUTHENTICATE, do="delay", on="1", seconds=0.2)
        call = asyncio.create_task(alfaview.rooms.list())
        while not delayed.fired:  # noqa: ASYNC110 - the emulator tells nobody
            await asyncio.sleep(0)
        await store.delete(key)
        await call
    assert await store.load(key) is None


async def test_a_logout_by_a_peer_is_not_taken_for_an_emptied_store(emulator):
    """F66, S16: a deletion looks like an empty store, but stays; the first refresh token was replaced long ago."""
    store = MemoryTokenStore()
    token = await fresh_refresh_token(emulator)
    async with token_client(emulator, token, store) as first, token_client(emulator, token, store) as second:
        await first.rooms.list()
        await second.rooms.list()
        await first.log_out()
        emulator.clock.advance(hours=2)
        with pytest.raises(errors.AuthenticationError, match="refresh token refused"):
            await second.rooms.list()
        assert await store.keys() == []


async def test_after_a_logout_by_a_peer_a_token_that_is_still_good_logs_in_anew():
    """What a new client could do, an old one can; the record it stores is whole, with no renewal under way."""
    async with Emulator(rotate_refresh_tokens=False) as emulator:
        store = MemoryTokenStore()
        token = await fresh_refresh_token(emulator)
        async with token_client(emulator, token, store) as first, token_client(emulator, token, store) as second:
            await first.rooms.list()
            await second.rooms.list()
            await first.log_out()
            emulator.clock.advance(hours=2)
            await second.rooms.list()
        (key,) = await store.keys()
        stored = await store.load(key)
    assert stored.access_token
    assert stored.renewing_since == 0
    assert not stored.suspect
