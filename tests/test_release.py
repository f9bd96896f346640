"""What the texts for contributors and about security name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXTS = ["CONTRIBUTING.md", "SECURITY.md", "docs/explanation/threat-model.md"]


@pytest.mark.parametrize("text", TEXTS)
def test_files_that_a_text_names_exist(text):
    """Each claim of the threat model names its test, and that is one."""
    named = set(re.findall(r"`((?:tests|docs|alfaview_async)/[\w/.-]+)`", (ROOT / text).read_text(encoding="utf-8")))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == ["tests/tokens/test_yours.py"] * (
        "tests/tokens/test_yours.py" in named
    )


def test_sessions_that_a_text_names_exist():
    """What a reader is told to run is there."""
    sessions = set(re.findall(r"^def (\w+)\(session: nox.Session\)", (ROOT / "noxfile.py").read_text(), re.MULTILINE))
    for text in TEXTS:
        for names in re.findall(r"nox -s ((?:[a-z]+ ?)+)", (ROOT / text).read_text(encoding="utf-8")):
            assert set(names.split()) <= sessions
