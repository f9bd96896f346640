"""Refresh tokens of the emulator's user, and clients that have nothing else."""

from alfaview_async import Alfaview, RefreshToken, UsernamePassword
from alfaview_async.tokens import MemoryTokenStore


async def fresh_refresh_token(emulator):
    """Log in somewhere else, and take the refresh token along."""
    store = MemoryTokenStore()
    login = UsernamePassword(username=emulator.username, password=emulator.password, company_id=emulator.company_id)
    async with Alfaview(login, base_url=emulator.base_url, tokens=store) as alfaview:
        await alfaview.rooms.list()
    (key,) = await store.keys()
    return (await store.load(key)).refresh_token


def token_client(emulator, token, store, **options):
    credentials = RefreshToken(refresh_token=token, company_id=emulator.company_id, user="ada")
    return Alfaview(credentials, base_url=emulator.base_url, tokens=store, **options)
