"""Writes the documentation once more for language models: `llms.txt` lists the pages, `llms-full.txt` holds them all.

Pages of classes and functions name them only, so their text is taken from what Sphinx has made of them.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.text import TextBuilder

_BLOCK = re.compile(r"^```\{(?P<kind>[\w-]+)\} ?(?P<argument>.*)\n(?P<body>(?:.*\n)*?)```\n", re.MULTILINE)
_NOT_FOR_READING = {"toctree", "raw", "contents"}
_START_AFTER = re.compile(r"^:start-after: *(.+)$", re.MULTILINE)
_END_BEFORE = re.compile(r"^:end-before: *(.+)$", re.MULTILINE)


def write_llms_txt(app: Sphinx, error: Exception | None) -> None:
    """Write both files beside the pages; for HTML only."""
    if error or app.builder.format != "html":
        return
    builder = TextBuilder(app, app.env)
    builder.init()
    pages = {name: _page(builder, name) for name in _in_order(app)}
    start = pages[app.config.root_doc]
    summary = " ".join(_first_paragraph(start).split())
    listed = "".join(f"- [{_title(text)}](_sources/{name}.md.txt): {_about(text)}\n" for name, text in pages.items())
    (app.outdir / "llms.txt").write_text(f"# {app.config.project}\n\n> {summary}\n\n## Pages\n\n{listed}", "utf-8")
    (app.outdir / "llms-full.txt").write_text("\n\n".join(pages.values()), "utf-8")


def _in_order(app: Sphinx) -> list[str]:
    """Return the pages as the table of contents has them."""
    waiting, found = [app.config.root_doc], dict[str, None]()
    while waiting:
        name = waiting.pop(0)
        found[name] = None
        waiting = [*app.env.toctree_includes.get(name, ()), *waiting]
    return list(found)


def _page(builder: TextBuilder, name: str) -> str:
    path = Path(builder.env.doc2path(name))
    source = path.read_text(encoding="utf-8")
    if "{eval-rst}" not in source:
        return _BLOCK.sub(lambda block: _written_out(block, path), source)
    doctree = builder.env.get_and_resolve_doctree(name, builder)
    visitor = builder.create_translator(doctree, builder)
    doctree.walkabout(visitor)
    body: str = getattr(visitor, "body", "")
    _, _, below_title = body.partition("\n\n")
    return f"# {_title(source)}\n\n{below_title}"


def _written_out(block: re.Match[str], page: Path) -> str:
    """Put the file in the place of the block that includes it; leave out what is for browsers."""
    if block["kind"] in _NOT_FOR_READING:
        return ""
    if block["kind"] not in {"include", "literalinclude"}:
        return block[0]
    text = (page.parent / block["argument"]).read_text(encoding="utf-8")
    if start := _START_AFTER.search(block["body"]):
        text = text.partition(start[1])[2].lstrip()
    if end := _END_BEFORE.search(block["body"]):
        text = text.partition(end[1])[0]
    return text if block["kind"] == "include" else f"```\n{text}```\n"


def _title(text: str) -> str:
    return next((line.lstrip("# ") for line in text.splitlines() if line.startswith("# ")), "")


def _first_paragraph(text: str) -> str:
    paragraphs = re.split(r"\n{2,}", text.partition("\n# ")[2] if text.startswith("\n# ") else text)
    return next((part for part in paragraphs if part[:1].isalpha()), "")


def _about(text: str) -> str:
    """Return the first sentence, without its links, which lead elsewhere from here."""
    sentence = re.split(r"(?<=[.]) ", " ".join(_first_paragraph(text).split()))[0]
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", sentence).rstrip(":")
