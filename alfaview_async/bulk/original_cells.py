"""What a row said originally, kept small: one header for all rows, and repeated texts once."""

from collections.abc import Iterator, Mapping

_DISTINCT_TEXTS = 4096
"""A column with more is one of names or addresses, in which looking for repetitions costs more than it saves."""


class OriginalCells(Mapping[str, str]):
    """The cells of a row by header, in the order of the source; a row shorter than the header has empty cells.

    Args:
        position: Header -> index of the column; one mapping for all rows of a list.
        cells: The cells of the row.
    """

    __slots__ = ("_cells", "_position")

    def __init__(self, position: Mapping[str, int], cells: tuple[str, ...]) -> None:
        self._position = position
        self._cells = cells

    def __getitem__(self, header: str) -> str:
        index = self._position[header]
        return self._cells[index] if index < len(self._cells) else ""

    def __iter__(self) -> Iterator[str]:
        return iter(self._position)

    def __len__(self) -> int:
        return len(self._position)

    def __repr__(self) -> str:
        return repr(dict(self))


class RepeatedTexts:
    """Lets rows share equal texts: a list of 50,000 guests holds the names of its few rooms once.

    Args:
        width: How many columns there are.
    """

    def __init__(self, width: int) -> None:
        self._known: list[dict[str, str] | None] = [{} for _ in range(width)]

    def shared(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """Return equal cells, without those beyond the last column; texts that were seen before are the same object."""
        return tuple(map(self._one, range(len(self._known)), cells))

    def _one(self, column: int, cell: str) -> str:
        known = self._known[column]
        if known is None:
            return cell
        if len(known) >= _DISTINCT_TEXTS:
            self._known[column] = None
            return cell
        return known.setdefault(cell, cell)
