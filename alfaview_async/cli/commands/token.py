"""`alfactl token`: an access token for other programs."""

import click

from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import client

_COLUMNS = ("access_token", "company")


@click.command(cls=Command)
@asynchronous
async def token(invocation: Invocation) -> None:
    """Print an access token that is valid now, e.g. for curl. It is a secret: keep it out of files and logs."""
    async with client(invocation) as alfaview:
        found = await alfaview.access_token()
        if invocation.output == "table" and not invocation.fields:
            click.echo(found.reveal())
        else:
            company = alfaview.company_id or (await alfaview.authentication.access_token_information()).company_id
            invocation.show_record({"access_token": found.reveal(), "company": company}, _COLUMNS)
