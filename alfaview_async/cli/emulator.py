"""`alfactl emulator`: the emulator as a command."""

import asyncio
import signal

import click
import orjson

from alfaview_async.emulator import Emulator

_FACTS = ("base_url", "client_id", "code", "company_id", "username", "password", "room_id")


@click.group()
def emulator() -> None:
    """An alfaview on this machine, to develop and test against."""


@emulator.command()
@click.option("--port", default=8080, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; anything else is seen by others."
)
@click.option("--json", "as_json", is_flag=True, help="Print where it is and how to log in as one line of JSON.")
def run(port: int, host: str, *, as_json: bool) -> None:
    """Serve until stopped with Ctrl-C or SIGTERM."""
    try:
        asyncio.run(_serve(host, port, as_json=as_json))
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error


async def _serve(host: str, port: int, *, as_json: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with Emulator(host=host, port=port) as running:
        facts = {name: getattr(running, name) for name in _FACTS}
        if as_json:
            click.echo(orjson.dumps(facts))
        else:
            click.echo(f"alfaview emulator at {running.base_url} (in memory, stops with Ctrl-C)")
            click.echo(f"page for people: {running.page_url}")
            click.echo(f"export ALFAVIEW_BASE_URL={running.base_url}")
            click.echo(f"export ALFAVIEW_CLIENT_ID={running.client_id} ALFAVIEW_CODE={running.code}")
            click.echo(f"export ALFAVIEW_COMPANY_ID={running.company_id}")
        await stopped.wait()
