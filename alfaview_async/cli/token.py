"""`alfactl token`: an access token for other programs."""

import click

from alfaview_async.cli.commands import Command, asynchronous
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.login_store import client

_COLUMNS = ("access_token", "company")


@click.command(cls=Command)
@asynchronous
async def token(invocation: Invocation) -> None:
    """Print an access token that is valid now, e.g. for curl. It is a secret: keep it out of files and logs."""
    async with client(invocation) as alfaview:
        found = await alfaview._session.token()  # noqa: SLF001 - the library hands out no token; see the front door
    if invocation.output == "table" and not invocation.fields:
        click.echo(found.text.reveal())
    else:
        invocation.show_record({"access_token": found.text.reveal(), "company": found.company_id}, _COLUMNS)
