"""What web frameworks do with a handler whose browser has gone away; our pages say so."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

REASON = "pip install --group recipes"


class Handler:
    """Waits, and keeps how that ended."""

    def __init__(self):
        self.begun, self.may_end, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.cancelled = False

    async def work(self):
        self.begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        finally:
            self.ended.set()


def fastapi_app(handler):
    fastapi = pytest.importorskip("fastapi", reason=REASON)
    app = fastapi.FastAPI()
    app.get("/work")(handler.work)
    app.get("/alive")(lambda: None)
    return app


def litestar_app(handler):
    litestar = pytest.importorskip("litestar", reason=REASON)

    @litestar.get("/work")
    async def work() -> None:
        await handler.work()

    @litestar.get("/alive")
    async def alive() -> None:
        pass

    return litestar.Litestar([work, alive])


def quart_app(handler):
    quart = pytest.importorskip("quart", reason=REASON)
    app = quart.Quart(__name__)

    @app.get("/work")
    async def work():
        await handler.work()
        return ""

    app.get("/alive")(lambda: "")
    return app


def aiohttp_app(handler):
    async def work(_request):
        await handler.work()
        return web.Response()

    async def alive(_request):
        return web.Response()

    app = web.Application()
    app.add_routes([web.get("/work", work), web.get("/alive", alive)])
    return app


@pytest.mark.parametrize(
    ("make", "options", "cancels"),
    [
        (fastapi_app, {}, False),
        (litestar_app, {}, False),
        (quart_app, {}, True),
        (aiohttp_app, {}, False),
        (aiohttp_app, {"handler_cancellation": True}, True),
    ],
    ids=["fastapi", "litestar", "quart", "aiohttp", "aiohttp-handler_cancellation"],
)
async def test_a_browser_that_goes_away_cancels_the_handler_or_not(make, options, cancels, listener, served):
    """Quart cancels it, and aiohttp if asked to; the others let it end."""
    handler = Handler()
    async with served(make(handler), listener, **options) as browser:
        leaving = asyncio.create_task(browser.get("/work"))
        async with asyncio.timeout(5):
            await handler.begun.wait()
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
            async with aiohttp.ClientSession(browser._base_url) as another, another.get("/alive") as answer:
                assert answer.ok  # by now the server has seen the end of the first connection
            if not cancels:
                handler.may_end.set()
            await handler.ended.wait()
    assert handler.cancelled is cancels
