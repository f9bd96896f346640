"""Reads a token file while it is saved over and over, and looks for torn records; one line of JSON.

python benchmarks/store_reads.py [reads]
"""

import asyncio
import json
import os
import signal
import sys
import tempfile

from store_saves import KEY, child, save_for_ever, token, whole

from alfaview_async.errors import StorageCorrupt
from alfaview_async.tokens import FileTokenStore

READERS = 2


async def read(directory: str, reads: int, reported: int) -> None:
    store = FileTokenStore(directory)
    torn = seen = latest = 0
    for _ in range(reads):
        try:
            stored = await store.load(KEY)
        except StorageCorrupt:
            stored = None
        if stored is None or not whole(stored) or stored.generation < latest:
            torn += 1
            continue
        seen += stored.generation > latest
        latest = stored.generation
    os.write(reported, json.dumps({"reads": reads, "torn": torn, "saves_seen": seen}).encode() + b"\n")


def main(reads: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as place:
        directory = f"{place}/tokens"
        asyncio.run(FileTokenStore(directory).compare_and_swap(KEY, 0, token(1)))
        writer = child(save_for_ever, directory, os.open(os.devnull, os.O_WRONLY))
        here, there = os.pipe()
        readers = [child(read, directory, reads // READERS, there) for _ in range(READERS)]
        os.close(there)
        for reader in readers:
            os.waitpid(reader, 0)
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        with os.fdopen(here) as reports:
            found = [json.loads(line) for line in reports]
    assert len(found) == READERS, "a reader died"
    return {name: sum(one[name] for one in found) for name in found[0]}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)))
