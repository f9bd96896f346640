"""`--watch`: look again and again, and show what is new, changed or gone."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence

from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.links.surroundings import Link, Surroundings

_GROWTH = 1.5
_LONGEST_PAUSE = 30.0


async def watch(
    invocation: Invocation,
    listing: Callable[[], AsyncIterator[Link]],
    names: Surroundings,
    columns: Sequence[str],
    interval: float,
) -> None:
    """Show changes until somebody interrupts: tables on a terminal, else JSON lines, each with what happened.

    Args:
        invocation: Of the command.
        listing: Lists the links, at each call anew.
        names: What rooms and roles are called.
        columns: What to show.
        interval: Seconds between two looks; the pause grows while nothing happens.
    """
    if invocation.output != "table" or not sys.stdout.isatty():
        invocation.output = "jsonl"
    known: dict[str, Link] = {}
    pause = interval
    while True:
        current = {link.id: link async for link in listing()}
        found = _changes(known, current)
        if found:
            rows = [{"change": change, **names.row(invocation, link)} for change, link in found]
            invocation.show(rows, ("change", *columns))
            sys.stdout.flush()
        pause = interval if found else min(pause * _GROWTH, max(interval, _LONGEST_PAUSE))
        known = current
        await asyncio.sleep(pause)


def _changes(before: dict[str, Link], now: dict[str, Link]) -> list[tuple[str, Link]]:
    gone = [("gone", link) for link_id, link in before.items() if link_id not in now]
    changed = [link for link_id, link in now.items() if before.get(link_id) != link]
    return gone + [("changed" if link.id in before else "new", link) for link in changed]
