"""Writes pages that the code describes; each is made anew with every build."""

from collections.abc import Iterable, Sequence
from pathlib import Path

REFERENCE = Path(__file__).parent / "reference"


def write_page(path: Path, text: str) -> None:
    """Write the page, if it changed: an untouched page need not be built again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(values: Iterable[object]) -> str:
    """Return texts of code, separated by commas."""
    return ", ".join(f"`{value}`" for value in values)
