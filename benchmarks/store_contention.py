"""Many processes that lock, load and save one record of the file store, again and again.

Each process has saved a record of its own before all begin together: measured is the crowd, not the start of Python.

python benchmarks/store_contention.py [--quick]
"""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from attrs import evolve
from paired import Measure, figure, script
from store_saves import KEY, TOKEN, child

from alfaview_async.errors import StorageTimeout
from alfaview_async.secret import Secret
from alfaview_async.tokens import FileTokenStore

PROCESSES, WRITES = 32, 50


async def count_up(directory: str, writes: int, ready: int, begin: int, go: int, reported: int) -> None:
    """Add one to the number in the record, `writes` times; report the seconds of each wait for the lock."""
    store = FileTokenStore(directory)
    waits, holds, starved = [], [], 0
    own = evolve(KEY, principal=f"process:{os.getpid()}")
    async with store.lock(own):
        assert await store.compare_and_swap(own, 0, TOKEN)
        assert await store.load(own)
    os.close(go)
    os.write(ready, b".")
    os.read(begin, 1)  # all begin together: when nobody has the other end any more
    for _ in range(writes):
        asked = time.perf_counter()
        try:
            async with store.lock(KEY):
                entered = time.perf_counter()
                stored = await store.load(KEY)
                number = int(stored.refresh_token.reveal()) if stored else 0
                token = evolve(TOKEN, refresh_token=Secret(str(number + 1)))
                assert await store.compare_and_swap(KEY, stored.generation if stored else 0, token)
                holds.append(time.perf_counter() - entered)
                waits.append(entered - asked)
        except StorageTimeout:
            starved += 1
    with os.fdopen(reported, "w") as report:
        report.write(json.dumps({"waits": waits, "holds": holds, "starved": starved}))


def one_run(processes: int, writes: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many acknowledged writes were lost, and the reports."""
    with tempfile.TemporaryDirectory() as place:
        directory = f"{place}/tokens"
        begin, go = os.pipe()
        waiting, ready = os.pipe()
        reports, pids = [], []
        for _ in range(processes):
            here, there = os.pipe()
            pids.append(child(count_up, directory, writes, ready, begin, go, there))
            os.close(there)
            reports.append(here)
        for _ in range(processes):
            os.read(waiting, 1)
        os.close(go)
        found = []
        for report in reports:
            with os.fdopen(report) as file:
                found.append(json.load(file))
        for pid in pids:
            os.waitpid(pid, 0)
        for end in (begin, waiting, ready):
            os.close(end)
        stored = asyncio.run(FileTokenStore(directory).load(KEY))
        assert stored
        acknowledged = sum(len(one["waits"]) for one in found)
        return acknowledged - int(stored.refresh_token.reveal()), found


def milliseconds(values: list[float], share: float) -> float:
    return round(1000 * sorted(values)[int(len(values) * share)], 2)


def main(processes: int, writes: int, runs: int) -> dict[str, float]:
    lost, waits, holds, starved = 0, [], [], 0
    for _ in range(runs):
        lost_now, found = one_run(processes, writes)
        lost += lost_now
        starved += sum(one["starved"] for one in found)
        waits += [wait for one in found for wait in one["waits"]]
        holds += [hold for one in found for hold in one["holds"]]
    return {
        "acknowledged": len(waits),
        "acknowledged_lost": lost,
        "starved": starved,
        "wait_p50_ms": milliseconds(waits, 0.5),
        "wait_p99_ms": milliseconds(waits, 0.99),
        "hold_p50_ms": milliseconds(holds, 0.5),
        "hold_p99_ms": milliseconds(holds, 0.99),
    }


def measures(*, quick: bool) -> Iterator[Measure]:
    found = [main(PROCESSES, WRITES, 1) for _ in range(2 if quick else 7)]
    held = {"lock held": median(run["hold_p50_ms"] for run in found)}
    who = f"{PROCESSES} processes that save {WRITES} times each"
    what, held_for = "wait for the lock of the file store", "median in ms"
    yield figure(f"{what}, p99, {who}", [run["wait_p99_ms"] for run in found], "ms", goal=100.0)
    waits = [run["wait_p50_ms"] for run in found]
    yield figure(f"{what}, median, {who}", waits, "ms", costs=held, costs_unit=held_for)
    lost = sum(run["acknowledged_lost"] + run["starved"] for run in found)
    yield figure(f"saves lost or given up, {who}, all rounds", [lost], "", goal=0)


if __name__ == "__main__":
    script(measures)
