"""`alfactl api`: any operation of alfaview by its name, in JSON."""

import json
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alfaview_async.cli.commands.api.bodies import body_of, plain, unknown_parameters
from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import client
from alfaview_async.cli.output.asking import interruptible_reading
from alfaview_async.errors import BadReply, OutcomeUnknown, PartialError
from alfaview_async.models.common import Reply, Request
from alfaview_async.operation import Row, StreamOperation, descriptions
from alfaview_async.services import operations, service
from alfaview_async.wire import UnreadableError, read

if TYPE_CHECKING:
    from alfaview_async import Alfaview

_PATH = re.compile(r"[A-Za-z0-9_.]+(?:/[A-Za-z0-9_]+)+")
_COLUMNS = ("path", "method", "stream", "repeatable", "deprecated", "description")
_SOME = ("path", "method", "description")


@click.command(
    cls=Command,
    epilog=example(
        "alfactl api --list",
        "alfactl api roomService/list -f limit=5 -f 'filterRoomTypes=[\"ROOM_TYPE_ROOM\"]'",
        "alfactl api roomService/create -f room.displayName=Aula -f room.quotas.activeParticipants=20",
        "alfactl api businessLogicService/streamTaskProgress -f trackingInfo.taskId=TASK_ID",
    ),
)
@click.argument("path", metavar="SERVICE/METHOD", required=False, default="")
@click.option("-f", "--field", "fields_of_body", multiple=True, metavar="KEY=VALUE", help="A parameter; see above.")
@click.option(
    "--input", "source", metavar="FILE|-", default="", help="Read the parameters from a file of JSON, or stdin."
)
@click.option("--list", "listing", is_flag=True, help="List the operations that are known.")
@asynchronous
async def api(
    invocation: Invocation, path: str, *, fields_of_body: tuple[str, ...], source: str, listing: bool
) -> None:
    """Call any operation by its name. Token and request id are added; the answer is JSON, streams are JSON lines.

    Parameters have the names of the wire: room.displayName=Aula. Dots lead into objects. A VALUE that is JSON is taken
    as such, anything else as text; quote a text that looks like a number: code='"0815"'. What --field says counts more
    than what --input says. Operations that are not known are sent as they are, and never repeated by themselves.
    """
    if listing:
        invocation.show(list(_known()), _COLUMNS if invocation.json or invocation.fields else _SOME)
        return
    if not _PATH.fullmatch(path):
        raise invocation.fail("api-path", Exit.USAGE, path=path)
    body = body_of(invocation, _text(invocation, source) if source else "{}", source, fields_of_body)
    operation = next((row for _, _, row in operations() if row.path == path), None)
    request = _request(invocation, operation, body) if operation else None
    if invocation.dry_run:
        invocation.say("dry-run", what=invocation.text("call-operation", path=path))
        _write(invocation, body)
        return
    async with client(invocation) as alfaview:
        if operation is None or request is None:
            await _call_raw(invocation, alfaview, path, body)
        elif isinstance(operation, StreamOperation):
            async for answer in alfaview.stream(operation, request):
                click.echo(json.dumps(plain(answer), ensure_ascii=False))
                sys.stdout.flush()
        else:
            try:
                _write(invocation, plain(await alfaview.call(operation, request)))
            except PartialError as error:
                if isinstance(error.reply, Reply):
                    _write(invocation, plain(error.reply))
                raise


def _request(invocation: Invocation, operation: Row, body: dict[str, Any]) -> Request:
    kind: Any = operation.request  # rows are declared with the class; its type says that it can be called
    try:
        request: Request = read(kind, body)
    except UnreadableError as error:
        raise invocation.fail("api-parameter", Exit.USAGE, path=operation.path, error=error) from error
    for name, close in unknown_parameters(request):
        failure = invocation.fail("api-unknown-parameter", Exit.USAGE, path=operation.path, name=name)
        if close:
            failure.details = (invocation.text("did-you-mean", meant=", ".join(close)),)
        raise failure
    return request


async def _call_raw(invocation: Invocation, alfaview: "Alfaview", path: str, body: dict[str, Any]) -> None:
    try:
        answer = await alfaview.call_raw(path, body)
    except OutcomeUnknown as error:
        if isinstance(error.__cause__, BadReply) and error.__cause__.http_status == HTTPStatus.NOT_FOUND:
            raise _no_operation(invocation, path) from error  # no service has seen it, so nobody has done it
        raise
    _write(invocation, answer)


def _no_operation(invocation: Invocation, path: str) -> Failure:
    failure = invocation.fail("no-operation", Exit.NOT_FOUND, path=path)
    if close := get_close_matches(path, [row.path for _, _, row in operations()]):
        failure.details = (invocation.text("did-you-mean", meant=", ".join(close)),)
    return failure


def _text(invocation: Invocation, source: str) -> str:
    try:
        with interruptible_reading():
            return sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise invocation.fail("api-input", Exit.REJECTED_INPUT, source=source, error=error) from error


def _write(invocation: Invocation, answer: object) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=None if invocation.output == "jsonl" else 2))


def _known() -> Iterator[dict[str, object]]:
    for attribute, method, row in operations():
        yield {
            "path": row.path,
            "method": f"{attribute}.{method}",
            "stream": isinstance(row, StreamOperation),
            "repeatable": row.idempotent,
            "deprecated": row.deprecated,
            "description": " ".join(descriptions(service(attribute)).get(method, "").split()),
        }
