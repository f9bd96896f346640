"""Tokens that live as long as the store object."""

from alfaview_async.testing import TokenStoreContract
from alfaview_async.tokens import MemoryTokenStore


class TestMemoryTokenStore(TokenStoreContract):
    async def make_store(self):
        return MemoryTokenStore()
