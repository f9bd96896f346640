from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import HEAD, MAIN, PARTS, packed, table, written

from alfaview_async.bulk.reading import read_recipients
from alfaview_async.bulk.sources import Row
from alfaview_async.bulk.sources.number_formats import Kind, NumberFormat, shown_number
from alfaview_async.bulk.sources.xlsx import read_xlsx
from alfaview_async.errors import ConfigurationError, RecipientsRejected

HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'


def rows_of(data: bytes, sheet: str | None = None) -> list[Row]:
    return [row for row in read_xlsx(data, "guests.xlsx", sheet=sheet).rows if isinstance(row, Row)]


def cells_of(data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of(data)]


def test_cells_are_read_as_they_are_shown() -> None:
    """Text stays, whole numbers have no `.0`, other numbers 15 digits, yes and no are as in English Excel."""
    data = table(
        ("E-Mail", "n"), ("a@example.org", 17), ("ö", 0.1 + 0.2), (" x ", True), (1e3, -2.50), (49221123456, False)
    )
    assert cells_of(data) == [
        ("a@example.org", "17"),
        ("ö", "0.3"),
        (" x ", "TRUE"),
        ("1000", "-2.5"),
        ("49221123456", "FALSE"),
    ]


def test_what_openpyxl_writes_is_read_too() -> None:
    """Another writer: numbers with its own styles, dates, times, an empty row between."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ("E-Mail", "von", "am", "um"),
        ("a@example.org", datetime(2030, 1, 14, 8, 30), date(2030, 1, 14), time(8, 30)),  # noqa: DTZ001
        (),
        ("b@example.org", datetime(2030, 1, 14), None, time(17, 20, 5)),  # noqa: DTZ001
    ):
        sheet.append(row)
    file = BytesIO()
    workbook.save(file)
    assert [(row.line, row.cells) for row in rows_of(file.getvalue())] == [
        (2, ("a@example.org", "2030-01-14 08:30", "2030-01-14", "08:30")),
        (4, ("b@example.org", "2030-01-14 00:00", "", "17:20:05")),
    ]


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("dd.mm.yyyy", 47497, "2030-01-14"),
        ("dd.mm.yyyy", 47497.75, "2030-01-14 18:00"),
        ("dd.mm.yyyy hh:mm", 47497, "2030-01-14 00:00"),
        ("[$-407]dddd, d. mmmm yyyy;@", 47497, "2030-01-14"),
        ('d"." mmm \\h', 47497, "2030-01-14"),
        ("yyyy-mm-dd hh:mm:ss", 47497.7222222, "2030-01-14 17:20"),
        ("yyyy-mm-dd hh:mm:ss", 47497.999999, "2030-01-15 00:00"),
        ("m/d/yy h:mm AM/PM", 47497.5, "2030-01-14 12:00"),
        ("dd.mm.yyyy", 59, "1900-02-28"),
        ("dd.mm.yyyy", 61, "1900-03-01"),
        ("hh:mm", 0.75, "18:00"),
        ("hh:mm", 0, "00:00"),
        ("[h]:mm:ss", 0.5000116, "12:00:01"),
        ("mmm", 47497, "2030-01-14"),
        ("00000", 1234, "01234"),
        ("0.00", 1234.5, "1234.5"),
        ("General", 17, "17"),
        ('#,##0.00 "days"', 17, "17"),
        ("[Red]0", 17, "17"),
        ("@", 17, "17"),
    ],
)
def test_number_formats(code: str, number: float, text: str) -> None:
    """Day 47497 is 2030-01-14 (day 1 is 1900-01-01, and day 60 never was); a code tells a date from a number."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "E-Mail")
        sheet.write_number(1, 0, number, workbook.add_format({"num_format": code}))

    assert cells_of(written(fill)) == [(text,)]


