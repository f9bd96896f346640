"""What listing costs: memory per further room when rooms are streamed, and CPU over aiohttp + msgspec structs.

python benchmarks/listing.py [rounds]
"""

import asyncio
import resource
import statistics
import subprocess
import sys
import time
import tracemalloc

import aiohttp
import msgspec
import orjson
from codec import RoomListReply
from loop_stalls import server

from alfaview_async import Alfaview, ApiKey

FEW, MANY = 10_000, 100_000
PAGE = 1000
PERMISSIONS = 3
STRUCTS = msgspec.json.Decoder(RoomListReply)


def client(base_url: str) -> Alfaview:
    return Alfaview(ApiKey(client_id="a", code="b", company_id="c"), base_url=base_url)


async def traced(base_url: str, rooms: int) -> int:
    """Return the bytes that Python holds when the last of the rooms is at hand."""
    async with client(base_url) as alfaview:
        await alfaview.rooms.list()  # imports, connections, compiled readers
        tracemalloc.start()
        count = 0
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
        await alfaview.rooms.list()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        async for _ in alfaview.rooms.all():
            pass
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024


def in_a_fresh_process(what: str, *arguments: object) -> int:
    command = [sys.executable, __file__, what, *map(str, arguments)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def with_structs(base_url: str) -> None:
    async with aiohttp.ClientSession() as http:
        for offset in range(0, FEW, PAGE):
            body = orjson.dumps({"accessInfo": {"requestId": "r"}, "limit": PAGE, "offset": offset})
            async with http.post(base_url + "roomService/list", data=body) as response:
                assert len(STRUCTS.decode(await response.read()).rooms) == PAGE


async def with_models(base_url: str) -> None:
    async with client(base_url) as alfaview:
        assert len([room async for room in alfaview.rooms.all()]) == FEW


def cpu_seconds(listing: object) -> float:
    began = time.process_time()
    asyncio.run(listing)
    return time.process_time() - began


def main(rounds: int) -> None:
    held = {}
    for rooms in (FEW, MANY):
        with server(rooms, 0, PERMISSIONS) as base_url:
            held[rooms] = in_a_fresh_process("traced", base_url, rooms)
            growth = in_a_fresh_process("streamed", base_url)
    per_room = (held[MANY] - held[FEW]) / (MANY - FEW)
    print(f"memory per further room when streamed, {FEW:,} -> {MANY:,}: {per_room:.0f} bytes")
    print(f"peak growth of the process over {MANY:,} rooms: {growth / 2**20:.1f} MiB")
    with server(FEW, 0, PERMISSIONS) as base_url:
        ratios = [cpu_seconds(with_models(base_url)) / cpu_seconds(with_structs(base_url)) for _ in range(rounds + 1)]
    print(f"{FEW:,} rooms as models, over aiohttp + msgspec structs: x{statistics.median(ratios[1:]):.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["traced"]:
        print(asyncio.run(traced(sys.argv[2], int(sys.argv[3]))))
    elif sys.argv[1:2] == ["streamed"]:
        print(asyncio.run(streamed(sys.argv[2])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
