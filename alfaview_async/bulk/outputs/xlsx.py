"""The results as a workbook, in which every cell is text and every link can be clicked."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Protocol, cast

from alfaview_async.bulk.outputs.atomic import replacing
from alfaview_async.bulk.outputs.table import RESULT_COLUMNS, ResultTable, table_of
from alfaview_async.bulk.outputs.text import link_as_uri
from alfaview_async.bulk.recipients import GuestList
from alfaview_async.bulk.results import RowResult
from alfaview_async.errors import ConfigurationError

_MOST_LINKS = 65_530
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_LONGEST_LINK = 2_079
_WIDEST = 60
_LINK_FROM_END = len(RESULT_COLUMNS) - RESULT_COLUMNS.index("join_link")


class _Sheet(Protocol):
    """What is used of XlsxWriter's sheets, which have no types."""

    def write_string(self, row: int, col: int, string: str, /) -> int: ...

    def write_url(self, row: int, col: int, url: str, /) -> int: ...


def write_xlsx(path: str | os.PathLike[str], results: Iterable[RowResult], *, guests: GuestList | None = None) -> int:
    """Write one row for each result: its original cells, then `status`, `join_link`, `link_id` and `error`.

    Every cell is text, so none becomes a formula, and telephone numbers keep their zeros. The header stays in sight,
    and links can be clicked: the first 65,530, as many as Excel allows in a sheet; those behind are text, like links
    longer than 2,079 characters. Excel's cells end after 32,767 characters, and longer ones are cut. The file appears
    whole or not at all, and only its owner can read it. Rows stand in the order of `results`.

    While it grows, its parts lie in a directory beside it, `.alfaview-…`, that only the owner can enter.

    Blocking: within an event loop call `await asyncio.to_thread(write_xlsx, ...)`.

    Args:
        path: Where to write; an existing file is replaced.
        results: Gone through once; never copied.
        guests: The list as it was read: says which columns. Without it: the columns of all rows (of the first one, if
            `results` is a stream).

    Returns:
        How many rows were written.

    Raises:
        ConfigurationError: The file cannot be written, the table has more rows or columns than a sheet, or the package
            `XlsxWriter` (extra `cli`) is missing.
    """
    table = table_of(results, guests)
    if len(table.header) > _MOST_COLUMNS:
        raise ConfigurationError(f"{len(table.header)} columns; a sheet has at most {_MOST_COLUMNS}, write CSV instead")
    place = Path(path).parent
    with replacing(path) as file, TemporaryDirectory(prefix=".alfaview-", suffix=".tmp", dir=place) as parts:
        return _write_workbook(file, parts, table)


def _write_workbook(file: BinaryIO, parts: str, table: ResultTable) -> int:
    try:
        # An extra, and one without types.
        from xlsxwriter import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415
        from xlsxwriter.exceptions import XlsxFileError  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            "writing workbooks needs the package XlsxWriter; pip install 'alfaview-async[cli]'"
        ) from error
    archive = _Archive(file)
    options = {"constant_memory": True, "tmpdir": parts, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = Workbook(cast("BinaryIO", archive), options)
    sheet = workbook.add_worksheet("alfaview")
    try:
        bold = workbook.add_format({"bold": True})
        widths = [len(name) for name in table.header]
        for column, name in enumerate(table.header):
            sheet.write_string(0, column, name, bold)
        written = _write_rows(sheet, table, widths)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, _WIDEST) + 2)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{_MOST_ROWS}"})
        workbook.close()
    except BaseException as error:
        archive.abandon()
        for part in filter(None, (sheet.row_data_fh, sheet.fh)):
            with suppress(OSError):
                part.close()
        if not isinstance(error, XlsxFileError):
            raise
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else ConfigurationError(f"no workbook: {cause}") from error
    return written


class _Archive:
    """As much of the file as XlsxWriter uses; once abandoned it takes no more.

    Python's `zipfile` writes the end of an archive when the collector finds it, though the write failed long before.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file

    def abandon(self) -> None:
        self._file = None

    def write(self, data: bytes) -> int:
        return self._file.write(data) if self._file else len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence) if self._file else 0

    def tell(self) -> int:
        return self._file.tell() if self._file else 0

    def flush(self) -> None:
        if self._file:
            self._file.flush()


def _write_rows(sheet: _Sheet, table: ResultTable, widths: list[int]) -> int:
    link_column = len(widths) - _LINK_FROM_END
    links = row = 0
    for row, cells in enumerate(table.rows(), 1):
        if row == _MOST_ROWS:
            raise ConfigurationError(f"a sheet has at most {_MOST_ROWS} rows; write CSV instead")
        for column, cell in enumerate(cells):
            if not cell:
                continue
            if column == link_column and links < _MOST_LINKS and _can_be_clicked(cell):
                sheet.write_url(row, column, cell)
                links += 1
            else:
                sheet.write_string(row, column, cell)
            widths[column] = max(widths[column], len(cell))
    return row


def _can_be_clicked(link: str) -> bool:
    # Other schemes mean cells and files to a workbook, and XlsxWriter would change what is no URI.
    return link.startswith("https://") and len(link) <= _LONGEST_LINK and link_as_uri(link) == link
