"""Reads a seed strictly: every mistake is told, with its place and what to do, and none is taken for something else."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Any, TypeGuard, get_args, get_origin

import attrs

from alfaview_async.emulator.habits import Habits, by_attribute
from alfaview_async.emulator.outbox import Mail, Outbox
from alfaview_async.errors import ConfigurationError
from alfaview_async.models.common import Model
from alfaview_async.models.guests import GroupLink, GuestLink
from alfaview_async.wire import UnreadableError, read, wire_name

_NAMES = {str: "text", bool: "true or false", int: "a whole number", list: "a list", dict: "an object"}
_LINKS: dict[object, type[Model]] = {"guest": GuestLink, "group": GroupLink}


class Reader:
    """Builds objects from plain JSON values.

    Attributes:
        mistakes: What did not fit so far; where there are some, what was built is not to be used.
    """

    def __init__(self) -> None:
        self.mistakes: list[str] = []

    def read(self, kind: Any, value: object, place: str) -> Any:
        """Build an object of a kind; `None` after a mistake."""
        if kind is Habits:
            return self._habits(value, place)
        if kind == GuestLink | GroupLink:
            return self._link(value, place)
        if kind is Outbox or get_origin(kind) is list:
            items = self._list(Mail if kind is Outbox else get_args(kind)[0], value, place)
            return Outbox(items or ()) if kind is Outbox else items
        if get_origin(kind) is dict:
            return self._map(get_args(kind)[1], value, place)
        if isinstance(kind, type) and issubclass(kind, Model):
            return self._model(kind, value, place)
        if attrs.has(kind):
            return self._object(kind, value, place)
        return self._scalar(kind, value, place)

    def _object(self, kind: Any, value: object, place: str) -> Any:
        if not self._is_object(value, place):
            return None
        fields = {wire_name(field): field for field in attrs.fields(kind)}
        found = {}
        for key in value.keys() - fields.keys():
            self._unknown(_below(place, key), fields)
        for key, field in fields.items():
            if value.get(key) is not None:
                found[field.name] = self.read(field.type, value[key], _below(place, key))
            elif field.default is attrs.NOTHING:
                self._add(_below(place, key), "is missing; every entry here has it")
        return None if self.mistakes else kind(**found)

    def _map(self, kind: Any, value: object, place: str) -> Any:
        if not self._is_object(value, place):
            return None
        return {key: self.read(kind, item, _below(place, key)) for key, item in value.items()}

    def _list(self, kind: Any, value: object, place: str) -> Any:
        if not isinstance(value, list):
            return self._is(list, value, place) or None
        return [self.read(kind, item, f"{place}[{number}]") for number, item in enumerate(value)]

    def _model(self, kind: type[Model], value: object, place: str) -> Model | None:
        try:
            found = read(kind, value)
        except UnreadableError as error:
            inner, _, what = str(error).partition(": ")
            self._add(place + inner.removeprefix("$"), f"{what}{_remedy(what)}")
            return None
        self._refuse_unknown(found, place)
        return found

    def _refuse_unknown(self, found: object, place: str) -> None:
        """The wire forgives unknown fields, as servers of tomorrow have them; in a seed they are misspelt."""
        if isinstance(found, Model):
            names = {wire_name(field): field for field in attrs.fields(type(found)) if not field.name.startswith("_")}
            for key in found.unknown_fields:
                self._unknown(_below(place, key), names)
            for key, field in names.items():
                self._refuse_unknown(getattr(found, field.name), _below(place, key))
        elif isinstance(found, list):
            for number, item in enumerate(found):
                self._refuse_unknown(item, f"{place}[{number}]")
        elif isinstance(found, dict):
            for key, item in found.items():
                self._refuse_unknown(item, _below(place, key))

    def _link(self, value: object, place: str) -> Any:
        if not self._is_object(value, place):
            return None
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in _LINKS:
            self._add(_below(place, "kind"), f"must be guest or group, not {kind!r}")
            return None
        return self._model(_LINKS[kind], {key: item for key, item in value.items() if key != "kind"}, place)

    def _habits(self, value: object, place: str) -> Habits | None:
        habits = Habits()
        try:
            habits.change(**by_attribute(value))
        except ConfigurationError as error:
            self._add(place, str(error))
            return None
        return habits

    def _scalar(self, kind: Any, value: object, place: str) -> Any:
        if isinstance(kind, UnionType):
            kind = next(inner for inner in get_args(kind) if inner is not type(None))
        if not issubclass(kind, datetime | Enum):
            return value if self._is(kind, value, place) else None
        is_time = issubclass(kind, datetime)
        try:
            return _moment(value) if is_time else getattr(kind, "from_wire", kind)(value)
        except (TypeError, ValueError):
            words = "a time with a zone" if is_time else f"one of {', '.join(str(one.value) for one in kind)}"
            self._add(place, f"expected {words}, found {value!r}")
            return None

    def _is_object(self, value: object, place: str) -> TypeGuard[dict[str, object]]:
        return self._is(dict, value, place)

    def _is(self, kind: type, value: object, place: str) -> bool:
        if type(value) is kind:
            return True
        expected = f"expected {_NAMES[kind]}, found {_NAMES.get(type(value), 'a number')}"
        self._add(place, expected + _remedy(expected))
        return False

    def _unknown(self, place: str, known: Mapping[str, object]) -> None:
        self._add(place, f"unknown; expected some of {', '.join(known)}")

    def _add(self, place: str, what: str) -> None:
        self.mistakes.append(f"{place or 'the seed'}: {what}")


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment


def _remedy(what: str) -> str:
    return "; put it in quotes" if what.startswith("expected text, found") and "obj" not in what else ""


def _below(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
