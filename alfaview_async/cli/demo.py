"""`alfactl demo`: from a guest list to personal join links, on an emulator in this process."""

import asyncio
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from alfaview_async import Alfaview, ApiKey
from alfaview_async.bulk import GuestLinks, GuestList, RowResult, RowStatus, invite, read_recipients, write_csv
from alfaview_async.emulator import Emulator
from alfaview_async.errors import NotFound
from alfaview_async.models.rooms import Room, RoomType

_ROOM, _ROLE = "Seminar A", "Participant"
_LINK_WIDTH = 150
"""A link that is folded cannot be copied; one that the terminal wraps can."""


def sample_path() -> Path:
    """Return the sample list: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).parents[1]
    installed = package / "examples" / "guests.csv"
    return installed if installed.exists() else package.parent / "examples" / "guests.csv"


@click.command()
@click.argument("guest_list", required=False, type=click.Path(path_type=Path))
@click.option(
    "-O",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("links.csv"),
    show_default=True,
    help="Where to write the links.",
)
def demo(guest_list: Path | None, output: Path) -> None:
    """See it work: a guest list becomes personal links, offline.

    GUEST_LIST is a CSV file of yours; without it a sample is read. Nothing leaves this machine, nobody is mailed.
    """
    asyncio.run(_demo(guest_list or sample_path(), output))


async def _demo(source: Path, output: Path) -> None:
    out = Console(highlight=False)
    out.width = max(out.width, _LINK_WIDTH)
    guests = await asyncio.to_thread(read_recipients, source, skip_invalid=True)
    async with Emulator() as emulator:
        out.print(f"emulator  {emulator.base_url} (in this process; nothing leaves this machine)")
        rejected = len({problem.line for problem in guests.problems})
        out.print(f"input     {source.name}: {guests.rows} rows, {rejected} rejected ({guests.encoding})")
        credentials = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
        async with Alfaview(credentials, base_url=emulator.base_url) as alfaview:
            await _make_missing_rooms(alfaview, guests)
            results = await _invited(alfaview, guests)
        await asyncio.to_thread(write_csv, output, guests, results)
        out.print(_links(results))
        if guests.problems:
            out.print(_problems(guests))
        created = sum(result.status is RowStatus.CREATED for result in results)
        out.print(f"[green]✓[/] {created} links created, written to {escape(str(output))}")
        mails = Table("to", "language", "subject", title="mails that alfaview would have sent", title_justify="left")
        for mail in emulator.outbox:
            mails.add_row(mail.to, mail.locale, escape(mail.subject))
        out.print(mails)
        if emulator.outbox:
            out.print("the first of them:")
            out.print(emulator.outbox[0].text, markup=False, soft_wrap=True)


async def _make_missing_rooms(alfaview: Alfaview, guests: GuestList) -> None:
    """The list of a stranger names rooms that the emulator has never heard of."""
    for name in sorted({guest.room for guest in guests.recipients if guest.room}):
        try:
            await alfaview.rooms.find(name)
        except NotFound:
            await alfaview.rooms.create(room=Room(display_name=name, type=RoomType.ROOM))


async def _invited(alfaview: Alfaview, guests: GuestList) -> list[RowResult]:
    destination = GuestLinks(alfaview, room=_ROOM, role=_ROLE, send_email=True, chunk_size=5)
    columns = (TextColumn("creating links"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=len(guests.recipients))
        return [
            result
            async for result in invite(
                destination, guests, on_progress=lambda progress: bar.update(task, completed=progress.done)
            )
        ]


def _links(results: list[RowResult]) -> Table:
    table = Table("line", "guest and link", title="guests and their links", title_justify="left", box=None)
    for result in sorted(results, key=lambda result: result.recipient.line):
        guest = result.recipient
        link = result.join_link or f"{result.status.value}: {result.error}"
        table.add_row(str(guest.line), escape(f"{guest.display_name} <{guest.email}>, {guest.room or _ROOM}\n{link}"))
    return table


def _problems(guests: GuestList) -> Table:
    table = Table(
        "line", "column", "value", "reason", title="rejected, nothing was sent for these", title_justify="left"
    )
    for problem in guests.problems:
        hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
        table.add_row(*map(escape, (str(problem.line), problem.column, problem.value, problem.reason + hint)))
    return table
