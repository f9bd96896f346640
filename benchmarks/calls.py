"""What one call costs: client CPU of our client over raw aiohttp + orjson, in alternating rounds of the same run.

python benchmarks/calls.py [rounds]
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import orjson

from alfaview_async import Alfaview, ApiKey

CALLS = 1000
IN_FLIGHT = (1, 10, 100, 1000)


async def raw(http: aiohttp.ClientSession, url: str) -> object:
    body = orjson.dumps({"accessInfo": {"requestId": "r", "accessToken": "dG9rZW4="}, "limit": 10})
    async with http.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
        return orjson.loads(await response.read())


async def cpu_per_call(call: Callable[[], Awaitable[object]], in_flight: int) -> float:
    """Return microseconds of this process's CPU for one call."""
    left = CALLS

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await call()

    began = time.process_time()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return (time.process_time() - began) / CALLS * 1e6


async def measure(rounds: int, base_url: str) -> None:
    async with (
        aiohttp.ClientSession() as http,
        Alfaview(ApiKey(client_id="a", code="b", company_id="c"), base_url=base_url) as alfaview,
    ):
        contenders = {
            "aiohttp + orjson": lambda: raw(http, base_url + "roomService/list"),
            "alfaview_async": lambda: alfaview.rooms.list(limit=10),
        }
        for in_flight in IN_FLIGHT:
            ratios, costs = [], {name: [] for name in contenders}
            for number in range(rounds + 1):
                for name, call in contenders.items():
                    costs[name].append(await cpu_per_call(call, in_flight))
                if number:  # the first round warms up
                    ratios.append(costs["alfaview_async"][-1] / costs["aiohttp + orjson"][-1])
            base, ours = (statistics.median(costs[name][1:]) for name in contenders)
            print(f"{in_flight:>5} in flight: {base:6.0f} -> {ours:6.0f} us a call, x{statistics.median(ratios):.2f}")


def main(rounds: int) -> None:
    server = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("server.py")], stdout=subprocess.PIPE, text=True
    )
    try:
        asyncio.run(measure(rounds, f"http://127.0.0.1:{server.stdout.readline().strip()}/json/v1/"))
    finally:
        server.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
