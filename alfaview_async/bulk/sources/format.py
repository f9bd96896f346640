"""Which format a file is in: by its content, and where that leaves a choice, by the ending of its name."""

from typing import Literal

from alfaview_async.errors import RecipientsRejected

Format = Literal["csv", "xlsx", "json"]

_JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
_CSV_ENDINGS = (".csv", ".tsv", ".tab", ".txt")
_BLANKS_AND_MARKS = b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"
_NOT_LISTS = (
    (
        b"\xd0\xcf\x11\xe0",
        "is a workbook of Excel 97-2003 (.xls), or protected by a password; save it as .xlsx, without a password",
    ),
    (b"%PDF", "is a PDF; a list must be a file with columns, so ask for it as .xlsx or CSV"),
    (b"{\\rtf", "is a text document (RTF); save the list as .xlsx or CSV"),
    (b"\x1f\x8b", "is compressed (gzip); unpack it first"),
    (b"7z\xbc\xaf", "is compressed (7z); unpack it first"),
    (b"Rar!", "is compressed (RAR); unpack it first"),
    (b"<", "is a web page or XML, whatever its name says; open it in a spreadsheet program and save it as .xlsx"),
)


def format_of(data: bytes, name: str) -> Format:
    """Tell the format of a file.

    A workbook is one whatever it is called. Text that begins with `{` or `[` is JSON unless it is called `.csv`, and
    other text is CSV unless it is called `.json` or `.jsonl`.

    Raises:
        RecipientsRejected: It is in a format that is not read, which the message names.
    """
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    start = data[:64].lstrip(_BLANKS_AND_MARKS)
    for mark, what in _NOT_LISTS:
        if start.startswith(mark):
            raise RecipientsRejected(f"{name} {what}")
    ending = name.casefold()
    if ending.endswith(_JSON_ENDINGS):
        return "json"
    return "json" if start[:1] in (b"{", b"[") and not ending.endswith(_CSV_ENDINGS) else "csv"
