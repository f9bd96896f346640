"""How much memory a process takes to read a list of 50,000 guests (F120: at most 150 MB), client and all.

python benchmarks/bulk_memory.py [guests]        prints one line of JSON: peak and seconds for each format
"""

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

HEADER = (
    "ID",
    "Vorname",
    "Nachname",
    "E-Mail",
    "Sprache",
    "Rolle",
    "Raum",
    "Gültig von",
    "Gültig bis",
    "Firma",
    "Notiz",
)
FIRST_NAMES = ("Jörg", "Anna", "Emily", "René", "Sönke", "Käthe", "Zoë", "Łucja", "Søren", "Bärbel", "Chloé", "Günter")
START, END = datetime(2030, 1, 14, 8, 30), datetime(2030, 1, 18, 17)  # noqa: DTZ001 - wall clocks, as in a spreadsheet


def rows(guests: int) -> Iterator[tuple[str | datetime, ...]]:
    for number in range(guests):
        yield (
            f"K-{number:06}",
            FIRST_NAMES[number % len(FIRST_NAMES)],
            f"Nachname{number}",
            f"vorname.nachname{number}@firma{number % 500}.example.org",
            "de" if number % 3 else "en",
            "Participant",
            f"Seminar {number % 20}",
            START,
            END,
            f"Bäckerei Nummer {number % 3000} GmbH",
            f"kommt mit Zug {number}",
        )


def texts(row: tuple[str | datetime, ...]) -> list[str]:
    return [f"{cell:%d.%m.%Y %H:%M}" if isinstance(cell, datetime) else cell for cell in row]


def write_csv(path: Path, guests: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(map(texts, rows(guests)))


def write_xlsx(path: Path, guests: int) -> None:
    # The processes that are measured must not load it; it ships no types.
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415

    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        form = workbook.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        for line, row in enumerate(rows(guests), 1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, column, cell, form)
                else:
                    sheet.write_string(line, column, cell)


def write_jsonl(path: Path, guests: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows(guests):
            file.write(json.dumps(dict(zip(HEADER, texts(row), strict=True)), ensure_ascii=False) + "\n")


def read(path: str) -> None:
    """Read the list as a program would that goes on to invite, and print what that took."""
    # The measure is a whole process with its client.
    import aiohttp  # noqa: F401, PLC0415

    import alfaview_async.client  # noqa: F401, PLC0415
    from alfaview_async.bulk import read_recipients  # noqa: PLC0415

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    guests = read_recipients(path, now=datetime(2026, 11, 22, tzinfo=UTC))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert guests.recipients[-1].extra["Notiz"], "the original cells are part of the measure"
    figures = {"guests": len(guests.recipients), "before_mb": before, "peak_mb": peak, "seconds": seconds}
    print(json.dumps({name: round(figure, 1) for name, figure in figures.items()}))


def main(guests: int) -> None:
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for ending in WRITERS:
            path = str(Path(folder, f"guests.{ending}"))
            # Each in a process of its own: a child begins with the peak of its parent.
            subprocess.run([sys.executable, __file__, "--write", path, str(guests)], check=True)
            done = subprocess.run([sys.executable, __file__, "--read", path], stdout=subprocess.PIPE, check=True)
            found[ending] = json.loads(done.stdout)
    print(json.dumps(found))


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_jsonl}

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--read", path]:
            read(path)
        case ["--write", path, guests]:
            WRITERS[path.rpartition(".")[2]](Path(path), int(guests))
        case arguments:
            main(int(arguments[0]) if arguments else 50_000)
