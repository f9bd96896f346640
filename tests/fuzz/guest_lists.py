"""Guest lists to begin with, and workbooks of which one part is foreign."""

from datetime import UTC, datetime
from io import BytesIO

from workbooks import PARTS, packed

from alfaview_async.bulk import read_recipients

NAMES = ("xl/worksheets/sheet1.xml", *sorted(PARTS))
GOOD = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c t="inlineStr"><is><t>from</t></is></c></row>'
    '<row r="2" hidden="1"><c r="A2" t="str"><f>x</f><v>a@example.org</v></c><c r="B2" t="b"><v>1</v></c>'
    '<c r="C2" s="2"><v>46500.5</v></c></row>'
)
LIST_SEEDS = (
    'E-Mail;Name;Gültig ab;Sprache;Rolle;Raum\r\na@example.org;"Ada; L";01.03.2027 12:00;de;;Nord\r\n'.encode("cp1252"),
    "\ufeffemail,valid until,time zone,coHost\nA <a@example.org>,2027-03-28T02:30:00+01:00,UTC,yes\n".encode(),
    "sep=\t\nE-Mail\tID\na@example.org\t7\n".encode("utf-16"),
    b'{"email":"a@example.org","name":"A","valid_from":"2027-01-01"}\n{"email":"b@example.org"}\n',
    b'[{"email":"a@example.org","fields":{"x":[1,null,true]}}]',
    b'""ema&il":"7-01"ema&il":"7-01-01"}\n{"email":""}\n',  # the reason names a delimiter that cannot be shown
    packed(GOOD),
)
WORKBOOK_SEEDS = tuple(
    bytes([number]) + content.encode()
    for number, content in enumerate(
        (
            f'<worksheet><sheetData>{GOOD}</sheetData><mergeCells><mergeCell ref="A2:A5"/></mergeCells></worksheet>',
            *(PARTS[name] for name in sorted(PARTS)),
        )
    )
)


def read_workbook(data: bytes) -> None:
    """Read a workbook: the first byte says which of its parts the others are."""
    part = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    workbook = packed(GOOD, {part: data[1:]})
    read_recipients(BytesIO(workbook), skip_invalid=True, now=datetime(2026, 10, 1, tzinfo=UTC))
