"""How commands are declared: global options on each, coroutines in an event loop, groups that import on demand.

All of `alfactl --help` is here, in `global_options.py` and in `app.py`, so nothing is imported that it can do without.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from alfaview_async.cli.failures import ReaderLeft
from alfaview_async.cli.global_options import current_invocation, global_options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from alfaview_async.cli.invocation import Invocation

P = ParamSpec("P")
T = TypeVar("T")


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
        from alfaview_async.cli.completion.names import offered  # noqa: PLC0415 - only the shell asks for it

        return offered(current_invocation(ctx), self.name, incomplete)


_NAMED = {"ROOM": NameType("room"), "ROLE": NameType("role")}
"""A parameter with one of these metavars gets names from the shell's completion."""


class Misuse(click.UsageError):
    """A command line that makes no sense, told by a text of ours.

    Args:
        key: Of the text.
        ctx: The command; default: the one that raises it.
        known: Names of which one may have been meant by the value `name`.
        values: For the places of the text.
    """

    def __init__(
        self, key: str, ctx: click.Context | None = None, /, *, known: Sequence[str] = (), **values: object
    ) -> None:
        super().__init__(key, ctx)
        self.key = key
        self.known = known
        self.values = values


class _Traced(click.Command):
    """Each error in its line says whose line it is, also where click leaves that open."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


class Command(_Traced):
    """A command that takes the global options too."""

    allow_extra_args = True  # refused below: click's refusal says which only in an English sentence

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = {name for param in self.params for name in param.opts}
        for param in self.params:
            if param.type is click.STRING:
                param.type = _NAMED.get(param.metavar or "", param.type)
        self.params += [option for option in global_options(hidden=True) if not taken.intersection(option.opts)]
        self.epilog = self.epilog or "Options for all commands: alfactl --help"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the line; what is left of it is too much."""
        left = super().parse_args(ctx, args)
        if left and not ctx.resilient_parsing:
            raise Misuse("usage-too-much", ctx, given=" ".join(left))
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; click would make a failure of a reader who leaves."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderLeft from error


class _Parent(_Traced, click.Group):
    """Knows the names of its commands where none is meant by a word."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            raise Misuse("usage-no-command", ctx, known=self.list_commands(ctx), name=name)
        return super().resolve_command(ctx, args)


class Group(_Parent):
    """A group of commands in one file."""

    command_class = Command


class LazyGroup(_Parent):
    """A group whose commands and groups live in `commands` under their names, imported when they are called.

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
        command: click.Command = getattr(import_module(f"alfaview_async.cli.commands.{cmd_name}"), cmd_name)
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
