"""How long a listing holds up the event loop: the longest step of the loop, over one `orjson.loads` of a page.

python benchmarks/loop_stalls.py [rounds]
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import orjson

from alfaview_async import Alfaview, ApiKey

LINKS, ROOMS = 50_000, 20_000
PERMISSIONS = {"3": 3, "40": 40}
"""Entries of each room: light pages of half a megabyte, heavy ones of more than four."""


class Steps:
    """Times every callback of the running loops, in wall-clock and in CPU time of this thread."""

    def __init__(self) -> None:
        self.wall, self.cpu = [], []

    @contextmanager
    def timed(self) -> Iterator["Steps"]:
        run = asyncio.Handle._run  # noqa: SLF001 - there is no other place that sees each step

        def timed(handle: asyncio.Handle) -> None:
            wall, cpu = time.perf_counter(), time.thread_time()
            run(handle)
            self.cpu.append(time.thread_time() - cpu)
            self.wall.append(time.perf_counter() - wall)

        asyncio.Handle._run = timed  # noqa: SLF001
        try:
            yield self
        finally:
            asyncio.Handle._run = run  # noqa: SLF001

    def __str__(self) -> str:
        return f"{max(self.wall) * 1000:.1f} ms (CPU {max(self.cpu) * 1000:.1f} ms) of {len(self.wall)} steps"


async def page(base_url: str) -> bytes:
    async with aiohttp.ClientSession() as http, http.post(base_url + "roomService/list", data=b"{}") as response:
        return await response.read()


def seconds_to_parse(body: bytes) -> float:
    costs = []
    for _ in range(9):
        began = time.thread_time()
        orjson.loads(body)
        costs.append(time.thread_time() - began)
    return statistics.median(costs)


@contextmanager
def server(rooms: int, links: int, permissions: int) -> Iterator[str]:
    command = [sys.executable, Path(__file__).with_name("listing_server.py"), *map(str, (rooms, links, permissions))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/json/v1/"
    finally:
        process.terminate()
        process.wait()


async def all_links(alfaview: Alfaview) -> object:
    reply = await alfaview.guests.list_guest_links()
    assert len(reply.guest_links) == LINKS
    return reply


async def all_rooms(alfaview: Alfaview) -> object:
    room_ids = [room_id async for room_id, _ in alfaview.rooms.all()]
    assert len(room_ids) == ROOMS
    return room_ids


async def measure(listing: object, base_url: str, rounds: int) -> list[Steps]:
    login = ApiKey(client_id="a", code="b", company_id="c")
    found = []
    async with Alfaview(login, base_url=base_url) as alfaview:
        for _ in range(rounds + 1):
            with Steps().timed() as steps:
                reply = await asyncio.create_task(listing(alfaview))
            del reply  # freeing a list of 50,000 takes as long as it takes, whoever made it
            found.append(steps)
    return found[1:]  # the first round imports the models


def longest(rounds: list[Steps]) -> tuple[float, float]:
    """Return the median over rounds of the longest step, in milliseconds of wall-clock and of CPU."""
    return tuple(
        statistics.median(max(times) for times in kind) * 1000
        for kind in ([steps.wall for steps in rounds], [steps.cpu for steps in rounds])
    )


def main(rounds: int) -> None:
    with server(0, LINKS, 0) as base_url:
        wall, cpu = longest(asyncio.run(measure(all_links, base_url, rounds)))
        print(f"{LINKS:,} guest links: longest step {wall:.1f} ms (CPU {cpu:.1f} ms)")
    for name, permissions in PERMISSIONS.items():
        with server(ROOMS, 0, permissions) as base_url:
            body = asyncio.run(page(base_url))
            parsing = seconds_to_parse(body) * 1000
            wall, cpu = longest(asyncio.run(measure(all_rooms, base_url, rounds)))
            print(
                f"{ROOMS:,} rooms with {name} permissions, pages of {len(body) / 1e6:.1f} MB: "
                f"longest step {wall:.1f} ms (CPU {cpu:.1f} ms), "
                f"orjson.loads of a page {parsing:.1f} ms, x{cpu / parsing:.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
