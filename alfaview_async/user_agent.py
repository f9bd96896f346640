"""How we name ourselves to servers."""

from functools import cache
from platform import python_version


@cache
def user_agent() -> str:
    """Return our name and version, and Python's."""
    from importlib.metadata import version  # noqa: PLC0415 - loads mail and zip modules, so with the first connection

    return f"alfaview-async/{version('alfaview-async')} Python/{python_version()}"
