"""Small servers in a thread of their own, for programs in other processes."""

import asyncio
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

from aiohttp import web


@contextmanager
def served(routes):
    """Serve routes on loopback while the block runs; yields scheme, host and port."""
    started = Future()
    thread = Thread(target=lambda: asyncio.run(_serve(routes, started)), daemon=True)
    thread.start()
    origin, loop, ended = started.result(timeout=10)
    try:
        yield origin
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(timeout=10)


async def _serve(routes, started):
    ended = asyncio.Event()
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    started.set_result((f"http://127.0.0.1:{runner.addresses[0][1]}", asyncio.get_running_loop(), ended))
    await ended.wait()
    await runner.cleanup()
