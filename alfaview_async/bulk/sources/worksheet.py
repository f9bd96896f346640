"""The rows of one sheet of a workbook, as texts, read piece by piece."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from attrs import frozen

from alfaview_async.bulk.sources import Row
from alfaview_async.bulk.sources.number_formats import NumberFormat, shown_number
from alfaview_async.bulk.sources.package import LONGEST_SHEET, Handlers, Package

_MOST_ROWS = 2**20
_MOST_COLUMNS = 2**14
_WIDEST_ROW = 1000
_MOST_AREAS = 100_000
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_AREA = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6}):[A-Z]{1,3}([1-9]\d{0,6})", re.ASCII)
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_HIDDEN = "hidden in the workbook, perhaps by a filter; read all the same"
_NO_RESULT = "a formula without its result; open the workbook in a spreadsheet program and save it there"


@frozen(kw_only=True)
class Surroundings:
    """What the cells of all sheets refer to.

    Attributes:
        texts: The shared texts.
        formats: The format of each style of a cell.
        since_1904: Days are counted as on old Macintoshes.
    """

    texts: Sequence[str]
    formats: Sequence[NumberFormat]
    since_1904: bool


def rows_of_sheet(package: Package, part: str, surroundings: Surroundings) -> Iterator[Row]:
    """Yield the rows with content.

    Cells merged over several rows count in each of them, as they are seen: a room stands beside all of its guests.

    Raises:
        RecipientsRejected: The sheet is damaged or too long.
    """
    merged = _merged_areas(package, part)
    sheet = _Sheet(surroundings, merged)
    for _ in package.pieces(part, Handlers(start=sheet.start, end=sheet.end, text=sheet.text), LONGEST_SHEET):
        yield from sheet.rows
        sheet.rows.clear()


def unescaped(text: str) -> str:
    """Return the text with the characters that XML cannot hold, which workbooks write as `_x000D_`."""
    return _ESCAPE.sub(lambda escape: _character(int(escape[1], 16)), text) if "_x" in text else text


def _character(number: int) -> str:
    return chr(number) if not 0xD800 <= number <= 0xDFFF else "\ufffd"  # noqa: PLR2004 - halves of characters


def _merged_areas(package: Package, part: str) -> dict[int, list[tuple[int, int]]]:
    """Return first row -> column and last row of areas of several rows; the file lists them behind the rows."""
    areas: dict[int, list[tuple[int, int]]] = {}
    count = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal count
        if name == "mergeCell" and (area := _AREA.fullmatch(attributes.get("ref", ""))):
            first, last = int(area[2]), int(area[3])
            if last > first:
                areas.setdefault(first, []).append((_column(area[1]), last))
                count += 1
            if count > _MOST_AREAS:
                raise ValueError(f"more than {_MOST_AREAS} merged areas")

    package.read(part, Handlers(start=start), LONGEST_SHEET)
    return areas


@lru_cache(maxsize=_MOST_COLUMNS)
def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    if index > _MOST_COLUMNS:
        raise ValueError(f"there is no column {letters}")
    return index - 1


class _Span(NamedTuple):
    """The content of a cell that is merged down to the row `last`."""

    last: int
    text: str
    unreadable: str


class _Sheet:
    """Gathers rows from the elements of a sheet: `row` holds `c`, which holds `v` or `t`, and perhaps `f`."""

    def __init__(self, surroundings: Surroundings, merged: Mapping[int, list[tuple[int, int]]]) -> None:
        self.rows: list[Row] = []
        self._surroundings = surroundings
        self._merged = merged
        self._spanning: dict[int, _Span] = {}
        self._line = 0
        self._hidden = False
        self._cells: dict[int, str] = {}
        self._unreadable: dict[int, str] = {}
        self._column = -1
        self._attributes: Mapping[str, str] = {}
        self._has_formula = False
        self._has_value = False
        self._inside = False
        self._phonetic = False
        self._texts: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            self._inside = True
            self._has_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":  # how to pronounce the text before, in Japanese
            self._phonetic = True
        elif name == "row":
            self._start_row(attributes)

    def text(self, text: str) -> None:
        if self._inside and not self._phonetic:
            self._texts.append(text)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name in {"v", "t"}:
            self._inside = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "row":
            self._end_row()

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        line = int(attributes.get("r") or self._line + 1)
        if not self._line < line <= _MOST_ROWS:
            raise ValueError(f"row {line} follows row {self._line}")
        self._line = line
        self._hidden = attributes.get("hidden") in {"1", "true"}
        self._cells = {}
        self._unreadable = {}
        self._column = -1

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        elif found := _REFERENCE.fullmatch(reference):
            self._column = _column(found[1])
        else:
            raise ValueError(f"there is no cell {reference}")
        self._attributes = attributes
        self._has_formula = self._has_value = False
        self._texts = []

    def _end_cell(self) -> None:
        raw = "".join(self._texts)
        kind = self._attributes.get("t", "n")
        # An empty `v` is the result of a formula that gives a text; others without a digit were never calculated.
        if self._has_formula and not raw and not (self._has_value and kind == "str"):
            self._unreadable[self._column] = _NO_RESULT
        elif kind == "e":
            self._unreadable[self._column] = f"the workbook shows the error {raw}"
        elif raw:
            self._cells[self._column] = self._shown(kind, raw)

    def _shown(self, kind: str, raw: str) -> str:
        if kind == "s":
            return self._surroundings.texts[_index(raw)]
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind != "n":
            return unescaped(raw)
        style = _index(self._attributes.get("s", "0"))
        formats = self._surroundings.formats
        how = formats[style] if style < len(formats) else NumberFormat()
        try:
            return shown_number(raw, how, since_1904=self._surroundings.since_1904)
        except (ValueError, OverflowError) as error:
            self._unreadable[self._column] = str(error)
            return raw

    def _end_row(self) -> None:
        for column, last in self._merged.get(self._line, ()):
            self._spanning[column] = _Span(last, self._cells.get(column, ""), self._unreadable.get(column, ""))
        if not any(map(str.strip, self._cells.values())) and not self._unreadable:
            return
        self._fill_merged()
        cells = {column: text for column, text in self._cells.items() if text}
        width = max((*cells, *self._unreadable)) + 1
        if width > _WIDEST_ROW:
            raise ValueError(f"row {self._line} reaches to column {width}, at most {_WIDEST_ROW} are read")
        self.rows.append(
            Row(
                line=self._line,
                cells=tuple(cells.get(column, "") for column in range(width)),
                unreadable=self._unreadable,
                remarks=(_HIDDEN,) if self._hidden else (),
            )
        )

    def _fill_merged(self) -> None:
        for column, span in list(self._spanning.items()):
            if span.last < self._line:
                del self._spanning[column]
            elif span.unreadable:
                self._unreadable[column] = span.unreadable
            else:
                self._cells.setdefault(column, span.text)


def _index(raw: str) -> int:
    index = int(raw)
    if index < 0:
        raise ValueError(f"negative index {raw}")
    return index
