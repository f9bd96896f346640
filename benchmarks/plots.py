"""Bars as SVG, from the results; written by hand, since these plots need no more than rectangles and text.

Text is grey and the ground is transparent, so that a plot can be read on a light and on a dark page.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from attrs import frozen

WIDTH, NAMES, LINE, BAR, MARGIN = 760, 250, 22, 14, 8
INK, OURS, THEIRS, GOAL = "#7d7d7d", "#2f81f7", "#9a9a9a", "#d9730d"
TITLES = {
    "imports": "Before the first call",
    "codec": "Decoding and encoding",
    "calls": "One call",
    "listing": "10,000 rooms, from the socket to objects",
    "loop_stalls": "Longest step of the event loop while 20,000 rooms are listed",
    "bulk": "10,000 guest links",
}
OUR_NAMES = ("alfaview_async", "first Alfaview object", "with journal", "without journal")
Row = Mapping[str, Any]


@frozen
class Bar:
    """One line of a plot."""

    name: str
    value: float
    is_ours: bool


@frozen
class Bars:
    """Bars that may be compared with each other, under a line that says of what."""

    title: str
    bars: tuple[Bar, ...]


def write_plots(measures: list[dict[str, object]], place: Path) -> None:
    """Write a plot of the costs of each benchmark, and one of all goals."""
    for group, title in TITLES.items():
        costs = list(costs_of(row for row in measures if row["group"] == group))
        if costs:
            (place / f"{group}.svg").write_text(svg(title, costs), encoding="utf-8")
    goals = [Bar(str(row["name"]), share_of_goal(row), bool(row["met"])) for row in measures if row["goal"]]
    (place / "goals.svg").write_text(goals_svg(goals), encoding="utf-8")


def costs_of(rows: Iterable[Row]) -> Iterable[Bars]:
    """Yield the costs behind the measures; those behind two measures once."""
    seen = set()
    for row in rows:
        costs = tuple(Bar(name, cost, name in OUR_NAMES) for name, cost in row["costs"].items())
        if costs and costs not in seen:
            seen.add(costs)
            work = re.split(",? over |: ", row["name"])[0].replace("`", "")
            yield Bars(f"{work} ({row['costs_unit']})", costs)


def share_of_goal(row: Row) -> float:
    """Tell how much of what the goal allows is used: more than 1 is too much."""
    median, goal = float(row["median"]), float(row["goal"])
    return goal / median if row["at_least"] else median / goal


def svg(title: str, groups: list[Bars]) -> str:
    lines = [text(MARGIN, 20, title, size=15, weight="bold")]
    y = 36
    for group in groups:
        y += LINE
        lines.append(text(MARGIN, y, group.title, weight="bold"))
        longest = max(bar.value for bar in group.bars)
        for bar in group.bars:
            y += LINE
            width = max(1.0, bar.value / longest * (WIDTH - NAMES - 90))
            lines += [
                text(NAMES - MARGIN, y, bar.name, anchor="end"),
                rectangle(NAMES, y, width, OURS if bar.is_ours else THEIRS),
                text(NAMES + width + 6, y, f"{bar.value:,.3g}" if bar.value < 1000 else f"{bar.value:,.0f}"),
            ]
        y += 8
    return document(title, y + MARGIN, lines)


def goals_svg(bars: list[Bar]) -> str:
    """Draw each measure as a share of its goal; a tick marks where the goal ends, and twice the goal fills the line."""
    title = "Measures as shares of their goals: up to the tick is met"
    lines = [text(MARGIN, 20, title, size=15, weight="bold")]
    goal = (WIDTH - 2 * MARGIN - 60) / 2
    y = 30
    for bar in bars:
        y += 2 * LINE - 4
        width = max(1.0, min(bar.value, 2.0) * goal)
        lines += [
            text(MARGIN, y - LINE + 6, bar.name.replace("`", ""), size=11),
            rectangle(MARGIN, y, width, OURS if bar.is_ours else GOAL),
            rectangle(MARGIN + goal, y, 2, INK),
            text(MARGIN + max(width, goal) + 8, y, f"{bar.value:.0%}"),
        ]
    return document(title, y + 2 * MARGIN, lines)


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}"'
    return f'<text {place} fill="{INK}">{escape(words)}</text>'


def rectangle(x: float, y: float, width: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y - BAR + 3:.1f}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'


def document(title: str, height: float, lines: list[str]) -> str:
    size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif">'
    return "\n".join([head, f"<title>{escape(title)}</title>", *lines, "</svg>\n"])
