"""What the output files need beyond the library itself."""

import subprocess
import sys

import pytest

from alfaview_async.bulk import Recipient, RowResult, RowStatus
from alfaview_async.bulk.outputs.ics import write_calendar, write_calendars
from alfaview_async.bulk.outputs.qr import write_qr_codes
from alfaview_async.bulk.outputs.xlsx import write_xlsx
from alfaview_async.errors import ConfigurationError

ADA = RowResult(recipient=Recipient(email="ada@example.org"), status=RowStatus.CREATED, join_link="https://a.example/")


@pytest.mark.parametrize(
    ("package", "write"),
    [
        ("xlsxwriter", write_xlsx),
        ("segno", write_qr_codes),
        ("icalendar", lambda path, results: write_calendar(path, results, title="Seminar")),
        ("icalendar", lambda path, results: write_calendars(path, results, title="Seminar")),
    ],
)
def test_a_missing_package_is_named_with_its_remedy(tmp_path, monkeypatch, package, write):
    """And nothing is written, not even a directory."""
    monkeypatch.setitem(sys.modules, package, None)
    for module in ("appointments", "clock_changes"):
        monkeypatch.delitem(sys.modules, f"alfaview_async.bulk.outputs.{module}", raising=False)
    with pytest.raises(ConfigurationError, match=rf"(?i){package}; pip install 'alfaview-async\[cli\]'"):
        write(tmp_path / "out", [ADA])
    assert list(tmp_path.iterdir()) == []


def test_importing_the_writers_loads_no_extra():
    """Who writes CSV needs no workbook, calendar or QR package."""
    code = "import sys; from alfaview_async.bulk.outputs import csv, ics, jsonl, qr, xlsx; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"xlsxwriter", "icalendar", "segno", "click", "rich"} & set(loaded)
