"""Parameters of `alfactl api` from the command line, and replies as the plain JSON that they were."""

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import attrs

from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.models.common import Model
from alfaview_async.wire import wire_name, write

Json = dict[str, Any]


def body_of(invocation: Invocation, text: str, source: str, fields: Sequence[str]) -> Json:
    """Read parameters.

    Args:
        invocation: Of the command.
        text: A JSON object.
        source: Where it comes from, for messages.
        fields: Each `key=value`; dots in the key lead into objects, and a value that is JSON is taken as such.

    Raises:
        Failure: The text is no JSON object, or a field does not fit.
    """
    try:
        body = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise invocation.fail("api-input", Exit.REJECTED_INPUT, source=source, error=error) from error
    if not isinstance(body, dict):
        raise invocation.fail("api-input", Exit.REJECTED_INPUT, source=source, error=type(body).__name__)
    for field in fields:
        key, equals, value = field.partition("=")
        if not equals or not all(key.split(".")):
            raise invocation.fail("api-field", Exit.USAGE, name=key)
        *above, last = key.split(".")
        place = body
        for part in above:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise invocation.fail("api-no-object", Exit.USAGE, name=key, part=part)
        place[last] = _value(value)
    return body


def plain(message: Model) -> Json:
    """Return a message as JSON, with the fields that this version does not know."""
    written = write(message)
    _add_unknown(written, message)
    return written


def unknown_parameters(message: Model) -> list[tuple[str, list[str]]]:
    """Return the parameters that an operation does not have, each with the names that it was mistaken for."""
    return [
        (
            name,
            get_close_matches(name, [wire_name(field) for field in attrs.fields(type(model)) if field.name[0] != "_"]),
        )
        for model in _models(message)
        for name in model.unknown_fields
    ]


def _value(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return text


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _models(value: object) -> Iterator[Model]:
    if isinstance(value, Model):
        yield value
        for field in attrs.fields(type(value)):
            if not field.name.startswith("_"):
                yield from _models(getattr(value, field.name))
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _models(part)


def _add_unknown(written: Any, value: object) -> None:
    if isinstance(value, Model):
        for field in attrs.fields(type(value)):
            key = wire_name(field)
            if key in written:
                _add_unknown(written[key], getattr(value, field.name))
        written |= {key: part for key, part in value.unknown_fields.items() if key not in written}
    elif isinstance(value, list):
        for below, part in zip(written, value, strict=True):
            _add_unknown(below, part)
    elif isinstance(value, dict):
        for key, part in value.items():
            _add_unknown(written[key], part)
