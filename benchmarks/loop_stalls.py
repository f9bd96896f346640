"""How long a listing holds up the event loop: the longest step of the loop, over one `orjson.loads` of a page.

python benchmarks/loop_stalls.py [--quick]
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import aiohttp
import orjson
from paired import Measure, figure, script
from peers import ACCESS, JSON
from server import PAGE, server

from alfaview_async import Alfaview, ApiKey

LINKS, ROOMS = 50_000, 20_000
PERMISSIONS = {3: "light pages", 40: "heavy pages"}
"""Entries of each room: pages of half a megabyte, and of more than four."""
LONGEST_MS = 20.0
OVER_PARSING = 1.2


class Steps:
    """The longest callback of the running loop, in milliseconds of this thread's CPU time."""

    def __init__(self) -> None:
        self.longest = 0.0

    @contextmanager
    def timed(self) -> Iterator["Steps"]:
        run = asyncio.Handle._run  # noqa: SLF001 - there is no other place that sees each step

        def timed(handle: asyncio.Handle) -> None:
            began = time.thread_time()
            run(handle)
            self.longest = max(self.longest, (time.thread_time() - began) * 1000)

        with patch.object(asyncio.Handle, "_run", timed):
            yield self


async def page(base_url: str) -> bytes:
    async with aiohttp.ClientSession() as http, http.post(base_url + "roomService/list", data=b"{}") as response:
        response.raise_for_status()
        return await response.read()


def milliseconds_to_parse(body: bytes) -> float:
    costs = []
    for _ in range(9):
        began = time.thread_time()
        orjson.loads(body)
        costs.append(time.thread_time() - began)
    return statistics.median(costs) * 1000


async def all_links(alfaview: Alfaview) -> object:
    reply = await alfaview.guests.list_guest_links()
    assert len(reply.guest_links) == LINKS
    return reply


async def all_rooms(alfaview: Alfaview) -> object:
    room_ids = [room_id async for room_id, _ in alfaview.rooms.all()]
    assert len(room_ids) == ROOMS
    return room_ids


async def all_rooms_by_hand(base_url: str, http: aiohttp.ClientSession) -> object:
    """Do the same with aiohttp and orjson, as dicts."""
    room_ids: list[str] = []
    async for rooms in pages(base_url, http):
        room_ids += rooms
    assert len(room_ids) == ROOMS
    return room_ids


async def pages(base_url: str, http: aiohttp.ClientSession) -> AsyncIterator[dict[str, object]]:
    for offset in range(0, ROOMS, PAGE):
        body = orjson.dumps({"accessInfo": ACCESS, "limit": PAGE, "offset": offset})
        async with http.post(base_url + "roomService/list", data=body, headers=JSON) as response:
            response.raise_for_status()
            yield orjson.loads(await response.read())["rooms"]


async def longest_steps(listing: Callable[[], Coroutine[None, None, object]], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds + 1):
        with Steps().timed() as steps:
            reply = await asyncio.create_task(listing())
        del reply  # freeing a list of 50,000 takes as long as it takes, whoever made it
        found.append(steps.longest)
    return found[1:]  # the first round imports the models


async def ours(listing: Callable[[Alfaview], Coroutine[None, None, object]], base_url: str, rounds: int) -> list[float]:
    login = ApiKey(client_id="a", code="b", company_id="c")
    async with Alfaview(login, base_url=base_url) as alfaview:
        return await longest_steps(lambda: listing(alfaview), rounds)


async def by_hand(base_url: str, rounds: int) -> list[float]:
    async with aiohttp.ClientSession() as http:
        return await longest_steps(partial(all_rooms_by_hand, base_url, http), rounds)


def measures(*, quick: bool) -> Iterator[Measure]:
    rounds = 3 if quick else 9
    for permissions, pages in PERMISSIONS.items():
        what = f"longest loop step while {ROOMS:,} rooms are listed, {pages}"
        with server(rooms=ROOMS, permissions=permissions) as base_url:
            parsing = milliseconds_to_parse(asyncio.run(page(base_url)))
            asyncio.run(by_hand(base_url, 0))  # the server makes its pages
            steps = asyncio.run(ours(all_rooms, base_url, rounds))
            hand = asyncio.run(by_hand(base_url, rounds))
        costs = {
            "one orjson.loads": parsing,
            "alfaview_async": statistics.median(steps),
            "aiohttp + orjson, dicts": statistics.median(hand),
        }
        yield figure(
            f"{what}, over one `orjson.loads` of a page",
            [step / parsing for step in steps],
            "x",
            goal=OVER_PARSING,
            costs=costs,
            costs_unit="ms of CPU",
        )
        yield figure(what, steps, "ms", goal=LONGEST_MS)
    with server(links=LINKS) as base_url:
        steps = asyncio.run(ours(all_links, base_url, rounds))
    yield figure(f"longest loop step while {LINKS:,} guest links are listed in one reply", steps, "ms", goal=25.0)


if __name__ == "__main__":
    script(measures)
