"""`alfactl bulk template`: a list to begin with."""

import csv
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from alfaview_async.bulk.outputs.atomic import replacing
from alfaview_async.cli.declaring import Command, with_invocation
from alfaview_async.cli.examples import example
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation


@click.command(
    cls=Command, epilog=example("alfactl bulk template -O guests.csv", "alfactl bulk template --lang de > gaeste.csv")
)
@click.option(
    "-O",
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it so that Excel opens it.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@with_invocation
def template(invocation: Invocation, *, to: Path | None, force: bool) -> None:
    """Print a list with all columns and one made-up guest; --lang says in which language.

    Only the address must be there; columns may be left out, have other names, and stand in any order.
    """
    content = _content(invocation)
    if to is None:
        sys.stdout.write(content)
        return
    if to.exists() and not force:
        raise invocation.fail("output-exists", Exit.USAGE, files=to)
    with replacing(to) as file:
        file.write(content.replace("\n", "\r\n").encode("utf-8-sig"))
    invocation.say("template-written", file=to)


def _content(invocation: Invocation) -> str:
    year = datetime.now(UTC).year + 1
    text = io.StringIO()
    writer = csv.writer(text, delimiter=invocation.text("template-delimiter"), lineterminator="\n")
    for key in ("template-header", "template-guest"):
        writer.writerow(invocation.text(key, year=year).split("|"))
    return text.getvalue()
