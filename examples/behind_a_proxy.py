"""Calls through the proxy that the environment names: `HTTPS_PROXY=http://user:password@proxy.example.org:3128`."""

import asyncio
import logging

import aiohttp

from alfaview_async import Alfaview

log = logging.getLogger("my_program")


async def main() -> None:
    """Log the names of all rooms."""
    async with (
        aiohttp.ClientSession(
            trust_env=True,
            connector=aiohttp.TCPConnector(keepalive_timeout=2),
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as http,
        Alfaview.from_env(http=http) as alfaview,
    ):
        async for _, room in alfaview.rooms.all():
            log.info("there is %s", room.display_name)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
