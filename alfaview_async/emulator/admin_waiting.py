"""The requests of the admin API that wait for something: mails, and the events of the page."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import orjson
from aiohttp import hdrs, web

from alfaview_async.emulator import page
from alfaview_async.emulator.admin_access import as_json, limit_of, moment_of, seconds_of
from alfaview_async.emulator.digits import number_of
from alfaview_async.emulator.events import Changes
from alfaview_async.emulator.outbox import Mail
from alfaview_async.emulator.state import State

_LONGEST_WAIT = 60.0
_PAUSE_SECONDS = 0.05
"""Between two events: during a bulk run a page that follows each request would only paint."""
_HEARTBEAT_SECONDS = 1.0
"""Python code may move clock and faults without a request; a page that nobody watches any more is found out."""


class Mails:
    """The outbox over HTTP; mails are numbered from 1 in the order they were sent."""

    def __init__(self, state: State, changes: Changes) -> None:
        self._state = state
        self._changes = changes

    async def index(self, request: web.Request) -> web.Response:
        """List mails: those `to` an address, `since` a number (after it) or time (from it on), the latest at the end.

        With `wait` the answer comes once there is such a mail, but after that many seconds in any case.
        """
        wanted = _Wanted(request)
        with suppress(TimeoutError):
            async with asyncio.timeout(wanted.wait):
                while not (self._find(wanted) or self._changes.closing.is_set()):
                    await self._changes.after(self._changes.revision)
        found = self._find(wanted)
        return as_json({"total": len(self._state.outbox), "mails": [page.mail_facts(*entry) for entry in found]})

    async def delete(self, _request: web.Request) -> web.Response:
        """Forget all mails."""
        self._state.outbox.clear()
        self._changes.announce()
        return as_json({"total": 0, "mails": []})

    async def show(self, request: web.Request) -> web.Response:
        """Render one mail as a page."""
        number, outbox = int(request.match_info["number"]), self._state.outbox
        if not 1 <= number <= len(outbox):
            raise web.HTTPNotFound(reason="No such mail")
        text, policy = page.mail_page(outbox[number - 1])
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})

    def _find(self, wanted: "_Wanted") -> list[tuple[int, Mail]]:
        first = wanted.after_number
        numbered = enumerate(self._state.outbox[first:], first + 1)
        return [entry for entry in numbered if wanted.is_met_by(entry[1])][-wanted.limit :]


class _Wanted:
    """Which mails a request asks for."""

    def __init__(self, request: web.Request) -> None:
        query = request.query
        self.to = query.get("to", "").casefold()
        since = query.get("since", "")
        number = number_of(since)
        self.after_number = number or 0
        self.from_moment = moment_of(since) if since and number is None else None
        self.wait = seconds_of(query.get("wait", "0"), _LONGEST_WAIT)
        self.limit = limit_of(request)

    def is_met_by(self, mail: Mail) -> bool:
        return self.to in ("", mail.to.casefold()) and (self.from_moment is None or mail.sent_at >= self.from_moment)


async def stream(
    request: web.Request, changes: Changes, overview: Callable[[], dict[str, object]]
) -> web.StreamResponse:
    """Send the overview as a server-sent event whenever it has changed, until the page leaves or the emulator stops."""
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: "text/event-stream", hdrs.CACHE_CONTROL: "no-store"})
    await response.prepare(request)
    while not changes.closing.is_set():
        revision = changes.revision
        await response.write(b"event: overview\ndata: " + orjson.dumps(overview()) + b"\n\n")
        with suppress(TimeoutError):
            async with asyncio.timeout(_HEARTBEAT_SECONDS):
                await changes.after(revision)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PAUSE_SECONDS):
                await changes.closing.wait()
    return response
