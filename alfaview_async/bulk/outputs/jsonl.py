"""The results as JSON lines, for programs."""

import os
from collections.abc import Iterable

import orjson

from alfaview_async.bulk.outputs.atomic import replacing
from alfaview_async.bulk.outputs.text import well_formed
from alfaview_async.bulk.results import RowResult


def write_jsonl(path: str | os.PathLike[str], results: Iterable[RowResult]) -> int:
    """Write one JSON object for each result, one a line, in the order of `results`.

    Its keys are the attributes of `Recipient`: `line`, `email`, `display_name`, `locale`, `role`, `room`, `valid_from`,
    `valid_until`, `extra`, and of `RowResult`: `key`, `status`, `link_id`, `join_link`, `error`, `mail`; all of them in
    every line. Times are ISO 8601 in UTC (`2030-01-14T07:30:00Z`) or null, `extra` holds the original cells by header,
    `line` is a number, the rest are texts. The file appears whole or not at all, and only its owner can read it.

    Blocking: within an event loop call `await asyncio.to_thread(write_jsonl, ...)`.

    Args:
        path: Where to write; an existing file is replaced.
        results: Gone through once; never copied.

    Returns:
        How many lines were written.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    written = 0
    with replacing(path) as file:
        for result in results:
            file.write(json_line(result))
            written += 1
    return written


def json_line(result: RowResult) -> bytes:
    """Return a result as one line of JSON with its line feed; it holds the link, so mind where it is printed."""
    guest = result.recipient
    return orjson.dumps(
        {
            "line": guest.line,
            "key": well_formed(result.key),
            "status": result.status.value,
            "email": well_formed(guest.email),
            "display_name": well_formed(guest.display_name),
            "locale": well_formed(guest.locale),
            "role": well_formed(guest.role),
            "room": well_formed(guest.room),
            "valid_from": guest.valid_from,
            "valid_until": guest.valid_until,
            "link_id": well_formed(result.link_id),
            "join_link": well_formed(result.join_link),
            "error": well_formed(str(result.error)) if result.error else "",
            "mail": result.mail.value,
            "extra": {well_formed(header): well_formed(cell) for header, cell in guest.extra.items()},
        },
        option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z,
    )
