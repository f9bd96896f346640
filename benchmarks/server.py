"""A server in a process of its own that answers every call of the benchmarks with fixed bytes."""

import socket
import sys

import orjson
from aiohttp import web
from listing_server import guest_link

LOGIN = {"replyInfo": {"statusMessage": "OK"}, "accessToken": "dG9rZW4=", "expiresAt": "4102444800", "companyId": "c"}
ROOM = {"displayName": "Room", "mode": "ROOM_MODE_SPECTATOR", "type": "ROOM_TYPE_ROOM", "quotas": {"name": "50"}}


def replies() -> dict[str, bytes]:
    rooms = {f"room-{number}": ROOM for number in range(10)}
    return {
        "authenticationService/authenticate": orjson.dumps(LOGIN),
        "guestService.v2/getGuestLink": orjson.dumps(
            {"guestLink": guest_link(1), "replyInfo": {"statusMessage": "OK"}}
        ),
        "roomService/list": orjson.dumps({"replyInfo": {"statusMessage": "OK"}, "rooms": rooms}),
    }


async def ready(app: web.Application) -> None:
    print(app["port"], flush=True)


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    app = web.Application()
    app["port"] = listener.getsockname()[1]

    for path, body in replies().items():

        async def answer(request: web.Request, body: bytes = body) -> web.Response:
            await request.read()
            return web.Response(body=body, content_type="application/json")

        app.router.add_post(f"/json/v1/{path}", answer)
    app.on_startup.append(ready)
    web.run_app(app, sock=listener, print=None, handle_signals=True)


if __name__ == "__main__":
    sys.exit(main())
