"""JSON: one object per line (JSON lines), or one array of objects; nested ones make columns like `fields.email`."""

import json
import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from alfaview_async.bulk.recipients import RowProblem, printable
from alfaview_async.bulk.sources import Row, Table
from alfaview_async.bulk.sources.text import encoding_of, opened
from alfaview_async.errors import RecipientsRejected

_BLANKS = re.compile(r"[ \t\r\n]*")
_DEEPEST: Final = 4
_MOST_COLUMNS: Final = 1000
_HALF_A_CHARACTER = "holds half a character (a lone surrogate)"


def read_json(data: bytes, name: str, *, encoding: str | None = None) -> Table:
    """Read a file of JSON objects.

    The header is every name that occurs, in the order of their first appearance. Numbers stay as they are written,
    without a needless `.0`; `null` is an empty cell; a list becomes its items with commas between.

    Args:
        data: The file's bytes.
        name: What to call the file in messages.
        encoding: The encoding, if it is known; see `encoding_of`.

    Returns:
        The rows with content. A line that is no object is a refused row; a damaged array is a problem of the table.

    Raises:
        ConfigurationError: `encoding` cannot work.
        RecipientsRejected: The bytes are no text, or hold no objects.
    """
    encoding = encoding_of(data, name, encoding)
    with opened(data, encoding) as file:
        text = file.read()
    position: dict[str, int] = {}
    found_any = False
    for record in _records(text):
        found_any = True
        for column in record.cells:
            position.setdefault(column, len(position))
        if len(position) > _MOST_COLUMNS:
            raise RecipientsRejected(f"{name} has more than {_MOST_COLUMNS} columns")
    if not found_any:
        raise RecipientsRejected(f'{name} is empty; it must hold one object for each guest, e.g. {{"email": "…"}}')
    if not position:
        first = next(_records(text))
        raise RecipientsRejected(f"{name} is no list of JSON objects: line {first.line}: {first.refusal or 'empty'}")
    return Table(name=name, header=tuple(position), rows=_rows(text, position), encoding=encoding)


@frozen(kw_only=True)
class _Record:
    """What stands at one place: an object as cells, or why it is none."""

    line: int
    cells: dict[str, str]
    refusal: str = ""
    damaged: bool = False
    unreadable: frozenset[str] = frozenset()


class _Object(dict[str, object]):
    """An object that knows whether a name stood in it twice, where any reader would silently take the last one."""

    repeated = ""


def _object(pairs: list[tuple[str, object]]) -> _Object:
    found = _Object(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        found.repeated = next(name for name in names if names.count(name) > 1)
    return found


def _not_json(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=str,
    parse_float=lambda number: number.removesuffix(".0"),
    parse_constant=_not_json,
)


def _rows(text: str, position: dict[str, int]) -> Iterator[Row | RowProblem]:
    for record in _records(text):
        if record.damaged:
            yield RowProblem(line=record.line, column="", value="", reason=record.refusal)
        elif record.refusal:
            yield Row(line=record.line, cells=(), refusal=record.refusal)
        elif any(map(str.strip, record.cells.values())) or record.unreadable:
            width = max(position[column] for column in record.cells) + 1
            cells = [""] * width
            for column, cell in record.cells.items():
                cells[position[column]] = cell
            unreadable = {position[column]: _HALF_A_CHARACTER for column in record.unreadable}
            yield Row(line=record.line, cells=tuple(cells), unreadable=unreadable)


def _records(text: str) -> Iterator[_Record]:
    """Yield what the text holds: the items of an array, or one value after the other."""
    index = _after_blanks(text, 0)
    is_array = text.startswith("[", index)
    line = 1 + _line_breaks(text, 0, index)
    if is_array:
        start, index = index, _after_blanks(text, index + 1)
        line += _line_breaks(text, start, index)
        if text.startswith("]", index):
            return
    while index < len(text):
        try:
            value, end = _DECODER.raw_decode(text, index)
            yield _record(value, line)
        except (ValueError, RecursionError) as error:
            reason = f"no JSON: {_said(error)}"
            if is_array:
                yield _Record(line=line, cells={}, refusal=reason, damaged=True)
                return
            yield _Record(line=line, cells={}, refusal=f"{reason}: {printable(_line_at(text, index))}")
            end = _end_of_line(text, index)
        following = _after_blanks(text, end)
        line += _line_breaks(text, index, following)
        if is_array:
            if text.startswith("]", following):
                return
            if not text.startswith(",", following):
                yield _Record(line=line, cells={}, refusal="no JSON: a comma or ] is missing", damaged=True)
                return
            index = _after_blanks(text, following + 1)
            line += _line_breaks(text, following, index)
        else:
            index = following


def _record(value: object, line: int) -> _Record:
    if not isinstance(value, _Object):
        return _Record(line=line, cells={}, refusal="no JSON object; each guest must be one, in { }")
    cells: dict[str, str] = {}
    repeated = _flatten(value, "", cells, _DEEPEST)
    if repeated:
        return _Record(line=line, cells={}, refusal=f'"{printable(repeated)}" is there twice')
    unreadable = set()
    for column, cell in cells.items():
        if not cell.isascii() and (whole := _whole(cell)) != cell:
            cells[column] = whole
            unreadable.add(column)
    return _Record(line=line, cells=cells, unreadable=frozenset(unreadable))


def _flatten(value: _Object, prefix: str, cells: dict[str, str], depth: int) -> str:
    """Add the members as cells; return a name that stood in an object twice, or a full name that two members have."""
    if value.repeated:
        return value.repeated
    for name, member in value.items():
        column = _whole(prefix + name)
        if isinstance(member, _Object) and depth > 1:
            if repeated := _flatten(member, f"{prefix}{name}.", cells, depth - 1):
                return repeated
        elif column in cells:
            return column
        else:
            cells[column] = _text(member)
    return ""


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _after_blanks(text: str, index: int) -> int:
    found = _BLANKS.match(text, index)
    return found.end() if found else index


def _line_breaks(text: str, start: int, end: int) -> int:
    return text.count("\n", start, end) or text.count("\r", start, end)


def _end_of_line(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end


def _line_at(text: str, index: int) -> str:
    return text[index : _end_of_line(text, index)].strip()


def _said(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply or no number"
