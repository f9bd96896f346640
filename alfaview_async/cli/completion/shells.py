"""The shells that can be taught to complete, and what bash needs beyond click: names with blanks."""

import os
import re
from typing import Any

from click.shell_completion import BashComplete, CompletionItem, add_completion_class

SHELLS = ("bash", "zsh", "fish")
_SPECIAL = re.compile(r"([^\w@%+=:,./-])")
_ESCAPED = r"\\\\\1"


class BashWithNames(BashComplete):
    """Bash puts what is offered into the line as it stands: a name with blanks must come escaped, or in its quotes."""

    def format_completion(self, item: "CompletionItem[Any]") -> str:
        """Write one line for the script, whose `read` takes away one level of backslashes."""
        if item.type != "name":
            return super().format_completion(item)
        value = str(item.value)
        return f"plain,{value if _inside_quotes() else _SPECIAL.sub(_ESCAPED, value)}"


def _inside_quotes() -> bool:
    """Tell whether the word that is being typed began with a quote."""
    line = os.environ.get("COMP_WORDS", "")
    return line.count('"') % 2 == 1 or line.count("'") % 2 == 1


def teach_bash() -> None:
    """Let click use what is here."""
    add_completion_class(BashWithNames, "bash")
