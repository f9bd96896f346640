"""Whole numbers that somebody sends as text."""

import re

_DIGITS = re.compile(r"[0-9]{1,9}")
"""Of more than 4,300 digits Python makes no number, but an error."""


def number_of(text: str) -> int | None:
    """Read a whole number of at most nine digits; `None` if it is none."""
    return int(text) if _DIGITS.fullmatch(text) else None
