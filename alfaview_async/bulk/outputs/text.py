"""Text from lists and servers, made fit for files: no half characters, no line breaks where there must be none."""

from unicodedata import category
from urllib.parse import quote

_RESERVED = "!#$%&'()*+,/:;=?@[]~"
_LINE_BREAKS_AND_CONTROLS = {"Cc", "Zl", "Zp"}


def well_formed(text: str) -> str:
    """Return the text with U+FFFD for halves of characters (lone surrogates), which no encoding can write."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def one_line(text: str) -> str:
    """Return the text on one line, a space for every run of control characters, line breaks and white space."""
    spaced = "".join(" " if category(character) in _LINE_BREAKS_AND_CONTROLS else character for character in text)
    return " ".join(well_formed(spaced).split())


def link_as_uri(link: str) -> str:
    """Return the link with everything percent-encoded that may not stand in a URI (RFC 3986); proper links stay."""
    return quote(well_formed(link), safe=_RESERVED)
