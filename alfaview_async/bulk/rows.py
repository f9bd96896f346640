"""From a row of texts to a recipient, noting everything that is wrong with it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import define, evolve, field

from alfaview_async.bulk.addresses import Address, read_address
from alfaview_async.bulk.cells import Cells
from alfaview_async.bulk.columns import Columns
from alfaview_async.bulk.dates import Notation
from alfaview_async.bulk.defaults import Defaults
from alfaview_async.bulk.original_cells import OriginalCells, RepeatedTexts
from alfaview_async.bulk.recipients import Recipient, RowProblem, printable
from alfaview_async.bulk.sources import Row
from alfaview_async.bulk.validation import LONG_NAME, display_name, language, visible_text, yes
from alfaview_async.bulk.zones import zone_of_cell

_FLAGS = {"co_host": "coHost", "panelist": "panelist"}
"""Columns of yes and no, as Webex has them -> the role of those with a yes."""


@define(kw_only=True)
class RowReader:
    """Reads the rows of one table.

    Attributes:
        columns: Which column holds what.
        notation: How moments are written, and the zone of rows that name none.
        defaults: What holds for rows that say nothing else.
        now: Guests whose time is over by then are refused.
        test_environment: Accept addresses that nobody can have, under `.test`.
        problems: Why rows were refused, in the order of reading.
        warnings: What is odd about rows that were not refused.
    """

    columns: Columns
    notation: Notation
    defaults: Defaults
    now: datetime
    test_environment: bool = False
    problems: list[RowProblem] = field(factory=list)
    warnings: list[RowProblem] = field(factory=list)
    _notations: dict[ZoneInfo, Notation] = field(init=False, factory=dict)
    _position: dict[str, int] = field(init=False)
    _repeated: RepeatedTexts = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._position = {name: index for index, name in enumerate(self.columns.header)}
        self._repeated = RepeatedTexts(len(self.columns.header))

    def read(self, row: Row) -> Recipient | None:
        """Return the recipient, or `None` if anything is wrong; all that is wrong is noted at once."""
        cells = Cells(row=row, columns=self.columns)
        cells.check_row()
        recipient = None if row.refusal else self._recipient(cells)
        if cells.problems:
            self.problems += cells.problems
            return None
        self.warnings += cells.warnings
        return recipient

    def _recipient(self, cells: Cells) -> Recipient | None:
        address = cells.read("email", self._address)
        name = _name(cells, address.name if address else "")
        locale = self._locale(cells)
        role, room, key = _role(cells), cells.read("room", visible_text), cells.read("key", visible_text)
        valid_from, valid_until = self._time_frame(cells)
        if cells.problems or address is None:
            return None
        for warning in address.warnings:
            cells.warn(("email",), warning)
        original = self._repeated.shared(cells.row.cells)
        return Recipient(
            email=_same_object(address.email, cells.text("email")),
            display_name=_same_object(name, cells.text("display_name")),
            locale=locale,
            role=role or self.defaults.role,
            room=room or self.defaults.room,
            valid_from=valid_from,
            valid_until=valid_until,
            key=_same_object(key or "", cells.text("key")),
            line=cells.row.line,
            extra=OriginalCells(self._position, original),
        )

    def _address(self, cell: str) -> Address:
        return read_address(cell, test_environment=self.test_environment)

    def _locale(self, cells: Cells) -> str:
        found = cells.read("locale", language)
        if found is None:
            cells.warn(("locale",), "alfaview writes in de or en only; en is used")
            return "en"
        return found or self.defaults.locale

    def _time_frame(self, cells: Cells) -> tuple[datetime | None, datetime | None]:
        before = len(cells.problems)
        zone = cells.read("timezone", zone_of_cell)
        if len(cells.problems) > before:
            return None, None  # without its zone, nothing sensible can be said about the row's times
        notation = self._notation(zone)
        own_start, own_end = cells.read("valid_from", notation.start), cells.read("valid_until", notation.end)
        if len(cells.problems) == before:
            self._check_time_frame(cells, own_start, own_end, notation)
        return own_start or self.defaults.valid_from, own_end or self.defaults.valid_until

    def _notation(self, zone: ZoneInfo | None) -> Notation:
        if zone is None:
            return self.notation
        return self._notations.setdefault(zone, evolve(self.notation, zone=zone))

    def _check_time_frame(
        self, cells: Cells, own_start: datetime | None, own_end: datetime | None, notation: Notation
    ) -> None:
        start, end = own_start or self.defaults.valid_from, own_end or self.defaults.valid_until
        if own_end and start and own_end <= start:
            other = printable(f"{cells.columns.named('valid_from')} {cells.text('valid_from')}")
            against = other if own_start else f"the start of all rows, {_shown(start, notation)}"
            order = "lies before" if own_end < start else "is the same as"
            cells.refuse(("valid_until",), f"{order} {against}; the link would never open")
        elif own_start and end and end <= own_start:
            reason = f"lies not before the end of all rows, {_shown(end, notation)}; the link would never open"
            cells.refuse(("valid_from",), reason)
        if own_end and own_end <= self.now:
            cells.refuse(("valid_until",), f"lies in the past; now is {_shown(self.now, notation)}")


def _shown(moment: datetime, notation: Notation) -> str:
    return f"{moment.astimezone(notation.zone):%Y-%m-%d %H:%M %Z}"


def _name(cells: Cells, beside_address: str) -> str:
    fields: tuple[str, ...] = ("display_name",)
    name = cells.read("display_name", display_name)
    if not name:
        parts = (cells.read(part, display_name) for part in cells.columns.name_fields)
        joined = " ".join(filter(None, parts))
        fields = cells.columns.name_fields if joined else ("email",)
        name = cells.check(fields, joined or beside_address, display_name) or ""
    if len(name) > LONG_NAME:
        cells.warn(fields, f"{len(name)} characters; more than {LONG_NAME} may be cut where names are shown")
    return name


def _role(cells: Cells) -> str | None:
    role = cells.read("role", visible_text)
    flagged = [name for name in _FLAGS if cells.read(name, yes)]
    if role and flagged:
        cells.refuse(("role", *flagged), "two roles; a guest has one")
    elif len(flagged) > 1:
        cells.refuse(tuple(flagged), "two roles; a guest has one")
    return role or "".join(_FLAGS[name] for name in flagged)


def _same_object(text: str, cell: str) -> str:
    return cell if text == cell else text  # 50,000 addresses fit into memory once rather than twice
