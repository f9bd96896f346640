"""CSV as spreadsheets write it: which delimiter, which physical line."""

import csv
import re
from collections import Counter
from collections.abc import Iterator

from alfaview_async.bulk.recipients import RowProblem, printable
from alfaview_async.bulk.sources import Row, Table
from alfaview_async.bulk.sources.text import encoding_of, opened
from alfaview_async.errors import ConfigurationError, RecipientsRejected

_DELIMITERS = ";,\t|"
_NO_DELIMITER = (
    "\x1f"  # for lists of one column: the csv module insists on a delimiter, and no spreadsheet writes this one
)
_SEP_LINE = re.compile(r'"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_HEADER_LENGTH = 2**18
_LONGEST_REASON = 200


def read_csv(data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Read a CSV file's bytes.

    Encoding: see `encoding_of`. Delimiter: a first line `sep=;`, else the most frequent of `; , TAB |` outside quotes
    in the header; on a tie, or without any, there is one column.

    Args:
        data: The file's bytes.
        name: What to call the file in messages.
        encoding: The encoding, if it is known; a name Python knows, e.g. `utf-16-le`.
        delimiter: Overrides `sep=` and counting; one character.

    Returns:
        The header and all rows with content; places with broken quotes are problems among the rows.

    Raises:
        ConfigurationError: `encoding` or `delimiter` cannot work.
        RecipientsRejected: The bytes are no text, or there is no header.
    """
    if delimiter is not None and not _can_delimit(delimiter):
        raise ConfigurationError("delimiter must be one character that is no letter, digit, quote or line break")
    encoding = encoding_of(data, name, encoding)
    with opened(data, encoding) as text:
        start = text.read(_HEADER_LENGTH)
    separator_line = _SEP_LINE.match(start)
    skipped_lines = 0
    if separator_line and _can_delimit(separator_line[1]):
        start, skipped_lines = start[separator_line.end() :], 1
        delimiter = delimiter or separator_line[1]
    if delimiter is None:
        delimiter = _commonest_delimiter(start)
    rows = _rows(data, encoding, delimiter or _NO_DELIMITER, skipped_lines)
    header = next(rows, None)
    if header is None:
        raise RecipientsRejected(f"{name} is empty; the first line must be a header, e.g. Vorname;Nachname;E-Mail")
    if isinstance(header, RowProblem):
        rejected = RecipientsRejected(f"{name}: the header cannot be read: {header}")
        rejected.problems = (header,)
        raise rejected
    return Table(
        name=name,
        header=header.cells,
        header_line=header.line,
        rows=rows,
        encoding=encoding,
        delimiter=delimiter,
    )


def _can_delimit(delimiter: str) -> bool:
    if len(delimiter) != 1 or delimiter == '"':
        return False
    return delimiter == "\t" or (delimiter.isprintable() and not delimiter.isalnum())


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


def _rows(data: bytes, encoding: str, delimiter: str, skipped_lines: int) -> Iterator[Row | RowProblem]:
    with opened(data, encoding) as text:
        for _ in range(skipped_lines):
            text.readline()
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            line = skipped_lines + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # The reader starts afresh on the next physical line, so later breaks are reported as well.
                end = skipped_lines + reader.line_num
                reached = f"; lines {line} to {end} were read as one row" if end > line else ""
                why = printable(str(error), _LONGEST_REASON)  # the delimiter that was found may be no letter
                yield RowProblem(line=line, column="", value="", reason=f"check the quotes: {why}{reached}")
                continue
            if any(cell.strip() for cell in cells):
                yield Row(line=line, cells=tuple(cells))
