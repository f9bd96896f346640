"""`alfactl completion`: teach the shell commands, options, and the names of rooms and roles."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator

import click

from alfaview_async.cli.commands import Command, asynchronous
from alfaview_async.cli.completing import cache_file, write_names
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.login_store import client
from alfaview_async.cli.shells import SHELLS
from alfaview_async.services.room_tree import RoomNode

_VARIABLE = "_ALFACTL_COMPLETE"
_REFILL_SECONDS = 20.0
_HELP = """Print a script that completes commands, options, rooms and roles.

\b
bash   eval "$(alfactl completion bash)"      in ~/.bashrc
zsh    eval "$(alfactl completion zsh)"       in ~/.zshrc
fish   alfactl completion fish > ~/.config/fish/completions/alfactl.fish
"""


@click.command(cls=Command, help=_HELP)
@click.argument("shell", type=click.Choice(SHELLS), required=False)
@click.option("--refill", is_flag=True, hidden=True, help="Ask the server for names, for completions to come.")
@asynchronous
async def completion(invocation: Invocation, *, shell: str | None, refill: bool) -> Exit:
    """Print a script for a shell, or ask for the names that it will offer."""
    if refill:
        await asyncio.wait_for(_refill(invocation), _REFILL_SECONDS)
        return Exit.DONE
    if shell is None:
        raise click.UsageError(f"which shell? {', '.join(SHELLS)}")
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only here

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click knows no {shell}")
    click.echo(kind(click.get_current_context().find_root().command, {}, "alfactl", _VARIABLE).source())
    return Exit.DONE


async def _refill(invocation: Invocation) -> None:
    async with client(invocation) as alfaview:
        tops = await alfaview.rooms.tree()
        reply = await alfaview.business.permission_groups_list()
    roles = [group.name for group in reply.permission_groups.values()]
    write_names(cache_file(invocation), {"room": sorted(_usable_names(tops)), "role": sorted(set(roles))})


def _usable_names(tops: tuple[RoomNode, ...]) -> set[str]:
    """Return each room's name, or its path where several bear the name."""
    rooms = list(_paths(tops))
    times = Counter(name for name, _ in rooms)
    return {name if times[name] == 1 else path for name, path in rooms}


def _paths(nodes: Iterable[RoomNode], above: str = "") -> Iterator[tuple[str, str]]:
    for node in nodes:
        path = above + node.room.display_name
        yield node.room.display_name, path
        yield from _paths(node.children, f"{path}/")