def test_days_counted_from_1904() -> None:
    """As on old Macintoshes: the same date has a number smaller by 1462."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "E-Mail")
        sheet.write_datetime(1, 0, datetime(2030, 1, 14, 8, 30), workbook.add_format({"num_format": "dd.mm.yy hh:mm"}))  # noqa: DTZ001

    assert cells_of(written(fill, date_1904=True)) == [("2030-01-14 08:30",)]


@given(
    moment=st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)).map(lambda time: time.replace(microsecond=0)),  # noqa: DTZ001
    digits=st.integers(13, 17),
)
def test_any_moment_is_read_to_the_second(moment: datetime, digits: int) -> None:
    """Whatever fraction of a day stands for it, and however exactly it was written; day 0 is 1899-12-30."""
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001
    shown = shown_number(f"{serial:.{digits}g}", NumberFormat(Kind.DATE_AND_TIME), since_1904=False)
    assert datetime.fromisoformat(shown) == moment


@settings(max_examples=40, deadline=None)  # each writes and reads a file
@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=4))
def test_any_text_comes_back(rows: list[tuple[str, str]]) -> None:
    """Whatever a cell of a workbook can hold, control characters and `_x000D_` too."""
    # XML has one line break only: what the writer leaves as a bare CR arrives as LF (XML 1.0, 2.11).
    kept = [(first, second) for first, second in rows if "\r" not in first + second and first.strip()]

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        for number, row in enumerate([("E-Mail", "Name"), *kept]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)

    assert cells_of(written(fill)) == [(first, second) if second else (first,) for first, second in kept]


def test_sheets_are_chosen_by_name() -> None:
    """By default the first that is not hidden; a hidden one only by its name, in whatever case."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name in ("Auswahl", "Gäste", "Alt"):
            workbook.add_worksheet(name).write_column(0, 0, ["E-Mail", f"{name}@example.org"])
        workbook.worksheets()[1].activate()
        workbook.worksheets()[0].hide()
        workbook.worksheets()[2].very_hidden()

    data = written(fill)
    assert read_xlsx(data, "guests.xlsx").sheet == "Gäste"
    assert rows_of(data, "auswahl")[0].cells == ("Auswahl@example.org",)
    assert rows_of(data, "Alt")[0].cells == ("Alt@example.org",)
    with pytest.raises(ConfigurationError) as caught:
        read_xlsx(data, "guests.xlsx", sheet="Liste")
    assert str(caught.value) == (
        "guests.xlsx has no sheet 'Liste'; its sheets are 'Auswahl' (hidden), 'Gäste', 'Alt' (hidden)"
    )


def test_an_empty_sheet_is_refused() -> None:
    """With the names of the others, since it may be the wrong one."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        workbook.add_worksheet("Leer")
        workbook.add_worksheet("Gäste").write_column(0, 0, ["E-Mail", "ada@example.org"])

    with pytest.raises(RecipientsRejected, match="the sheet 'Leer' is empty; its sheets are 'Leer', 'Gäste'"):
        read_xlsx(written(fill), "guests.xlsx")


def test_a_formula_counts_by_its_saved_result() -> None:
    """Without one it is an error of its row, in a column that matters; openpyxl saves none, having no calculator."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(("E-Mail", "Name", "Summe"))
    sheet.append(("ada@example.org", '="Ada"', "=1+1"))
    sheet.append(("eve@example.org", "Eve", "=1+1"))
    file = BytesIO()
    workbook.save(file)
    file.seek(0)
    guests = read_recipients(file, skip_invalid=True)
    assert [guest.email for guest in guests.recipients] == ["eve@example.org"]
    (problem,) = guests.problems
    assert (problem.line, problem.column) == (2, "Name")
    assert problem.reason.startswith("a formula without its result; open the workbook")


