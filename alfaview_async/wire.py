"""The converter between models and plain JSON values: every oddity of the wire, each with its reason.

Readers and writers are compiled per model on first use, because a generic loop over fields costs three times as much.
Reading is forgiving where ProtoJSON is (absent, `null` and zero are one) and strict elsewhere: text is never taken
for a flag, nor a number for text. The fast path does not track where it is; a failure is read again to find the place.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from itertools import count
from types import UnionType
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

import attrs
import cattrs

from alfaview_async.errors import ConfigurationError

T = TypeVar("T")
Hook = Callable[..., Any]

_MILLISECOND = 1000
_INT64 = 1 << 63
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_OVERRIDE = type(cattrs.override())
"""cattrs exports the function that makes overrides, not their class."""


class UnreadableError(ValueError):
    """A JSON value that does not fit its model; says where and why, without the value."""


def read(model: type[T], value: object) -> T:
    """Build a model from parsed JSON.

    Raises:
        UnreadableError: The value does not fit; the message holds the JSON path and the reason.
    """
    try:
        return converter.structure(value, model)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        reason = str(error)
    # Raised out here, the error has no context: its frames hold half-built objects, which cannot be printed.
    raise UnreadableError(_explain(model, value, "$") or f"$: {reason}")


def write(message: object) -> dict[str, object]:
    """Build plain JSON values from a model; zeros are left out, since the wire cannot tell them from absence.

    Raises:
        ConfigurationError: A time without zone, or something that is no time at all.
    """
    try:
        return cast("dict[str, object]", converter.unstructure(message))
    except (AttributeError, TypeError, KeyError) as error:
        raise ConfigurationError(f"{type(message).__name__} holds something of a wrong type: {error}") from None


def wire_name(field: "attrs.Attribute[Any]") -> str:
    """Tell the key of a field on the wire: camelCase, but for the few that alfaview spells otherwise."""
    override = _override(field.type)
    if override is not None and override.rename is not None:
        return str(override.rename)
    first, *rest = field.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise TypeError(f"expected text, found {_kind(value)}")


def _flag(value: object) -> bool:
    if value is None:
        return False
    raise TypeError(f"expected true or false, found {_kind(value)}")


def _integer(value: object) -> int:
    """Read 64-bit integers, which travel as text, and the small ones, which do not; Python would read `1_0` too."""
    if value is None or value == "":
        return 0
    whole = isinstance(value, float) and value == int(value)
    if (isinstance(value, str) and _INTEGER.fullmatch(value)) or isinstance(value, int) or whole:
        number = int(cast("str | float", value))
        if not isinstance(value, bool) and -_INT64 <= number < _INT64:
            return number
    raise TypeError(f"expected a 64-bit integer, found {_kind(value)}")


def _real(value: object) -> float:
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"expected a number, found {_kind(value)}")
    return float(value)


def _moment(value: object) -> datetime | None:
    """Read RFC 3339 with 0 to 9 digits of fraction; beyond microseconds they are cut."""
    if value == "":
        return None
    if not isinstance(value, str):
        raise TypeError(f"expected a time, found {_kind(value)}")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment.astimezone(UTC)


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    raise TypeError(f"expected a list, found {_kind(value)}")


def _map(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise TypeError(f"expected an object, found {_kind(value)}")


def _stamp(moment: object) -> str:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ConfigurationError(f"times must be datetimes with a zone, not {moment!r}; add tzinfo=...")
    try:
        utc = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ConfigurationError(f"{moment!r} is beyond the years 1 to 9999 in UTC; use None for open ends") from None
    whole_milliseconds = utc.microsecond % _MILLISECOND == 0
    return (
        utc.isoformat(timespec=("milliseconds" if utc.microsecond else "seconds") if whole_milliseconds else "auto")
        + "Z"
    )


def _kind(value: object) -> str:
    return {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}.get(
        type(value), "a number"
    )


class _Source:
    """Source text of one generated function and the objects it refers to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.scope: dict[str, Any] = {}
        self._numbers = count()

    def name(self, value: object) -> str:
        """Bind a value and return the name under which the source can use it."""
        name = f"_{next(self._numbers)}"
        self.scope[name] = value
        return name

    def compile(self, signature: str, label: str) -> Hook:
        """Turn the lines into a function."""
        source = "\n    ".join([f"def hook({signature}):", *self.lines])
        exec(compile(source, label, "exec"), self.scope)  # noqa: S102 - the source is ours, made from field names
        return cast("Hook", self.scope["hook"])


_SCALARS: dict[type, tuple[Hook, str]] = {
    str: (_text, '""'),
    bool: (_flag, "False"),
    int: (_integer, "0"),
    float: (_real, "0.0"),
}


def _reader(model: type[Any]) -> Hook:
    source = _Source()
    fields = _travelling(model)
    known = source.name(frozenset(map(wire_name, fields)))
    source.lines += [
        f"if value.__class__ is not dict: value = {source.name(_map)}(value)",
        f"self = {source.name(model.__new__)}({source.name(model)})",
        "get = value.get",
    ]
    for field in fields:
        kind = _bare(field.type)
        zero = f", {_SCALARS[kind][1]}" if kind in _SCALARS else ""
        source.lines += [f"v = get({wire_name(field)!r}{zero})", f"self.{field.name} = {_reading(kind, 'v', source)}"]
    source.lines += [
        f"self._unknown = None if value.keys() <= {known} else {{k: value[k] for k in value.keys() - {known}}}",
        "return self",
    ]
    return source.compile("value, model", f"<reader of {model.__name__}>")


