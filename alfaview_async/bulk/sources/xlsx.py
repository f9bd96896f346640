"""Workbooks (.xlsx): which sheet, and what its cells refer to.

The file is read by itself rather than with openpyxl, which in its reading mode tells neither a formula without a result
from an empty cell, nor merged cells, nor rows hidden by a filter, warns about drop-down lists through a filter that
belongs to the whole process, and needs several times the time and memory.
"""

from collections.abc import Mapping

from attrs import define, field, frozen

from alfaview_async.bulk.recipients import printable
from alfaview_async.bulk.sources import Table
from alfaview_async.bulk.sources.number_formats import NumberFormat, number_format
from alfaview_async.bulk.sources.package import Handlers, Package
from alfaview_async.bulk.sources.worksheet import Surroundings, rows_of_sheet, unescaped
from alfaview_async.errors import ConfigurationError, RecipientsRejected


def read_xlsx(data: bytes, name: str, *, sheet: str | None = None) -> Table:
    """Read one sheet of a workbook.

    Dates become ISO 8601, numbers lose a needless `.0`, formulas are read by the results that were saved with them.

    Args:
        data: The file's bytes.
        name: What to call the file in messages.
        sheet: Name of the sheet; by default the first one that is not hidden.

    Raises:
        ConfigurationError: There is no sheet of that name.
        RecipientsRejected: It is no workbook, damaged, of a kind that is not read (.xlsm, .ods), or the sheet is empty.
    """
    package = Package(data, name)
    workbook = _Workbook.read(package)
    chosen = workbook.sheet(name, sheet)
    rows = rows_of_sheet(package, chosen.part, workbook.surroundings(package))
    header = next(rows, None)
    if header is None:
        raise RecipientsRejected(f"{name}: the sheet {printable(chosen.name)!r} is empty; {workbook.listed()}")
    return Table(name=name, header=header.cells, header_line=header.line, rows=rows, sheet=chosen.name)


@frozen(kw_only=True)
class _SheetEntry:
    name: str
    part: str
    hidden: bool


@define(kw_only=True)
class _Workbook:
    sheets: list[_SheetEntry] = field(factory=list)
    since_1904: bool = False
    texts_part: str = ""
    styles_part: str = ""

    @classmethod
    def read(cls, package: Package) -> "_Workbook":
        parts = [path for _, kind, path in package.targets("") if kind == "officeDocument"]
        if not parts:
            package.damaged("it names no workbook")
        targets = {identity: (kind, path) for identity, kind, path in package.targets(parts[0])}
        part_of = dict(targets.values())
        workbook = cls(texts_part=part_of.get("sharedStrings", ""), styles_part=part_of.get("styles", ""))

        def start(name: str, attributes: Mapping[str, str]) -> None:
            if name == "workbookPr":
                workbook.since_1904 = attributes.get("date1904") in {"1", "true"}
            elif name == "sheet":
                identity = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                kind, path = targets.get(identity, ("", ""))
                if kind == "worksheet":
                    hidden = attributes.get("state", "visible") != "visible"
                    workbook.sheets.append(_SheetEntry(name=attributes["name"], part=path, hidden=hidden))

        package.read(parts[0], Handlers(start=start))
        return workbook

    def sheet(self, file: str, name: str | None) -> _SheetEntry:
        if name is None:
            for sheet in self.sheets:
                if not sheet.hidden:
                    return sheet
            raise RecipientsRejected(f"{file} shows no sheet with cells; {self.listed()}")
        for folded in (str, str.casefold):
            for sheet in self.sheets:
                if folded(sheet.name) == folded(name):
                    return sheet
        raise ConfigurationError(f"{file} has no sheet {name!r}; {self.listed()}")

    def listed(self) -> str:
        names = [f"{printable(sheet.name)!r}{' (hidden)' if sheet.hidden else ''}" for sheet in self.sheets]
        return f"its sheets are {', '.join(names) or 'none'}"

    def surroundings(self, package: Package) -> Surroundings:
        return Surroundings(
            texts=_texts(package, self.texts_part) if self.texts_part else (),
            formats=_formats(package, self.styles_part) if self.styles_part else (),
            since_1904=self.since_1904,
        )


def _texts(package: Package, part: str) -> list[str]:
    texts: list[str] = []
    pieces: list[str] = []
    depth = {"t": 0, "rPh": 0}

    def start(name: str, _attributes: Mapping[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name in depth:
            depth[name] += 1

    def end(name: str) -> None:
        if name == "si":
            texts.append(unescaped("".join(pieces)))
        elif name in depth:
            depth[name] -= 1

    def text(text: str) -> None:
        if depth["t"] and not depth["rPh"]:
            pieces.append(text)

    package.read(part, Handlers(start=start, end=end, text=text))
    return texts


def _formats(package: Package, part: str) -> list[NumberFormat]:
    codes: dict[int, str] = {}
    numbers: list[int] = []
    of_cells = False

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal of_cells
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "cellXfs":
            of_cells = True
        elif name == "xf" and of_cells:
            numbers.append(int(attributes.get("numFmtId", "0")))

    def end(name: str) -> None:
        nonlocal of_cells
        if name == "cellXfs":
            of_cells = False

    package.read(part, Handlers(start=start, end=end))
    return [number_format(number, codes) for number in numbers]
