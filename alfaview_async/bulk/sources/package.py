"""The parts of a workbook: a ZIP of XML files, that may be damaged, hostile, or another kind of file."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePosixPath
from posixpath import normpath
from typing import NoReturn
from xml.parsers import expat

from attrs import define

from alfaview_async.bulk.recipients import printable
from alfaview_async.errors import AlfaviewError, RecipientsRejected

LONGEST_SHEET = 256 * 2**20
LONGEST_PART = 64 * 2**20
"""Bytes after unpacking: room for 200,000 guests. A sheet is read piece by piece, other parts stay in memory."""
_PIECE = 2**16
_LONGEST_REASON = 200
_SAVE_AS = "save it as .xlsx"
_OTHER_KINDS = (
    ("xl/vbaproject.bin", f"is a workbook with macros (.xlsm); {_SAVE_AS}, without macros"),
    ("xl/workbook.bin", f"is a binary workbook (.xlsb); {_SAVE_AS}"),
    ("content.xml", f"is an OpenDocument file (.ods); {_SAVE_AS}"),
    ("index/document.iwa", "is a Numbers file; export it as .xlsx"),
    ("word/document.xml", "is a text document (.docx); put the list into a workbook, or save it as CSV"),
)
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What zipfile and expat raise at bytes that nobody wrote on purpose."""


@define(kw_only=True)
class Handlers:
    """What to call while a part is read; names come without their XML prefix."""

    start: Callable[[str, Mapping[str, str]], None]
    end: Callable[[str], None] | None = None
    text: Callable[[str], None] | None = None


class Package:
    """An open workbook file.

    Args:
        data: The file's bytes.
        name: What to call the file in messages.

    Raises:
        RecipientsRejected: It is no ZIP, or one of another kind of file.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        with self._intact():
            self._archive = zipfile.ZipFile(BytesIO(data))
        self._parts = {_folded(info.filename): info for info in self._archive.infolist()}
        for part, what in _OTHER_KINDS:
            if part in self._parts:
                raise RecipientsRejected(f"{name} {what}")
        if "[content_types].xml" not in self._parts:
            raise RecipientsRejected(
                f"{name} is a ZIP file, but no workbook; unpack it, and give the list that is in it"
            )

    def targets(self, part: str) -> list[tuple[str, str, str]]:
        """Return id, kind and path of all that a part (empty: the whole package) refers to."""
        folder, _, base = part.rpartition("/")
        found: list[tuple[str, str, str]] = []

        def start(name: str, attributes: Mapping[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes["Target"]
                path = target if target.startswith("/") else f"{folder}/{target}"
                kind = attributes["Type"].rpartition("/")[2]
                found.append((attributes["Id"], kind, normpath(path).lstrip("/")))

        self.read(str(PurePosixPath(folder, "_rels", f"{base}.rels")), Handlers(start=start))
        return found

    def read(self, part: str, handlers: Handlers, longest: int = LONGEST_PART) -> None:
        """Read a part from beginning to end."""
        for _ in self.pieces(part, handlers, longest):
            pass

    def pieces(self, part: str, handlers: Handlers, longest: int = LONGEST_PART) -> Iterator[None]:
        """Read a part piece by piece, so that what the handlers gathered can be taken in between.

        Raises:
            RecipientsRejected: The part is missing, damaged or too long.
        """
        info = self._parts.get(_folded(part))
        if info is None:
            self.damaged(f"{part} is missing")
        if info.file_size > longest:
            raise RecipientsRejected(
                f"{self._name} is too large: {printable(part)} has {info.file_size // 2**20} MB, at most "
                f"{longest // 2**20} are read; save the sheet as CSV"
            )
        parser = self._parser(handlers)
        with self._intact(), self._archive.open(info) as file:
            while piece := file.read(_PIECE):
                parser.Parse(piece, False)  # noqa: FBT003 - expat takes no keywords
                yield
            parser.Parse(b"", True)  # noqa: FBT003
        yield

    def damaged(self, why: str) -> NoReturn:
        """Refuse the file; what is wrong may hold some of its bytes."""
        shown = printable(why, _LONGEST_REASON)
        raise RecipientsRejected(
            f"{self._name} is damaged or no workbook ({shown}); open it in a spreadsheet program and {_SAVE_AS}"
        )

    def _parser(self, handlers: Handlers) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        # Workbooks declare no document type: who does wants entities that grow, or that fetch files.
        parser.StartDoctypeDeclHandler = lambda *_: self.damaged("it declares a document type")
        start, end = handlers.start, handlers.end
        parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
        if end:
            parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
        if handlers.text:
            parser.CharacterDataHandler = handlers.text
        return parser

    @contextmanager
    def _intact(self) -> Iterator[None]:
        try:
            yield
        except AlfaviewError:
            raise
        except _FAULTS as error:
            self.damaged(str(error) or type(error).__name__)


def _folded(path: str) -> str:
    return path.replace("\\", "/").casefold()
