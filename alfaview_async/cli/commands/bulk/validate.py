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
@click.option("--room", metavar="ROOM", default="", help="Find out whether it exists; else this works offline.")
@click.option("--role", metavar="ROLE", default="", help="Find out whether it exists.")
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
    rows = problem_rows(invocation, guests)
    if rows or invocation.output != "table":
        invocation.show(rows, PROBLEM_COLUMNS)
    if room or role:
        await _look_up(invocation, guests, room, role)
    if guests.problems:
        raise await bad_rows(invocation, source, guests, report=report, shown=True)
    invocation.say("list-good", rows=guests.rows, warnings=len(guests.warnings))


async def _look_up(invocation: Invocation, guests: GuestList, room: str, role: str) -> None:
    from alfaview_async.cli.arguments.finding import Rooms, find_role, find_room  # noqa: PLC0415 - loads the HTTP client

    async with client(invocation) as alfaview:
        if room:
            rooms = await Rooms.of(alfaview)
            for name in sorted({guest.room or room for guest in guests.recipients} | {room}):
                await find_room(invocation, alfaview, rooms, name)
        if role:
            groups = (await alfaview.business.permission_groups_list()).permission_groups
            for name in sorted({guest.role or role for guest in guests.recipients} | {role}):
                find_role(invocation, groups, name)
