"""CSV as spreadsheets write it: which encoding, which delimiter, which physical line."""

import codecs
import csv
import io
import re
from collections import Counter

from alfaview_async.bulk.recipients import RowProblem
from alfaview_async.bulk.sources import Row, Table
from alfaview_async.errors import ConfigurationError, RecipientsRejected

_DELIMITERS = ";,\t|"
_NO_DELIMITER = (
    "\x1f"  # for lists of one column: the csv module insists on a delimiter, and no spreadsheet writes this one
)
_SEP_LINE = re.compile(r'"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))


def read_csv(data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Read a CSV file's bytes.

    Encoding: byte order mark (UTF-16, UTF-8), else strict UTF-8, else cp1252, the code page of Western Excel. Nothing
    is guessed from letter frequencies, which turns Muñoz into Muńoz. Delimiter: a first line `sep=;`, else the most
    frequent of `; , TAB |` outside quotes in the header; on a tie, or without any, there is one column.

    Args:
        data: The file's bytes.
        name: What to call the file in messages.
        encoding: Overrides the ladder; a name Python knows, e.g. `utf-16-le`.
        delimiter: Overrides `sep=` and counting; one character.

    Returns:
        The header and all rows with content; places with broken quotes are in `broken`.

    Raises:
        ConfigurationError: `encoding` or `delimiter` cannot work.
        RecipientsRejected: The bytes are no text, or there is no header.
    """
    if delimiter is not None and not _can_delimit(delimiter):
        raise ConfigurationError("delimiter must be one character that is no letter, digit, quote or line break")
    text, encoding = _decode(data, name, encoding)
    separator_line = _SEP_LINE.match(text)
    body, skipped_lines = text, 0
    if separator_line and _can_delimit(separator_line[1]):
        body, skipped_lines = text[separator_line.end() :], 1
        delimiter = delimiter or separator_line[1]
    if delimiter is None:
        delimiter = _commonest_delimiter(body)
    rows, broken = _parse(body, delimiter or _NO_DELIMITER, skipped_lines)
    if broken and (not rows or broken[0].line < rows[0].line):
        rejected = RecipientsRejected(f"{name}: the header cannot be read: {broken[0]}")
        rejected.problems = broken
        raise rejected
    if not rows:
        raise RecipientsRejected(f"{name} is empty; the first line must be a header, e.g. Vorname;Nachname;E-Mail")
    return Table(
        name=name,
        header=rows[0].cells,
        header_line=rows[0].line,
        rows=tuple(rows[1:]),
        broken=tuple(broken),
        encoding=encoding,
        delimiter=delimiter,
    )


def _can_delimit(delimiter: str) -> bool:
    if len(delimiter) != 1 or delimiter == '"':
        return False
    return delimiter == "\t" or (delimiter.isprintable() and not delimiter.isalnum())


def _decode(data: bytes, name: str, encoding: str | None) -> tuple[str, str]:
    if encoding is not None:
        return _decode_as(data, name, encoding).removeprefix("\ufeff"), encoding
    for bom, marked in _BOMS:
        if data.startswith(bom):
            return _decode_as(data, name, marked), marked
    if b"\0" in data.split(b"\n", 1)[0]:
        raise RecipientsRejected(
            f"{name} is no CSV text (NUL bytes in line 1); save a workbook as CSV, "
            "or give encoding='utf-16-le' for UTF-16 without a byte order mark"
        )
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        return _decode_as(data, name, "cp1252"), "cp1252"


def _decode_as(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        read = error.object  # without the byte order mark that `error.start` does not count either
        line = read.count(b"\n", 0, error.start) + 1
        raise RecipientsRejected(
            f"{name}: byte 0x{read[error.start]:02x} in line {line} is not {encoding}; give the right encoding, "
            "or save the list as UTF-8"
        ) from error
    except (LookupError, ValueError) as error:
        raise ConfigurationError(f"encoding {encoding!r} is unknown or not for text") from error


def _commonest_delimiter(text: str) -> str:
    """Return the winner in the header, which ends at the first line break outside quotes; empty if there is none."""
    outside = True
    found: Counter[str] = Counter()
    started = False
    for character in text:
        if character == '"':
            outside = not outside
        elif outside and character in "\r\n" and started:
            break
        elif outside and character in _DELIMITERS:
            found[character] += 1
        started = started or not character.isspace()
    ranking = found.most_common(2)
    if not ranking or (len(ranking) > 1 and ranking[0][1] == ranking[1][1]):
        return ""
    return ranking[0][0]


def _parse(text: str, delimiter: str, skipped_lines: int) -> tuple[list[Row], list[RowProblem]]:
    rows: list[Row] = []
    broken: list[RowProblem] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = skipped_lines + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return rows, broken
        except csv.Error as error:
            # The reader starts afresh on the next physical line, so later breaks are reported as well.
            end = skipped_lines + reader.line_num
            reached = f"; lines {line} to {end} were read as one row" if end > line else ""
            broken.append(RowProblem(line=line, column="", value="", reason=f"check the quotes: {error}{reached}"))
            continue
        if any(cell.strip() for cell in cells):
            rows.append(Row(line=line, cells=tuple(cells)))
