"""The HTTP side: routes from the table of operations, bodies in, answers out."""

from collections.abc import AsyncIterator
from email.utils import format_datetime
from functools import partial

import orjson
from aiohttp import hdrs, web

from alfaview_async.emulator.events import Changes
from alfaview_async.emulator.faults import Faults
from alfaview_async.emulator.gateway import Answer, answer, refusal
from alfaview_async.emulator.injection import Injector
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.request_log import RequestLog
from alfaview_async.emulator.state import State
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Row
from alfaview_async.services import operations

PREFIX = "/json/v1/"
ADMIN_PREFIX = "/_emulator/"
_LARGEST_BODY = 4 * 1024 * 1024
"""What gRPC takes unless told otherwise. Guess: alfaview says MAX_SIZE_EXCEEDED then."""


def application(
    state: State, faults: Faults, log: RequestLog, injector: Injector, admin: web.Application, changes: Changes
) -> web.Application:
    """Build the web application: the operations, the admin API, plain text for every other path.

    Args:
        state: Read and changed by the operations.
        faults: What goes wrong.
        log: Notes every request but those to the admin API.
        injector: Lets it go wrong.
        admin: What answers under `/_emulator/`.
        changes: Told of every request.
    """
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
        execute = partial(carry_out, operation, body, request.cookies.get("auth", ""))
        changes.announce()
        fault = faults.due(operation.path)
        if fault is None:
            found: Answer | None = execute()
        else:
            found = await injector.respond(request, fault, execute)
        if found is None:
            return _nothing(request)
        entry.status = found.status
        return _response(found) if found.frames is None else await _streamed(request, found.frames)

    def carry_out(
        operation: Row, body: bytes, refresh_token: str, *, halved: bool = False, refused: Refused | None = None
    ) -> Answer:
        """Announce the change when it happens, which a fault may delay; answered or not."""
        try:
            return answer(state, operation, body, refresh_token, halved=halved, refused=refused)
        finally:
            changes.announce()

    async def dispatch(request: web.Request) -> web.StreamResponse:
        """Find the operation; without one, answer as grpc-gateway does where it has no route: plain text, no JSON.

        One route for all: to register each would be most of the time that an emulator takes to start.
        """
        operation = paths.get(request.path)
        if operation is not None and request.method == hdrs.METH_POST:
            return await operate(operation, request)
        status, text = (405, "Method Not Allowed") if operation else (404, "Not Found")
        log.note(request.path, None).status = status
        return web.Response(status=status, text=text)

    async def date(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers[hdrs.DATE] = format_datetime(state.clock.now(), usegmt=True)

    async def with_slash(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(ADMIN_PREFIX)

    app.router.add_get(ADMIN_PREFIX.rstrip("/"), with_slash)
    app.add_subapp(ADMIN_PREFIX, admin)
    app.router.add_route("*", "/{path:.*}", dispatch)
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
    if found.challenge:
        response.headers[hdrs.WWW_AUTHENTICATE] = found.challenge
    return response


async def _streamed(request: web.Request, frames: AsyncIterator[bytes]) -> web.StreamResponse:
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: "application/json"})
    await response.prepare(request)
    async for frame in frames:
        await response.write(frame)
    return response


def _nothing(request: web.Request) -> web.Response:
    """End the request without another byte."""
    if request.transport is not None and not request.transport.is_closing():
        request.transport.abort()
    return web.Response()
