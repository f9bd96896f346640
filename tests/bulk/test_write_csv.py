"""The results as CSV."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async import errors
from alfaview_async.bulk import GuestList, Recipient, RowResult, RowStatus, write_csv

LINK = "https://app.alfaview.com/#/join/c/r/k/v2"
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the beginning of a formula (CWE-1236)."""
CELLS = st.text(st.one_of(st.sampled_from("=+-@\t\r\n;,|\"' \xa0\u3000\uff1d\x00a1"), st.characters(codec="utf-8")))


def listed(*recipients, delimiter=";", encoding="cp1252"):
    return GuestList(recipients=recipients, rows=len(recipients), columns={}, delimiter=delimiter, encoding=encoding)


def created(line, **cells):
    guest = Recipient(email=f"guest{line}@example.org", line=line, extra=cells)
    return RowResult(recipient=guest, status=RowStatus.CREATED, link_id=str(line), join_link=LINK)


def table(path, delimiter=","):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))


def test_rows_keep_their_columns_and_order(tmp_path):
    """The columns as they came, then status, link, id and error; in the order given."""
    first = created(2, Name="Jörg", Firma="A;B")
    second = Recipient(email="zoe@example.org", line=3, extra={"Name": "Zoë", "Firma": ""})
    unknown = RowResult(recipient=second, status=RowStatus.UNKNOWN, error=errors.OutcomeUnknown("no answer"))
    guests = listed(first.recipient, second)
    assert write_csv(tmp_path / "links.csv", iter([unknown, first]), guests=guests) == 2
    assert table(tmp_path / "links.csv", ";") == [
        ["Name", "Firma", "status", "join_link", "link_id", "error"],
        ["Zoë", "", "unknown", "", "", "no answer"],
        ["Jörg", "A;B", "created", LINK, "2", ""],
    ]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "start"),
    [
        ("cp1252", ";", b"\xef\xbb\xbfName;status;"),
        ("utf-8-sig", ",", b"\xef\xbb\xbfName,status,"),
        ("utf-16", "\t", b"\xef\xbb\xbfName\tstatus\t"),
        ("utf-8", ";", b"\xef\xbb\xbfName;status;"),
        ("utf-8", ",", b"Name,status,"),
        ("", "", b"\xef\xbb\xbfName,status,"),
    ],
)
def test_a_double_click_opens_it_where_it_opened_the_list(tmp_path, encoding, delimiter, start):
    """The delimiter of the list, UTF-8 with its mark unless the list was plain UTF-8 with commas, and CRLF."""
    one = created(2, Name="Jörg")
    write_csv(tmp_path / "links.csv", [one], guests=listed(one.recipient, delimiter=delimiter, encoding=encoding))
    data = (tmp_path / "links.csv").read_bytes()
    assert data.startswith(start)
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r") == 2


def test_a_list_without_results_keeps_its_header(tmp_path):
    """Nothing was sent: the file says so by its header alone."""
    assert write_csv(tmp_path / "links.csv", [], guests=listed(created(2, Name="Jörg").recipient)) == 0
    assert table(tmp_path / "links.csv", ";") == [["Name", "status", "join_link", "link_id", "error"]]


def test_recipients_made_by_hand_need_no_list(tmp_path):
    """All their columns are there, and cells that one of them lacks are empty; a stream has those of its first row."""
    path, results = tmp_path / "links.csv", [created(0, Name="Ada"), created(0, Team="Blue")]
    write_csv(path, results)
    assert [row[:2] for row in table(path)] == [["Name", "Team"], ["Ada", ""], ["", "Blue"]]
    write_csv(path, iter(results))
    assert [row[:2] for row in table(path)] == [["Name", "status"], ["Ada", "created"], ["", "created"]]
    write_csv(path, iter(()))
    assert table(path) == [["status", "join_link", "link_id", "error"]]


