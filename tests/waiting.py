"""Waiting for what nobody announces."""

import asyncio


async def until(condition):
    """Come back once the condition is met; fails after five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a server or a thread under test tells nobody what it has got
            await asyncio.sleep(0.005)
