"""Kills processes while they save tokens to a file, and looks at what is left; one line of JSON.

python benchmarks/store_kills.py [kills]
"""

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from store_saves import KEY, child, save_for_ever, whole

from alfaview_async.errors import StorageCorrupt
from alfaview_async.tokens import FileTokenStore

LONGEST_LIFE = 0.02  # several saves


def kill_one(directory: str) -> int:
    """Let a process save until it is killed; return the last generation that was acknowledged."""
    here, there = os.pipe()
    writer = child(save_for_ever, directory, there)
    os.close(there)
    first = os.read(here, 8)
    time.sleep(random.uniform(0, LONGEST_LIFE))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    with os.fdopen(here, "rb") as reports:
        acknowledged = first + reports.read()
    assert first, "the process died by itself"
    assert len(acknowledged) % 8 == 0
    return int.from_bytes(acknowledged[-8:], "big")


async def read_for_ever(directory: str, reported: int) -> None:
    """Read while others save and are killed; report how often, and how often it was not a whole record."""
    store = FileTokenStore(directory)
    over: list[bool] = []
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.append, True)  # noqa: FBT003
    reads = torn = latest = 0
    while not over:
        try:
            stored = await store.load(KEY)
        except StorageCorrupt:
            torn += 1
            continue
        reads += 1
        if stored is not None:
            torn += not whole(stored) or stored.generation < latest
            latest = stored.generation
    os.write(reported, json.dumps({"reads": reads, "torn": torn}).encode())


def main(kills: int) -> dict[str, int]:
    counts = dict.fromkeys(("kills", "unreadable", "acknowledged_lost", "left_by_kills", "left_after_open"), 0)
    with tempfile.TemporaryDirectory() as place:
        directory = f"{place}/tokens"
        FileTokenStore(directory)
        here, there = os.pipe()
        reader = child(read_for_ever, directory, there)
        for _ in range(kills):
            acknowledged = kill_one(directory)
            counts["kills"] += 1
            counts["left_by_kills"] += len(list(Path(directory).glob("*.tmp")))
            store = FileTokenStore(directory)
            counts["left_after_open"] += len(list(Path(directory).glob("*.tmp")))
            try:
                stored = asyncio.run(store.load(KEY))
            except StorageCorrupt:
                stored = None
            if stored is None or not whole(stored):
                counts["unreadable"] += 1
            elif stored.generation < acknowledged:
                counts["acknowledged_lost"] += 1
        os.kill(reader, signal.SIGTERM)
        os.waitpid(reader, 0)
        meanwhile: dict[str, int] = json.loads(os.read(here, 1000))
        return counts | meanwhile


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)))
