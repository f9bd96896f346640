"""What one call costs the client: ours, raw aiohttp + orjson, httpx by hand, and a generated client, in turns.

python benchmarks/calls.py [--quick]
"""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from types import ModuleType

import aiohttp
import httpx
import orjson
from paired import Measure, Shown, figure, ratio, rounds, script
from peers import PARAMETERS, Call, generated, httpx_client, with_aiohttp, with_generated, with_httpx
from server import server

from alfaview_async import Alfaview, ApiKey

CALLS = 250
"""Of each contender in a round: short rounds, so that all meet the same moments of the machine."""
GOALS = {1: 1.10, 10: 1.15, 100: 1.15, 1000: 1.20}
"""Calls in flight -> goal."""
REPLIES = {"one guest link": "guestService.v2/getGuestLink", "ten rooms": "roomService/list"}
RAW, OURS, HTTPX, GENERATED = "aiohttp + orjson", "alfaview_async", "httpx + orjson", "generated client (httpx)"
PEERS_IN_FLIGHT = 10
"""Where httpx and the generated client are compared: more in flight cost them more for each call."""
SEQUENTIAL = 500
SHOWN = Shown(1e6, "us of CPU a call")


async def seconds_per_call(call: Call, in_flight: int, calls: int) -> float:
    """Return the CPU time of this process for one call, among many."""
    left = calls

    async def work() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await call()

    began = time.process_time()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    return (time.process_time() - began) / calls


def our_call(client: Alfaview, path: str) -> Call:
    if path == REPLIES["ten rooms"]:
        return lambda: client.rooms.list(limit=10)
    return lambda: client.guests.get_guest_link(id="4")


class Contenders:
    """The clients under test, in one loop that lives for all rounds."""

    def __init__(self, runner: asyncio.Runner, base_url: str, package: ModuleType) -> None:
        self._runner, self._base_url, self._package = runner, base_url, package

    async def open(self) -> None:
        self.raw, self.httpx, self.httpx_of_generated = aiohttp.ClientSession(), httpx_client(), httpx_client()
        self.ours = Alfaview(ApiKey(client_id="a", code="b", company_id="c"), base_url=self._base_url)

    async def close(self) -> None:
        await self.raw.close()
        await self.httpx.aclose()
        await self.httpx_of_generated.aclose()
        await self.ours.close()

    def costs(self, path: str, in_flight: int, times: int, *, peers: bool) -> dict[str, list[float]]:
        calls = {
            RAW: with_aiohttp(self.raw, self._base_url, path, PARAMETERS[path]),
            OURS: our_call(self.ours, path),
        }
        if peers:
            calls[HTTPX] = with_httpx(self.httpx, self._base_url, path, PARAMETERS[path])
            calls[GENERATED] = with_generated(self._package, self.httpx_of_generated, self._base_url, path)
        count = max(CALLS, in_flight)

        def cost(call: Call) -> float:
            return self._runner.run(seconds_per_call(call, in_flight, count))

        return rounds({name: partial(cost, call) for name, call in calls.items()}, times)


async def sequential(base_url: str) -> dict[str, int]:
    """Make calls one after the other with a client of their own; return what the server counted for them."""
    async with httpx.AsyncClient() as other:
        before = orjson.loads((await other.get(base_url + "counts")).content)
        async with Alfaview(ApiKey(client_id="a", code="b", company_id="c"), base_url=base_url) as alfaview:
            for _ in range(SEQUENTIAL):
                await alfaview.guests.get_guest_link(id="4")
        after = orjson.loads((await other.get(base_url + "counts")).content)
    return {name: after[name] - before[name] for name in after}


def measures(*, quick: bool) -> Iterator[Measure]:
    times = 8 if quick else 20
    with server() as base_url, generated() as package, asyncio.Runner() as runner:
        counted = runner.run(sequential(base_url))
        contenders = Contenders(runner, base_url, package)
        runner.run(contenders.open())
        for reply, path in REPLIES.items():
            for in_flight, goal in GOALS.items():
                costs = contenders.costs(path, in_flight, times if in_flight < 1000 else times // 2, peers=False)
                yield ratio(
                    f"one call ({reply}), {in_flight:,} in flight, over raw aiohttp + orjson",
                    costs,
                    OURS,
                    RAW,
                    goal=goal,
                    shown=SHOWN,
                )
            costs = contenders.costs(path, PEERS_IN_FLIGHT, times // 2, peers=True)
            for peer in (HTTPX, GENERATED):
                yield ratio(
                    f"one call ({reply}), {PEERS_IN_FLIGHT} in flight: {peer} over ours",
                    costs,
                    peer,
                    OURS,
                    goal=3.0,
                    at_least=True,
                    shown=SHOWN,
                )
        runner.run(contenders.close())
    yield figure(f"connections for {SEQUENTIAL} sequential calls", [counted["connections"]], "", goal=1)
    yield figure(f"logins for {SEQUENTIAL} sequential calls", [counted["logins"]], "", goal=1)


if __name__ == "__main__":
    script(measures)
