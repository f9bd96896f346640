"""How the documentation is built; operations, errors, columns, settings and commands are described by the code."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

import benchmarks_table
import columns_table
import commands_reference
import errors_table
import operations_table
import settings_table
from generated_page import REFERENCE, write_page
from llms_txt import write_llms_txt

project = "alfaview_async"
author = copyright = "The alfaview_async authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
html_theme = "furo"
html_static_path = ["_static"]
exclude_patterns = ["_build"]
autodoc_typehints = "description"
napoleon_use_ivar = True
autodoc_member_order = "bysource"
default_role = "code"
myst_heading_anchors = 3
copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"

GENERATED = {
    "operations": operations_table,
    "status-codes": errors_table,
    "columns": columns_table,
    "configuration": settings_table,
    "alfactl": commands_reference,
}
"""Page of the reference -> what writes it; `.gitignore` beside the pages names them too."""


def setup(app: Sphinx) -> None:
    for name, module in GENERATED.items():
        write_page(REFERENCE / f"{name}.md", module.page())
    write_page(benchmarks_table.RESULTS.with_name("table.inc"), benchmarks_table.page())
    app.connect("build-finished", write_llms_txt)
