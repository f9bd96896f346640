"""The sessions in the docs are what really happens: each is typed again, and the output compared."""

import re

import pytest
from alfactl import Person
from transcript import DOCS, parts, typist

TUTORIAL = DOCS / "tutorial.md"


@pytest.mark.slow
def test_the_sessions_of_the_docs_are_real(newcomer, tmp_path):
    """One newcomer types them all, from the first to the last, on one emulator."""
    with typist(newcomer, tmp_path / "work") as somebody:
        assert somebody.type_page(DOCS / "how-to" / "command-line.md") >= 8


@pytest.mark.slow
def test_the_tutorial_can_be_followed(tmp_path):
    """From the demo to the resumed job and the tests, by somebody who has installed the package, and no more."""
    with typist(Person(tmp_path), tmp_path / "clone") as somebody:
        assert somebody.type_page(TUTORIAL) >= 20


def test_all_code_of_the_tutorial_is_used():
    """Each block of Python is a file that a command names; none is there only to be looked at."""
    text = TUTORIAL.read_text(encoding="utf-8")
    done = list(parts(TUTORIAL))
    files = [name for kind, name, _ in done if kind == "write"]
    commands = " ".join(command for kind, command, _ in done if kind == "type")
    assert len(re.findall("^```python", text, re.MULTILINE)) == len(files) > 0
    assert all(name in commands for name in files)


def test_the_tutorial_installs_what_the_readme_installs():
    """The one block that is not typed here is typed by the continuous integration, in the words of the README."""
    text = TUTORIAL.read_text(encoding="utf-8")
    install = re.search(r"^```text\n(.*)$", text, re.MULTILINE)[1]
    assert install in (DOCS.parent / "README.md").read_text(encoding="utf-8")
