"""`alfactl emulator`: the emulator as a command, and the commands that steer one which runs."""

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from alfaview_async.cli.commands.emulator.steering import COMMANDS
from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.interrupts import interruptible

if TYPE_CHECKING:
    from alfaview_async.emulator import Emulator

_FACTS = ("base_url", "client_id", "code", "company_id", "username", "password", "room_id")


@click.group(cls=Group)
def emulator() -> None:
    """An alfaview on this machine, to develop and test against."""


for _command in COMMANDS:
    emulator.add_command(_command)


@emulator.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    metavar="PORT",
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; anything else is seen by others."
)
@click.option(
    "--seed",
    default="standard",
    show_default=True,
    metavar="NAME|FILE",
    help="What it begins with: standard, training-centre, large, empty; or a file (.json, .yaml, .yml).",
)
@asynchronous
async def run(invocation: Invocation, port: int, host: str, seed: str) -> None:
    """Serve until stopped with Ctrl-C or SIGTERM; with --json, say where and how to log in as one line of JSON."""
    from alfaview_async.emulator import Emulator  # noqa: PLC0415 - loads the HTTP server; those that steer are quick

    running = Emulator(host=host, port=port, seed=seed)
    try:
        await running.start()
    except OSError as error:
        raise invocation.fail("cannot-listen", Exit.USAGE, host=host, port=port, error=error.strerror) from error
    async with running, interruptible(lambda: None) as stopped:
        _tell(invocation, running)
        with suppress(asyncio.CancelledError):  # so a second signal comes: it ends as with one
            await stopped.wait()


def _tell(invocation: Invocation, running: "Emulator") -> None:
    if invocation.json:
        click.echo(json.dumps({name: getattr(running, name) for name in _FACTS}))
        return
    click.echo(invocation.text("emulator-at", url=running.base_url))
    click.echo(invocation.text("emulator-page", url=running.page_url))
    click.echo(f"export ALFAVIEW_BASE_URL={running.base_url}")
    click.echo(f"export ALFAVIEW_CLIENT_ID={running.client_id} ALFAVIEW_CODE={running.code}")
    click.echo(f"export ALFAVIEW_COMPANY_ID={running.company_id}")
