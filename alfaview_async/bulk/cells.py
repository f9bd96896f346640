"""The cells of one row by field, and what is wrong with them."""

from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from alfaview_async.bulk.columns import Columns
from alfaview_async.bulk.recipients import RowProblem
from alfaview_async.bulk.sources import Row
from alfaview_async.bulk.validation import CellError

_Value = TypeVar("_Value")


@define(kw_only=True)
class Cells:
    """One row, on its way to a recipient.

    Attributes:
        row: The row.
        columns: Which column holds what.
        problems: Why the row cannot be used.
        warnings: What is odd about it.
    """

    row: Row
    columns: Columns
    problems: list[RowProblem] = field(factory=list)
    warnings: list[RowProblem] = field(factory=list)

    def text(self, name: str) -> str:
        """Return the cell of a field; empty if the field has no column, or the row ends before it."""
        position = self.columns.position.get(name)
        return "" if position is None or position >= len(self.row.cells) else self.row.cells[position]

    def read(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        """Return what `read` makes of the cell; `None`, and a problem, if it raises `CellError`."""
        position = self.columns.position.get(name, -1)
        if position in self.row.unreadable:
            self.refuse((name,), self.row.unreadable[position])
            return None
        return self.check((name,), self.text(name), read)

    def check(self, fields: tuple[str, ...], text: str, read: Callable[[str], _Value]) -> _Value | None:
        """Return what `read` makes of a text that comes from the cells of `fields`."""
        try:
            return read(text)
        except CellError as error:
            self.refuse(fields, error.reason, error.suggestion)
            return None

    def refuse(self, fields: tuple[str, ...], reason: str, suggestion: str = "") -> None:
        """Note why the row cannot be used."""
        self.problems.append(self._problem(fields, reason, suggestion))

    def warn(self, fields: tuple[str, ...], reason: str) -> None:
        """Note what is odd about the row."""
        self.warnings.append(self._problem(fields, reason))

    def check_row(self) -> None:
        """Note what concerns the row as a whole: what its source says of it, and cells under no header."""
        if self.row.refusal:
            self._refuse_all(" ".join(self.row.cells), self.row.refusal)
        width = len(self.columns.header)
        if any(cell.strip() for cell in self.row.cells[width:]):
            reason = f"{len(self.row.cells)} cells under {width} headers; put a cell that holds the delimiter in quotes"
            self._refuse_all(" ".join(self.row.cells[width:]), reason)
        for remark in self.row.remarks:
            self.warnings.append(RowProblem(line=self.row.line, column="", value="", reason=remark))

    def _refuse_all(self, value: str, reason: str) -> None:
        self.problems.append(RowProblem(line=self.row.line, column="", value=value, reason=reason))

    def _problem(self, fields: tuple[str, ...], reason: str, suggestion: str = "") -> RowProblem:
        return RowProblem(
            line=self.row.line,
            column=self.columns.named(*fields),
            value=" ".join(filter(None, map(self.text, fields))),
            reason=reason,
            suggestion=suggestion,
        )
