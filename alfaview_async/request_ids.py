"""Ids under which requests stand in logs: unlike each other, cheap, and no secret."""

import os
from random import Random

_random = Random()
"""Not the global one, which a program may seed."""
_bits = _random.getrandbits


def new_request_id() -> str:
    """Return 16 hexadecimal digits; asking the operating system for them would cost ten times as much."""
    return f"{_bits(64):016x}"


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.seed)
