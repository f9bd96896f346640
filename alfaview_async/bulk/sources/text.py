"""From bytes to text: which encoding a file is in, without guessing."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from typing import TextIO

from alfaview_async.errors import ConfigurationError, RecipientsRejected

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)


def encoding_of(data: bytes, name: str, encoding: str | None = None) -> str:
    """Return the encoding in which all of the file is text.

    By its byte order mark (UTF-32, UTF-16, UTF-8), else strict UTF-8, else cp1252, the code page of Western Excel.
    Nothing is guessed from letter frequencies, which turns Muñoz into Muńoz.

    Args:
        data: The file's bytes.
        name: What to call the file in messages.
        encoding: Overrides the ladder; a name Python knows, e.g. `utf-16-le`.

    Raises:
        ConfigurationError: `encoding` is unknown.
        RecipientsRejected: The bytes are no text.
    """
    if encoding is not None:
        _check(data, name, encoding)
        return encoding
    for mark, marked in _MARKS:
        if data.startswith(mark):
            _check(data, name, marked)
            return marked
    if b"\0" in data.split(b"\n", 1)[0]:
        raise RecipientsRejected(
            f"{name} is no text (NUL bytes in line 1); save the list as CSV or .xlsx, "
            "or give encoding='utf-16-le' for UTF-16 without a byte order mark"
        )
    try:
        data.decode()
    except UnicodeDecodeError:
        _check(data, name, "cp1252")
        return "cp1252"
    return "utf-8"


@contextmanager
def opened(data: bytes, encoding: str) -> Iterator[TextIO]:
    """Open a file's bytes as text, line breaks as they are, without the byte order mark.

    Raises:
        RecipientsRejected: Piece by piece, the codec refuses what it took as a whole; a few exotic ones do.
    """
    try:
        with TextIOWrapper(BytesIO(data), encoding, newline="") as text:
            if text.read(1) != "\ufeff":
                text.seek(0)
            yield text
    except UnicodeError as error:
        raise RecipientsRejected(f"the list cannot be read as {encoding}; save it as UTF-8") from error


def _check(data: bytes, name: str, encoding: str) -> None:
    try:
        # There and back: some codecs (utf-7) let through halves of characters, which nothing can write again.
        data.decode(encoding).encode()
    except UnicodeDecodeError as error:
        read = error.object  # without the byte order mark that `error.start` does not count either
        line = read.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{read[error.start]:02x}" if error.start < len(read) else "the end"
        raise RecipientsRejected(
            f"{name}: {what} in line {line} is not {encoding}; give the right encoding, or save the list as UTF-8"
        ) from error
    except UnicodeEncodeError as error:
        raise RecipientsRejected(f"{name} is no text in {encoding}: it has halves of characters") from error
    except (LookupError, ValueError) as error:
        raise ConfigurationError(f"encoding {encoding!r} is unknown or not for text") from error
