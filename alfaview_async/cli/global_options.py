"""The options that every command takes, and the `Invocation` in which they arrive."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from alfaview_async.cli.invocation import Invocation

FORMATS = ("table", "json", "jsonl", "csv", "tsv")
"""What `--output` takes."""


def current_invocation(ctx: click.Context | None = None) -> "Invocation":
    """Return what was asked for in general; `app.run` hands click a function that makes it at the first call."""
    return cast("Callable[[], Invocation]", (ctx or click.get_current_context()).obj)()


def _note(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep a global option, wherever in the line it stands: the last one wins."""
    if value is None or value == () or value is False or value == 0:
        return
    invocation = current_invocation(ctx)
    name = param.name or ""
    if name in {"profile", "company", "base_url", "lang"}:
        invocation.flags[name] = value
    elif name == "as_json":
        invocation.output = "json"
    elif name == "fields":
        invocation.fields = tuple(part.strip() for part in value.split(",") if part.strip())
    else:
        setattr(invocation, name, value)


def global_options(*, hidden: bool = False) -> list[click.Parameter]:
    """Return the options that every command takes.

    Args:
        hidden: Leave them out of the help, where they would bury the command's own.
    """
    options: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("-o", "--output"), {"type": click.Choice(FORMATS), "help": "Format of the data on stdout [table]."}),
        (("--json", "as_json"), {"is_flag": True, "help": "Same as -o json."}),
        (("--fields",), {"metavar": "A,B", "help": "Columns to show, in this order."}),
        (("--profile",), {"metavar": "NAME", "help": "Login to use [default]."}),
        (("--company",), {"metavar": "ID", "help": "Company to work in."}),
        (("--base-url",), {"metavar": "URL", "help": "Server to talk to."}),
        (("--emulator",), {"is_flag": True, "help": "Talk to `alfactl emulator run` on this machine."}),
        (("--check",), {"is_flag": True, "help": "Look for a room that is not there in your other companies too."}),
        (("--dry-run",), {"is_flag": True, "help": "Say what would be done; change nothing."}),
        (("-y", "--yes"), {"is_flag": True, "help": "Do not ask."}),
        (("--no-input",), {"is_flag": True, "help": "Never ask: fail where an answer is needed."}),
        (("-q", "--quiet"), {"is_flag": True, "help": "Say nothing but errors."}),
        (("-v", "--verbose"), {"count": True, "help": "Log what is done behind a call, -vv all of it."}),
        (("--color",), {"type": click.Choice(["auto", "always", "never"]), "help": "When to use colours [auto]."}),
        (("--timeout",), {"type": click.FloatRange(min=0.1), "metavar": "SECONDS", "help": "For one exchange [30]."}),
        (("--lang",), {"type": click.Choice(["en", "de"]), "help": "Language of messages."}),
    ]
    return [
        click.Option(names, expose_value=False, callback=_note, hidden=hidden, **settings)
        for names, settings in options
    ]
