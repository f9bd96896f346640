"""What the fields of a model are on the wire: their keys, and the kinds of their values."""

from enum import Enum
from types import UnionType
from typing import Annotated, Any, get_args, get_origin

import attrs
import cattrs

_OVERRIDE = type(cattrs.override())
"""cattrs exports the function that makes overrides, not their class."""


def wire_name(field: "attrs.Attribute[Any]") -> str:
    """Tell the key of a field on the wire: camelCase, but for the few that alfaview spells otherwise."""
    override = _override(field.type)
    if override is not None and override.rename is not None:
        return str(override.rename)
    first, *rest = field.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def travels_as_text(field: "attrs.Attribute[Any]") -> bool:
    """Tell whether a number is written as text."""
    override = _override(field.type)
    return override is not None and override.unstruct_hook is str


def travelling(model: type[Any]) -> "list[attrs.Attribute[Any]]":
    """Return the fields of a model that exist on the wire."""
    return [field for field in attrs.fields(model) if not field.name.startswith("_")]


def bare(kind: Any) -> Any:
    """Return a type without its annotations."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def optional(kind: Any) -> Any:
    """Return X of `X | None`, else `None`."""
    if not isinstance(kind, UnionType):
        return None
    return next(argument for argument in get_args(kind) if argument is not type(None))


def is_enum(kind: Any) -> bool:
    """Tell whether a type is an enumeration."""
    return isinstance(kind, type) and issubclass(kind, Enum)


def _override(kind: Any) -> Any:
    if get_origin(kind) is not Annotated:
        return None
    return next((note for note in get_args(kind)[1:] if isinstance(note, _OVERRIDE)), None)
