"""From a row of texts to a recipient, noting everything that is wrong with it."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from attrs import define, field

from alfaview_async.bulk.addresses import Address, read_address
from alfaview_async.bulk.columns import Columns
from alfaview_async.bulk.dates import Notation
from alfaview_async.bulk.recipients import Recipient, RowProblem, printable
from alfaview_async.bulk.sources import Row
from alfaview_async.bulk.validation import CellError, display_name, language, visible_text

_Value = TypeVar("_Value")


@define(kw_only=True)
class RowReader:
    """Reads the rows of one table.

    Attributes:
        columns: Which column holds what.
        notation: How moments are written.
        locale: Language for rows that name none.
        now: Guests whose time is over by then are refused.
        problems: Why rows were refused, in the order of reading.
        warnings: What is odd about rows that were not refused.
    """

    columns: Columns
    notation: Notation
    locale: str
    now: datetime
    problems: list[RowProblem] = field(factory=list)
    warnings: list[RowProblem] = field(factory=list)

    def read(self, row: Row) -> Recipient | None:
        """Return the recipient, or `None` if anything is wrong; all that is wrong is noted at once."""
        cells = _Cells(row=row, columns=self.columns)
        address = cells.read("email", read_address) or Address(email="")
        name = _name(cells, address)
        locale = self._locale(cells)
        role, room = cells.read("role", visible_text), cells.read("room", visible_text)
        valid_from = cells.read("valid_from", self.notation.start)
        valid_until = cells.read("valid_until", self.notation.end)
        self._check_time_frame(cells, valid_from, valid_until)
        cells.check_length()
        if cells.problems:
            self.problems += cells.problems
            return None
        for warning in address.warnings:
            cells.warn("email", warning)
        self.warnings += cells.warnings
        return Recipient(
            email=address.email,
            display_name=name,
            locale=locale,
            role=role or "",
            room=room or "",
            valid_from=valid_from,
            valid_until=valid_until,
            line=row.line,
            extra=cells.by_header(),
        )

    def _locale(self, cells: "_Cells") -> str:
        found = language(cells.text("locale"))
        if found is None:
            cells.warn("locale", "alfaview writes in de or en only; en is used")
            return "en"
        return found or self.locale

    def _check_time_frame(self, cells: "_Cells", start: datetime | None, end: datetime | None) -> None:
        if end is None:
            return
        if start is not None and end <= start:
            order = "lies before" if end < start else "is the same as"
            written = f"{printable(self.columns.named('valid_from'))} {printable(cells.text('valid_from'))}"
            cells.refuse(("valid_until",), f"{order} {written}; the link would never open")
        if end <= self.now:
            cells.refuse(
                ("valid_until",),
                f"lies in the past; now is {self.now.astimezone(self.notation.zone):%Y-%m-%d %H:%M %Z}",
            )


def _name(cells: "_Cells", address: Address) -> str:
    if written := cells.read("display_name", display_name):
        return written
    parts = (cells.read(part, display_name) for part in cells.columns.name_fields)
    joined = " ".join(filter(None, parts))
    fields = cells.columns.name_fields if joined else ("email",)
    return cells.check(fields, joined or address.name, display_name) or ""


@define(kw_only=True)
class _Cells:
    """The cells of one row by field, and what is wrong with them."""

    row: Row
    columns: Columns
    problems: list[RowProblem] = field(factory=list)
    warnings: list[RowProblem] = field(factory=list)

    def text(self, name: str) -> str:
        position = self.columns.position.get(name)
        return "" if position is None or position >= len(self.row.cells) else self.row.cells[position]

    def read(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        return self.check((name,), self.text(name), read)

    def check(self, fields: tuple[str, ...], text: str, read: Callable[[str], _Value]) -> _Value | None:
        try:
            return read(text)
        except CellError as error:
            self.refuse(fields, error.reason, error.suggestion)
            return None

    def refuse(self, fields: tuple[str, ...], reason: str, suggestion: str = "") -> None:
        self.problems.append(self._problem(fields, reason, suggestion))

    def warn(self, name: str, reason: str) -> None:
        self.warnings.append(self._problem((name,), reason))

    def _problem(self, fields: tuple[str, ...], reason: str, suggestion: str = "") -> RowProblem:
        return RowProblem(
            line=self.row.line,
            column=self.columns.named(*fields),
            value=" ".join(filter(None, map(self.text, fields))),
            reason=reason,
            suggestion=suggestion,
        )

    def check_length(self) -> None:
        width = len(self.columns.header)
        if any(cell.strip() for cell in self.row.cells[width:]):
            reason = f"{len(self.row.cells)} cells under {width} headers; put a cell that holds the delimiter in quotes"
            surplus = " ".join(self.row.cells[width:])
            self.problems.append(RowProblem(line=self.row.line, column="", value=surplus, reason=reason))

    def by_header(self) -> dict[str, str]:
        cells = self.row.cells + ("",) * (len(self.columns.header) - len(self.row.cells))
        return dict(zip(self.columns.header, cells, strict=False))
