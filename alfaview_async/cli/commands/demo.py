"""`alfactl demo`: from a guest list to personal join links, on an emulator in this process."""

import sys
from pathlib import Path

import click

import alfaview_async
from alfaview_async import Alfaview, ApiKey
from alfaview_async.bulk import GuestLinks, GuestList, RowResult, RowStatus, invite
from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.guest_list import PROBLEM_COLUMNS, Reading, problem_rows, read_list
from alfaview_async.cli.jobs.outputs import Outputs
from alfaview_async.cli.jobs.progress import display
from alfaview_async.cli.output.rows import write_rows
from alfaview_async.emulator import Emulator
from alfaview_async.errors import NotFound
from alfaview_async.models.rooms import Room, RoomType

_ROOM, _ROLE = "Seminar A", "Participant"
_CHUNK = 5
"""Few rows a call, so that there is progress to see."""
_COLUMNS = ("line", "display_name", "email", "room", "status", "join_link")
_MAIL_COLUMNS = ("to", "language", "subject")


def sample_path() -> Path:
    """Return the sample list: beside the package in a checkout, inside it when installed."""
    package = Path(alfaview_async.__file__).parent
    installed = package / "examples" / "guests.csv"
    return installed if installed.exists() else package.parent / "examples" / "guests.csv"


@click.command(cls=Command, epilog=example("alfactl demo", "alfactl demo guests.xlsx -O links.xlsx"))
@click.argument("guest_list", required=False, type=click.Path(path_type=Path))
@click.option(
    "-O",
    "--links",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    default=(Path("links.csv"),),
    metavar="FILE",
    help="Where to write the links: .csv, .xlsx or .jsonl [links.csv].",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@asynchronous
async def demo(invocation: Invocation, guest_list: Path | None, *, links: tuple[Path, ...], force: bool) -> None:
    """See it work: a guest list becomes personal links, offline.

    GUEST_LIST is a list of yours; without it a sample is read. Nothing leaves this machine, nobody is mailed.
    """
    source = guest_list or sample_path()
    outputs = Outputs(links=links)
    outputs.check(invocation, force=force)
    invocation.check_fields(_COLUMNS)
    guests = await read_list(invocation, str(source), Reading())
    async with Emulator() as emulator:
        rejected = len({problem.line for problem in guests.problems})
        invocation.say("demo-emulator", url=emulator.base_url)
        invocation.say("demo-input", file=source.name, rows=guests.rows, rejected=rejected, encoding=guests.encoding)
        if guests.problems and not invocation.quiet:
            write_rows(problem_rows(invocation, guests), PROBLEM_COLUMNS, "table", sys.stderr)
        credentials = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
        async with Alfaview(credentials, base_url=emulator.base_url) as alfaview:
            await _make_missing_rooms(alfaview, guests)
            results = await _invited(invocation, alfaview, guests)
        invocation.show((_row(result) for result in results), _COLUMNS)
        written = await outputs.write(results, guests, invocation.settings["timezone"].value)
        created = sum(result.status is RowStatus.CREATED for result in results)
        invocation.say("demo-created", count=created, files=", ".join(written))
        if emulator.outbox and not invocation.quiet:
            invocation.say("demo-mails")
            mails = [{"to": mail.to, "language": mail.locale, "subject": mail.subject} for mail in emulator.outbox]
            write_rows(mails, _MAIL_COLUMNS, "table", sys.stderr)
            invocation.say("demo-first-mail", text=emulator.outbox[0].text)


async def _make_missing_rooms(alfaview: Alfaview, guests: GuestList) -> None:
    """The list of a stranger names rooms that the emulator has never heard of."""
    for name in sorted({guest.room for guest in guests.recipients if guest.room}):
        try:
            await alfaview.rooms.find(name)
        except NotFound:
            await alfaview.rooms.create(room=Room(display_name=name, type=RoomType.ROOM))


async def _invited(invocation: Invocation, alfaview: Alfaview, guests: GuestList) -> list[RowResult]:
    destination = GuestLinks(alfaview, room=_ROOM, role=_ROLE, send_email=True, chunk_size=_CHUNK)
    async with display(invocation, "demo", invocation.text("links-label")) as shown:
        results = [result async for result in invite(destination, guests, on_progress=shown.update)]
    return sorted(results, key=lambda result: result.recipient.line)


def _row(result: RowResult) -> dict[str, object]:
    guest = result.recipient
    return {
        "line": guest.line,
        "display_name": guest.display_name,
        "email": guest.email,
        "room": guest.room or _ROOM,
        "status": result.status,
        "join_link": result.join_link or str(result.error),
    }
