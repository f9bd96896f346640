import csv
import re
import stat
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alfaview_async.bulk.reading import read_recipients
from alfaview_async.bulk.recipients import RowProblem
from alfaview_async.bulk.report import write_report
from alfaview_async.errors import ConfigurationError, RecipientsRejected

LIST = b"E-Mail,Sprache\nanna@firma,de\nada@example.org,fr\nmax@@firma.de,\n"
HEADER = ["line", "column", "value", "reason", "suggestion", "kind"]


def table(path: Path, delimiter: str = ";") -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))


def test_a_list_is_reported_with_its_warnings(tmp_path: Path) -> None:
    """By line, in the delimiter of the list, which a double click opened; the number of rows comes back."""
    guests = read_recipients(BytesIO(LIST), skip_invalid=True)
    assert write_report(tmp_path / "gaeste.report.csv", guests) == 3
    assert table(tmp_path / "gaeste.report.csv", ",") == [
        HEADER,
        ["2", "E-Mail", "anna@firma", "the domain has no ending such as .de", "", "error"],
        ["3", "Sprache", "fr", "alfaview writes in de or en only; en is used", "", "warning"],
        ["4", "E-Mail", "max@@firma.de", 'two "@"', "max@firma.de", "error"],
    ]


def test_a_refusal_is_reported_as_it_was_raised(tmp_path: Path) -> None:
    """Whoever catches the error can write it down without reading the list again."""
    with pytest.raises(RecipientsRejected) as caught:
        read_recipients(BytesIO(LIST))
    assert write_report(tmp_path / "report.csv", caught.value) == 2
    assert [row[0] for row in table(tmp_path / "report.csv")] == ["line", "2", "4"]


@pytest.mark.parametrize("value", ["=1+1", "+49 221", "-2", "@SUM(A1)", "\uff1d1", "  =1"])
def test_values_do_not_become_formulas(tmp_path: Path, value: str) -> None:
    """What a stranger wrote into a list is not computed by whoever corrects it (CWE-1236)."""
    problem = RowProblem(line=2, column=value, value=value, reason="x", suggestion=value)
    write_report(tmp_path / "report.csv", [problem])
    assert table(tmp_path / "report.csv")[1] == ["2", f"'{value}", f"'{value}", "x", f"'{value}", "error"]


def test_a_page_shows_the_same(tmp_path: Path) -> None:
    """With everything from the list escaped."""
    problem = RowProblem(line=2, column="<b>", value="<script>alert(1)</script>", reason="x & y", suggestion="")
    write_report(tmp_path / "gaeste.report.html", [problem])
    page = (tmp_path / "gaeste.report.html").read_text("utf-8")
    assert "<script>" not in page
    cells = re.findall("<td>(.*?)</td>", page)
    assert [unescape(cell) for cell in cells] == ["2", "<b>", "<script>alert(1)</script>", "x & y", "", "error"]


def test_only_the_owner_can_read_it_and_it_is_whole(tmp_path: Path) -> None:
    """It holds addresses; where it cannot be written, nothing is left behind."""
    write_report(tmp_path / "report.csv", [])
    assert stat.S_IMODE((tmp_path / "report.csv").stat().st_mode) == 0o600
    with pytest.raises(ConfigurationError, match=r"missing.report\.csv"):
        write_report(tmp_path / "missing" / "report.csv", [])
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(value=st.text())
def test_any_value_is_one_printable_cell(tmp_path: Path, value: str) -> None:
    """No terminal, spreadsheet or browser takes it for more than text."""
    problem = RowProblem(line=2, column=value, value=value, reason=value, suggestion=value)
    write_report(tmp_path / "report.csv", [problem])
    header, row = table(tmp_path / "report.csv")
    assert header == HEADER
    assert len(row) == 6
    assert all(cell.isprintable() and not cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)
    write_report(tmp_path / "report.html", [problem])
    assert (tmp_path / "report.html").read_text("utf-8").count("<td>") == 6
