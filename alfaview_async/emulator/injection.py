"""Carries out a failure on a live connection."""

import asyncio
import os
import struct
from collections.abc import Callable
from http import HTTPStatus
from socket import SO_LINGER, SOL_SOCKET, socket

from aiohttp import hdrs, web

from alfaview_async.emulator.faults import Do, Fault
from alfaview_async.emulator.gateway import Answer
from alfaview_async.emulator.refusals import Refused

_PAGE = "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center><hr>proxy</body></html>"
_RESET_AT_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""Lingering for zero seconds: the kernel sends RST instead of FIN."""
_ELSEWHERE = "https://elsewhere.invalid"
"""RFC 2606 keeps the ending from ever being a host."""

Execute = Callable[..., Answer]


class Injector:
    """Makes requests fail as their faults say, and lets go of those it holds when the emulator stops."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self._late: set[asyncio.Task[Answer | None]] = set()

    async def respond(self, request: web.Request, fault: Fault, execute: Execute) -> Answer | None:
        """Return what to answer; `None` if the connection is gone, or will be at the end of the request.

        Args:
            request: Whose connection suffers.
            fault: What happens.
            execute: Carries out the request; `halved=True` does it in part, `refused=...` refuses it, `routed=False`
                does not find the operation.
        """
        if (found := _quick_answer(request, fault, execute)) is not None:
            return found
        match fault.do:
            case Do.DELAY:
                return await self._late_answer(fault.seconds, execute)
            case Do.TRUNCATE:
                await _truncate(request, execute())
            case Do.APPLY_THEN_RESET:
                execute()
                _reset(request)
            case Do.RESET:
                _reset(request)
            case Do.APPLY_THEN_TIMEOUT:
                execute()
                await self._stopping.wait()
            case Do.TIMEOUT:
                await self._stopping.wait()
        return None

    def let_go(self) -> None:
        """End every request that is held or delayed so far; those delayed are not carried out any more."""
        self._stopping.set()
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        """Let go of every request that is held; those delayed are not carried out any more."""
        self._stopping.set()
        await asyncio.gather(*self._late)

    async def _late_answer(self, seconds: float, execute: Execute) -> Answer | None:
        """Wait in a task of its own: the handler is cancelled when the client leaves, the work is not."""
        task = asyncio.create_task(_later(seconds, execute, self._stopping))
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        return await asyncio.shield(task)


async def _later(seconds: float, execute: Execute, stopping: asyncio.Event) -> Answer | None:
    """Wait until it is time, or all is let go: that may be before this task begins, hence the event of its request."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return execute()
    return None


def _quick_answer(request: web.Request, fault: Fault, execute: Execute) -> Answer | None:
    """Answer at once, if the fault is in what is said; `None` if it is in the connection."""
    match fault.do:
        case Do.ERROR:
            return execute(refused=Refused(fault.status))
        case Do.STATUS:
            return Answer(status=fault.http, body=_PAGE.format(status=fault.http).encode(), kind="text/html")
        case Do.REDIRECT:
            return Answer(status=HTTPStatus.TEMPORARY_REDIRECT, location=fault.location or _ELSEWHERE + request.path)
        case Do.NO_ROUTE:
            return execute(routed=False)
        case Do.PARTIAL:
            return execute(halved=True)
    return None


async def _truncate(request: web.Request, found: Answer) -> None:
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: "application/json"})
    body = found.body
    if found.frames is not None:
        body = await anext(found.frames, b"")
    else:
        response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()


def _reset(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    connection: socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(SOL_SOCKET, SO_LINGER, _RESET_AT_CLOSE)
    transport.abort()
