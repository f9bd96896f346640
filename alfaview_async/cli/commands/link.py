"""`alfactl link`: what a join link says, without asking anybody."""

import sys

import click

from alfaview_async import JoinLink, LaunchUrl
from alfaview_async.cli.declaring import Group, with_invocation
from alfaview_async.cli.examples import example
from alfaview_async.cli.invocation import Invocation

_HIDDEN = "…"
_COLUMNS = ("kind", "host", "company_id", "room_id", "access_key")
_LAUNCH_COLUMNS = ("kind", "company_id", "room_id", "token")


@click.group(cls=Group)
def link() -> None:
    """Look into join links, offline."""


@link.command(
    epilog=example(
        "alfactl link inspect 'https://app.alfaview.com/#/join/COMPANY/ROOM/KEY/v2'", "pbpaste | alfactl link inspect -"
    )
)
@click.argument("url")
@click.option("--reveal", is_flag=True, help="Show the access key too: whoever has it can enter.")
@with_invocation
def inspect(invocation: Invocation, url: str, *, reveal: bool) -> None:
    """Tell company and room of a join link or launch URL, as pasted from a mail or chat. Nothing is sent.

    URL may be - to read it from stdin, where no process list and no history shows it. Links for guests and for groups
    look the same; only alfaview knows which is which.
    """
    text = sys.stdin.read() if url == "-" else url
    if "--url=" in text or "alfaview://" in text.lower():
        launch = LaunchUrl.parse(text)
        row = {"kind": "launch-url", "company_id": launch.company_id, "room_id": launch.room_id}
        invocation.show_record(row | {"token": launch.token if reveal else _HIDDEN}, _LAUNCH_COLUMNS)
        return
    parts = JoinLink.parse(text)
    row = {"kind": "join-link", "host": parts.host, "company_id": parts.company_id, "room_id": parts.room_id}
    invocation.show_record(row | {"access_key": parts.access_key if reveal else _HIDDEN}, _COLUMNS)