def test_columns_of_an_earlier_run_do_not_pass_for_those_of_this_one(tmp_path):
    """Whoever reads `join_link` gets this run's, though the list was the output of another run."""
    before = {"Status": "paid", "join_link": "old", "join_link (list)": "older", "error": "none"}
    write_csv(tmp_path / "links.csv", [created(2, **before)])
    header, row = table(tmp_path / "links.csv")
    assert header[:4] == ["Status (list)", "join_link (list)", "join_link (list) (list)", "error (list)"]
    assert row == ["paid", "old", "older", "none", "created", LINK, "2", ""]


@pytest.mark.parametrize("cell", ["=1+1", "+49 1", "-2", "@SUM(A1)", "\uff1d1", "  =1", "\xa0@x", "\nA", "\tA", "\rA"])
def test_cells_do_not_become_formulas(tmp_path, cell):
    """A name that begins like a formula is shown, not computed."""
    write_csv(tmp_path / "links.csv", [created(2, Name=cell)])
    assert table(tmp_path / "links.csv")[1][0] == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("A;=1", "A;'=1"),
        ("A,@x", "A,'@x"),
        ("A\t-1", "A\t'-1"),
        ("A\r\n+1", "A\r\n'+1"),
        ('A;"=1"', 'A;"\'=1"'),
        ("Weiß, +49 221", "Weiß, +49 221"),
        ("a-b=c", "a-b=c"),
    ],
)
def test_cells_do_not_become_formulas_where_another_delimiter_is_expected(tmp_path, cell, written):
    """German Excel splits a file with commas at the semicolons, and the other way round."""
    write_csv(tmp_path / "links.csv", [created(2, Name=cell)])
    assert table(tmp_path / "links.csv")[1][0] == written


def test_headers_and_reasons_do_not_become_formulas(tmp_path):
    """They come from the list and from the server."""
    guest = Recipient(email="a@example.org", extra={"=1": ""})
    failed = RowResult(recipient=guest, status=RowStatus.FAILED, error=errors.BadReply("=cmd"), link_id="+1")
    write_csv(tmp_path / "links.csv", [failed])
    header, row = table(tmp_path / "links.csv")
    assert header[0] == "'=1"
    assert row[3:] == ["'+1", "'=cmd"]


def test_raw_cells_are_written_as_they_are(tmp_path):
    """For programs, which compute nothing."""
    write_csv(tmp_path / "links.csv", [created(2, Telefon="+49 123", Text="A;=1")], raw=True)
    assert table(tmp_path / "links.csv")[1][:2] == ["+49 123", "A;=1"]


def test_half_a_character_costs_no_file(tmp_path):
    """A lone surrogate, which no encoding can write, becomes U+FFFD."""
    write_csv(tmp_path / "links.csv", [created(2, Name="A\ud83dB")])
    assert table(tmp_path / "links.csv")[1][0] == "A\ufffdB"


@given(cells=st.lists(CELLS, min_size=1, max_size=3), delimiter=st.sampled_from(",;\t|"))
def test_any_text_comes_back_and_none_is_a_formula(tmp_path_factory, cells, delimiter):
    """Read with its delimiter each cell is what it was but for apostrophes, and with any no cell begins a formula."""
    path = tmp_path_factory.getbasetemp() / "links.csv"
    one = created(2, **{f"c{number}": cell for number, cell in enumerate(cells)})
    write_csv(path, [one], guests=listed(one.recipient, delimiter=delimiter))
    _, row = table(path, delimiter)
    for found, cell in zip(row, cells, strict=False):
        assert found.replace("'", "") == cell.replace("'", "")
        assert not found.lstrip().startswith(SIGNS)
    for other in ",;\t":
        assert not [found for line in table(path, other) for found in line if found.startswith(SIGNS)]
    write_csv(path, [one], guests=listed(one.recipient, delimiter=delimiter), raw=True)
    assert table(path, delimiter)[1][: len(cells)] == cells
