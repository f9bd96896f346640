"""Writes the table of benchmarks from their results, and says where the time goes if a goal is missed."""

from pathlib import Path
from typing import Any

import orjson
from generated_page import table

RESULTS = Path(__file__).parent / "benchmarks" / "results.json"
Row = dict[str, Any]

WHERE_TIME_GOES = {
    "imports": "Beside aiohttp, the first client loads cattrs, the messages of every call, and the token stores; attrs "
    "compiles a class in about a millisecond.",
    "codec": "Reading a value costs Python a test, an assignment and, for times and enumerations, a call; msgspec does "
    "all of that in C, and leaves times and enumerations as text.",
    "calls": "aiohttp enters about 220 Python functions for one call, and we enter some 30 more: for the request "
    "object, the token and its clock, the request id, the body, and above all for the reply as a model. Between two "
    "reads of a socket these run with cold caches, at three to four times what they take in a loop. A reply of ten "
    "rooms makes 20 objects, where orjson makes dicts.",
    "listing": "Nine tenths is decoding. Parsing alone is a third of that; the rest makes five objects for each room. "
    "Doing it in slices, so that the event loop is never held up, costs a fifth more than in one go.",
    "loop_stalls": "The longest step is one slice of a page with the objects it makes.",
    "bulk": "The emulator, which both sides wait for, works most of the time. Ours adds, for each guest, a check of "
    "the row, a digest that recognises the row after a crash, the link as a model, and a result. With the journal, two "
    "records for each chunk go to disk, the first of them before the chunk is sent.",
    "store_contention": "A save holds the lock while the file and its directory reach the disk; 31 others wait. The "
    "figure is that of the disk, and of whatever else uses it.",
}
"""Benchmark -> the explanation of a figure that is above its goal, from profiles."""


def page() -> str:
    """Return the part of the page that is made of figures."""
    results = orjson.loads(RESULTS.read_bytes())
    measures: list[Row] = results["measures"]
    judged = [row for row in measures if row["goal"] is not None]
    shown = [row for row in measures if row["goal"] is None]
    met = sum(row["met"] for row in judged)
    parts = [
        measured_on(results),
        f"{met} of {len(judged)} goals are met.\n",
        table(("measure", "goal", "median", "quartiles", "command"), map(cells, judged)),
        missed([row for row in judged if not row["met"]]),
        "Without a goal:\n",
        table(("measure", "median", "quartiles", "command"), [(name, *rest) for name, _, *rest in map(cells, shown)]),
    ]
    return "\n".join(filter(None, parts))


def measured_on(results: Row) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    quick = " This was a quick run, with few rounds." if results["quick"] else ""
    runs = f" Medians and quartiles of {results['runs']} complete runs." if results["runs"] > 1 else ""
    return (
        f"Measured on {results['date']}, on {machine['processors']} processors ({machine['processor']}), "
        f"{machine['memory_gib']} GiB, {machine['system']}, load {machine['load_at_the_beginning']} at the beginning."
        f"{quick}{runs} {versions}.\n"
    )


def cells(row: Row) -> tuple[str, ...]:
    bound = "" if row["goal"] is None else f"{'≥' if row['at_least'] else '≤'} {amount(row['goal'], row['unit'])}"
    median = amount(row["median"], row["unit"]) + ("" if row["met"] else " (missed)")
    quartiles = f"{row['low']:.3g} to {row['high']:.3g}" if row["low"] != row["high"] else ""
    return row["name"], bound, median, quartiles, f"`{row['command']}`"


def amount(value: float, unit: str) -> str:
    return f"×{value:.3g}" if unit == "x" else f"{value:.3g} {unit}".strip()  # noqa: RUF001 - a ratio is written so


def missed(rows: list[Row]) -> str:
    """Say where the time goes in what is above its goal."""
    groups = dict.fromkeys(row["group"] for row in rows)
    if not groups:
        return ""
    lines = [f"- `{group}`: {WHERE_TIME_GOES[group]}" for group in groups]
    return "\n".join(["Where the time goes, in what is above its goal:\n", *lines, ""])
