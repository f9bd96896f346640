"""Readers of models, compiled per model on first use, because a loop over fields costs many times as much.

A server sends its messages with the same few sets of keys over and over. Each model has one general reader, which
asks for every key; and for sets of keys that it has met often, readers that fetch just those and ask for nothing.
"""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args, get_origin

import attrs

from alfaview_async.generated import Hook, Source
from alfaview_async.wire_fields import bare, is_enum, optional, travelling, wire_name
from alfaview_async.wire_values import entries, flag, integer, items, moment, real, text

_OFTEN = 32
"""Messages with the same keys after which a reader for them pays: compiling costs what 200 general readings do."""
_MOST_READERS = 16
"""Compiled per model at most, whatever a server sends; so many sets of keys no model has met."""
_MOST_KEYS = 64
"""No model has half as many fields."""

_SCALARS: dict[type, tuple[str, str, Hook]] = {
    str: ("type({0}) is str", '""', text),
    bool: ("{0} is True or {0} is False", "False", flag),
    int: ("type({0}) is int", "0", integer),
    float: ("type({0}) is float", "0.0", real),
}
"""Type -> the test that settles most cases without a call, the zero, and the function for all other cases."""


class MessageReader:
    """Reads messages of one model, and learns which keys they usually have.

    Attributes:
        usual: Number of keys -> the reader for a set of so many keys that was met often. It raises nothing but what
            the values deserve: other keys of that number are read in general.
    """

    def __init__(self, model: type[Any]) -> None:
        self.usual: dict[int, Hook] = {}
        self._model = model
        self._general = _general_reader(model)
        self._met: Counter[tuple[str, ...]] = Counter()
        self._compiled = 0

    def __call__(self, value: Any, _model: object = None) -> Any:
        """Read a message; the second argument is what cattrs hands to its hooks."""
        return (self.usual.get(len(value)) or self.read)(value) if value else self.read(value)

    def read(self, value: object) -> Any:
        """Read a message whose keys are not known to be usual.

        Raises:
            TypeError, ValueError, AttributeError, OverflowError: The message does not fit the model.
        """
        message = entries(value)
        if self._compiled < _MOST_READERS and len(message) <= _MOST_KEYS:
            self._learn(message)
        return self._general(message)

    def _learn(self, message: dict[str, Any]) -> None:
        keys = tuple(message)
        self._met[keys] += 1
        if self._met[keys] >= _OFTEN:
            self.usual[len(keys)] = _reader_of_keys(self._model, keys, self.read)
            self._compiled += 1
            self._met.clear()
        elif len(self._met) > _OFTEN * _MOST_READERS:
            self._met.clear()  # these keys are not sent by anything that repeats itself


@cache
def message_reader(model: type[Any]) -> MessageReader:
    """Return the reader of a model."""
    return MessageReader(model)


@cache
def value_reader(kind: Any) -> Hook:
    """Return a function that reads a value of any kind that a field may have."""
    source = Source()
    source.lines += [*_reading(kind, "found", source), "return found"]
    return source.compile("v", "<reader of a value>")


def _general_reader(model: type[Any]) -> Hook:
    source = Source()
    fields = travelling(model)
    known = source.name(frozenset(map(wire_name, fields)))
    source.lines += [f"self = {source.name(model.__new__)}({source.name(model)})", "met = 0"]
    for field in fields:
        key, target = repr(wire_name(field)), f"self.{field.name}"
        reading = ["met += 1", f"v = value[{key}]", *_reading(bare(field.type), target, source)]
        source.lines += [f"if {key} in value:", *_indented(reading)]
        source.lines += ["else:", *_indented([f"{target} = {_zero(bare(field.type), source)}"])]
    source.lines += [
        f"self._unknown = None if met == len(value) else {{k: value[k] for k in value.keys() - {known}}}",
        "return self",
    ]
    return source.compile("value", f"<reader of {model.__name__}>")


def _reader_of_keys(model: type[Any], keys: tuple[str, ...], other: Hook) -> Hook:
    """Compile a reader for messages with exactly these keys; their number is known when it is called."""
    source = Source()
    fields = {wire_name(field): field for field in travelling(model)}
    source.lines += [f"self = {source.name(model.__new__)}({source.name(model)})", "try:"]
    for key, field in fields.items():
        if key in keys:
            reading = _reading(bare(field.type), f"self.{field.name}", source)
            source.lines += _indented([f"v = value[{key!r}]", *reading])
    unknown = tuple(key for key in keys if key not in fields)
    kept = f"{{k: value[k] for k in {source.name(unknown)}}}" if unknown else "None"
    source.lines += [*_indented([f"self._unknown = {kept}"]), "except KeyError:"]
    source.lines += _indented([f"return {source.name(other)}(value)"])
    for key, field in fields.items():
        if key not in keys:
            source.lines.append(f"self.{field.name} = {_zero(bare(field.type), source)}")
    source.lines.append("return self")
    return source.compile("value", f"<reader of {model.__name__} with {len(keys)} keys>")


def _zero(kind: Any, source: Source) -> str:
    """Return an expression for what an absent value is."""
    if kind in _SCALARS:
        return _SCALARS[kind][1]
    if optional(kind):
        return "None"
    if is_enum(kind):
        return source.name(next(iter(kind)))
    if get_origin(kind) in (list, dict):
        return "[]" if get_origin(kind) is list else "{}"
    return f"{source.name(message_reader(kind).read)}(None)"


def _reading(kind: Any, target: str, source: Source) -> list[str]:
    """Return statements that turn `v` into `kind` and put it where it belongs."""
    if get_origin(kind) not in (list, dict):
        return [f"{target} = {_expression(kind, 'v', source)}"]
    is_list = get_origin(kind) is list
    item = _expression(get_args(kind)[-1], "i", source)
    check = source.name(items if is_list else entries)
    plain = "list" if is_list else "dict"
    fill = (
        [f"{target} = [{item} for i in v]"]
        if is_list
        else ["read = {}", "for k, i in v.items():", f"    read[k] = {item}", f"{target} = read"]
    )
    return [
        "if v is None:",
        f"    {target} = {_zero(kind, source)}",
        "else:",
        *_indented([f"if type(v) is not {plain}: v = {check}(v)", *fill]),
    ]


def _expression(kind: Any, value: str, source: Source) -> str:
    """Return an expression that turns a variable into `kind`; common cases are decided without a call."""
    if kind in _SCALARS:
        test, _, convert = _SCALARS[kind]
        return f"{value} if {test.format(value)} else {source.name(convert)}({value})"
    inner = optional(kind)
    if inner is datetime:
        parse, utc = source.name(datetime.fromisoformat), source.name(UTC)
        return f"m if {value} and (m := {parse}({value})).tzinfo is {utc} else {source.name(moment)}({value})"
    if inner is not None:
        return f"None if {value} is None else {_expression(inner, value, source)}"
    if is_enum(kind):
        known = source.name({member.value: member for member in kind}.get)
        return f"{known}({value}) or {source.name(kind.from_wire)}({value})"
    if attrs.has(kind):
        reader = message_reader(kind)
        usual, read = source.name(reader.usual.get), source.name(reader.read)
        return f"(({usual}(len({value})) or {read})({value}) if {value} else {read}({value}))"
    return f"{source.name(value_reader(kind))}({value})"


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
