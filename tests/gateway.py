"""A server between clients and the emulator that does to requests and answers what a test wants."""

from contextlib import asynccontextmanager

import aiohttp
import orjson
from aiohttp import web


class Gateway:
    """Hands requests on to an emulator.

    Attributes:
        bent: Path of an operation -> coroutine function that gets the parsed body and `ask`, which hands a body on and
            returns the parsed answer; it returns what is to be answered, parsed, or a response.
    """

    def __init__(self, emulator, session):
        self.bent = {}
        self._emulator = emulator
        self._session = session

    async def answer(self, request):
        path = request.match_info["path"]
        url = self._emulator.base_url + path
        sent = await request.read()
        if path not in self.bent:
            async with self._session.post(url, data=sent, headers=_kept(request.headers, "Cookie")) as there:
                headers = _kept(there.headers, "Set-Cookie", "Content-Type")
                return web.Response(body=await there.read(), status=there.status, headers=headers)

        async def ask(body):
            async with self._session.post(url, data=orjson.dumps(body)) as there:
                return orjson.loads(await there.read())

        answered = await self.bent[path](orjson.loads(sent), ask)
        return (
            answered
            if isinstance(answered, web.StreamResponse)
            else web.Response(body=orjson.dumps(answered), content_type="application/json")
        )


@asynccontextmanager
async def gateway_to(emulator):
    """Run a gateway while the block runs; requests that it holds end with it."""
    app = web.Application(client_max_size=1 << 24)
    async with aiohttp.ClientSession() as session:
        gateway = Gateway(emulator, session)
        app.router.add_post("/json/v1/{path:.+}", gateway.answer)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        gateway.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/json/v1/"
        try:
            yield gateway
        finally:
            await runner.cleanup()


def refusal(status, code):
    """Build an answer that refuses, as alfaview does: with its status, and the number that gRPC has for it."""
    detail = {"@type": "type.googleapis.com/common.ReplyInfo", "statusCode": status, "statusMessage": status}
    return web.json_response({"code": code, "message": status, "details": [detail]}, status=400)


def page(status):
    """Build what a proxy answers in place of alfaview."""
    return web.Response(status=status, text="<html>gateway</html>", content_type="text/html")


def _kept(headers, *names):
    return {name: headers[name] for name in names if name in headers}
