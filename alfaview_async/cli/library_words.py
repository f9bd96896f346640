"""What the library says, in the language of the user: it speaks English, with names of Python."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from alfaview_async.cli import texts
from alfaview_async.errors import AlfaviewError


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    source = files(texts) / f"reasons_{language}.toml"
    pairs = tomllib.loads(source.read_text(encoding="utf-8"))["reasons"]
    return tuple((re.compile(_as_pattern(english), re.DOTALL), other) for english, other in pairs)


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


def described(language: str, error: AlfaviewError) -> str:
    """Return what `str(error)` does, in a language as far as somebody has translated it."""
    where = f"{error.operation}: " if error.operation else ""
    requests = ", ".join(error.request_ids)
    ids = f" ({texts.text(language, 'request', ids=requests)})" if requests else ""
    return f"{where}{translated(language, error.message)}{ids}"
