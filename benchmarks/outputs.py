"""What writing the results costs, each format in a fresh process that makes the results as they are written.

python benchmarks/outputs.py [rows] [rows for QR codes, which take longest]
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from alfaview_async.bulk import Recipient, RowResult, RowStatus
from alfaview_async.bulk.outputs.csv import write_csv
from alfaview_async.bulk.outputs.ics import write_calendar, write_calendars
from alfaview_async.bulk.outputs.jsonl import write_jsonl
from alfaview_async.bulk.outputs.qr import write_qr_codes
from alfaview_async.bulk.outputs.xlsx import write_xlsx

START, END = datetime(2030, 1, 14, 8, tzinfo=UTC), datetime(2030, 1, 14, 16, tzinfo=UTC)
LINK = "https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/2bed6a0c-5b2f-4a5e-9d0c-6f1e2d3c4b5a/{:043d}/v2"


def write_nothing(_path: Path, results: Iterator[RowResult]) -> int:
    return sum(1 for _ in results)


def write_one_calendar(path: Path, results: Iterator[RowResult]) -> int:
    return write_calendar(path, results, title="Seminar")


def write_many_calendars(path: Path, results: Iterator[RowResult]) -> int:
    return write_calendars(path, results, title="Seminar")


WRITERS: dict[str, Callable[[Path, Iterator[RowResult]], int]] = {
    "nothing": write_nothing,
    "csv": write_csv,
    "xlsx": write_xlsx,
    "jsonl": write_jsonl,
    "calendar": write_one_calendar,
    "calendars": write_many_calendars,
    "qr png": write_qr_codes,
    "qr svg": lambda path, results: write_qr_codes(path, results, kind="svg"),
}


def results(rows: int) -> Iterator[RowResult]:
    for line in range(2, rows + 2):
        name, email = f"Jörg Weiß {line}", f"guest{line}@example.org"
        cells = {"Vorname": "Jörg", "Nachname": f"Weiß {line}", "E-Mail": email, "Firma": "Bäckerei Weiß; +Söhne"}
        guest = Recipient(
            email=email, display_name=name, locale="de", valid_from=START, valid_until=END, line=line, extra=cells
        )
        yield RowResult(recipient=guest, status=RowStatus.CREATED, link_id=f"{line:036}", join_link=LINK.format(line))


def measure(writer: str, rows: int) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory, "out")
        began = time.perf_counter()
        written = WRITERS[writer](path, results(rows))
        seconds = time.perf_counter() - began
        files = [path] if path.is_file() else list(path.glob("*"))
        size = sum(file.stat().st_size for file in files) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{writer:9} {written:6} rows {written / seconds:9.0f} rows/s {peak:5.0f} MiB peak {size:6.1f} MB on disk")


def main(rows: int = 50_000, codes: int = 2_000) -> None:
    for writer in WRITERS:
        count = codes if writer.startswith("qr") else rows
        subprocess.run([sys.executable, __file__, writer, str(count)], check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [writer, rows] if writer in WRITERS:
            measure(writer, int(rows))
        case numbers:
            main(*map(int, numbers))
