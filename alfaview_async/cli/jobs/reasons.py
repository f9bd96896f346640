"""What is wrong with a row, in the language of the user: the library says it in English."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from attrs import evolve

from alfaview_async.bulk import RowProblem
from alfaview_async.cli import texts


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    source = files(texts) / f"reasons_{language}.toml"
    if not source.is_file():
        return ()
    pairs = tomllib.loads(source.read_text(encoding="utf-8"))["reasons"]
    return tuple((re.compile(_as_pattern(english)), other) for english, other in pairs)


def _as_pattern(english: str) -> str:
    """Let each `{name}` stand for any text."""
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(english))


def translated(language: str, reason: str) -> str:
    """Return a reason in a language; as it is if nobody has translated it.

    Several reasons for one cell are joined by commas, and each is looked up; so is a reason within another one.
    """
    for pattern, other in _patterns(language):
        if found := pattern.fullmatch(reason):
            values = {name: translated(language, value) for name, value in found.groupdict().items()}
            return other.format(**values)
    parts = reason.split(", ")
    return ", ".join(translated(language, part) for part in parts) if len(parts) > 1 else reason


def in_language(language: str, problems: Iterable[RowProblem]) -> list[RowProblem]:
    """Return problems with their reasons in a language."""
    return [evolve(problem, reason=translated(language, problem.reason)) for problem in problems]
