"""`alfactl bulk create`: from a list, or an Invitario event, to links."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from alfaview_async.bulk import Duplicates, Existing, GuestList, Mode
from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.begin import Choices, begin, guest_links
from alfaview_async.cli.jobs.destination import effect_option
from alfaview_async.cli.jobs.guest_list import list_options, read_list, reading_of, refuse_bad_rows, say_understood
from alfaview_async.cli.jobs.invitario_list import EVENT_PREFIX, read_event
from alfaview_async.cli.jobs.outputs import Outputs, output_options
from alfaview_async.cli.logins.client import client


@click.command(
    "create",
    cls=Command,
    epilog=example(
        "alfactl bulk create guests.csv --room 'Seminar A' --role Participant -O links.csv",
        "alfactl bulk create guests.xlsx --room 'Seminar A' --role Participant --send-email --skip-invalid",
        "alfactl bulk create invitario:123 --room 'Seminar A' --role Participant --only-new",
    ),
)
@click.argument("source", metavar="FILE|-|invitario:EVENT")
@click.option("--room", metavar="ROOM", default="", help="For guests whose row names none.")
@click.option("--role", metavar="ROLE", default="", help="For guests whose row names none.")
@click.option("--send-email", is_flag=True, help="Let alfaview mail each guest the link; it cannot be called back.")
@click.option("--skip-invalid", is_flag=True, help="Leave out rows that cannot be used, and send the others.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Where to write what is wrong.")
@click.option("--only-new", is_flag=True, help="Leave out rows that an earlier job has done.")
@click.option("--again", is_flag=True, help="Make second links for rows that an earlier job has done.")
@click.option(
    "--existing",
    type=click.Choice([policy.value for policy in Existing]),
    default=Existing.ERROR.value,
    show_default=True,
    help="What to do with guests who have such a link in the room.",
)
@click.option(
    "--duplicates",
    type=click.Choice([policy.value for policy in Duplicates]),
    default=Duplicates.ERROR.value,
    show_default=True,
    help="What to do with guests who are there twice.",
)
@click.option(
    "--mode",
    type=click.Choice([mode.value.replace("_", "-") for mode in Mode]),
    default=Mode.RECONCILED.value,
    show_default=True,
    help="What to do when an answer is lost: look, give up, or mail only when all links are made.",
)
@effect_option
@output_options
@list_options
@asynchronous
async def create(
    invocation: Invocation,
    /,
    source: str,
    *,
    room: str,
    role: str,
    skip_invalid: bool,
    report: Path | None,
    send_email: bool,
    only_new: bool,
    again: bool,
    existing: str,
    duplicates: str,
    mode: str,
    effect_within: float,
    links: tuple[Path, ...],
    ics: Path | None,
    qr: Path | None,
    title: str,
    force: bool,
    **reading: Any,
) -> None:
    """Create a personal link for each guest of a list.

    All rows are checked before the first is sent. What is done is in a journal: after Ctrl-C, a crash or a power cut
    `alfactl bulk resume` goes on, and nobody is invited twice. The links go to the files of -O, or to stdout.
    """
    from_event = source.startswith(EVENT_PREFIX)
    choices = Choices(
        send_email=send_email,
        only_new=only_new,
        again=again,
        existing=Existing(existing),
        duplicates=Duplicates.ALLOW if from_event and duplicates == Duplicates.ERROR else Duplicates(duplicates),
        mode=Mode(mode.replace("-", "_")),
        effect_within=effect_within,
    )
    choices.check(invocation)
    outputs = Outputs(links=links, ics=ics, qr=qr, title=title or room)
    outputs.check(invocation, force=force)
    how = reading_of(invocation, **reading)
    if from_event:
        guests = await read_event(invocation, source.removeprefix(EVENT_PREFIX), how)
    else:
        guests = await read_list(invocation, source, how, duplicates=choices.duplicates)
    if guests.columns:
        say_understood(invocation, source, guests)
    checked = partial(refuse_bad_rows, invocation, source, report=report, skip_invalid=skip_invalid)
    own_names = any(guest.room or guest.role for guest in guests.recipients)
    if not own_names:  # else alfaview is asked first, to name all that is wrong at once
        await checked(guests)
    if not guests.recipients:
        invocation.say("nothing-new")
        return
    async with client(invocation) as alfaview:
        destination, guests = await guest_links(invocation, alfaview, room, role, guests, choices)
        if own_names:
            await checked(guests)
        outputs.check_guests(invocation, guests)
        await begin(
            invocation,
            destination,
            guests,
            source=source if from_event else Path(source).name,
            outputs=outputs,
            choices=choices,
            where=_where(invocation, guests, room),
            kind="links",
        )


def _where(invocation: Invocation, guests: GuestList, room: str) -> str:
    rooms = {guest.room or room or invocation.settings["room"].value for guest in guests.recipients}
    return f'"{min(rooms)}"' if len(rooms) == 1 else invocation.text("rooms", count=len(rooms))
