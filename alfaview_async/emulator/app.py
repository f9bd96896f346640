"""The HTTP side: routes from the table of operations, bodies in, answers out."""

from collections.abc import AsyncIterator, Iterable, Mapping
from email.utils import format_datetime
from functools import partial

from aiohttp import hdrs, web
from attrs import define, field

from alfaview_async.emulator.events import Changes
from alfaview_async.emulator.faults import Faults
from alfaview_async.emulator.gateway import Answer, answer, refusal, unrouted
from alfaview_async.emulator.injection import Injector
from alfaview_async.emulator.no_answer import no_answer
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


@define(kw_only=True)
class Front:
    """What stands between HTTP and the operations.

    Attributes:
        state: Read and changed by the operations.
        faults: What goes wrong.
        log: Notes every request but those to the admin API.
        injector: Lets it go wrong.
        changes: Told of every request.
    """

    state: State
    faults: Faults
    log: RequestLog
    injector: Injector
    changes: Changes
    _paths: Mapping[str, Row] = field(
        factory=lambda: {PREFIX + row.path: row for _, _, row in operations()}, init=False
    )
    _date: tuple[int, str] = field(default=(0, ""), init=False)

    def application(self, admin: web.Application, neighbours: Iterable[web.AbstractRouteDef] = ()) -> web.Application:
        """Build the web application.

        One route takes all paths of alfaview: to register each would be most of the time that an emulator takes to
        start.

        Args:
            admin: What answers under `/_emulator/`.
            neighbours: Routes of other services that share the port.
        """
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_get(ADMIN_PREFIX.rstrip("/"), _with_slash)
        app.add_subapp(ADMIN_PREFIX, admin)
        app.add_routes(neighbours)
        app.router.add_route("*", PREFIX + "{path:.*}", self._dispatch)
        app.router.add_route("*", "/{path:.*}", self._dispatch)
        return app

    async def _dispatch(self, request: web.Request) -> web.StreamResponse:
        operation = self._paths.get(request.path)
        if operation is not None and request.method == hdrs.METH_POST:
            return await self._operate(operation, request)
        lost = unrouted(self.state.habits, other_method=operation is not None)
        self.log.note(request.path, b"").status = lost.status
        return self._response(lost)

    async def _operate(self, operation: Row, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            too_large = refusal(Refused(StatusCode.MAX_SIZE_EXCEEDED, "the request is too large"), "")
            self.log.note(operation.path, b"").status = too_large.status
            return self._response(too_large)
        entry = self.log.note(operation.path, body)
        execute = partial(self._carry_out, operation, body, request)
        self.changes.announce()
        fault = self.faults.due(operation.path)
        found = execute() if fault is None else await self.injector.respond(request, fault, execute)
        if found is None:
            return no_answer(request)
        entry.status = found.status
        return self._response(found) if found.frames is None else await self._streamed(request, found.frames)

    def _carry_out(
        self,
        operation: Row,
        body: bytes,
        request: web.Request,
        *,
        halved: bool = False,
        refused: Refused | None = None,
        routed: bool = True,
    ) -> Answer:
        """Announce the change when it happens, which a fault may delay; answered or not."""
        if not routed:
            return unrouted(self.state.habits)
        cookie = request.cookies.get("auth", "") if hdrs.COOKIE in request.headers else ""
        try:
            return answer(self.state, operation, body, cookie, halved=halved, refused=refused)
        finally:
            self.changes.announce()

    def _headers(self, kind: str) -> dict[str, str]:
        """Tell the content type, and the emulator's time: written anew only when the second is another one."""
        now = self.state.clock.now()
        second = int(now.timestamp())
        if second != self._date[0]:
            self._date = second, format_datetime(now, usegmt=True)
        return {hdrs.CONTENT_TYPE: kind, hdrs.DATE: self._date[1]}

    def _response(self, found: Answer) -> web.Response:
        response = web.Response(status=found.status, body=found.body, headers=self._headers(found.kind))
        if found.set_cookie:
            response.headers[hdrs.SET_COOKIE] = found.set_cookie
        if found.challenge:
            response.headers[hdrs.WWW_AUTHENTICATE] = found.challenge
        if found.location:
            response.headers[hdrs.LOCATION] = found.location
        return response

    async def _streamed(self, request: web.Request, frames: AsyncIterator[bytes]) -> web.StreamResponse:
        response = web.StreamResponse(headers=self._headers("application/json"))
        await response.prepare(request)
        async for frame in frames:
            await response.write(frame)
        return response


async def _with_slash(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(ADMIN_PREFIX)
