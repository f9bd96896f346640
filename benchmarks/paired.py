"""Paired rounds and what comes out of them: the common shape of all benchmarks that have a goal.

Each contender has its turn once per round, so that all meet the same moments of a machine that does other things too;
ratios are taken within a round, and the median of them is the figure.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Protocol

from attrs import asdict, field, frozen

Costs = dict[str, list[float]]
"""Contender -> what it cost in each round."""


@frozen
class Shown:
    """How costs are shown: multiplied by `factor`, in `unit`."""

    factor: float
    unit: str


@frozen(kw_only=True)
class Measure:
    """One row of the results.

    Attributes:
        name: What is measured, in the words of the table.
        unit: Of median, low, high and goal: `x` for a ratio.
        median, low, high: Over the rounds; low and high are the quartiles.
        goal: What is promised; `None`: shown for comparison only.
        at_least: The goal is a lower bound, not an upper one.
        costs: Contender -> median of its own cost.
        costs_unit: Of these.
    """

    name: str
    unit: str = "x"
    median: float
    low: float
    high: float
    goal: float | None = None
    at_least: bool = False
    costs: dict[str, float] = field(factory=dict)
    costs_unit: str = ""

    @property
    def is_met(self) -> bool:
        if self.goal is None:
            return True
        return self.median >= self.goal if self.at_least else self.median <= self.goal

    def __str__(self) -> str:
        goal = "" if self.goal is None else f"goal {'>=' if self.at_least else '<='} {self.goal:g}"
        verdict = "" if self.is_met else "  NOT MET"
        figure = f"{self.median:8.3g} {self.unit:5} [{self.low:.3g} .. {self.high:.3g}]"
        costs = ", ".join(f"{name} {cost:.3g}" for name, cost in self.costs.items())
        return f"{self.name:80} {figure:30} {goal:14}{verdict}" + (f"\n    {self.costs_unit}: {costs}" if costs else "")


def rounds(contenders: Mapping[str, Callable[[], float]], times: int) -> Costs:
    """Let each contender work once per round, in turns that change direction; the first round only warms up."""
    costs: Costs = {name: [] for name in contenders}
    for number in range(times + 1):
        for name in sorted(contenders, key=[*contenders].index, reverse=number % 2 == 0):
            gc.collect()  # nobody pays for what another left behind
            cost = contenders[name]()
            if number:
                costs[name].append(cost)
    return costs


def ratio(
    name: str,
    costs: Costs,
    ours: str,
    base: str,
    *,
    shown: Shown,
    goal: float | None = None,
    at_least: bool = False,
) -> Measure:
    """Compare two contenders round by round; the costs of all are kept, to be shown."""
    ratios = [our / other for our, other in zip(costs[ours], costs[base], strict=True)]
    medians = {contender: median(values) * shown.factor for contender, values in costs.items()}
    return figure(name, ratios, "x", goal=goal, at_least=at_least, costs=medians, costs_unit=shown.unit)


def figure(
    name: str,
    values: Iterable[float],
    unit: str,
    *,
    goal: float | None = None,
    at_least: bool = False,
    costs: Mapping[str, float] | None = None,
    costs_unit: str = "",
) -> Measure:
    """Sum up one figure per round."""
    found = list(values)
    low, middle, high = quantiles(found, n=4, method="inclusive") if len(found) > 1 else found * 3
    return Measure(
        name=name,
        unit=unit,
        median=middle,
        low=low,
        high=high,
        goal=goal,
        at_least=at_least,
        costs=dict(costs or {}),
        costs_unit=costs_unit,
    )


def cpu_seconds(work: Callable[[], object], times: int = 1) -> float:
    """Return the CPU time of this process for doing the work so many times."""
    began = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - began


def peak_bytes() -> int:
    """Return the most memory that this process ever had; `ru_maxrss` would count what its parent had as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024


class Measures(Protocol):
    """What a benchmark is: measures, one after the other."""

    def __call__(self, *, quick: bool) -> Iterable[Measure]: ...


def script(measures: Measures) -> None:
    """Be a program: print the measures as they come, or all as JSON for the one that runs every benchmark."""
    found = []
    for measure in measures(quick="--quick" in sys.argv[1:]):
        print(measure, file=sys.stderr, flush=True)
        found.append(asdict(measure) | {"met": measure.is_met})
    if "--json" in sys.argv[1:]:
        json.dump(found, sys.stdout)
