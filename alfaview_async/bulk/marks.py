"""Random marks that invitations carry, to be found again: `avb1:<run>:<call>:<random>`."""

import re
from secrets import token_hex

_WHOLE = re.compile(r"avb1:[0-9a-f]{32}:[0-9]+:[0-9a-f]{24}")


def new_run() -> str:
    """Return the id of a new run: 32 hexadecimal digits."""
    return token_hex(16)


def run_mark(run: str) -> str:
    """Return what the marks of all calls of a run begin with."""
    return f"avb1:{run}:"


def call_mark(run: str, number: int) -> str:
    """Return a mark for a call; random, so that a call whose number was forgotten in a crash has another one."""
    return f"{run_mark(run)}{number}:{token_hex(12)}"


def is_whole(mark: str) -> bool:
    """Tell whether a mark came back as it was given, not cut off: of two calls the beginnings are alike."""
    return _WHOLE.fullmatch(mark) is not None
