"""How texts are filled in: one thing or many, and what is typed in a shell."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from alfaview_async.cli import texts

ENGLISH = "rows|(?:guest |group )?links|(?:e-)?mails|people|guests|jobs|days|hours|minutes|faults|warnings|rooms"
GERMAN = (
    "Zeilen|Links|(?:E-)?Mails|Leuten?|Gästen?|G(?:ast|ruppen)links|Aufträgen?|Tagen|Stunden|Minuten|Warnungen|Räume"
)
ALWAYS_SEVERAL = {"which-row", "ambiguous-room", "mail-guest-many", "delete-guest-many", "delete-group-many"}


@pytest.mark.parametrize(
    ("language", "count", "told"),
    [
        ("en", 1, "! 1 row is left out"),
        ("en", 0, "! 0 rows are left out"),
        ("de", 1, "! 1 Zeile bleibt weg"),
        ("de", 35, "! 35 Zeilen bleiben weg"),
    ],
)
def test_one_or_many(language, count, told):
    """The number stands where the text wants it."""
    assert texts.text(language, "rows-left-out", count=count) == told


def test_a_text_may_say_one_without_a_number():
    """Nobody says "all 1 rows"; both forms stand in the text."""
    assert texts.text("en", "list-good", rows=1, warnings=1) == "✓ the only row can be used (1 warning)"
    assert texts.text("en", "list-good", rows=2, warnings=0) == "✓ all 2 rows can be used (0 warnings)"


def test_a_header_with_a_blank_is_quoted_for_the_shell():
    """What is offered can be pasted."""
    assert "--map email='Mein Kontakt'   or" in texts.text("en", "missing-column-next", probable="Mein Kontakt")
    assert "--map email=Kontakt   or" in texts.text("en", "missing-column-next", probable="Kontakt")


def test_other_values_stand_as_they_are():
    """Paths, braces, quotation marks by `!r`."""
    assert texts.text("en", "bulk-file", file=Path("a b/{x}.csv")) == "  written  a b/{x}.csv"
    assert texts.text("en", "unknown-store", store="x") == "there is no store 'x'"


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_nothing_is_counted_without_a_plural(language):
    """Where a number stands before things, there may be one of them; rows and rooms that are mixed up are several."""
    loaded = tomllib.loads((files(texts) / f"{language}.toml").read_text(encoding="utf-8"))
    counted = re.compile(rf"\{{\w+\}} (?:{ENGLISH}|{GERMAN})\b")
    assert counted.search("{count} Zeilen")
    assert [key for key, text in loaded.items() if key not in ALWAYS_SEVERAL and counted.search(text)] == []
