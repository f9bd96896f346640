"""The sessions in the docs are what really happens: each is typed again, and the output compared."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "how-to" / "command-line.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`(\S+)`:\n\n```(?:text|csv)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
SESSIONS = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def steps():
    """Yield each command of the page with the lines that it prints."""
    for session in SESSIONS:
        for step in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            command, _, printed = step.partition("\n")
            yield command, printed


def pattern(printed):
    """`…` stands for what differs from day to day and from place to place."""
    return re.escape(printed).replace("…", "[^\n]*?")


@pytest.mark.slow
def test_the_sessions_of_the_docs_are_real(person, tmp_path):
    """One person types them all, from the first to the last, on one emulator."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "alfactl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m alfaview_async "$@"\n')
    (tmp_path / "alfactl").chmod(0o755)
    environment = person.environment | {"PATH": f"{tmp_path}:{person.environment['PATH']}"}
    typed = list(steps())
    assert len(typed) >= 8
    for command, printed in typed:
        done = subprocess.run(  # noqa: S602 - the commands of our own page, with their pipes
            command,
            shell=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=environment,
            cwd=tmp_path,
            check=False,
        )
        assert re.fullmatch(pattern(printed), done.stdout), f"$ {command}\n{done.stdout}"
