"""Writes the table of operations from the operations themselves."""

from pathlib import Path

import alfaview_async.emulator  # noqa: F401 - registers what it does for each operation
from alfaview_async.emulator.call import is_explained
from alfaview_async.operation import StreamOperation, descriptions
from alfaview_async.services import operations, service

HEAD = """# Operations

Every operation of the v1 API. *Repeated* operations are sent again after a passing fault; the others only when it is
proven that nothing was sent. What an operation marked *guessed* does is explained nowhere: the emulator answers it with
something well-formed.

| call | path | request | reply | repeated | what it does |
| --- | --- | --- | --- | --- | --- |
"""


def write_table(path: Path) -> None:
    """Write the page, if it changed: an untouched page need not be built again."""
    lines = []
    for attribute, method, row in operations():
        text = descriptions(service(attribute))[method].replace("|", "\\|")
        repeated = "stream" if isinstance(row, StreamOperation) else "yes" if row.idempotent else "no"
        notes = " *Deprecated by alfaview.*" if row.deprecated else ""
        notes += "" if is_explained(row.path) else " *Guessed.*"
        cells = (f"`{attribute}.{method}`", f"`{row.path}`", f"`{row.request.__name__}`", f"`{row.reply.__name__}`")
        lines.append(f"| {' | '.join(cells)} | {repeated} | {text}{notes} |\n")
    page = HEAD + "".join(lines)
    if not path.exists() or path.read_text(encoding="utf-8") != page:
        path.write_text(page, encoding="utf-8")
