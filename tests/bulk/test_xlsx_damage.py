import random
import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import HEAD, MAIN, PARTS, packed, table

from alfaview_async.bulk.reading import read_recipients
from alfaview_async.bulk.sources import package
from alfaview_async.bulk.sources.xlsx import read_xlsx
from alfaview_async.errors import AlfaviewError, RecipientsRejected

GOOD = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="str"><v>ada@example.org</v></c></row>'

MERGED = '<mergeCell ref="A1:A2"/>'


def archive(**parts: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def rejected(data: bytes, name: str = "guests.xlsx") -> str:
    with pytest.raises(RecipientsRejected) as caught:
        read_recipients(named(data, name), test_environment=True)
    return str(caught.value)


def named(data: bytes, name: str) -> BytesIO:
    file = BytesIO(data)
    file.name = f"/home/somebody/{name}"
    return file


def test_the_plain_one_is_good() -> None:
    """What the others are damaged from."""
    assert [guest.email for guest in read_recipients(BytesIO(packed(GOOD))).recipients] == ["ada@example.org"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed(GOOD, {"xl/vbaProject.bin": b"\0"}), "is a workbook with macros (.xlsm); save it as .xlsx"),
        (archive(**{"mimetype": "x", "content.xml": ""}), "is an OpenDocument file (.ods); save it as .xlsx"),
        (packed(GOOD, {"xl/workbook.bin": b"\0"}), "is a binary workbook (.xlsb); save it as .xlsx"),
        (archive(**{"Index/Document.iwa": ""}), "is a Numbers file; export it as .xlsx"),
        (packed("", {"word/document.xml": ""}), "is a text document (.docx)"),
        (archive(**{"list.csv": "E-Mail\n"}), "is a ZIP file, but no workbook; unpack it"),
        (b"\xd0\xcf\x11\xe0" + bytes(512), "is a workbook of Excel 97-2003 (.xls), or protected by a password"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"<html><table><tr><td>E-Mail", "is a web page or XML, whatever its name says"),
        (b'\xef\xbb\xbf <?xml version="1.0"?>', "is a web page or XML"),
        (b"\x1f\x8b\x08\x00", "is compressed (gzip); unpack it first"),
        (b"{\\rtf1 a@example.org}", "is a text document (RTF)"),
    ],
)
def test_other_kinds_of_files_are_refused_by_name(data: bytes, reason: str) -> None:
    """With what to do instead."""
    assert rejected(data).startswith(f"guests.xlsx {reason}")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed(GOOD)[:-30], "not a zip file"),
        (b"PK\x03\x04" + bytes(40), "not a zip file"),
        (packed(GOOD, {"_rels/.rels": None}), "_rels/.rels is missing"),
        (packed(GOOD, {"_rels/.rels": f"{HEAD}<Relationships/>"}), "it names no workbook"),
        (packed(GOOD, {"_rels/.rels": f"{HEAD}<Relationships><Relationship/></Relationships>"}), "'Target'"),
        (packed(GOOD, {"xl/worksheets/sheet1.xml": None}), "xl/worksheets/sheet1.xml is missing"),
        (packed(GOOD, {"xl/worksheets/sheet1.xml": "<worksheet><sheetData>"}), "no element found"),
        (packed(GOOD, {"xl/workbook.xml": "<workbook><sheets></workbook>"}), "mismatched tag"),
        (packed(GOOD, {"xl/sharedStrings.xml": f"{HEAD}<sst/>"}), "list index out of range"),
        (packed('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), "negative index -1"),
        (packed('<row r="1"><c r="1A"><v>1</v></c></row>'), "there is no cell 1A"),
        (packed('<row r="1"><c r="XFE1"><v>1</v></c></row>'), "there is no column XFE"),
        (packed('<row r="1048577"><c><v>1</v></c></row>'), "row 1048577 follows row 0"),
        (packed('<row r="2"><c><v>1</v></c></row><row r="2"/>'), "row 2 follows row 2"),
        (packed('<row r="2"><c r="ALM2"><v>1</v></c></row>'), "row 2 reaches to column 1001, at most 1000 are read"),
        (packed(GOOD, behind=MERGED * 100_001), "more than 100000 merged areas"),
        (packed('<row r="1e3"/>'), "invalid literal"),
        (packed(GOOD, {"xl/styles.xml": f'{HEAD}<s><cellXfs><xf numFmtId="x"/></cellXfs></s>'}), "invalid literal"),
    ],
)
def test_damaged_workbooks_are_refused(data: bytes, reason: str) -> None:
    """With what is wrong inside, and the advice to save them anew."""
    message = rejected(data)
    assert message.startswith("guests.xlsx is damaged or no workbook (")
    assert reason in message
    assert message.endswith("open it in a spreadsheet program and save it as .xlsx")


