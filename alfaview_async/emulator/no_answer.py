"""How a request ends that gets no answer."""

from aiohttp import web


def no_answer(request: web.Request) -> web.Response:
    """Close the connection without another byte, unless it is closed; return what aiohttp wants, which nobody reads."""
    if request.transport is not None and not request.transport.is_closing():
        request.transport.abort()
    return web.Response()
