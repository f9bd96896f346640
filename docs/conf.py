"""How the documentation is built; operations and commands are described by the code."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from commands_reference import write_commands
from operations_table import write_table

project = "alfaview_async"
author = copyright = "The alfaview_async authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_typehints = "description"
napoleon_use_ivar = True
autodoc_member_order = "bysource"
default_role = "code"


def setup(_app: object) -> None:
    reference = Path(__file__).parent / "reference"
    write_table(reference / "operations.md")
    write_commands(reference / "alfactl.md")