def test_saved_results_are_read() -> None:
    """Numbers, texts, empty texts; an error is shown as what it is."""
    rows = (
        '<row r="2"><c r="A2" t="str"><f>x()</f><v>ada@example.org</v></c><c r="B2" t="str"><f>y()</f><v></v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    first, second = rows_of(packed(HEADER + rows))
    assert (first.cells, dict(first.unreadable)) == (("ada@example.org",), {})
    assert second.cells == ("2", "")
    assert dict(second.unreadable) == {1: "the workbook shows the error #DIV/0!"}


def test_cells_merged_over_rows_count_in_each() -> None:
    """As they are seen; otherwise all guests but the first would get the default room. Titles spread over no column."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.merge_range("A1:C1", "Seminar A bis C", workbook.add_format())
        sheet.write_row("A3", ("Raum", "E-Mail", "Name"))
        sheet.merge_range("A4:A6", "Seminar A", workbook.add_format())
        sheet.write_row("B4", ("a@example.org", "Ada"))
        sheet.write_row("B6", ("b@example.org", "Bea"))
        sheet.write_row("A7", ("Seminar C", "c@example.org", "Cleo"))

    guests = read_recipients(BytesIO(written(fill)))
    assert guests.header_line == 3
    assert [(guest.line, guest.room) for guest in guests.recipients] == [
        (4, "Seminar A"),
        (6, "Seminar A"),
        (7, "Seminar C"),
    ]


def test_what_is_unreadable_in_a_merged_cell_is_so_in_each_row() -> None:
    """A formula without a result is no empty room; what is merged sideways belongs to its first column only."""
    rows = (
        f'{HEADER}<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>x()</f></c></row>'
        '<row r="3"><c r="A3"><v>2</v></c></row><row r="4"><c r="A4"><v>3</v></c></row>'
    )
    merged = '<mergeCells><mergeCell ref="B2:C3"/><mergeCell ref="A4:C4"/></mergeCells>'
    found = rows_of(packed(rows, behind=merged))
    assert [row.cells for row in found] == [("1", ""), ("2", ""), ("3",)]
    assert [sorted(row.unreadable) for row in found] == [[1], [1], []]


def test_hidden_rows_are_read_with_a_warning() -> None:
    """A filter hides rows, and a person may think they are gone: nobody is left out or invited in silence."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_column(0, 0, ["E-Mail", "ada@example.org", "eve@example.org"])
        sheet.set_row(2, options={"hidden": True})

    guests = read_recipients(BytesIO(written(fill)))
    assert len(guests.recipients) == 2
    assert [(warning.line, warning.reason) for warning in guests.warnings] == [
        (3, "hidden in the workbook, perhaps by a filter; read all the same")
    ]


def test_unusual_but_valid_xml() -> None:
    """Texts in pieces, pronunciations left out, texts inside cells, cells without references, prefixes, gaps."""
    texts = (
        f'{HEAD}<x:sst xmlns:x="{MAIN}"><x:si><x:t>E-Mail</x:t></x:si><x:si><x:r><x:t>Na</x:t></x:r>'
        "<x:r><x:t>me</x:t></x:r><x:rPh><x:t>neemu</x:t></x:rPh></x:si></x:sst>"
    )
    rows = (
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
        '<row r="7" spans="1:4">\n <c r="A7" t="inlineStr">\n<is> <t>ada@</t><t>example.org</t> </is></c>'
        '<c r="D7"><v> 17 </v></c></row>'
        '<row><c t="d"><v>2030-01-14T08:30:00</v></c></row>'
    )
    found = read_xlsx(packed(rows, {"xl/sharedStrings.xml": texts}), "guests.xlsx")
    assert found.header == ("E-Mail", "Name")
    assert [(row.line, row.cells) for row in found.rows if isinstance(row, Row)] == [
        (7, ("ada@example.org", "", "", "17")),
        (8, ("2030-01-14T08:30:00",)),
    ]


def test_a_workbook_without_texts_and_styles() -> None:
    """Both parts are optional."""
    rels = PARTS["xl/_rels/workbook.xml.rels"].partition('<Relationship Id="r2"')[0] + "</Relationships>"
    rows = '<row r="1"><c r="A1" t="str"><v>E-Mail</v></c></row><row r="2"><c r="A2" s="5"><v>1.0</v></c></row>'
    data = packed(rows, {"xl/_rels/workbook.xml.rels": rels, "xl/sharedStrings.xml": None, "xl/styles.xml": None})
    assert cells_of(data) == [("1",)]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("-1", "-1 is formatted as a date, but is none"),
        ("2958466", "2958466 is formatted as a date, but is none"),
        ("nan", "'nan' is no number"),
        ("1e999", "'1e999' is no number"),
    ],
)
def test_a_date_that_is_none(number: str, reason: str) -> None:
    """Days before 1900 and after 9999 are an error of the cell, not of the workbook."""
    (row,) = rows_of(packed(f'{HEADER}<row r="2"><c r="A2" s="1"><v>{number}</v></c></row>'))
    assert dict(row.unreadable) == {0: reason}


def test_dates_reach_the_recipient() -> None:
    """A date cell without a time is the whole day; one with a time that moment, on the clock of the row's zone."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ("E-Mail", "Gültig von", "Gültig bis", "Zeitzone"))
        sheet.write_row(1, 0, ("ada@example.org", "", "", "America/New_York"))
        with_time = workbook.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write_datetime(1, 1, datetime(2030, 1, 14, 8, 30), with_time)  # noqa: DTZ001
        sheet.write_datetime(1, 2, date(2030, 1, 18), workbook.add_format({"num_format": "dd.mm.yyyy"}))

    (guest,) = read_recipients(BytesIO(written(fill))).recipients
    assert guest.valid_from == datetime(2030, 1, 14, 13, 30, tzinfo=UTC)
    assert guest.valid_until == datetime(2030, 1, 19, 4, 59, 59, tzinfo=UTC)
