"""The admin API under `/_emulator/`: look at the emulator, change it, and break it, over HTTP."""

from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from aiohttp import web
from attrs import frozen

from alfaview_async.emulator import page
from alfaview_async.emulator.admin_access import as_json, fields, guard, json_object, limit_of, moment_of, problem
from alfaview_async.emulator.admin_waiting import Mails, stream
from alfaview_async.emulator.digits import number_of
from alfaview_async.emulator.events import Changes
from alfaview_async.emulator.faults import Do, Faults
from alfaview_async.emulator.habits import HABITS, by_attribute, choices
from alfaview_async.emulator.request_log import RequestLog, paths_meant
from alfaview_async.emulator.seeds import SEEDS, SeedSource
from alfaview_async.emulator.seeds.data import plain
from alfaview_async.emulator.state import State
from alfaview_async.errors import ConfigurationError
from alfaview_async.services import operations

_FAULT_FIELDS = ("match", "do", "on", "times", "status", "http", "seconds", "location")


@frozen(kw_only=True)
class Admin:
    """The admin API of one emulator.

    Attributes:
        state: All that it knows.
        faults: Its failures on demand.
        requests: What was asked of it.
        changes: Announces every change.
        reset: Begins anew; with the emulator's own seed unless there is another.
    """

    state: State
    faults: Faults
    requests: RequestLog
    changes: Changes
    reset: Callable[[SeedSource | None], None]

    def application(self) -> web.Application:
        """Build the web application that belongs under `/_emulator/`."""
        app = web.Application(middlewares=[guard])
        mails = Mails(self.state, self.changes)
        app.add_routes(
            [
                web.get("/", self._file),
                web.get("/healthz", self._health),
                web.get("/state", self._state),
                web.get("/export", self._export),
                web.post("/seed", self._seed),
                web.post("/reset", self._reset),
                web.get("/outbox", mails.index),
                web.delete("/outbox", mails.delete),
                web.get("/outbox/{number:[0-9]{1,9}}", mails.show),
                web.get("/requests", self._requests),
                web.get("/clock", self._clock),
                web.post("/clock", self._steer),
                web.post("/tokens/expire", self._expire),
                web.get("/habits", self._list_habits),
                web.post("/habits", self._change_habits),
                web.get("/faults", self._list_faults),
                web.post("/faults", self._add_fault),
                web.delete("/faults", self._delete_faults),
                web.get("/events", self._events),
                web.get("/{name}", self._file),
            ]
        )
        return app

    async def _file(self, request: web.Request) -> web.Response:
        found = page.static(request.match_info.get("name") or "index.html")
        if found is None:
            raise web.HTTPNotFound
        kind, body = found
        headers = {"Content-Security-Policy": page.POLICY}
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)

    async def _health(self, _request: web.Request) -> web.Response:
        return as_json({"status": "ok"})

    async def _state(self, request: web.Request) -> web.Response:
        """Tell what there is; with `room`, also the latest `limit` links of that room."""
        counts = {
            company.id: Counter(link.room_id for link in company.links.values())
            for company in self.state.companies.values()
        }
        facts: dict[str, object] = {
            **self._overview(),
            "companies": [page.company_facts(company, counts[company.id]) for company in self.state.companies.values()],
        }
        if room_id := request.query.get("room"):
            facts["room"] = self._room(room_id, limit_of(request))
        return as_json(facts)

    def _room(self, room_id: str, limit: int) -> dict[str, object] | None:
        for company in self.state.companies.values():
            if room_id in company.rooms:
                links = [link for link in company.links.values() if link.room_id == room_id]
                shown = [page.link_facts(link, company) for link in links[-limit:]]
                return {"id": room_id, "name": company.rooms[room_id].display_name, "total": len(links), "links": shown}
        return None

    def _overview(self) -> dict[str, object]:
        return {
            "revision": self.changes.revision,
            "clock": self._clock_facts(),
            "requests": len(self.requests),
            "mails": len(self.state.outbox),
            "users": len(self.state.users),
            "faults": len(self.faults),
            "habits": len(self.state.habits.on),
        }

    def _clock_facts(self) -> dict[str, object]:
        return {"now": page.stamp(self.state.clock.now()), "frozen": self.state.clock.is_frozen}

    async def _export(self, _request: web.Request) -> web.Response:
        return as_json(plain(self.state))

    async def _seed(self, request: web.Request) -> web.Response:
        self.reset(await json_object(request))
        return self._changed()

    async def _reset(self, request: web.Request) -> web.Response:
        """Begin anew with the emulator's own seed, or that of a name; files of this machine are not read for others."""
        name = (await fields(request, "seed")).get("seed")
        if name is not None and not (isinstance(name, str) and name in SEEDS):
            raise ConfigurationError(f"no seed {name!r}; there are {', '.join(SEEDS)}; POST data of your own to seed")
        self.reset(name)
        return self._changed()

    async def _requests(self, request: web.Request) -> web.Response:
        """List the latest `limit` requests, the oldest first; with `path`, those of that operation."""
        wanted, entries = request.query.get("path", ""), tuple(self.requests)
        paths = paths_meant(wanted) if wanted else {entry.path for entry in entries}
        first = self.requests.total - len(entries) + 1
        found = [(number, entry) for number, entry in enumerate(entries, first) if entry.path in paths]
        return as_json(
            {
                "total": self.requests.count(wanted) if wanted else self.requests.total,
                "requests": [page.request_facts(number, entry) for number, entry in found[-limit_of(request) :]],
            }
        )

    async def _clock(self, _request: web.Request) -> web.Response:
        return as_json(self._clock_facts())

    async def _steer(self, request: web.Request) -> web.Response:
        """Carry out one of `freeze`, `advance`, `now` and `thaw`."""
        wanted = await fields(request, "freeze", "advance", "now", "thaw")
        if len(wanted) != 1:
            raise ConfigurationError("say one of freeze, advance, now and thaw")
        match wanted:
            case {"freeze": True | None}:
                self.state.clock.freeze()
            case {"freeze": str(moment)}:
                self.state.clock.freeze(moment_of(moment))
            case {"advance": int() | float() as seconds} if not isinstance(seconds, bool):
                self.state.clock.advance(seconds=seconds)
            case {"advance": dict(parts)} if _is_span(parts):
                self.state.clock.advance(**cast("dict[str, float]", parts))
            case {"now": str(moment)}:
                self.state.clock.set(moment_of(moment))
            case {"thaw": True | None}:
                self.state.clock.thaw()
            case _:
                raise ConfigurationError(
                    'expected {"freeze": true or a time}, {"advance": seconds or {"hours": 12}}, {"now": a time} '
                    'or {"thaw": true}'
                )
        self.changes.announce()
        return as_json(self._clock_facts())

    async def _expire(self, request: web.Request) -> web.Response:
        refresh = (await fields(request, "refresh")).get("refresh", False)
        if not isinstance(refresh, bool):
            raise ConfigurationError("refresh must be true or false")
        self.state.tokens.expire(refresh=refresh)
        return self._changed()

    async def _list_habits(self, _request: web.Request) -> web.Response:
        """Tell each habit with its value, and the values that it can have."""
        kept = plain(self.state)["habits"]
        return as_json({"habits": kept, "choices": {key: choices(name) for name, key in HABITS.items()}})

    async def _change_habits(self, request: web.Request) -> web.Response:
        """Change the habits that are named."""
        self.state.habits.change(**by_attribute(await json_object(request)))
        self.changes.announce()
        return await self._list_habits(request)

    async def _list_faults(self, _request: web.Request) -> web.Response:
        return as_json(
            {
                "faults": [page.fault_facts(fault) for fault in self.faults],
                "do": list(Do),
                "operations": sorted(row.path for _, _, row in operations()),
            }
        )

    async def _add_fault(self, request: web.Request) -> web.Response:
        wanted = await fields(request, *_FAULT_FIELDS)
        if not isinstance(wanted.get("match"), str):
            raise ConfigurationError("match must name an operation, e.g. guestService.v2/createGuestLinks")
        operation = cast("str", wanted.pop("match"))
        if "do" not in wanted and set(wanted) <= {"times"}:
            fault = self.faults.add_text(operation)
        else:
            fault = self.faults.add(operation, **cast("Any", {"do": "", **wanted}))
        self.changes.announce()
        return as_json(page.fault_facts(fault), 201)

    async def _delete_faults(self, request: web.Request) -> web.Response:
        """Take back one fault by its `id`, or all of them."""
        wanted = request.query.get("id", "")
        if wanted and not self.faults.remove(number_of(wanted) or 0):
            return problem(404, f"no fault with the id {wanted!r}")
        if not wanted:
            self.faults.clear()
        return self._changed()

    async def _events(self, request: web.Request) -> web.StreamResponse:
        return await stream(request, self.changes, self._overview)

    def _changed(self) -> web.Response:
        self.changes.announce()
        return as_json(self._overview())


def _is_span(parts: dict[str, object]) -> bool:
    known = {"days", "hours", "minutes", "seconds"}
    return bool(parts) and parts.keys() <= known and all(type(part) in (int, float) for part in parts.values())
