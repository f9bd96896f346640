"""The state of the emulator as JSON and back: to begin a test with one's own data, or to keep what a session made."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

import attrs
import cattrs
import orjson
from cattrs import BaseValidationError, transform_error
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.v import format_exception

from alfaview_async import wire
from alfaview_async.emulator.outbox import Mail, Outbox
from alfaview_async.emulator.state import Company, State
from alfaview_async.errors import ConfigurationError
from alfaview_async.models.common import Model
from alfaview_async.models.guests import GroupLink, GuestLink

_NOT_EXPORTED = frozenset({"clock", "ids", "tokens"})
"""Machinery, and who is logged in: a login is repeated by itself."""
_SHOWN_MISTAKES = 5


def export(state: State) -> dict[str, object]:
    """Write down what the emulator knows, as plain JSON values; passwords, codes and join links among it."""
    kept = {wire.wire_name(field): getattr(state, field.name) for field in _parts()}
    return cast("dict[str, object]", orjson.loads(orjson.dumps(_converter().unstructure(kept))))


def seed(state: State, data: Mapping[str, object]) -> None:
    """Replace all that the emulator knows; clock, ids and logins begin anew.

    Args:
        state: Changed only if all of the data is right.
        data: As `export` writes it; what is left out is empty.

    Raises:
        ConfigurationError: Something does not fit, or refers to something that is not there.
    """
    parts = {wire.wire_name(field): field for field in _parts()}
    if unknown := sorted(data.keys() - parts.keys()):
        raise ConfigurationError(f"unknown: {', '.join(unknown)}; expected some of: {', '.join(parts)}")
    found = {parts[name].name: _read(name, value, parts[name].type) for name, value in data.items()}
    _check_companies(found)
    state.clear()
    for name, value in found.items():
        setattr(state, name, value)


def _parts() -> list["attrs.Attribute[Any]"]:
    return [field for field in attrs.fields(State) if field.name not in _NOT_EXPORTED and field.init]


def _read(name: str, value: object, kind: Any) -> object:
    """Build one part of the state."""
    try:
        return _converter().structure(value, kind)
    except (BaseValidationError, ValueError, TypeError, AttributeError, KeyError) as error:
        mistakes = transform_error(error, path=name, format_exception=_explain)
        raise ConfigurationError("; ".join(mistakes[:_SHOWN_MISTAKES])) from None


def _explain(error: BaseException, kind: type | None) -> str:
    return str(error) if isinstance(error, wire.UnreadableError | ConfigurationError) else format_exception(error, kind)


def _check_companies(found: Mapping[str, Any]) -> None:
    companies: dict[str, Company] = found.get("companies", {})
    for key, company in companies.items():
        _check({key}, company.id, f"companies.{key}.id")
        for room_id, room in company.rooms.items():
            _check(company.rooms, room.parent_id, f"companies.{key}.rooms.{room_id}.parentId")
        for link_id, link in company.links.items():
            place = f"companies.{key}.links.{link_id}"
            _check({link_id}, link.id, f"{place}.id")
            _check(company.rooms, link.room_id, f"{place}.roomId")
            _check(company.permission_groups, link.permission_group_id, f"{place}.permissionGroupId")
    users = found.get("users", {})
    for key, user in users.items():
        for company_id in user.company_ids:
            _check(companies, company_id, f"users.{key}.companyIds")
    for key, api_key in found.get("api_keys", {}).items():
        _check(companies, api_key.company_id, f"apiKeys.{key}.companyId")
        _check(users, api_key.user_id, f"apiKeys.{key}.userId")


def _check(known: Any, wanted: str, place: str) -> None:
    if wanted and wanted not in known:
        raise ConfigurationError(f"{place}: {wanted!r} is not in the seed")


@cache
def _converter() -> cattrs.Converter:
    """Build the converter on first use: few emulators are ever exported."""
    converter = cattrs.Converter(forbid_extra_keys=True)

    def is_state(kind: Any) -> bool:
        return attrs.has(kind) and not (isinstance(kind, type) and issubclass(kind, Model))

    def is_model(kind: Any) -> bool:
        return isinstance(kind, type) and issubclass(kind, Model)

    def names(kind: Any) -> dict[str, Any]:
        return {field.name: override(rename=wire.wire_name(field)) for field in attrs.fields(kind)}

    converter.register_structure_hook_factory(
        is_state, lambda kind: make_dict_structure_fn(kind, converter, **names(kind))
    )
    converter.register_unstructure_hook_factory(
        is_state, lambda kind: make_dict_unstructure_fn(kind, converter, **names(kind))
    )
    converter.register_structure_hook_func(is_model, lambda value, kind: wire.read(kind, value))
    converter.register_unstructure_hook_func(is_model, wire.write)
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(Outbox, lambda value, _: Outbox(converter.structure(value, list[Mail])))
    converter.register_unstructure_hook(Outbox, lambda outbox: [converter.unstructure(mail) for mail in outbox])
    converter.register_structure_hook(GuestLink | GroupLink, _read_link)
    converter.register_unstructure_hook(GuestLink | GroupLink, _write_link)
    return converter


def _read_link(value: dict[str, object], _: object) -> GuestLink | GroupLink:
    kinds: dict[object, type[GuestLink | GroupLink]] = {"guest": GuestLink, "group": GroupLink}
    kind = value.get("kind")
    if kind not in kinds:
        raise wire.UnreadableError(f"kind must be guest or group, not {kind!r}")
    return wire.read(kinds[kind], {key: item for key, item in value.items() if key != "kind"})


def _write_link(link: GuestLink | GroupLink) -> dict[str, object]:
    return {"kind": "guest" if isinstance(link, GuestLink) else "group", **wire.write(link)}
