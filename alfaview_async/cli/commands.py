"""How commands are declared: global options on each, coroutines in an event loop, groups that import on demand.

All of `alfactl --help` is here and in `app.py`, so nothing is imported that a page of help can do without.
"""

from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

import click

from alfaview_async.cli.failures import ReaderLeft

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from alfaview_async.cli.invocation import Invocation

P = ParamSpec("P")
T = TypeVar("T")

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


class NameType(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.5, and 8.2 will do
    """A room or role: any text, and the shell completes the names that there are.

    Args:
        kind: `room` or `role`.
    """

    def __init__(self, kind: str) -> None:
        self.name = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's signature
        """Take it as it is; the server knows whether there is one."""
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> "list[CompletionItem]":
        """Offer the names that begin so."""
        from alfaview_async.cli.completing import offered  # noqa: PLC0415 - only the shell asks for it

        return offered(current_invocation(ctx), self.name, incomplete)


_NAMED = {"ROOM": NameType("room"), "ROLE": NameType("role")}
"""A parameter with one of these metavars gets names from the shell's completion."""


class Command(click.Command):
    """A command that takes the global options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = {name for param in self.params for name in param.opts}
        for param in self.params:
            if param.type is click.STRING:
                param.type = _NAMED.get(param.metavar or "", param.type)
        self.params += [option for option in global_options(hidden=True) if not taken.intersection(option.opts)]
        self.epilog = self.epilog or "Options for all commands: alfactl --help"

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; click would make a failure of a reader who leaves."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderLeft from error


class Group(click.Group):
    """A group of commands in one file."""

    command_class = Command


class LazyGroup(click.Group):
    """A group whose commands and groups live in files of their names, imported when they are called.

    Args:
        files: Name -> the line that lists it.
    """

    def __init__(self, *args: Any, files: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._files = files

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands without importing them."""
        return sorted(self._files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the file of a command."""
        if cmd_name not in self._files:
            return None
        command: click.Command = getattr(import_module(f"alfaview_async.cli.{cmd_name}"), cmd_name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Offer the commands without importing them."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only the shell asks for it

        names = [
            CompletionItem(name, help=line) for name, line in sorted(self._files.items()) if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self._files.items()))


def asynchronous(
    function: "Callable[Concatenate[Invocation, P], Coroutine[Any, Any, T]]",
) -> Callable[P, T]:
    """Run a coroutine function as a command; its first argument is the invocation."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        import asyncio  # noqa: PLC0415 - costs more than a page of help

        return asyncio.run(function(current_invocation(), *args, **kwargs))

    return run


def with_invocation(function: "Callable[Concatenate[Invocation, P], T]") -> Callable[P, T]:
    """Give a command without event loop the invocation as its first argument."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return function(current_invocation(), *args, **kwargs)

    return run
