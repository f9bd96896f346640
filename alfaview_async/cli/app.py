"""The tree of commands; a command's file is imported when the command is called."""

import sys
from importlib import import_module

import click

from alfaview_async.errors import AlfaviewError, NotFound, OutcomeUnknown, RecipientsRejected, TransportError

_COMMANDS = {
    "demo": "See it work: a guest list becomes personal links, offline.",
    "emulator": "An alfaview on this machine, to develop and test against.",
}
_EXIT_CODES: dict[type[AlfaviewError], int] = {
    RecipientsRejected: 6,
    NotFound: 7,
    TransportError: 9,
    OutcomeUnknown: 10,
}


class LazyGroup(click.Group):
    """A group whose commands live in files of their names."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands without importing them."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the file of a command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"alfaview_async.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alfaview-async", prog_name="alfactl")
def alfactl() -> None:
    """Work with alfaview from the command line."""


def run() -> None:
    """Run the command line; errors of the library become one line on stderr and an exit code."""
    try:
        alfactl(prog_name="alfactl")
    except AlfaviewError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), 1))
