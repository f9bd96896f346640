"""What one call costs: client CPU of our client over raw aiohttp + orjson, in alternating rounds of the same run.

python benchmarks/calls.py [rounds]
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import aiohttp
import orjson

from alfaview_async import Alfaview, ApiKey

CALLS = 250
"""Of each contender in a round: short rounds, so that both meet the same moments of the machine."""
IN_FLIGHT = (1, 10, 100, 1000)
REPLIES: dict[str, tuple[str, dict[str, object], Callable[[Alfaview], Awaitable[object]]]] = {
    "one guest link": (
        "guestService.v2/getGuestLink",
        {"id": "4"},
        lambda client: client.guests.get_guest_link(id="4"),
    ),
    "ten rooms": ("roomService/list", {"limit": 10}, lambda client: client.rooms.list(limit=10)),
}
"""What is asked for: operation, parameters, and the call of our client."""


async def raw(http: aiohttp.ClientSession, url: str, parameters: dict[str, object]) -> object:
    body = orjson.dumps({"accessInfo": {"requestId": "r", "accessToken": "dG9rZW4="}, **parameters})
    async with http.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
        return orjson.loads(await response.read())


async def cpu_per_call(call: Callable[[], Awaitable[object]], in_flight: int) -> float:
    """Return microseconds of this process's CPU for one call."""
    calls = max(CALLS, in_flight)
    left = calls

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await call()

    began = time.process_time()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return (time.process_time() - began) / calls * 1e6


async def measure(rounds: int, base_url: str) -> None:
    async with (
        aiohttp.ClientSession() as http,
        Alfaview(ApiKey(client_id="a", code="b", company_id="c"), base_url=base_url) as alfaview,
    ):
        for reply, (path, parameters, ask) in REPLIES.items():
            print(f"{reply}:")
            for in_flight in IN_FLIGHT:
                ratios, bases, costs = [], [], []
                for number in range(4 * rounds + 1):
                    base = await cpu_per_call(partial(raw, http, base_url + path, parameters), in_flight)
                    ours = await cpu_per_call(partial(ask, alfaview), in_flight)
                    if number:  # the first round warms up
                        ratios.append(ours / base)
                        bases.append(base)
                        costs.append(ours)
                print(
                    f"{in_flight:>5} in flight: {statistics.median(bases):6.0f} -> {statistics.median(costs):6.0f} "
                    f"us a call, x{statistics.median(ratios):.2f}"
                )


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
