"""The facts of the wire, kept as data, and a comparison of our operations and models with them."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import attrs

from alfaview_async.models.common import AccessInfo, AccessPlace, InfoPlace, Int64, Reply, ReplyInfo, Request
from alfaview_async.models.enums import OpenEnum
from alfaview_async.operation import Row, StreamOperation
from alfaview_async.wire import wire_name

Facts = dict[str, Any]
SCALARS: dict[str, object] = {
    "string": str,
    "base64": str,
    "bool": bool,
    "int": int,
    "int64-string": Int64,
    "float": float,
    "timestamp": datetime | None,
}
ENVELOPE_OF_REQUESTS = {"accessInfo": {"ref": "CommonAccessInfo"}, "requestId": "string"}
ENVELOPE_OF_REPLIES = {
    "replyInfo": {"ref": "CommonReplyInfo"},
    "requestId": "string",
    "statusCode": {"ref": "CommonReplyStatusCode"},
    "statusMessage": "string",
}


def wire_facts() -> Facts:
    """Read the facts; a fresh copy each time."""
    found: Facts = json.loads((Path(__file__).parent / "data" / "wire_v1.json").read_text())
    return found


def operations_in(facts: Facts) -> dict[str, Facts]:
    """Return the facts of each operation by its path."""
    return {f"{service}/{name}": said for service, table in facts["operations"].items() for name, said in table.items()}


class Comparison:
    """Compares rows with facts, recursively, and collects what differs.

    Attributes:
        differences: One sentence for each, with the place.
        pairs: Every message and enumeration of the facts that was met, and the classes that stand for it.
    """

    def __init__(self, facts: Facts) -> None:
        self.differences: list[str] = []
        self.pairs: dict[str, set[type]] = {}
        self._facts = facts

    def table(self, rows: Iterable[Row]) -> list[str]:
        """Compare all rows, and that there are no others; return the differences."""
        ours = {row.path: row for row in rows}
        theirs = operations_in(self._facts)
        self._check("operations", sorted(ours), sorted(theirs))
        for path in ours.keys() & theirs.keys():
            self.operation(ours[path])
        return self.differences

    def operation(self, row: Row) -> list[str]:
        """Compare one row; return the differences."""
        said = operations_in(self._facts).get(row.path)
        if said is None:
            self.differences.append(f"{row.path}: no such operation")
            return self.differences
        self._check(f"{row.path} deprecated", row.deprecated, said.get("deprecated", False))
        self._request(f"{row.path} request", said["request"], row.request)
        reply = said["reply"]
        self._check(f"{row.path} stream", isinstance(row, StreamOperation), reply.startswith("StreamResultOf"))
        if reply.startswith("StreamResultOf"):
            frame = self._facts["models"][reply]
            self._check(f"{row.path} frame", {"result", "error"}, set(frame))
            reply = frame["result"]["ref"]
        self._reply(f"{row.path} reply", reply, row.reply)
        return self.differences

    def _request(self, place: str, name: str, model: Any) -> None:
        if name == "CommonAccessInfo":
            self._check(f"{place} access info", model.ACCESS, AccessPlace.BODY)
            self._check(f"{place} fields", names_of(model), set())
            return self._message(place, name, AccessInfo)
        said = self._facts["models"][name]
        access = AccessPlace.FIELD if "accessInfo" in said else AccessPlace.NOWHERE
        access = AccessPlace.REQUEST_ID if "requestId" in said else access
        self._check(f"{place} access info", model.ACCESS, access)
        return self._message(place, name, model)

    def _reply(self, place: str, name: str, model: type[Reply]) -> None:
        if name == "CommonReplyInfo":
            self._check(f"{place} reply info", model.INFO, InfoPlace.BODY)
            self._check(f"{place} fields", names_of(model), {"replyInfo"})
            return self._message(place, name, ReplyInfo)
        said = self._facts["models"][name]
        info = InfoPlace.FIELD if "replyInfo" in said else InfoPlace.NOWHERE
        info = InfoPlace.BOTH if "statusCode" in said else info
        self._check(f"{place} reply info", model.INFO, info)
        if "replyInfo" in said:
            self._message(f"{place}.replyInfo", "CommonReplyInfo", ReplyInfo)
        return self._message(place, name, model)

    def _message(self, place: str, name: str, model: type) -> None:
        if model in self.pairs.get(name, ()):
            return
        self.pairs.setdefault(name, set()).add(model)
        said = dict(self._facts["models"][name])
        fields = {wire_name(f): f for f in attrs.fields(model) if not f.name.startswith("_")}
        envelope: Facts = {}
        if issubclass(model, Request):
            envelope = ENVELOPE_OF_REQUESTS
        elif issubclass(model, Reply):
            envelope = ENVELOPE_OF_REPLIES
            fields.pop("replyInfo")
        for key in envelope.keys() & said.keys():
            self._check(f"{place}.{key}", said.pop(key), envelope[key])
        self._check(f"{place} fields", set(fields), set(said))
        for key in fields.keys() & said.keys():
            self._zero(f"{place}.{key}", fields[key])
            self._kind(f"{place}.{key}", bare(fields[key].type), said[key])

    def _kind(self, place: str, ours: Any, theirs: Any) -> None:
        if isinstance(theirs, str):
            self._check(place, ours, SCALARS[theirs])
        elif "list" in theirs:
            self._check(place, get_origin(ours), list)
            self._kind(f"{place}[]", (*get_args(ours), None)[0], theirs["list"])
        elif "map" in theirs:
            self._check(place, (get_origin(ours), *get_args(ours)[:1]), (dict, str))
            self._kind(f"{place}{{}}", (*get_args(ours), None, None)[1], theirs["map"])
        elif theirs["ref"] in self._facts["enums"]:
            self._enumeration(place, theirs["ref"], ours)
        else:
            model = next((kind for kind in (ours, *get_args(ours)) if attrs.has(kind)), None)
            if model is None or ours not in (model, model | None):
                self.differences.append(f"{place}: {ours} instead of a message {theirs['ref']}")
            else:
                self._message(place, theirs["ref"], model)

    def _enumeration(self, place: str, name: str, ours: Any) -> None:
        if not isinstance(ours, type) or not issubclass(ours, OpenEnum):
            self.differences.append(f"{place}: {ours} instead of an enumeration {name}")
            return
        self.pairs.setdefault(name, set()).add(ours)
        self._check(f"{place} {name}", [member.value for member in ours], self._facts["enums"][name])

    def _zero(self, place: str, field: "attrs.Attribute[Any]") -> None:
        """Check that the field is required or zero: any other default would be sent though nobody asked for it."""
        if field.default is attrs.NOTHING:
            return
        make = getattr(field.default, "factory", None)
        default = make() if make else field.default
        kind = bare(field.type)
        if isinstance(kind, type) and issubclass(kind, OpenEnum):
            self._check(f"{place} default", default, next(iter(kind)))
        elif default:
            self.differences.append(f"{place}: {default} instead of zero")

    def _check(self, place: str, ours: object, theirs: object) -> None:
        if ours != theirs:
            self.differences.append(f"{place}: {ours} instead of {theirs}")


def names_of(model: type) -> set[str]:
    """Return the keys that a model has on the wire."""
    return {wire_name(field) for field in attrs.fields(model) if not field.name.startswith("_")}


def bare(kind: Any) -> Any:
    """Take a note about the name off a type; that an integer travels as text is part of the type."""
    return get_args(kind)[0] if get_origin(kind) is Annotated and kind != Int64 else kind
