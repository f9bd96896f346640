"""`alfactl doctor`: is everything here as it should be?"""

import click

from alfaview_async.cli.commands.doctor.checkup import FAILED, findings
from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation

_COLUMNS = ("check", "result", "detail")


@click.command(cls=Command)
@asynchronous
async def doctor(invocation: Invocation) -> Exit:
    """Check settings, store, server, clock and login. Exit code 1 if something failed; warnings are none."""
    found = [finding async for finding in findings(invocation)]
    invocation.show([{"check": item.check, "result": item.result, "detail": item.detail} for item in found], _COLUMNS)
    return Exit.BUG if any(item.result == FAILED for item in found) else Exit.DONE
