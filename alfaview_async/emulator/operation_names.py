"""Operations as people name them in tests: by path, by its last part, by a pattern."""

from fnmatch import fnmatchcase

from alfaview_async.errors import ConfigurationError
from alfaview_async.operation import Row
from alfaview_async.services import operations


def operations_meant(wanted: str) -> list[Row]:
    """Find the operations that a path, the last part of one, or a pattern means.

    Raises:
        ConfigurationError: It means none, or a last part may mean several.
    """
    rows = [row for _, _, row in operations()]
    found = [row for row in rows if fnmatchcase(row.path, wanted)] or [
        row for row in rows if row.path.partition("/")[2] == wanted
    ]
    if not found:
        raise ConfigurationError(
            f"no operation {wanted!r}; expected a path such as guestService.v2/createGuestLinks, or a pattern with *"
        )
    if len(found) > 1 and not _is_pattern(wanted):
        raise ConfigurationError(f"{wanted!r} may be {' or '.join(sorted(row.path for row in found))}")
    return found


def _is_pattern(wanted: str) -> bool:
    return "*" in wanted or "?" in wanted or "[" in wanted
