"""Long JSON objects parsed slice by slice, so that other work can be done between two slices.

A long list or map is cut at commas between its elements. Where to cut is guessed by counting braces, which braces in
texts can mislead. But a slice that is valid JSON within brackets of its own proves its cut: what a parser makes of a
comma depends only on what stood before it, and that began at the last proven cut. A slice that is not valid is cut
again, token by token. So each slice costs little more than parsing it, and all together give what the whole would.
"""

import re
from collections.abc import Callable, Generator, Mapping
from typing import Any

import orjson
from attrs import define, field

Body = bytes | bytearray
Reader = Callable[[Any], Any]

_SLICE = 32 * 1024
_SHORT = 4 * 1024
"""Lists and maps up to here are parsed in one go."""
_SPACE = rb"[ \t\n\r]*+"
_OPEN_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+'
_TEXT = _OPEN_TEXT + b'"'
_START = re.compile(rb"(?:\xef\xbb\xbf)?+" + _SPACE + rb"\{")
_KEY = re.compile(_SPACE + rb"(" + _TEXT + rb")" + _SPACE + rb":" + _SPACE, re.DOTALL)
_SCALAR = re.compile(_TEXT + rb'|[^][{}," \t\n\r]++', re.DOTALL)
_AFTER_VALUE = re.compile(_SPACE + rb"([,}])")
_COMMA_NEXT = re.compile(_SPACE + rb",")
_END = re.compile(_SPACE + rb"\Z")
_TOKEN = re.compile(_OPEN_TEXT + rb'"?|[][{},]', re.DOTALL)
"""A text without end is one token, too: else each quote in it would be tried as the beginning of one."""
_BRACE = re.compile(rb"[{}]")
_LIST, _MAP, _COMMA = b"[{,"
_CLOSERS = {_LIST: ord("]"), _MAP: ord("}")}
_WRAPS = {_LIST: (b"[[", b"]]"), _MAP: (b"[{", b"}]")}
"""Brackets for a slice, as deep as those it was cut from: the parser has a limit of depth."""


class NotSliceableError(ValueError):
    """Not a JSON object, or one that this file does not see through: parse it whole."""


@define
class Sliced:
    """A JSON object in two parts.

    Attributes:
        plain: Its members, but for those in `read`.
        read: The members that were long and had a reader, as their reader made them.
    """

    plain: dict[str, Any] = field(factory=dict)
    read: dict[str, Any] = field(factory=dict)

    def put(self, key: str, value: object, *, is_read: bool) -> None:
        """Add a member; of two with one key the last counts, as ever in JSON."""
        self.plain.pop(key, None)
        self.read.pop(key, None)
        (self.read if is_read else self.plain)[key] = value


def sliced(text: Body, readers: Mapping[str, Reader]) -> Generator[None, None, Sliced]:
    """Parse a JSON object, stopping after each slice.

    Args:
        text: The JSON.
        readers: Key of a member -> what to do with its elements: gets lists or maps of a few of them, in order, and
            gives the like. Its errors pass through.

    Raises:
        NotSliceableError: Parse it whole; that also tells what is wrong with it.
    """
    found = Sliced()
    place = _matched(_START, text, 0).end()
    while True:
        key_match = _matched(_KEY, text, place)
        key, place = _parsed(b"[", text, key_match.start(1), key_match.end(1), b"]"), key_match.end()
        end = _end_of_short(text, place)
        if end is None:
            reader = readers.get(key)
            elements, end = yield from _long(text, place, reader or _same)
            found.put(key, elements, is_read=reader is not None)
        else:
            found.put(key, _parsed(b"[", text, place, end, b"]"), is_read=False)
            yield
        after = _matched(_AFTER_VALUE, text, end)
        place = after.end()
        if after[1] == b"}":
            _matched(_END, text, place)
            return found


def _same(elements: Any) -> Any:
    return elements


def _end_of_short(text: Body, place: int) -> int | None:
    """Return where the value ends that begins here; `None` for a long list or map."""
    if text[place : place + 1] not in (b"[", b"{"):
        return _matched(_SCALAR, text, place).end()
    closer = _next_cut(text, place + 1, len(text), place + _SHORT)
    return None if closer is None else closer + 1


def _long(text: Body, place: int, read: Reader) -> Generator[None, None, tuple[Any, int]]:
    """Read the list or map that begins here; return it and where it ends."""
    opener, begin = text[place], place + 1
    whole: Any = [] if opener == _LIST else {}
    add = whole.extend if opener == _LIST else whole.update
    while True:
        cut, elements = _slice(text, opener, begin)
        is_last = text[cut] != _COMMA
        if is_last and text[cut] != _CLOSERS[opener]:
            raise NotSliceableError("a bracket of the wrong kind")
        if not elements and (begin > place + 1 or not is_last):
            raise NotSliceableError("a comma with nothing beside it")
        add(read(elements))
        yield
        if is_last:
            return whole, cut + 1
        begin = cut + 1


def _slice(text: Body, opener: int, begin: int) -> tuple[int, Any]:
    """Return where a slice of the list or map ends, at a comma or its closing bracket, and the elements before."""
    head, tail = _WRAPS[opener]
    guess = _guessed_cut(text, begin)
    if guess is not None:
        try:
            return guess, _parsed(head, text, begin, guess, tail)
        except NotSliceableError:
            pass  # a brace in a text misled the guess
    cut = _next_cut(text, begin, begin + _SLICE)
    if cut is None:
        raise NotSliceableError("no end of the list or map")
    return cut, _parsed(head, text, begin, cut, tail)


def _guessed_cut(text: Body, begin: int) -> int | None:
    """Return the first comma after the slice's length that seems to stand between two objects of the list or map."""
    enough = begin + _SLICE
    depth = text.count(b"{", begin, enough) - text.count(b"}", begin, enough)
    for brace in _BRACE.finditer(text, enough, enough + _SLICE):
        depth += 1 if brace[0] == b"{" else -1
        if depth <= 0:
            comma = _COMMA_NEXT.match(text, brace.end())
            return comma.end() - 1 if comma and depth == 0 else None
    return None


def _next_cut(text: Body, begin: int, least: int, most: int | None = None) -> int | None:
    """Return the first comma between elements from `least` on, or the closing bracket if that comes first.

    `None` if there is neither, or not before `most`.
    """
    depth = 0
    for token in _TOKEN.finditer(text, begin):
        place = token.start()
        mark = text[place]
        if most is not None and place > most:
            return None
        if mark in _CLOSERS:
            depth += 1
        elif mark == _COMMA:
            if depth == 0 and place >= least:
                return place
        elif mark != ord('"'):
            depth -= 1
            if depth < 0:
                return place
    return None


def _parsed(head: bytes, text: Body, begin: int, end: int, tail: bytes) -> Any:
    """Parse what stands there, within brackets of its own: it must be all that is in them."""
    try:
        whole = orjson.loads(b"".join((head, memoryview(text)[begin:end], tail)))
    except orjson.JSONDecodeError:
        raise NotSliceableError("not JSON") from None
    if len(whole) != 1:
        raise NotSliceableError("closes what it did not open")
    return whole[0]


def _matched(pattern: re.Pattern[bytes], text: Body, place: int) -> re.Match[bytes]:
    found = pattern.match(text, place)
    if found is None:
        raise NotSliceableError("not what a JSON object has there")
    return found