def test_entities_are_refused() -> None:
    """Ten lines of them could grow to gigabytes (a billion laughs), or fetch files of this computer."""
    entities = '<!DOCTYPE sst [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    bomb = f'<?xml version="1.0"?>{entities}<sst xmlns="{MAIN}"><si><t>&b;</t></si></sst>'
    assert "declares a document type" in rejected(packed(GOOD, {"xl/sharedStrings.xml": bomb}))


def test_parts_that_unpack_to_too_much_are_refused_unread() -> None:
    """64 MB and one byte, packed to 64 KB: a bomb, or a list that belongs into a CSV file."""
    texts = b"<sst>" + b" " * (package.LONGEST_PART - 4)
    data = packed(GOOD, {"xl/sharedStrings.xml": texts})
    assert len(data) < 100_000
    assert rejected(data) == (
        "guests.xlsx is too large: xl/sharedStrings.xml has 64 MB, at most 64 are read; save the sheet as CSV"
    )


def test_a_part_cannot_be_longer_than_it_says() -> None:
    """A bomb may lie about its size: no more is unpacked than was allowed, and the lie is found."""
    texts = PARTS["xl/sharedStrings.xml"].replace("E-Mail", "E-Mail" + " " * 100_000)
    data = packed(GOOD, {"xl/sharedStrings.xml": texts})
    length, lie = (number.to_bytes(4, "little") for number in (len(texts), 300))
    assert data.count(length) == 2
    assert "is damaged" in rejected(data.replace(length, lie))


def test_an_encoding_that_nobody_knows_is_our_error() -> None:
    """The parser asks Python for it, and Python's error is not of our tree."""
    book = PARTS["xl/workbook.xml"].partition("?>")[2] or PARTS["xl/workbook.xml"]
    assert "unknown encoding" in rejected(
        packed(GOOD, {"xl/workbook.xml": f'<?xml version="1.0" encoding="UTa-8"?>{book}'})
    )


WHOLE = table(("E-Mail", "n"), ("ada@example.org", 1))


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 20), inside=st.booleans())
def test_whatever_is_flipped_ends_in_our_error(seed: int, flips: int, inside: bool) -> None:  # noqa: FBT001 - Hypothesis names it
    """Bytes of the ZIP, or of the XML within: a list, or an error of our tree, and nothing else."""
    chance = random.Random(seed)

    def flipped(data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(flips):
            changed[chance.randrange(len(changed))] = chance.choice(b'\0<>&"1aA/\xff')
        return bytes(changed)

    if inside:
        part = chance.choice(sorted(PARTS))
        data = packed(GOOD, {part: flipped(PARTS[part].encode())})
    else:
        data = flipped(WHOLE)
    with suppress(AlfaviewError):
        list(read_xlsx(data, "guests.xlsx").rows)


def test_bytes_of_the_file_are_shown_in_part_and_printable() -> None:
    """A header that claims a name of 1,000 bytes: what zipfile says of it holds them all."""
    data = bytearray(packed(GOOD))
    header = data.rindex(b"PK\x03\x04", 0, data.index(b"xl/workbook.xml"))
    data[header + 26 : header + 28] = (1000).to_bytes(2, "little")  # the length of the name
    message = rejected(bytes(data))
    assert "is damaged or no workbook (File name in directory 'xl/workbook.xml' and header" in message
    assert message.isprintable()
    assert len(message) < 400
