"""Personal links and guest lists behind aiohttp.web: `python aiohttp_app.py`."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.typedefs import Handler
from backend import Backend, opened_backend
from problems import CONTENT_TYPE, problem_of

from alfaview_async import AlfaviewError, InvalidArgument
from alfaview_async.bulk import Recipient

BACKEND = web.AppKey("backend", Backend)
routes = web.RouteTableDef()


async def backend_of_process(app: web.Application) -> AsyncIterator[None]:
    """Open the client when the process starts, and close it when it ends."""
    async with opened_backend() as app[BACKEND]:
        yield


async def posted_guest(request: web.Request) -> Recipient:
    """Read who shall get a link.

    Raises:
        InvalidArgument: That is not said, or not with one plain address.
    """
    try:
        guest = await request.json()
        return Recipient(email=guest["email"], display_name=guest.get("display_name", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidArgument('send {"email": "one plain address", "display_name": "a name"}') from error


@routes.post("/rooms/{room}/guests")
async def invite_guest(request: web.Request) -> web.Response:
    """Answer with the personal link of one guest."""
    guest = await posted_guest(request)
    invitations = request.app[BACKEND].invitations
    link = await invitations.link_for(guest.email, guest.display_name, room=request.match_info["room"])
    return web.json_response({"join_link": link}, status=201)


@routes.post("/rooms/{room}/guest-lists")
async def invite_guests(request: web.Request) -> web.Response:
    """Accept a list: CSV, a workbook or JSON."""
    list_id = await request.app[BACKEND].guest_lists.accept(await request.read(), room=request.match_info["room"])
    return web.json_response({"id": list_id}, status=202)


@routes.get("/guest-lists/{list_id:[0-9a-f]{32}}")
async def show_guests(request: web.Request) -> web.Response:
    """Tell what became of each guest."""
    results = await asyncio.to_thread(request.app[BACKEND].guest_lists.results, request.match_info["list_id"])
    if results is None:
        raise web.HTTPNotFound
    return web.json_response(
        [{"email": row.recipient.email, "status": row.status, "join_link": row.join_link} for row in results]
    )


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn the library's errors into answers."""
    try:
        return await handler(request)
    except AlfaviewError as error:
        status, headers, body = problem_of(error)
        return web.json_response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def make_app() -> web.Application:
    """Put it together."""
    app = web.Application(middlewares=[explain], client_max_size=10 * 1024**2)
    app.add_routes(routes)
    app.cleanup_ctx.append(backend_of_process)
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=8000)
