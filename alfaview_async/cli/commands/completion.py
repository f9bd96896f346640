"""`alfactl completion`: teach the shell commands, options, and the names of rooms and roles."""

import asyncio
from collections import Counter
from collections.abc import Mapping

import click

from alfaview_async.cli.completion.names import cache_file, write_names
from alfaview_async.cli.completion.shells import SHELLS
from alfaview_async.cli.declaring import Command, Misuse, asynchronous
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import client
from alfaview_async.models.rooms import Room
from alfaview_async.services.rooms import room_paths

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
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only here

    kind = get_completion_class(shell or "")
    if kind is None:
        raise Misuse("usage-shell", shells=", ".join(SHELLS))
    click.echo(kind(click.get_current_context().find_root().command, {}, "alfactl", _VARIABLE).source())
    return Exit.DONE


async def _refill(invocation: Invocation) -> None:
    async with client(invocation) as alfaview:
        rooms = {room_id: room async for room_id, room in alfaview.rooms.all()}
        reply = await alfaview.business.permission_groups_list()
    roles = [group.name for group in reply.permission_groups.values()]
    write_names(cache_file(invocation), {"room": sorted(_usable_names(rooms)), "role": sorted(set(roles))})


def _usable_names(rooms: Mapping[str, Room]) -> set[str]:
    """Return each room's name, or its path where several bear the name."""
    times = Counter(room.display_name for room in rooms.values())
    paths = room_paths(rooms)
    return {room.display_name if times[room.display_name] == 1 else paths[key] for key, room in rooms.items()}
