"""The results as CSV."""

import csv
import stat
from io import StringIO

import pytest

from alfaview_async import errors
from alfaview_async.bulk import GuestList, Recipient, RowResult, RowStatus, write_csv

LINK = "https://app.alfaview.com/#/join/c/r/k/v2"


def listed(*recipients, delimiter=";"):
    return GuestList(recipients=recipients, rows=len(recipients), columns={}, delimiter=delimiter)


def guest(line, **cells):
    return Recipient(email=f"guest{line}@example.org", line=line, extra=cells)


def table(path, delimiter=";"):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))


def test_rows_keep_their_columns_and_order(tmp_path):
    """The columns as they came, then status, link, id and error; by line, whatever the order of the answers."""
    first, second = guest(2, Name="Jörg", Firma="A;B"), guest(3, Name="Zoë", Firma="")
    unknown = RowResult(recipient=second, status=RowStatus.UNKNOWN, error=errors.OutcomeUnknown("no answer"))
    created = RowResult(recipient=first, status=RowStatus.CREATED, link_id="1", join_link=LINK)
    write_csv(tmp_path / "links.csv", listed(first, second), [unknown, created])
    assert table(tmp_path / "links.csv") == [
        ["Name", "Firma", "status", "join_link", "link_id", "error"],
        ["Jörg", "A;B", "created", LINK, "1", ""],
        ["Zoë", "", "unknown", "", "", "no answer"],
    ]


def test_excel_can_open_it(tmp_path):
    """UTF-8 with its mark, CRLF, and the delimiter of the list."""
    one = guest(2, Name="Jörg")
    write_csv(tmp_path / "links.csv", listed(one, delimiter=","), [RowResult(recipient=one, status=RowStatus.CREATED)])
    data = (tmp_path / "links.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfName,status,")
    assert data.count(b"\r\n") == data.count(b"\n") == 2


@pytest.mark.parametrize("cell", ["=1+1", "+49 123", "-2", "@SUM(A1)", "\t=1", "\uff1d1"])
def test_cells_do_not_become_formulas(tmp_path, cell):
    """A name that begins like a formula is shown, not computed."""
    one = guest(2, Name=cell)
    write_csv(tmp_path / "links.csv", listed(one), [RowResult(recipient=one, status=RowStatus.CREATED)])
    assert table(tmp_path / "links.csv")[1][0] == f"'{cell}"


def test_only_the_owner_can_read_the_links(tmp_path):
    """Whoever has a link can enter; also where an open file of that name was before."""
    (tmp_path / "links.csv").write_text("old")
    (tmp_path / "links.csv").chmod(0o666)
    write_csv(tmp_path / "links.csv", listed(), [])
    assert stat.S_IMODE((tmp_path / "links.csv").stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_an_error_of_ours(tmp_path):
    """The message names the path, and no litter is left."""
    with pytest.raises(errors.ConfigurationError, match=r"missing.links\.csv"):
        write_csv(tmp_path / "missing" / "links.csv", listed(), [])
    (tmp_path / "links.csv").mkdir()
    with pytest.raises(errors.ConfigurationError):
        write_csv(tmp_path / "links.csv", listed(), [])
    assert [path.name for path in tmp_path.iterdir()] == ["links.csv"]
