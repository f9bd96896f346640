"""What 20,000 cancelled waiters on one renewal cost the event loop (B13), against `asyncio.shield`.

python benchmarks/waiters.py [waiters]
"""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine

from alfaview_async.single_flight import SingleFlight


async def busy_seconds(wait: Callable[[], Coroutine[None, None, bool]], waiters: int) -> float:
    """Return how long the loop is busy from the cancellation of all waiters to the end of the last."""
    tasks = [asyncio.create_task(wait()) for _ in range(waiters)]
    await asyncio.sleep(0)
    began = time.process_time()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return time.process_time() - began


async def main(waiters: int) -> None:
    gate = asyncio.Event()
    flight = SingleFlight(gate.wait)
    print(f"SingleFlight: {await busy_seconds(flight.result, waiters):.2f} s for {waiters} waiters")
    shared = asyncio.create_task(gate.wait())
    print(f"asyncio.shield: {await busy_seconds(lambda: shield(shared), waiters):.2f} s")
    gate.set()
    await flight.landed()
    await shared


async def shield(shared: asyncio.Task[bool]) -> bool:
    return await asyncio.shield(shared)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
