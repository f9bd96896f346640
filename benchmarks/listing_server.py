"""A server in a process of its own with as many rooms and guest links as a benchmark asks for.

python benchmarks/listing_server.py ROOMS GUEST_LINKS PERMISSIONS_PER_ROOM
"""

import socket
import sys
from uuid import UUID

import orjson
from aiohttp import web

LOGIN = {"replyInfo": {"statusMessage": "OK"}, "accessToken": "dG9rZW4=", "expiresAt": "4102444800", "companyId": "c"}
PAGE = 1000


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


class Listings:
    def __init__(self, rooms: int, links: int, permissions: int) -> None:
        self._rooms, self._permissions = rooms, permissions
        self._links = orjson.dumps({"guestLinks": [guest_link(n) for n in range(links)], **OK})

    async def login(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=orjson.dumps(LOGIN), content_type="application/json")

    async def links(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=self._links, content_type="application/json")

    async def rooms(self, request: web.Request) -> web.Response:
        offset = orjson.loads(await request.read()).get("offset", 0)
        numbers = range(offset, min(offset + PAGE, self._rooms))
        body = {"rooms": {identifier(2, n): room(n, self._permissions) for n in numbers}, **OK}
        return web.Response(body=orjson.dumps(body), content_type="application/json")


OK = {"replyInfo": {"requestId": "r", "statusMessage": "OK"}}


async def ready(app: web.Application) -> None:
    print(app["port"], flush=True)


def main(rooms: int, links: int, permissions: int) -> None:
    listings = Listings(rooms, links, permissions)
    listener = socket.create_server(("127.0.0.1", 0))
    app = web.Application()
    app["port"] = listener.getsockname()[1]
    app.router.add_post("/json/v1/authenticationService/authenticate", listings.login)
    app.router.add_post("/json/v1/guestService.v2/listGuestLinks", listings.links)
    app.router.add_post("/json/v1/roomService/list", listings.rooms)
    app.on_startup.append(ready)
    web.run_app(app, sock=listener, print=None, handle_signals=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
