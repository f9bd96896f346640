"""The server of the benchmarks, in a process of its own: cheap answers, so that the client is what is measured.

python benchmarks/server.py ROOMS GUEST_LINKS PERMISSIONS_PER_ROOM        prints its port
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import orjson
from aiohttp import web

OK = {"replyInfo": {"requestId": "r", "statusMessage": "OK"}}
LOGIN = {**OK, "accessToken": "dG9rZW4=", "expiresAt": "4102444800", "companyId": "c"}
TOKEN = LOGIN["accessToken"]
PAGE = 1000
FEW_ROOMS = 10


def identifier(kind: int, number: int) -> str:
    return str(UUID(int=kind << 96 | 0x4000_8000 << 48 | number))


def room(number: int, permissions: int) -> dict[str, object]:
    return {
        "displayName": f"Seminar {number}",
        "mode": "ROOM_MODE_SPECTATOR",
        "type": "ROOM_TYPE_ROOM",
        "parentId": identifier(1, number // 50),
        "sort": str(number % 50),
        "createdAt": "2026-01-01T00:00:00Z",
        "quotas": {"name": "50", "activeParticipants": 50},
        "permissions": {
            identifier(3, user): {"role": "ROLE_PARTICIPANT", "voice": True, "video": True, "join": True}
            for user in range(permissions)
        },
    }


def guest_link(number: int) -> dict[str, object]:
    key = f"{number:032x}" * 2
    return {
        "id": identifier(4, number),
        "roomId": identifier(2, 1),
        "displayName": f"Ada Lovelace {number}",
        "permissionGroupId": identifier(5, 1),
        "email": f"ada.lovelace.{number}@example.org",
        "locale": "de",
        "validFrom": "2026-01-01T08:00:00Z",
        "validUntil": "2026-12-31T18:00:00Z",
        "createdBy": identifier(3, 1),
        "createdAt": "2026-01-01T00:00:00Z",
        "joinLink": f"https://app.alfaview.com/#/join/{identifier(6, 1)}/{identifier(2, 1)}/{key}?lang=de&origin=bulk",
        "accessKey": key,
        "origin": "course 2026, spring",
        "dialInAllowed": True,
        "dialInCode": f"{number:09d}",
    }


class Answers:
    """Bodies made once, and a count of what came in."""

    def __init__(self, rooms: int, links: int, permissions: int) -> None:
        self._rooms, self._permissions = rooms, permissions
        self._links = orjson.dumps({"guestLinks": [guest_link(n) for n in range(links)], **OK})
        self._link = orjson.dumps({"guestLink": guest_link(1), **OK})
        self._pages: dict[tuple[int, int], bytes] = {}
        self._connections: set[object] = set()
        self._logins = 0

    async def login(self, request: web.Request) -> web.Response:
        await request.read()
        self._logins += 1
        return web.Response(body=orjson.dumps(LOGIN), content_type="application/json")

    async def links(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=self._links, content_type="application/json")

    async def link(self, request: web.Request) -> web.Response:
        assert request.transport
        self._connections.add(request.transport.get_extra_info("peername"))
        await request.read()
        return web.Response(body=self._link, content_type="application/json")

    async def rooms(self, request: web.Request) -> web.Response:
        asked = orjson.loads(await request.read())
        first, limit = asked.get("offset", 0), asked.get("limit", PAGE)
        if (first, limit) not in self._pages:
            numbers = range(first, min(first + limit, self._rooms))
            rooms = {identifier(2, n): room(n, self._permissions) for n in numbers}
            self._pages[first, limit] = orjson.dumps({"rooms": rooms, **OK})
        return web.Response(body=self._pages[first, limit], content_type="application/json")

    async def counts(self, _request: web.Request) -> web.Response:
        return web.json_response({"connections": len(self._connections), "logins": self._logins})


async def ready(app: web.Application) -> None:
    print(app["port"], flush=True)


def serve(rooms: int, links: int, permissions: int) -> None:
    answers = Answers(rooms, links, permissions)
    listener = socket.create_server(("127.0.0.1", 0))
    app = web.Application()
    app["port"] = listener.getsockname()[1]
    app.router.add_post("/json/v1/authenticationService/authenticate", answers.login)
    app.router.add_post("/json/v1/guestService.v2/getGuestLink", answers.link)
    app.router.add_post("/json/v1/guestService.v2/listGuestLinks", answers.links)
    app.router.add_post("/json/v1/roomService/list", answers.rooms)
    app.router.add_get("/json/v1/counts", answers.counts)
    app.on_startup.append(ready)
    web.run_app(app, sock=listener, print=None, handle_signals=True)


@contextmanager
def server(*, rooms: int = FEW_ROOMS, links: int = 0, permissions: int = 0) -> Iterator[str]:
    """Run the server in a process of its own; yields its base URL."""
    command = [sys.executable, str(Path(__file__)), *map(str, (rooms, links, permissions))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/json/v1/"
        finally:
            process.terminate()


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:4]))
