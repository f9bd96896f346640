"""The HTTP side: routes from the table of operations, bodies in, answers out."""

from email.utils import format_datetime
from functools import partial

import orjson
from aiohttp import hdrs, web

from alfaview_async.emulator.faults import Faults
from alfaview_async.emulator.gateway import Answer, answer, refusal, request_id_of
from alfaview_async.emulator.injection import Injector
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.request_log import RequestLog
from alfaview_async.emulator.state import State
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Row
from alfaview_async.services import operations

PREFIX = "/json/v1/"
_LARGEST_BODY = 4 * 1024 * 1024
"""What gRPC takes unless told otherwise. Guess: alfaview says MAX_SIZE_EXCEEDED then."""


def application(state: State, faults: Faults, log: RequestLog, injector: Injector) -> web.Application:
    """Build the web application: one route per operation, plain text for every other path."""
    app = web.Application(client_max_size=_LARGEST_BODY)
    paths = {PREFIX + row.path: row for _, _, row in operations()}

    async def operate(operation: Row, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            too_large = refusal(Refused(StatusCode.MAX_SIZE_EXCEEDED, "the request is too large"), "")
            log.note(operation.path, None).status = too_large.status
            return _response(too_large)
        raw = _parsed(body)
        entry = log.note(operation.path, raw)
        execute = partial(answer, state, operation, body, request.cookies.get("auth", ""))
        fault = faults.due(operation.path)
        if fault is None:
            found: Answer | None = execute()
        else:
            found = await injector.respond(request, fault, request_id_of(raw), execute)
        if found is None:
            return _nothing(request)
        entry.status = found.status
        return _response(found)

    async def lost(request: web.Request) -> web.StreamResponse:
        """Answer as grpc-gateway does where it has no route: plain text, no JSON."""
        status, text = (405, "Method Not Allowed") if request.path in paths else (404, "Not Found")
        log.note(request.path, None).status = status
        return web.Response(status=status, text=text)

    async def date(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers[hdrs.DATE] = format_datetime(state.clock.now(), usegmt=True)

    for path, row in paths.items():
        app.router.add_post(path, partial(operate, row))
    app.router.add_route("*", "/{path:.*}", lost)
    app.on_response_prepare.append(date)
    return app


def _parsed(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _response(found: Answer) -> web.Response:
    kind = "text/html" if found.is_page else "application/json"
    response = web.Response(status=found.status, body=found.body, headers={hdrs.CONTENT_TYPE: kind})
    if found.set_cookie:
        response.headers[hdrs.SET_COOKIE] = found.set_cookie
    return response


def _nothing(request: web.Request) -> web.Response:
    """End the request without another byte."""
    if request.transport is not None and not request.transport.is_closing():
        request.transport.abort()
    return web.Response()
