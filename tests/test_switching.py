"""From one company into another: a client for each, which share connections and token store."""

import pytest

from alfaview_async import Alfaview, RefreshToken, UsernamePassword, errors
from alfaview_async.tokens import MemoryTokenStore


async def test_switching_the_company_keeps_both_identities(emulator):
    """The sibling works in its company, the first client in its own; both records are in the store."""
    store = MemoryTokenStore()
    credentials = UsernamePassword(username=emulator.username, password=emulator.password)
    async with Alfaview(credentials, base_url=emulator.base_url, tokens=store) as alfaview:
        companies = await alfaview.accessible_companies()
        assert emulator.company_id in companies
        other_id = next(company_id for company_id in companies if company_id != emulator.company_id)
        other = await alfaview.switch_company(other_id)
        assert (await other.authentication.access_token_information()).company_id == other_id
        await other.close()
        assert (await alfaview.authentication.access_token_information()).company_id == emulator.company_id
    assert len(await store.keys()) == 2


async def test_a_refresh_token_switches_the_company(emulator):
    """Handbook, switch company: it applies to refresh tokens too; the rotated token is used, both identities work."""
    login = UsernamePassword(username=emulator.username, password=emulator.password)
    store = MemoryTokenStore()
    async with Alfaview(login, base_url=emulator.base_url, tokens=store) as alfaview:
        companies = await alfaview.accessible_companies()
        (key,) = await store.keys()
        first = (await store.load(key)).refresh_token.reveal()
    other_id = next(company_id for company_id in companies if company_id != emulator.company_id)
    token = RefreshToken(refresh_token=first, company_id=emulator.company_id)
    async with Alfaview(token, base_url=emulator.base_url) as alfaview:
        await alfaview.rooms.list()
        other = await alfaview.switch_company(other_id)
        for _ in range(2):
            assert (await other.authentication.access_token_information()).company_id == other_id
            assert (await alfaview.authentication.access_token_information()).company_id == emulator.company_id
            emulator.clock.advance(hours=2)


async def test_an_api_key_cannot_switch(alfaview):
    """A key belongs to one company; the error says what to do."""
    with pytest.raises(errors.ConfigurationError, match="one company"):
        await alfaview.switch_company("01EZYCFW9MJ10P15YJ63NZ8S47")
