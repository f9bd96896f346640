"""The client of the fixture `alfaview_client`: what it opens ends with the event loop in which it was opened.

A sync fixture can close nothing that belongs to a loop which has ended by then, and it cannot know which of pytest's
async plugins makes the loop. Every loop ends its asynchronous generators before it closes, so one of those closes the
connections; that holds for `asyncio.run`, pytest-asyncio, anyio and unittest alike.
"""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import AsyncGenerator
from contextlib import suppress

from alfaview_async.client import Alfaview
from alfaview_async.credentials import Credentials
from alfaview_async.transport import Transport, _Pool

_CLOSE_SECONDS = 5.0


class LoopBoundTransport(Transport):
    """A transport that closes its connections when the loop ends that opened them."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.guards: dict[AbstractEventLoop, AsyncGenerator[None]] = {}

    def _pool(self) -> _Pool:
        pool = super()._pool()
        loop = asyncio.get_running_loop()
        if loop not in self.guards:
            guard = self.guards[loop] = self._until_the_end()
            with suppress(StopIteration):  # the first step, in which nothing is awaited, makes it known to the loop
                guard.__anext__().send(None)
        return pool

    async def _until_the_end(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await self.close_connections()


class LoopBoundClient(Alfaview):
    """A client that may be forgotten, and used in one event loop after the other."""

    def _enter(self, credentials: Credentials) -> None:
        if not isinstance(self._transport, LoopBoundTransport):
            self._transport = LoopBoundTransport(self._transport.base_url)
        super()._enter(credentials)

    def close_from_outside(self) -> None:
        """Close for good, where no loop runs: also what was opened in loops that go on."""
        transport = self._transport
        guards = transport.guards if isinstance(transport, LoopBoundTransport) else {}
        for loop, guard in guards.items():
            if loop.is_running():
                asyncio.run_coroutine_threadsafe(guard.aclose(), loop).result(_CLOSE_SECONDS)
            elif not loop.is_closed():
                loop.run_until_complete(guard.aclose())
        guards.clear()
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self.close())
        finally:
            loop.close()
