"""The results as a workbook, read back by another library."""

import re
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alfaview_async import errors
from alfaview_async.bulk import GuestList, Recipient, RowResult, RowStatus
from alfaview_async.bulk.outputs import xlsx
from alfaview_async.bulk.outputs.xlsx import write_xlsx

LINK = "https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/2bed6a0c/{}/v2"


def created(line, link=None, **cells):
    guest = Recipient(email=f"guest{line}@example.org", line=line, extra=cells)
    join_link = LINK.format(line) if link is None else link
    return RowResult(recipient=guest, status=RowStatus.CREATED, link_id=str(line), join_link=join_link)


def sheet_of(path):
    return openpyxl.load_workbook(path).active


def unescaped(text):
    """Undo what ECMA-376 (22.9.2.19, ST_Xstring) does to characters that XML cannot hold."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def shown(sheet):
    return [[unescaped(cell.value or "") for cell in row] for row in sheet.iter_rows()]


def address(cell):
    """Excel opens the target and, behind a `#`, the location."""
    return f"{cell.hyperlink.target}#{cell.hyperlink.location}" if cell.hyperlink else None


def test_rows_keep_their_columns_and_order(tmp_path):
    """The columns as they came, then status, link, id and error; in the order given; links can be clicked."""
    first = created(2, Name="Jörg", Telefon="0049221")
    second = Recipient(email="zoe@example.org", line=3, extra={"Name": "Zoë", "Telefon": ""})
    unknown = RowResult(recipient=second, status=RowStatus.UNKNOWN, error=errors.OutcomeUnknown("no answer"))
    guests = GuestList(recipients=(first.recipient, second), rows=2, columns={})
    assert write_xlsx(tmp_path / "links.xlsx", iter([unknown, first]), guests=guests) == 2
    sheet = sheet_of(tmp_path / "links.xlsx")
    assert shown(sheet) == [
        ["Name", "Telefon", "status", "join_link", "link_id", "error"],
        ["Zoë", "", "unknown", "", "", "no answer"],
        ["Jörg", "0049221", "created", LINK.format(2), "2", ""],
    ]
    assert [[address(cell) for cell in row] for row in sheet.iter_rows()] == [
        [None] * 6,
        [None] * 6,
        [None, None, None, LINK.format(2), None, None],
    ]


def test_the_header_stays_in_sight_and_columns_are_as_wide_as_their_texts(tmp_path):
    """Names can be read without a mouse; long links do not fill the screen."""
    write_xlsx(tmp_path / "links.xlsx", [created(2, Name="Jörg Weiß-Großmann", N="")])
    sheet = sheet_of(tmp_path / "links.xlsx")
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.bold for cell in sheet[1])
    widths = {letter: sheet.column_dimensions[letter].width for letter in "ABD"}
    assert 18 <= widths["A"] <= 22
    assert 1 <= widths["B"] <= 5
    assert widths["D"] <= 65


@pytest.mark.parametrize("cell", ["=1+1", "{=1+1}", "+49 123", "-2", "@SUM(A1)", "https://evil.example/", "1", "TRUE"])
def test_every_cell_is_text(tmp_path, cell):
    """No formula, no number, no link that was not ours, and no apostrophe before it."""
    write_xlsx(tmp_path / "links.xlsx", [created(2, **{"Name": cell, cell: cell})])
    sheet = sheet_of(tmp_path / "links.xlsx")
    assert shown(sheet)[1][:2] == [cell, cell]
    assert {found.data_type for row in sheet.iter_rows() for found in row if found.value} <= {"s", "inlineStr"}
    assert [address(found) for found in sheet[2][:2]] == [None, None]
    with ZipFile(tmp_path / "links.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "link",
    [
        "internal:Sheet2!A1",
        "external:c:\\a.xlsx",
        "file:///c:/a",
        "mailto:a@b",
        "=1",
        "https://a b",
        "https://" + "a" * 2072,
    ],
)
def test_only_links_of_the_web_can_be_clicked(tmp_path, link):
    """Others, and those that Excel cannot hold, are text."""
    write_xlsx(tmp_path / "links.xlsx", [created(2, link=link)])
    cell = sheet_of(tmp_path / "links.xlsx")["B2"]
    assert cell.value == link
    assert cell.hyperlink is None


def test_links_with_escapes_are_opened_as_they_are(tmp_path):
    """A percent sign is not escaped again, and brackets are not changed."""
    link = "https://firma.alfaview.com/#/join/c/r/a%2Fb%3D[x]+%/v2"
    write_xlsx(tmp_path / "links.xlsx", [created(2, link=link)])
    assert address(sheet_of(tmp_path / "links.xlsx")["B2"]) == link


def test_cells_end_where_excel_ends_them(tmp_path):
    """32,767 UTF-16 units; the file can be opened, and no character is halved."""
    write_xlsx(tmp_path / "links.xlsx", [created(2, Name="x" * 32_766 + "🎈" * 10)])
    assert shown(sheet_of(tmp_path / "links.xlsx"))[1][0] == "x" * 32_766


def test_what_no_sheet_holds_is_refused(tmp_path, monkeypatch):
    """More rows or columns than Excel has; nothing is written."""
    monkeypatch.setattr(xlsx, "_MOST_ROWS", 3)
    assert write_xlsx(tmp_path / "links.xlsx", [created(2), created(3)]) == 2
    with pytest.raises(errors.ConfigurationError, match="write CSV"):
        write_xlsx(tmp_path / "more.xlsx", [created(2), created(3), created(4)])
    with pytest.raises(errors.ConfigurationError, match=r"16385 columns.*write CSV"):
        write_xlsx(tmp_path / "more.xlsx", [created(2, **{f"c{number}": "" for number in range(16_381)})])
    assert [path.name for path in tmp_path.iterdir()] == ["links.xlsx"]


def test_links_beyond_those_that_excel_allows_are_text(tmp_path, monkeypatch):
    """65,530 in a sheet; with one more Excel calls the file damaged. As many take 8 s, so the bound is moved."""
    assert xlsx._MOST_LINKS == 65_530
    monkeypatch.setattr(xlsx, "_MOST_LINKS", 1_000)
    assert write_xlsx(tmp_path / "links.xlsx", map(created, range(1_010))) == 1_010
    with ZipFile(tmp_path / "links.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<hyperlink ") == 1_000
    assert sheet.count(b"https://app.alfaview.com/#/join/") == 1_010


@given(st.lists(st.text(), min_size=1, max_size=4), st.text(min_size=1))
@example(["_x0041_", "\r\n", "\x00\x1f\ufffe\uffff"], "_x005F_")
@example([" a ", "\t", "\ud83d", "🎈"], "\x7f\x85")
@settings(deadline=None)
def test_any_text_comes_back(tmp_path_factory, cells, header):
    """Whatever a guest wrote: control characters, white space, what looks like an escape; halves become U+FFFD."""
    path = tmp_path_factory.getbasetemp() / "links.xlsx"
    write_xlsx(path, [created(line, **{header: cell}) for line, cell in enumerate(cells)])
    found = shown(sheet_of(path))
    assert [row[0] for row in found] == [
        text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in (found[0][0], *cells)
    ]
    assert found[0][0].startswith(header.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
