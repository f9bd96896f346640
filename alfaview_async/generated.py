"""Functions made from source text, for code that would be slow as a loop over fields."""

from collections.abc import Callable
from itertools import count
from typing import Any, cast

Hook = Callable[..., Any]


class Source:
    """Source text of one generated function and the objects it refers to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._scope: dict[str, Any] = {}
        self._numbers = count()

    def name(self, value: object) -> str:
        """Bind a value and return the name under which the source can use it."""
        name = f"_{next(self._numbers)}"
        self._scope[name] = value
        return name

    def compile(self, signature: str, label: str) -> Hook:
        """Turn the lines into a function."""
        source = "\n    ".join([f"def hook({signature}):", *self.lines])
        exec(compile(source, label, "exec"), self._scope)  # noqa: S102 - the source is ours, made from field names
        return cast("Hook", self._scope["hook"])
