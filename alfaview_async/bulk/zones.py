"""What a cell may hold as a time zone, and which one was meant by another name."""

from difflib import get_close_matches
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from alfaview_async.bulk.validation import CellError

_OTHER_NAMES = {
    **dict.fromkeys(
        ("mez", "mesz", "cet", "cest", "w. europe standard time", "deutschland", "germany"), "Europe/Berlin"
    ),
    **dict.fromkeys(("oez", "oesz", "eest", "gtb standard time"), "Europe/Athens"),
    **dict.fromkeys(("bst", "gmt standard time"), "Europe/London"),
    **dict.fromkeys(("est", "edt", "eastern standard time"), "America/New_York"),
    **dict.fromkeys(("pst", "pdt", "pacific standard time"), "America/Los_Angeles"),
}
"""What people and Windows write: suggested, not obeyed, since CET and MEZ name half of the year only."""


@lru_cache(maxsize=256)  # the same few in row after row
def zone_of_cell(cell: str) -> ZoneInfo | None:
    """Return the zone that a cell names, `None` if it is empty.

    Raises:
        CellError: It is no IANA name; suggests one if something similar is.
    """
    name = " ".join(cell.split())
    if not name:
        return None
    if name.casefold() not in _OTHER_NAMES:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass  # said below
    raise CellError("not the name of a time zone; write one such as Europe/Berlin", _meant(name))


def _meant(name: str) -> str:
    folded = name.casefold().replace(" ", "_")
    if found := _OTHER_NAMES.get(name.casefold()) or _by_folded_name().get(folded):
        return found
    close = get_close_matches(folded, _by_folded_name(), n=1, cutoff=0.8)
    return _by_folded_name()[close[0]] if close else ""


@cache
def _by_folded_name() -> dict[str, str]:
    """Return zones by their names in lower case, and by the city alone."""
    zones = sorted(available_timezones())
    cities = {zone.casefold().rpartition("/")[2]: zone for zone in zones if zone.count("/") == 1 and "Etc/" not in zone}
    return cities | {zone.casefold(): zone for zone in zones}
