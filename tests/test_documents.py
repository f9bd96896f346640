"""What README and docs show, runs, and what they link to, is there."""

import asyncio
import importlib
import pydoc
import re
import sys
from pathlib import Path

import pytest
import snippets

from alfaview_async.cli.app import _COMMANDS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
READMES = [ROOT / "README.md", ROOT / "README.de.md"]
PAGES = [*READMES, *sorted(DOCS.rglob("*.md"))]
TYPED_ELSEWHERE = {DOCS / "tutorial.md"}  # by tests/cli/test_transcripts.py, in the order of the page
GENERATED = set((DOCS / "reference" / ".gitignore").read_text(encoding="utf-8").split())
LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([\w-]+))?\)")


def blocks(path):
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


PROGRAMS = {
    page.relative_to(ROOT).as_posix(): blocks(page) for page in PAGES if page not in TYPED_ELSEWHERE and blocks(page)
}


@pytest.mark.parametrize("page", PROGRAMS)
async def test_python_snippets_run_against_the_emulator(emulator, tmp_path, page):
    """Each block is a program: run as it stands, after those above it in the same folder, it ends without an error."""
    environment = {
        "ALFAVIEW_BASE_URL": emulator.base_url,
        "ALFAVIEW_CLIENT_ID": emulator.client_id,
        "ALFAVIEW_CODE": emulator.code,
        "ALFAVIEW_COMPANY_ID": emulator.company_id,
    }
    for number, program in enumerate(PROGRAMS[page], 1):
        code, errors = await asyncio.to_thread(snippets.run, program, tmp_path, environment)
        assert (number, code, errors) == (number, 0, "")


async def test_a_snippet_that_fails_is_seen(tmp_path):
    """Its traceback too, and warnings are failures."""
    for code, said in (("raise LookupError('x')", "LookupError: x"), ("import warnings; warnings.warn('y')", ": y")):
        end, errors = await asyncio.to_thread(snippets.run, code, tmp_path, {})
        assert end == 1
        assert said in errors


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_names_commands_that_exist(readme):
    """What the README tells to type are commands and options of this version."""
    commands = re.findall(r"alfactl ([a-z]+(?: [a-z]+)?)", readme.read_text(encoding="utf-8"))
    assert {command.split()[0] for command in commands} <= set(_COMMANDS)
    assert commands


def test_both_readmes_show_the_same():
    """The same two commands, links to the same pages, as many rows, points and headings."""
    english, german = (readme.read_text(encoding="utf-8") for readme in READMES)
    for what in (r"^    (python3 .+)$", r"\]\((docs/[^)]+)\)", r"^(\| |- |#+ )"):
        found = re.findall(what, english, re.MULTILINE)
        assert len(found) > 1
        assert found == re.findall(what, german, re.MULTILINE)


def anchors(path):
    """Name the places in a page that a link can lead to, as GitHub and Sphinx name them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def loose_ends(page):
    """Name the links of a page that lead nowhere; only pages that are built may lead to what the build writes."""
    for place, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = page.parent / place if place else page
        target = next((path for path in (target, target.with_name(f"{target.name}.md")) if path.exists()), target)
        if {target.name, f"{target.name}.md"} & GENERATED:
            found = page.is_relative_to(DOCS)
        else:
            found = target.exists() and (not anchor or anchor in anchors(target))
        if not found:
            yield f"{page.name}: {place}#{anchor}"


def test_links_within_the_repository_lead_somewhere():
    """In all pages, those at the top too, to files and to headings; what the build writes is checked by the build."""
    pages = [*ROOT.glob("*.md"), *(page for page in PAGES if page.name not in GENERATED)]
    assert [end for page in pages for end in loose_ends(page)] == []
    assert sum(len(LINK.findall(page.read_text(encoding="utf-8"))) for page in pages) > 30


def test_every_page_is_in_the_table_of_contents():
    """A page that nobody finds is of no use."""
    listed = set(re.findall(r"^([\w/-]+)$", (DOCS / "index.md").read_text(encoding="utf-8"), re.MULTILINE))
    there = {page.relative_to(DOCS).with_suffix("").as_posix() for page in DOCS.rglob("*.md")}
    generated = {f"reference/{name.removesuffix('.md')}" for name in GENERATED}
    assert listed == (there - {"index"}) | generated


@pytest.fixture(scope="module")
def made_from_code():
    """What writes the pages that the code describes."""
    sys.path.insert(0, str(DOCS))
    try:
        import columns_table  # noqa: PLC0415 - from the folder of the docs
        import errors_table  # noqa: PLC0415
        import settings_table  # noqa: PLC0415
    finally:
        sys.path.remove(str(DOCS))
    return columns_table, errors_table, settings_table


def test_the_page_of_columns_names_every_header(made_from_code):
    """Each header that is understood stands there as people write it, and no other."""
    assert made_from_code[0].undescribed_headers() == {}


def test_the_page_of_errors_has_every_class(made_from_code):
    """With what to do about it; nothing is told of a class that is gone."""
    errors_table = made_from_code[1]
    assert {kind.__name__ for kind in errors_table.error_classes()} == errors_table.WHAT_TO_DO.keys()


def test_the_page_of_settings_has_every_variable(made_from_code):
    """Whatever the package reads from the environment under a name of its own."""
    package = ROOT / "alfaview_async"
    texts = [path.read_text(encoding="utf-8") for path in package.rglob("*.py")]
    named = set(re.findall(r'"((?:ALFAVIEW|INVITARIO|WEBEX)_[A-Z_]+)"', "".join(texts)))
    page = made_from_code[2].page()
    assert {name for name in named if f"`{name}`" not in page} == set()
    assert len(named) > 10


@pytest.mark.parametrize(
    "name", ["alfaview_async", "alfaview_async.bulk", "alfaview_async.tokens", "alfaview_async.models"]
)
def test_help_describes_all_public_names(name):
    """What `help()` prints of a package names what there is to import from it, and a star import brings just that."""
    package = importlib.import_module(name)
    text = pydoc.render_doc(package, renderer=pydoc.plaintext)
    described = set(re.findall(r"^    (?:class |async )?(\w+)(?:\(| = )", text, re.MULTILINE))
    assert described >= set(dir(package))
    brought = {}
    exec(f"from {name} import *", brought)  # noqa: S102 - what a person types
    assert brought.keys() - {"__builtins__"} == set(dir(package))
