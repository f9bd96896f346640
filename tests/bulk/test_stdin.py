import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from workbooks import table

from alfaview_async.bulk.reading import read_recipients
from alfaview_async.bulk.sources.format import format_of
from alfaview_async.errors import ConfigurationError, RecipientsRejected

CSV = "E-Mail;Name\r\njoerg@example.org;Jörg\r\n".encode("cp1252")
JSON_LINES = b'{"email": "joerg@example.org", "name": "J\xc3\xb6rg"}\n'
WORKBOOK = table(("E-Mail", "Name"), ("joerg@example.org", "Jörg"))


@pytest.mark.parametrize(
    "data", [CSV, JSON_LINES, b"[" + JSON_LINES + b"]", WORKBOOK], ids=["csv", "lines", "array", "xlsx"]
)
def test_standard_input_is_read_in_any_format(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """`-` means the bytes of standard input, whatever the terminal's encoding."""
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(data), "ascii"))
    (guest,) = read_recipients("-").recipients
    assert (guest.email, guest.display_name) == ("joerg@example.org", "Jörg")


def test_standard_input_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """In messages, where other lists have the name of their file."""
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b""), "ascii"))
    with pytest.raises(RecipientsRejected, match=r"^standard input is empty"):
        read_recipients("-")


def test_without_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service on Windows has none; other lists are read all the same."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ConfigurationError, match="there is no standard input here"):
        read_recipients("-")
    assert len(read_recipients(BytesIO(CSV)).recipients) == 1


def test_a_file_called_minus_has_a_path(tmp_path: Path) -> None:
    """Only the text `-` alone is standard input."""
    (tmp_path / "-").write_bytes(CSV)
    assert len(read_recipients(tmp_path / "-").recipients) == 1


def test_open_files_are_read_from_where_they_are(tmp_path: Path) -> None:
    """Bytes in memory, an upload, a file on disk; the latter is called by its name, and stays open."""
    assert len(read_recipients(BytesIO(CSV)).recipients) == 1
    (tmp_path / "gaeste.csv").write_bytes(b"Name\nAda\n")
    with (tmp_path / "gaeste.csv").open("rb") as file:
        with pytest.raises(RecipientsRejected, match=r"^gaeste\.csv has no column"):
            read_recipients(file)
        assert not file.closed


def test_what_gives_no_bytes_is_refused(tmp_path: Path) -> None:
    """A file open as text has lost its encoding; one that is closed, or for writing only, cannot be read."""
    with pytest.raises(ConfigurationError, match="open it in binary mode"):
        read_recipients(StringIO("E-Mail\n"))  # type: ignore[arg-type] # what is tested
    closed = BytesIO(CSV)
    closed.close()
    with pytest.raises(ConfigurationError, match=r"^the guest list cannot be read: I/O operation on closed file"):
        read_recipients(closed)
    with (tmp_path / "x.csv").open("wb") as file, pytest.raises(ConfigurationError, match=r"^x\.csv cannot be read"):
        read_recipients(file)  # type: ignore[arg-type] # what is tested


@pytest.mark.parametrize(
    ("start", "name", "expected"),
    [
        (WORKBOOK, "guests.csv", "xlsx"),
        (b"E-Mail;Name\n", "guests.xlsx", "csv"),
        (b"PK-Nr;E-Mail\n", "guests.csv", "csv"),
        (b"", "guests.csv", "csv"),
        (b"", "guests.jsonl", "json"),
        (b'{"email": "a"}', "standard input", "json"),
        (b'\xef\xbb\xbf \n[{"email": "a"}]', "guests", "json"),
        ('[{"email": "a"}]'.encode("utf-16"), "guests.txt.bak", "json"),
        (b"[E-Mail];[Name]\n", "guests.CSV", "csv"),
        (b"nothing", "GUESTS.JSON", "json"),
        (b"E-Mail\n", "standard input", "csv"),
    ],
)
def test_the_format_is_told_by_content_then_by_name(start: bytes, name: str, expected: str) -> None:
    """A workbook is one whatever it is called; between texts the name decides, and without one the first character."""
    assert format_of(start, name) == expected


def test_a_given_format_wins() -> None:
    """Over content and name."""
    data = b'{"email": "a"};x\n'
    with pytest.raises(RecipientsRejected, match=r'no column for the e-mail address; found: \{"email": "a"\}; x'):
        read_recipients(BytesIO(data), format="csv")
    with pytest.raises(RecipientsRejected, match="no workbook"):
        read_recipients(BytesIO(CSV), format="xlsx")
    with pytest.raises(ConfigurationError, match="format 'xls' is none of csv, xlsx, json"):
        read_recipients(BytesIO(CSV), format="xls")  # type: ignore[arg-type] # what is tested


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (WORKBOOK, {"encoding": "cp1252"}),
        (WORKBOOK, {"delimiter": ";"}),
        (JSON_LINES, {"delimiter": ";"}),
        (CSV, {"sheet": "Gäste"}),
    ],
    ids=[
        "workbook-encoding",
        "workbook-delimiter",
        "json-delimiter",
        "csv-sheet",
    ],  # a workbook bears the time it was made
)
def test_arguments_of_another_format_are_refused(data: bytes, options: dict[str, str]) -> None:
    """Rather than ignored: whoever names a sheet expects a workbook."""
    (argument,) = options
    with pytest.raises(ConfigurationError, match=f"{argument} means nothing for the guest list"):
        read_recipients(BytesIO(data), **options)  # type: ignore[arg-type] # texts all


def test_an_open_spreadsheet_is_named_as_the_reason(tmp_path: Path) -> None:
    """Excel and LibreOffice lock a file that they hold open, and say so with a file beside it."""
    (tmp_path / "gaeste.xlsx").mkdir()  # cannot be read either
    for lock in ("~$gaeste.xlsx", ".~lock.gaeste.xlsx#"):
        (tmp_path / lock).write_bytes(b"")
        with pytest.raises(ConfigurationError, match="it is open in a spreadsheet program, so close it there"):
            read_recipients(tmp_path / "gaeste.xlsx")
        (tmp_path / lock).unlink()
    with pytest.raises(ConfigurationError) as caught:
        read_recipients(tmp_path / "gaeste.xlsx")
    assert "close it there" not in str(caught.value)