def _reading(kind: Any, value: str, source: _Source) -> str:
    """Return an expression that turns `value` into `kind`; common cases are decided without a call."""
    if kind in _SCALARS:
        return f"{value} if {value}.__class__ is {kind.__name__} else {source.name(_SCALARS[kind][0])}({value})"
    optional = _optional(kind)
    if optional is datetime:
        return f"None if {value} is None else {source.name(_moment)}({value})"
    if optional is not None:
        return f"None if {value} is None else {_hook(optional, source)}({value}, None)"
    if _is_enum(kind):
        known = source.name({member.value: member for member in kind}.get)
        return f"{known}({value}) or {source.name(kind.from_wire)}({value})"
    if get_origin(kind) is list:
        items = f"{value} if {value}.__class__ is list else {source.name(_list)}({value})"
        return f"[] if {value} is None else [{_reading(get_args(kind)[0], 'i', source)} for i in ({items})]"
    if get_origin(kind) is dict:
        items = f"{value} if {value}.__class__ is dict else {source.name(_map)}({value})"
        item = _reading(get_args(kind)[1], "i", source)
        return f"{{}} if {value} is None else {{k: {item} for k, i in ({items}).items()}}"
    return f"{_hook(kind, source)}({value}, None)"


def _hook(model: Any, source: _Source) -> str:
    return source.name(converter.get_structure_hook(model))


def _writer(model: type[Any]) -> Hook:
    source = _Source()
    source.lines.append("out = {}")
    for field in _travelling(model):
        kind = _bare(field.type)
        override = _override(field.type)
        as_text = override is not None and override.unstruct_hook is str
        written = source.name(str) + "(v)" if as_text else _writing(kind, "v", source)
        condition = "v is not None" if _optional(kind) else "v"
        if _is_enum(kind):
            condition = f"v != {source.name(next(iter(kind)))}"
        source.lines += [f"v = self.{field.name}", f"if {condition}: out[{wire_name(field)!r}] = {written}"]
    source.lines.append("return out")
    return source.compile("self", f"<writer of {model.__name__}>")


def _writing(kind: Any, value: str, source: _Source) -> str:
    """Return an expression that turns `value` into plain JSON."""
    if kind in _SCALARS:
        return value
    optional = _optional(kind)
    if optional is datetime:
        return f"{source.name(_stamp)}({value})"
    if _is_enum(kind):
        member = f"{value} if {value}.__class__ is {source.name(kind)} else {source.name(kind.from_wire)}({value})"
        return f"{source.name(kind.to_wire)}({member})"
    if get_origin(kind) is list:
        return f"[{_writing(get_args(kind)[0], 'i', source)} for i in {value}]"
    if get_origin(kind) is dict:
        return f"{{k: {_writing(get_args(kind)[1], 'i', source)} for k, i in {value}.items()}}"
    return f"{source.name(converter.get_unstructure_hook(optional or kind))}({value})"


def _travelling(model: type[Any]) -> "list[attrs.Attribute[Any]]":
    return [field for field in attrs.fields(model) if not field.name.startswith("_")]


def _override(kind: Any) -> Any:
    if get_origin(kind) is not Annotated:
        return None
    return next((note for note in get_args(kind)[1:] if isinstance(note, _OVERRIDE)), None)


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _optional(kind: Any) -> Any:
    """Return X of `X | None`, else `None`."""
    if not isinstance(kind, UnionType):
        return None
    return next(argument for argument in get_args(kind) if argument is not type(None))


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _explain(kind: Any, value: object, path: str) -> str:
    """Find the first place in `value` that does not fit `kind`, and say what is wrong there."""
    kind = _optional(kind) or kind
    if value is None:
        return ""
    if attrs.has(kind) and isinstance(value, dict):
        parts = [(f"{path}.{wire_name(f)}", _bare(f.type), value.get(wire_name(f))) for f in _travelling(kind)]
    elif get_origin(kind) is list and isinstance(value, list):
        parts = [(f"{path}[{i}]", get_args(kind)[0], item) for i, item in enumerate(value)]
    elif get_origin(kind) is dict and isinstance(value, dict):
        parts = [(f"{path}[{key!r:.60}]", get_args(kind)[1], item) for key, item in value.items()]
    else:
        parts = []
    for place, part_kind, part in parts:
        if reason := _explain(part_kind, part, place):
            return reason
    return "" if parts else _reason(kind, value, path)


def _reason(kind: Any, value: object, path: str) -> str:
    if _is_enum(kind):
        convert: Hook = kind.from_wire
    else:
        source = _Source()
        source.lines.append(f"return {_reading(kind | None if kind is datetime else kind, 'v', source)}")
        convert = source.compile("v", "<one value>")
    try:
        convert(value)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        reason = str(error) if isinstance(error, TypeError) else f"not a valid {getattr(kind, '__name__', 'value')}"
        return f"{path}: {reason}"
    return ""


converter = cattrs.Converter()
"""The cattrs converter, for callers who store models as JSON themselves."""
converter.register_structure_hook_factory(attrs.has, _reader)
converter.register_unstructure_hook_factory(attrs.has, _writer)
