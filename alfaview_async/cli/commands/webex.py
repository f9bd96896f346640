"""`alfactl webex`: invitations to Webex meetings, by the same engine as guest links."""

from pathlib import Path
from typing import Any

import click

from alfaview_async.bulk import Existing, WebexMeeting
from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.begin import Choices, begin
from alfaview_async.cli.jobs.destination import effect_option, listed_within
from alfaview_async.cli.jobs.guest_list import list_options, read_list, reading_of, refuse_bad_rows, say_understood
from alfaview_async.cli.jobs.outputs import Outputs, file_options
from alfaview_async.cli.logins.webex import webex_client


@click.group(cls=Group)
def webex() -> None:
    """Webex meetings. The access token comes from WEBEX_ACCESS_TOKEN, or from stdin."""


@webex.command(epilog=example("alfactl webex invite guests.csv --meeting 870f51ff287b41be8419412738dcfccd_I_123"))
@click.argument("source", metavar="FILE")
@click.option("--meeting", required=True, metavar="ID", help="Of the series, or of a scheduled meeting.")
@click.option("--host-email", default="", metavar="ADDRESS", help="The host for whom an administrator invites.")
@click.option("--send-email", is_flag=True, help="Let Webex mail each guest; it cannot be called back.")
@click.option("--token-stdin", is_flag=True, help="Read the access token from stdin.")
@click.option("--skip-invalid", is_flag=True, help="Leave out rows that cannot be used, and send the others.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Where to write what is wrong.")
@click.option("--only-new", is_flag=True, help="Leave out rows that an earlier job has done.")
@click.option(
    "--existing",
    type=click.Choice([Existing.ERROR.value, Existing.SKIP.value]),
    default=Existing.ERROR.value,
    show_default=True,
    help="What to do with guests who are invited already.",
)
@effect_option
@file_options
@list_options
@asynchronous
async def invite(
    invocation: Invocation,
    /,
    source: str,
    *,
    meeting: str,
    host_email: str,
    send_email: bool,
    token_stdin: bool,
    skip_invalid: bool,
    report: Path | None,
    only_new: bool,
    existing: str,
    effect_within: float,
    links: tuple[Path, ...],
    force: bool,
    **reading: Any,
) -> None:
    """Invite each guest of a list to a meeting; a row's role may be cohost or panelist.

    `alfactl bulk resume`, `show`, `revoke` and the others work with such jobs too.
    """
    if source == "-" and token_stdin:
        raise invocation.fail("stdin-twice", Exit.USAGE)
    choices = Choices(
        send_email=send_email, only_new=only_new, existing=Existing(existing), effect_within=effect_within
    )
    outputs = Outputs(links=links)
    outputs.check(invocation, force=force)
    guests = await read_list(invocation, source, reading_of(invocation, **reading))
    say_understood(invocation, source, guests)
    await refuse_bad_rows(invocation, source, guests, report=report, skip_invalid=skip_invalid)
    async with webex_client(invocation, token_stdin=token_stdin) as client:
        destination = WebexMeeting(
            client,
            meeting_id=meeting,
            send_email=send_email,
            host_email=host_email,
            effect_within=effect_within,
            listed_within=listed_within(effect_within),
        )
        await begin(
            invocation,
            destination,
            guests,
            source=Path(source).name,
            outputs=outputs,
            choices=choices,
            where=meeting,
            kind="webex",
        )
