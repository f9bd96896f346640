"""Writes the reference of `alfactl` from the commands themselves: what `--help` shows, command by command."""

from collections.abc import Iterator

import click
from generated_page import table

from alfaview_async.cli.app import alfactl
from alfaview_async.cli.failures import Exit

HEAD = """# alfactl

Every command, as `--help` shows it. Data goes to stdout, words for people go to stderr. The options of the first
section work with every command, wherever they stand.

"""
MEANINGS = {
    Exit.DONE: "done, also where there was nothing to do",
    Exit.BUG: "a defect, or an unexpected reply",
    Exit.USAGE: "the command line makes no sense",
    Exit.DECLINED: "the answer was no, or there was nobody to ask",
    Exit.NOT_LOGGED_IN: "not logged in, refused, or expired",
    Exit.PARTIAL: "some rows failed",
    Exit.REJECTED_INPUT: "the list was rejected, nothing was sent",
    Exit.NOT_FOUND: "no such room, role, link or company, or several",
    Exit.REFUSED: "refused: rights, quota, feature",
    Exit.UNREACHABLE: "network, timeout, server; it is safe to run it again",
    Exit.UNKNOWN_OUTCOME: "the outcome of some rows is unknown: `alfactl bulk reconcile`",
    Exit.INTERRUPTED: "interrupted; the journal is kept",
}


def page() -> str:
    """Return the page."""
    exits = table(("exit code", "meaning"), ((str(end.value), MEANINGS[end]) for end in Exit))
    return HEAD + exits + "".join(f"\n## {name}\n\n```text\n{text}\n```\n" for name, text in _helps())


def _helps() -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, click.Command, click.Context | None]] = [("alfactl", alfactl, None)]
    while waiting:
        name, command, parent = waiting.pop()
        context = click.Context(
            command,
            info_name=name.rpartition(" ")[2],
            parent=parent,
            terminal_width=100,
            help_option_names=["-h", "--help"],
        )
        yield name, command.get_help(context)
        if isinstance(command, click.Group):
            found = [(child, command.get_command(context, child)) for child in command.list_commands(context)]
            waiting += [(f"{name} {child}", one, context) for child, one in reversed(found) if one is not None]
