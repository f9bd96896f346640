"""Whether a stream gets colours: `--color`, then `NO_COLOR`, then `FORCE_COLOR`, then what the stream is."""

from collections.abc import Mapping
from typing import TextIO


def wants_color(choice: str, environment: Mapping[str, str], stream: TextIO) -> bool:
    """Decide for one stream.

    Args:
        choice: Of `--color`: `always`, `never` or `auto`.
        environment: Usually `os.environ`; variables that are empty count as not set, as no-color.org says.
        stream: The one that is written to.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"] != "0"
    return environment.get("TERM") != "dumb" and not environment.get("CI") and stream.isatty()
