"""What a keyring costs and how it fails: round trips, two writers, a frozen daemon; on a real gnome-keyring.

python benchmarks/keyring_store.py [rounds]     (Debian packages: dbus, gnome-keyring)
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter

from latencies import summary, timed
from store_saves import KEY, TOKEN

from alfaview_async.errors import StorageTimeout
from alfaview_async.tokens.keyring import KeyringTokenStore

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from secret_service import SecretService

ADDITIONS = 100


async def spread(name: str, rounds: int, call: Callable[[int], Awaitable[object]]) -> None:
    print(f"{name}: {summary([await timed(partial(call, number)) for number in range(rounds)])}, {rounds} times")


async def round_trips(rounds: int) -> None:
    store = KeyringTokenStore("round trips")
    began = perf_counter()
    await store.compare_and_swap(KEY, 0, TOKEN)
    print(f"B16 first use, with the search for a keyring: {(perf_counter() - began) * 1e3:.0f} ms")
    await spread("B16 load", rounds, lambda _: store.load(KEY))
    await spread("B16 compare_and_swap", rounds, lambda number: store.compare_and_swap(KEY, number + 1, TOKEN))
    await spread("B16 keys, of one record", rounds, lambda _: store.keys())


async def add(times: int) -> None:
    store, generation = KeyringTokenStore("additions"), 0
    while times:
        if await store.compare_and_swap(KEY, generation, TOKEN):
            times, generation = times - 1, generation + 1
        else:
            stored = await store.load(KEY)
            assert stored
            generation = stored.generation


def two_writers() -> None:
    began = perf_counter()
    writers = [subprocess.Popen([sys.executable, __file__, "add"]) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    stored = asyncio.run(KeyringTokenStore("additions").load(KEY))
    assert stored
    print(f"F34 {ADDITIONS} + {ADDITIONS} additions: {stored.generation}, in {perf_counter() - began:.1f} s")


async def ask_the_frozen() -> None:
    store = KeyringTokenStore("frozen")
    for name, attempt in (("load", store.load(KEY)), ("compare_and_swap", store.compare_and_swap(KEY, 0, TOKEN))):
        began = perf_counter()
        try:
            await attempt
        except StorageTimeout:
            print(f"B15 frozen, {name}: error after {perf_counter() - began:.2f} s")


def freeze(service: SecretService) -> None:
    service.freeze()
    told = []
    with subprocess.Popen([sys.executable, __file__, "frozen"], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        for line in program.stdout:
            told.append(monotonic())
            print(line, end="")
    print(f"B15 frozen: the process exits {monotonic() - told[-1]:.2f} s after its last error")


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        service = SecretService(Path(directory))
        try:
            service.start()
            os.environ.update(service.environment)
            asyncio.run(round_trips(rounds))
            two_writers()
            freeze(service)
        finally:
            service.stop()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["add"]:
            asyncio.run(add(ADDITIONS))
        case ["frozen"]:
            asyncio.run(ask_the_frozen())
        case rounds:
            main(int(rounds[0]) if rounds else 200)
