"""From plain JSON values to what an emulator begins with, and back; a seed is right as a whole, or is refused."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import attrs
import orjson

from alfaview_async.emulator.seeds.completion import completed
from alfaview_async.emulator.seeds.reading import Reader
from alfaview_async.emulator.seeds.references import dangling
from alfaview_async.emulator.state import Contents
from alfaview_async.errors import ConfigurationError
from alfaview_async.models.common import Model
from alfaview_async.models.guests import GroupLink, GuestLink
from alfaview_async.wire import wire_name, write

_SHOWN_MISTAKES = 10


def contents_of(data: Mapping[str, object], source: str) -> Contents:
    """Build the contents of an emulator.

    Args:
        data: As `plain` writes it, and as `completed` adds to what was written by hand.
        source: Where the data comes from, for messages.

    Raises:
        ConfigurationError: What does not fit, or refers to something that is not there: up to ten mistakes, each with
            its place.
    """
    try:
        whole = orjson.loads(orjson.dumps(dict(data)))
    except TypeError as error:
        raise ConfigurationError(f"{source}: a seed holds what JSON can hold: {error}") from None
    reader = Reader()
    contents = reader.read(Contents, completed(whole), "")
    mistakes = reader.mistakes or list(dangling(contents))
    if not mistakes and isinstance(contents, Contents):
        return contents
    shown = mistakes[:_SHOWN_MISTAKES]
    if more := len(mistakes) - len(shown):
        shown.append(f"and {more} more")
    if len(mistakes) == 1:
        raise ConfigurationError(f"{source}: {mistakes[0]}")
    raise ConfigurationError(f"{source} has {len(mistakes)} mistakes:\n" + "\n".join(shown))


def plain(contents: Contents) -> dict[str, object]:
    """Write down contents as plain JSON values; passwords, codes and join links among them."""
    return {wire_name(field): _plain(getattr(contents, field.name)) for field in attrs.fields(Contents)}


def _plain(value: Any) -> object:
    if isinstance(value, GuestLink | GroupLink):
        return {"kind": "guest" if isinstance(value, GuestLink) else "group", **write(value)}
    if isinstance(value, Model):
        return write(value)
    if attrs.has(type(value)):
        return {wire_name(field): _plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
