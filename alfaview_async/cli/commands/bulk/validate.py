"""`alfactl bulk validate`: what a list says, and what is wrong with it."""

from pathlib import Path
from typing import Any

import click

from alfaview_async.bulk import GuestList
from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.guest_list import (
    PROBLEM_COLUMNS,
    bad_rows,
    list_options,
    problem_rows,
    read_list,
    reading_of,
    say_understood,
)
from alfaview_async.cli.logins.client import client


@click.command(
    cls=Command,
    epilog=example("alfactl bulk validate guests.csv", "alfactl bulk validate guests.xlsx --room 'Seminar A'"),
)
@click.argument("source", metavar="FILE")
@click.option(
    "--room",
    metavar="ROOM",
    default="",
    help="Find out whether it exists, and the rooms and roles that rows name; else this works offline.",
)
@click.option("--role", metavar="ROLE", default="", help="Likewise.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Where to write what is wrong.")
@list_options
@asynchronous
async def validate(
    invocation: Invocation, /, source: str, *, room: str, role: str, report: Path | None, **reading: Any
) -> None:
    """Check a list: columns as they are understood, the first row, and every row that cannot be used.

    FILE is CSV, a workbook (.xlsx), or JSON; - reads standard input. Exit code 6 if rows cannot be used.
    """
    guests = await read_list(invocation, source, reading_of(invocation, **reading))
    say_understood(invocation, source, guests)
    try:
        if room or role:
            guests = await _looked_up(invocation, guests, room, role)
    finally:  # whatever alfaview says, or not: what is wrong with rows is told
        rows = problem_rows(invocation, guests)
        if rows or invocation.output != "table":
            invocation.show(rows, PROBLEM_COLUMNS)
    if guests.problems:
        raise await bad_rows(invocation, source, guests, report=report, shown=True)
    invocation.say("list-good", rows=guests.rows, warnings=len(guests.warnings))


async def _looked_up(invocation: Invocation, guests: GuestList, room: str, role: str) -> GuestList:
    # They load the HTTP client.
    from alfaview_async.bulk import RoomsAndRoles  # noqa: PLC0415 - see above
    from alfaview_async.cli.arguments.finding import Rooms, find_role, find_room  # noqa: PLC0415 - see above

    async with client(invocation) as alfaview:
        rooms = await Rooms.of(alfaview)
        groups = (await alfaview.business.permission_groups_list()).permission_groups
        if room:
            await find_room(invocation, alfaview, rooms, room)
        if role:
            find_role(invocation, groups, role)
    return RoomsAndRoles(rooms=rooms.by_id, roles=groups).usable(guests)
