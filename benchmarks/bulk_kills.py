"""Kills processes that invite, at random times, while the server loses answers; one line of JSON.

python benchmarks/bulk_kills.py [kills]

Each run of 12 guests in two rooms is killed twice and then ended by a third process; half of the runs mail by calls of
their own. Counted is what must not be: guests with two mails or two links, guests without a link, rows without a
result, and guests with neither a mail nor the note that theirs is unknown.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter

from alfaview_async.emulator import Emulator

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from invitations import CREATE, Driver, addresses, linked, mailed, started

GUESTS = 12
KILLS_PER_RUN = 2
AT_ONCE = 3
LONGEST_LIFE = 0.3  # seconds; about as long as an undisturbed run takes


async def runs(numbers: Iterator[int], kills: int, counts: Counter[str], place: str) -> None:
    """Make runs, one after the other, with an emulator and processes of their own, until there were enough kills."""
    with started() as process:
        async with Emulator() as emulator:
            driver = Driver(process, emulator, "")
            while counts["killed"] < kills:
                number = next(numbers)
                emulator.reset()
                emulator.faults.add(CREATE, do="apply-then-reset", on="5%")
                emulator.faults.add(CREATE, do="reset", on="5%")
                await one_run(driver, emulator, number, counts, f"{place}/{number}")


async def one_run(driver: Driver, emulator: Emulator, number: int, counts: Counter[str], journal: str) -> None:
    draw = Random(number)
    order = {"journal": journal, "guests": GUESTS, "mode": ("reconciled", "two_phase")[number % 2]}
    for _ in range(KILLS_PER_RUN):
        ended = await driver.do("invite", **order, kill_after=draw.uniform(0, LONGEST_LIFE))
        counts["killed" if ended["exit"] else "ended_before_the_kill"] += 1
    ended = await driver.do("invite", **order)
    results = ended["results"] or []
    mails = mailed(emulator)
    unknown = {address for address, _, mail in results if mail == "unknown"}
    counts["runs"] += 1
    counts["errors"] += ended["error"] is not None
    counts["mailed_twice"] += len(mails) - len(set(mails))
    counts["linked_twice"] += len(linked(emulator)) - len(set(linked(emulator)))
    counts["not_linked"] += GUESTS - len(set(linked(emulator)))
    counts["without_result"] += GUESTS - len({address for address, _, _ in results})
    counts["not_created"] += sum(status != "created" for _, status, _ in results)
    counts["mail_lost"] += len({*addresses(GUESTS)} - {*mails} - unknown)
    counts["mail_unknown"] += len(unknown)


async def main(kills: int) -> dict[str, float]:
    counts: Counter[str] = Counter()
    began = perf_counter()
    numbers = count()
    with tempfile.TemporaryDirectory() as place:
        await asyncio.gather(*(runs(numbers, kills, counts, place) for _ in range(AT_ONCE)))
    return {**counts, "seconds": round(perf_counter() - began)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))))
