"""What a cell of text may hold: names, rooms, roles, languages, yes and no."""

import re
import unicodedata
from functools import lru_cache

NAME_LENGTH = 128
"""Most characters of a display name."""

LONG_NAME = 64
"""Names with more characters are pointed out."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_REORDERING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_FIRST_WORD = re.compile(r"[^\W\d_]*")
_LANGUAGES = {
    **dict.fromkeys(("de", "deu", "ger", "deutsch", "german"), "de"),
    **dict.fromkeys(("en", "eng", "englisch", "english"), "en"),
}
_YES = {"yes", "y", "ja", "j", "true", "wahr", "x", "1", "✓"}
_NO = {"", "no", "n", "nein", "false", "falsch", "0", "-"}


class CellError(ValueError):
    """A cell that cannot be used; becomes a `RowProblem` where the row is known.

    Attributes:
        reason: What is wrong.
        suggestion: What was probably meant, if anybody can tell.
    """

    def __init__(self, reason: str, suggestion: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.suggestion = suggestion


@lru_cache(maxsize=1024)  # rooms and roles are the same in row after row
def visible_text(cell: str) -> str:
    """Return the cell in NFC, runs of white space as one space, without what nobody sees (zero-width spaces).

    Raises:
        CellError: It holds control characters, or characters that reorder the text around them.
    """
    if cell.isascii() and cell.isprintable():
        return " ".join(cell.split())
    if control := _CONTROL.search(cell):
        raise CellError(f"control character U+{ord(control[0]):04X}")
    if reordering := _REORDERING.search(cell):
        raise CellError(f"text direction is overridden (U+{ord(reordering[0]):04X})")
    return " ".join(unicodedata.normalize("NFC", cell).translate(_INVISIBLE).split())


def display_name(text: str) -> str:
    """Return the name as it will be shown in the room.

    Raises:
        CellError: As `visible_text`, or the name is longer than 128 characters.
    """
    name = visible_text(text)
    if len(name) > NAME_LENGTH:
        raise CellError(f"{len(name)} characters; a name has at most {NAME_LENGTH}")
    return name


@lru_cache(maxsize=1024)
def language(cell: str) -> str | None:
    """Return `de`, `en`, empty for an empty cell, or `None` for any other language; regions (`de-AT`) are dropped."""
    text = cell.strip().casefold()
    if not text:
        return ""
    word = _FIRST_WORD.match(text)
    return _LANGUAGES.get(word[0]) if word else None


@lru_cache(maxsize=64)
def yes(cell: str) -> bool:
    """Return whether the cell says yes, in German or English; an empty one says no.

    Raises:
        CellError: It says neither.
    """
    answer = cell.strip().casefold()
    if answer in _YES:
        return True
    if answer in _NO:
        return False
    raise CellError("neither yes nor no")
