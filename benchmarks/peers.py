"""The other ways to make the same call: raw aiohttp, httpx by hand, and a client generated from an OpenAPI document.

The generated client is made anew for each run, so that it is the one of the generator's present version, and nobody has
to read 25 files that nobody wrote.
"""

import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import aiohttp
import httpx
import orjson
from server import TOKEN

ACCESS = {"requestId": "r", "accessToken": TOKEN}
JSON = {"Content-Type": "application/json"}
PARAMETERS: Mapping[str, dict[str, object]] = {
    "guestService.v2/getGuestLink": {"id": "4"},
    "roomService/list": {"limit": 10},
}
Call = Callable[[], Awaitable[object]]


def with_aiohttp(http: aiohttp.ClientSession, base_url: str, path: str, parameters: dict[str, object]) -> Call:
    url = base_url + path

    async def call() -> object:
        body = orjson.dumps({"accessInfo": ACCESS, **parameters})
        async with http.post(url, data=body, headers=JSON) as response:
            response.raise_for_status()
            return orjson.loads(await response.read())

    return call


def httpx_client() -> httpx.AsyncClient:
    """Make a client with as many connections as aiohttp's, and the patience to wait for one."""
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=100, max_keepalive_connections=100), timeout=300)


def with_httpx(http: httpx.AsyncClient, base_url: str, path: str, parameters: dict[str, object]) -> Call:
    url = base_url + path

    async def call() -> object:
        response = await http.post(url, content=orjson.dumps({"accessInfo": ACCESS, **parameters}), headers=JSON)
        response.raise_for_status()
        return orjson.loads(response.content)

    return call


@contextmanager
def generated() -> Iterator[ModuleType]:
    """Generate the client and import it."""
    with TemporaryDirectory() as place:
        settings = Path(place, "settings.json")
        settings.write_text('{"post_hooks": []}', encoding="utf-8")
        document = Path(__file__).with_name("openapi.yaml")
        generate = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
        files = {"--path": document, "--config": settings, "--output-path": Path(place, "generated_alfaview")}
        options = [str(part) for option in files.items() for part in option]
        subprocess.run([*generate, *options], check=True, stdout=subprocess.DEVNULL)
        sys.path.insert(0, place)
        try:
            yield import_module("generated_alfaview")
        finally:
            sys.path.remove(place)


def with_generated(package: ModuleType, http: httpx.AsyncClient, base_url: str, path: str) -> Call:
    name = package.__name__
    client = package.Client(base_url=base_url, raise_on_unexpected_status=True)
    client.set_async_httpx_client(http)
    http.base_url = base_url
    models = import_module(f"{name}.models")
    access = models.AccessInfo(request_id="r", access_token=TOKEN)
    if path == "roomService/list":
        rooms = import_module(f"{name}.api.rooms.list_rooms")
        return lambda: rooms.asyncio(client=client, body=models.RoomListRequest(access_info=access, limit=10))
    guests = import_module(f"{name}.api.guests.get_guest_link")
    return lambda: guests.asyncio(client=client, body=models.GetGuestLinkRequest(access_info=access, id="4"))
