"""What every process of the backend opens at its start and closes at its end, whatever the web framework."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from os import environ
from pathlib import Path

from attrs import frozen
from guest_lists import GuestLists
from invitations import Invitations

from alfaview_async import Alfaview, RetryPolicy
from alfaview_async.tokens import MemoryTokenStore, RedisTokenStore

PATIENCE = RetryPolicy(attempts=3, deadline=8.0, longest_hint=3.0)
"""A person is waiting: better an error in time than an answer after the browser, or a proxy, has given up."""


@frozen
class Backend:
    """What handlers work with."""

    invitations: Invitations
    guest_lists: GuestLists


@asynccontextmanager
async def opened_backend() -> AsyncIterator[Backend]:
    """Open one client for this process; with `REDIS_URL`, all processes share one login."""
    async with AsyncExitStack() as opened:
        redis = environ.get("REDIS_URL")
        tokens = RedisTokenStore(redis) if redis else MemoryTokenStore()
        opened.push_async_callback(tokens.close)
        alfaview = await opened.enter_async_context(Alfaview.from_env(tokens=tokens, timeout=10.0, retry=PATIENCE))
        invitations = await opened.enter_async_context(Invitations(alfaview))
        journals = Path(environ.get("JOURNALS", "journals"))
        yield Backend(invitations, await opened.enter_async_context(GuestLists(alfaview, journals)))
