"""What is wrong with rows, in the language of the user."""

from collections.abc import Iterable

from attrs import evolve

from alfaview_async.bulk import RowProblem
from alfaview_async.cli.library_words import translated


def in_language(language: str, problems: Iterable[RowProblem]) -> list[RowProblem]:
    """Return problems with their reasons in a language."""
    return [evolve(problem, reason=translated(language, problem.reason)) for problem in problems]
