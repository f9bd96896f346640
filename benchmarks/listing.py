"""What listing costs: 10,000 rooms from socket to models, and memory per further room when rooms are streamed.

python benchmarks/listing.py [--quick]
"""

import asyncio
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial

import aiohttp
import msgspec
import orjson
from paired import Measure, Shown, figure, peak_bytes, ratio, rounds, script
from peers import ACCESS, JSON
from pydantic_models import RoomListReply as PydanticReply
from server import PAGE, server
from structs import RoomListReply

from alfaview_async import Alfaview, ApiKey

ROOMS = 10_000
MANY = 100_000
PERMISSIONS = 3
BASE = "aiohttp + msgspec structs"
Listing = Callable[[], Coroutine[None, None, int]]


def client(base_url: str) -> Alfaview:
    return Alfaview(ApiKey(client_id="a", code="b", company_id="c"), base_url=base_url)


async def with_models(base_url: str) -> int:
    async with client(base_url) as alfaview:
        return len([room async for room in alfaview.rooms.all()])


async def by_hand(base_url: str, decode: Callable[[bytes], int]) -> int:
    """Fetch all pages with aiohttp and keep what `decode` makes of them; it returns how many rooms there were."""
    count = 0
    async with aiohttp.ClientSession() as http:
        for offset in range(0, ROOMS, PAGE):
            body = orjson.dumps({"accessInfo": ACCESS, "limit": PAGE, "offset": offset})
            async with http.post(base_url + "roomService/list", data=body, headers=JSON) as response:
                response.raise_for_status()
                count += decode(await response.read())
    return count


def reading(kept: list[object], decode: Callable[[bytes], Mapping[str, object]]) -> Callable[[bytes], int]:
    def read(body: bytes) -> int:
        kept.append(rooms := decode(body))
        return len(rooms)

    return read


def cpu_seconds(listing: Listing) -> float:
    began = time.process_time()
    assert asyncio.run(listing()) == ROOMS
    return time.process_time() - began


def hand_written(base_url: str, decode: Callable[[bytes], Mapping[str, object]]) -> Listing:
    return lambda: by_hand(base_url, reading([], decode))


async def traced(base_url: str, rooms: int) -> int:
    """Return the bytes that Python holds when the last of the rooms is at hand."""
    async with client(base_url) as alfaview:
        await alfaview.rooms.list(limit=1)  # imports, connections, compiled readers
        tracemalloc.start()
        count = held = 0
        async for _ in alfaview.rooms.all():
            count += 1
            if count == rooms - PAGE + 1:  # all pages are read, and one of them is held
                held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert count == rooms
    return held


async def streamed(base_url: str) -> int:
    """Return by how many bytes the most memory that the process ever had grew while streaming."""
    async with client(base_url) as alfaview:
        await alfaview.rooms.list(limit=1)  # imports, connections, compiled readers
        before = peak_bytes()
        async for _ in alfaview.rooms.all():
            pass
        return peak_bytes() - before


def in_a_fresh_process(what: str, *arguments: object) -> int:
    command = [sys.executable, __file__, what, *map(str, arguments)]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def measures(*, quick: bool) -> Iterator[Measure]:
    structs = msgspec.json.Decoder(RoomListReply)
    with server(rooms=ROOMS, permissions=PERMISSIONS) as base_url:
        contenders: dict[str, Listing] = {
            BASE: hand_written(base_url, lambda body: structs.decode(body).rooms),
            "alfaview_async": partial(with_models, base_url),
            "aiohttp + pydantic models": hand_written(
                base_url, lambda body: PydanticReply.model_validate_json(body).rooms
            ),
            "aiohttp + orjson, dicts": hand_written(base_url, lambda body: orjson.loads(body)["rooms"]),
        }
        work = {name: partial(cpu_seconds, listing) for name, listing in contenders.items()}
        costs = rounds(work, 5 if quick else 15)
        held = {ROOMS: in_a_fresh_process("traced", base_url, ROOMS)}
    yield ratio(
        f"{ROOMS:,} rooms as models, whole path, over raw aiohttp + msgspec structs",
        costs,
        "alfaview_async",
        BASE,
        goal=3.5,
        shown=Shown(1000, "ms of CPU"),
    )
    with server(rooms=MANY, permissions=PERMISSIONS) as base_url:
        held[MANY] = in_a_fresh_process("traced", base_url, MANY)
        growth = in_a_fresh_process("streamed", base_url) / 2**20
    per_room = (held[MANY] - held[ROOMS]) / (MANY - ROOMS)
    yield figure(f"memory per further room when streamed, {ROOMS:,} -> {MANY:,}", [per_room], "bytes", goal=160)
    yield figure(f"growth of the process's peak while {MANY:,} rooms are streamed", [growth], "MiB", goal=32)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["traced", base_url, rooms]:
            print(asyncio.run(traced(base_url, int(rooms))))
        case ["streamed", base_url]:
            print(asyncio.run(streamed(base_url)))
        case _:
            script(measures)
