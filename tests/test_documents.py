"""What README and docs show, runs."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alfaview_async.cli.app import _COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(path):
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


SNIPPETS = [(f"{page.name}-{number}", code) for page in PAGES for number, code in enumerate(blocks(page), 1)]


@pytest.mark.parametrize("code", [code for _, code in SNIPPETS], ids=[name for name, _ in SNIPPETS])
async def test_python_snippets_run_against_the_emulator(emulator, tmp_path, code):
    """Each block is a program: run as it stands, with what `from_env` reads set, it ends without an error."""
    environment = os.environ | {
        "ALFAVIEW_BASE_URL": emulator.base_url,
        "ALFAVIEW_CLIENT_ID": emulator.client_id,
        "ALFAVIEW_CODE": emulator.code,
        "ALFAVIEW_COMPANY_ID": emulator.company_id,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", code, env=environment, cwd=tmp_path, stderr=subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


def test_the_readme_names_commands_that_exist():
    """What the README tells to type are commands and options of this version."""
    commands = re.findall(r"alfactl ([a-z]+(?: [a-z]+)?)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert {command.split()[0] for command in commands} <= set(_COMMANDS)
    assert commands
