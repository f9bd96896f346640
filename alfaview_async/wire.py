"""The converter between models and plain JSON values.

Readers and writers are compiled per model on first use, because a generic loop over fields costs many times as much.
The fast path does not track where it is; a failure is read again to find the place.
"""

from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin

import attrs
import cattrs

from alfaview_async.errors import ConfigurationError
from alfaview_async.generated import Hook, Source
from alfaview_async.wire_fields import bare, is_enum, optional, travelling, travels_as_text, wire_name
from alfaview_async.wire_readers import message_reader, value_reader
from alfaview_async.wire_values import stamp

__all__ = ["MISFIT", "UnreadableError", "converter", "element_readers", "read", "wire_name", "write"]

T = TypeVar("T")
MISFIT = (TypeError, ValueError, AttributeError, OverflowError)
"""What a value that does not fit may raise, before it is explained."""


class UnreadableError(ValueError):
    """A JSON value that does not fit its model; says where and why, without the value."""


def read(model: type[T], value: object) -> T:
    """Build a model from parsed JSON.

    Raises:
        UnreadableError: The value does not fit; the message holds the JSON path and the reason.
    """
    kind: Any = model  # mypy doubts that classes are hashable
    try:
        return cast("T", message_reader(kind)(value))
    except MISFIT as error:
        reason = str(error)
    # Raised out here, the error has no context: its frames hold half-built objects, which cannot be printed.
    raise UnreadableError(_explain(model, value, "$") or f"$: {reason}")


@cache
def element_readers(model: type[Any]) -> dict[str, tuple[str, Hook]]:
    """Return what reads the lists and maps of a model piece by piece: key on the wire -> field, and a function.

    The functions take a list or map of some elements and return the like; what does not fit raises `MISFIT`.
    """
    return {
        wire_name(field): (field.name, value_reader(bare(field.type)))
        for field in travelling(model)
        if get_origin(bare(field.type)) in (list, dict)
    }


def write(message: object) -> dict[str, object]:
    """Build plain JSON values from a model; zeros are left out, since the wire cannot tell them from absence.

    Raises:
        ConfigurationError: A time without zone, or something that is no time at all.
    """
    try:
        model: Any = message.__class__  # mypy doubts that classes are hashable
        written: dict[str, object] = _writer_of(model)(message)
    except (AttributeError, TypeError, KeyError) as error:
        raise ConfigurationError(f"{type(message).__name__} holds something of a wrong type: {error}") from None
    return written


@cache
def _writer_of(model: type[object]) -> Hook:
    """Return the function that cattrs would look up each time."""
    return converter.get_unstructure_hook(model)


def _writer(model: type[Any]) -> Hook:
    source = Source()
    source.lines.append("out = {}")
    for field in travelling(model):
        kind = bare(field.type)
        written = source.name(str) + "(v)" if travels_as_text(field) else _writing(kind, "v", source)
        condition = "v is not None" if optional(kind) else "v"
        if is_enum(kind):
            condition = f"v != {source.name(next(iter(kind)))}"
        source.lines += [f"v = self.{field.name}", f"if {condition}: out[{wire_name(field)!r}] = {written}"]
    source.lines.append("return out")
    return source.compile("self", f"<writer of {model.__name__}>")


def _writing(kind: Any, value: str, source: Source) -> str:
    """Return an expression that turns `value` into plain JSON."""
    if kind in (str, bool, int, float):
        return value
    inner = optional(kind)
    if inner is datetime:
        return f"{source.name(stamp)}({value})"
    if is_enum(kind):
        member = f"{value} if {value}.__class__ is {source.name(kind)} else {source.name(kind.from_wire)}({value})"
        return f"{source.name(kind.to_wire)}({member})"
    if get_origin(kind) is list:
        return f"[{_writing(get_args(kind)[0], 'i', source)} for i in {value}]"
    if get_origin(kind) is dict:
        return f"{{k: {_writing(get_args(kind)[1], 'i', source)} for k, i in {value}.items()}}"
    return f"{source.name(converter.get_unstructure_hook(inner or kind))}({value})"


def _explain(kind: Any, value: object, path: str) -> str:
    """Find the first place in `value` that does not fit `kind`, and say what is wrong there."""
    kind = optional(kind) or kind
    reason = "" if value is None else _complaint(kind, value)
    if not reason:
        return ""
    parts: list[tuple[str, Any, object]] = []
    if attrs.has(kind) and isinstance(value, dict):
        parts = [(f"{path}.{wire_name(f)}", bare(f.type), value.get(wire_name(f))) for f in travelling(kind)]
    elif get_origin(kind) is list and isinstance(value, list):
        parts = [(f"{path}[{i}]", get_args(kind)[0], item) for i, item in enumerate(value)]
    elif get_origin(kind) is dict and isinstance(value, dict):
        parts = [(f"{path}[{key!r:.60}]", get_args(kind)[1], item) for key, item in value.items()]
    return next(
        filter(None, (_explain(part_kind, part, place) for place, part_kind, part in parts)), f"{path}: {reason}"
    )


def _complaint(kind: Any, value: object) -> str:
    """Say why a value does not fit, if it does not."""
    if is_enum(kind):
        convert: Hook = kind.from_wire
    elif attrs.has(kind):
        convert = message_reader(kind).read
    else:
        convert = value_reader(kind | None if kind is datetime else kind)
    try:
        convert(value)
    except MISFIT as error:
        return str(error) if isinstance(error, TypeError) else f"not a valid {getattr(kind, '__name__', 'value')}"
    return ""


converter = cattrs.Converter()
"""The cattrs converter, for callers who store models as JSON themselves."""
converter.register_structure_hook_factory(attrs.has, message_reader)
converter.register_unstructure_hook_factory(attrs.has, _writer)
