"""Who gets a file of their own, and a name for it: safe on every file system, in the order of the list, none twice."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from alfaview_async.bulk.results import RowResult, RowStatus

_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ł": "l"})
_LONGEST_NAME = 40


def with_links(results: Iterable[RowResult]) -> Iterator[tuple[str, RowResult]]:
    """Yield the results whose link opens the room, each with a name of its own for a file, as `00017-joerg-weiss`.

    It is made of the line (where there is none: of the place among all results) and the guest's name. It has ASCII
    letters, digits and hyphens only, begins with a digit and is in lower case, so that no system reads a path, a device
    or an option in it, or takes two for one. The same results in the same order get the same names again.
    """
    given: set[str] = set()
    for place, result in enumerate(results, 1):
        if not result.join_link or result.status is RowStatus.WITHDRAWN:
            continue
        guest = result.recipient
        base = stem = f"{guest.line or place:05}{_slug(guest.display_name)}"
        copies = 1
        while stem in given:
            copies += 1
            stem = f"{base}-{copies}"
        given.add(stem)
        yield stem, result


def _slug(name: str) -> str:
    text = unicodedata.normalize("NFC", name).lower().translate(_WRITTEN_OUT)
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    words = "-".join(re.findall(r"[a-z0-9]+", ascii_only.lower()))[:_LONGEST_NAME].rstrip("-")
    return f"-{words}" if words else ""
