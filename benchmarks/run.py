"""Runs the benchmarks that have goals, each in a process of its own, and writes results and plots.

python benchmarks/run.py [--only calls,codec] [--quick] [--runs 5] [--output DIRECTORY]

A complete run writes to docs/benchmarks. A quick one and one of some benchmarks only print, unless told where to write.
Of several runs the medians are written.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from attrs import asdict
from paired import figure
from plots import write_plots

HERE = Path(__file__).parent
GROUPS = ("imports", "codec", "calls", "listing", "loop_stalls", "bulk", "store_contention")
COMPARED = (
    "alfaview-async",
    "aiohttp",
    "attrs",
    "cattrs",
    "httpx",
    "msgspec",
    "openapi-python-client",
    "orjson",
    "pydantic",
)


Row = dict[str, Any]


def measured(group: str, *, quick: bool) -> list[Row]:
    """Run one benchmark; its measures are printed as they come."""
    command = [sys.executable, str(HERE / f"{group}.py"), "--json", *(["--quick"] if quick else [])]
    print(f"\n{group}", flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return [{"group": group, "command": f"nox -s bench -- --only {group}", **row} for row in json.loads(done.stdout)]


def over(runs: Sequence[Row]) -> Row:
    """Sum up what several runs say of one measure; the quartiles are then those of the runs."""
    first, *others = runs
    if not others:
        return first
    costs = {name: median(run["costs"][name] for run in runs) for name in first["costs"]}
    fixed = {name: first[name] for name in ("goal", "at_least", "costs_unit")}
    summary = figure(first["name"], [run["median"] for run in runs], first["unit"], costs=costs, **fixed)
    print(summary)
    return first | asdict(summary) | {"met": summary.is_met}


def machine() -> dict[str, object]:
    """Describe what the figures were measured on."""
    names = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [line for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    return {
        "processor": names[0].partition(":")[2].strip() if names else platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "memory_gib": round(int(memory[0].split()[1]) / 2**20, 1) if memory else None,
        "system": f"{platform.system()} {platform.release()}",
        "load_at_the_beginning": round(os.getloadavg()[0], 1),
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAMES", help=f"some of {', '.join(GROUPS)}; separated by commas")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: does it run, and roughly how fast")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="so often, one after the other")
    parser.add_argument("--output", type=Path, metavar="DIRECTORY", help="where to write results.json and the plots")
    given = parser.parse_args()
    given.groups = given.only.split(",") if given.only else [*GROUPS]
    if unknown := {*given.groups} - {*GROUPS}:
        parser.error(f"no benchmark called {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    if given.output is None and not given.only and not given.quick:
        given.output = HERE.parent / "docs" / "benchmarks"
    return given


def main() -> None:
    given = arguments()
    results: Row = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "quick": given.quick,
        "runs": given.runs,
        "machine": machine(),
        "versions": {"Python": platform.python_version(), **{name: version(name) for name in COMPARED}},
    }
    runs = [[row for group in given.groups for row in measured(group, quick=given.quick)] for _ in range(given.runs)]
    print()
    measures = [over(rows) for rows in zip(*runs, strict=True)]
    with_goals = [row for row in measures if row["goal"] is not None]
    print(f"\n{sum(bool(row['met']) for row in with_goals)} of {len(with_goals)} goals met")
    if given.output is not None:
        given.output.mkdir(parents=True, exist_ok=True)
        text = json.dumps(results | {"measures": measures}, indent=1, ensure_ascii=False)
        (given.output / "results.json").write_text(text + "\n", encoding="utf-8")
        write_plots(measures, given.output)


if __name__ == "__main__":
    main()
