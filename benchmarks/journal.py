"""The journal of a run of 50,000 rows: what one commit of a chunk takes, and what the file weighs; one line of JSON.

python benchmarks/journal.py [directory]

The directory chooses the disk; every commit waits for it.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.bulk.journal_rows import PlannedRow
from alfaview_async.bulk.marks import call_mark, new_run
from alfaview_async.bulk.policies import Mode
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.states import CallState, Change, CreateCall, Link, RowChange, RowState

ROWS = 50_000
CALLS = 500
CHUNK = 50
ROOM = "4173dafb-5cde-5c85-95a3-20ebdf43698a"


def rows() -> Iterator[PlannedRow]:
    for number in range(ROWS):
        guest = Recipient(email=f"guest{number}@example.org", display_name=f"Guest {number}", line=number + 2)
        digest = sha256(guest.email.encode()).digest()
        yield PlannedRow(key=f"{digest.hex()[:32]}#1", digest=digest, target=ROOM, recipient=guest)


def changes(run: str) -> Iterator[Change]:
    """Yield the two changes of each call: its intent, and its links."""
    for number in range(1, CALLS + 1):
        ordinals = tuple(range((number - 1) * CHUNK, number * CHUNK))
        call = partial(CreateCall, number=number, target=ROOM, marker=call_mark(run, number))
        in_flight = RowChange(state=RowState.IN_FLIGHT, call=number)
        yield Change(
            calls=[call(state=CallState.INTENDED, ordinals=ordinals)],
            rows=dict.fromkeys(ordinals, in_flight),
        )
        yield Change(
            calls=[call(state=CallState.SETTLED)],
            rows=dict.fromkeys(ordinals, RowChange(state=RowState.DONE, call=number)),
            links={
                ordinal: Link(
                    id=f"{ordinal:08d}-5cde-5c85-95a3-20ebdf43698a",
                    join_link=f"https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/{ROOM}/{ordinal:032d}/v2",
                )
                for ordinal in ordinals
            },
        )


def main(directory: str | None) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=directory) as place:
        path = Path(place) / "run.journal"
        journal = Journal(path)
        run = new_run()
        began = perf_counter()
        journal.begin(RunRecord(id=run, mode=Mode.RECONCILED, settings={}), list(rows()), {ROOM: b""})
        loaded = perf_counter() - began
        took = []
        for change in changes(run):
            began = perf_counter()
            journal.commit(change)
            took.append((perf_counter() - began) * 1000)
        journal.close()
        percentiles = quantiles(took, n=100)
        return {
            "rows": ROWS,
            "load_s": round(loaded, 2),
            "commits": len(took),
            "commits_s": round(sum(took) / 1000, 2),
            "p50_ms": round(percentiles[49], 2),
            "p99_ms": round(percentiles[98], 2),
            "longest_ms": round(max(took), 2),
            "size_mb": round(path.stat().st_size / 1e6, 1),
        }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1] if len(sys.argv) > 1 else None)))
