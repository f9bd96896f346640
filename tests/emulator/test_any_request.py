"""Whatever is sent, the emulator answers with one of its forms, and what it kept still travels."""

import json
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Annotated, get_args, get_origin

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from alfaview_async.emulator import Emulator
from alfaview_async.emulator.gateway import answer
from alfaview_async.services import operations
from alfaview_async.wire import wire_name

ROWS = {row.path: row for _, _, row in operations()}
READS = [
    "roomService/list",
    "guestService.v2/listGuestLinks",
    "guestService.v2/listGroupLinks",
    "companyService/list",
    "userService/list",
    "authenticationService/listAuthentications",
    "businessLogicService/permissionGroups/list",
    "roomService/availableTypes",
    "quotaService/info",
    "roomService/status",
]
CHANGES = [
    "roomService/create",
    "roomService/update",
    "guestService.v2/createGuestLinks",
    "guestService.v2/createGroupLinks",
    "guestService.v2/updateGuestLink",
    "guestService.v2/updateGroupLink",
    "roomService/sort",
    "userService/update",
    "businessLogicService/inviteUsers",
    "businessLogicService/permissionGroups/update",
    "companyService/update",
    "companyService/create",
    "authenticationService/authenticationCreate",
]
REFUSALS = {400, 401, 403, 404, 409, 501}
LINK_ID = "first link"
KNOWN_IDS = {
    "id": LINK_ID,
    "room_id": "4173dafb-5cde-5c85-95a3-20ebdf43698a",
    "parent_id": "7c9d3d4e-3b52-4f0e-8a57-0f6f1c2b9d10",
    "permission_group_id": "6067b76c-5450-4fab-b70d-c7ba99eddcf2",
    "timezone": "America/New_York",
}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
numbers = st.integers(-(2**63), 2**64 - 1) | st.integers(0, 9) | st.sampled_from(["99999999999999999999", 1e30])
times = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.sampled_from(
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-01-01T00:00:00+14:00"]
)


def well_typed(kind, name=""):
    """JSON that fits a field; ids are mostly those that exist."""
    if get_origin(kind) is Annotated:
        return well_typed(get_args(kind)[0], name)
    if isinstance(kind, UnionType):
        return well_typed(next(inner for inner in get_args(kind) if inner is not type(None)), name)
    if get_origin(kind) is list:
        return st.lists(well_typed(get_args(kind)[0]), max_size=3)
    if get_origin(kind) is dict:
        return st.dictionaries(st.text(max_size=3), well_typed(get_args(kind)[1]), max_size=2)
    if attrs.has(kind):
        return st.deferred(lambda: message(kind))
    if issubclass(kind, Enum):
        return st.sampled_from([*kind, *kind, "OF_TOMORROW"])
    texts = st.just(KNOWN_IDS[name]) if name in KNOWN_IDS else st.text(max_size=5)
    return {str: texts, bool: st.booleans(), int: numbers, datetime: times}[kind]


def message(model):
    fields = {field.name: (wire_name(field), field.type) for field in attrs.fields(model) if field.name[0] != "_"}
    known = {wire: well_typed(kind, name) for name, (wire, kind) in fields.items() if name in KNOWN_IDS}
    others = {wire: well_typed(kind, name) for name, (wire, kind) in fields.items() if name not in KNOWN_IDS}
    return st.fixed_dictionaries({key: known.pop(key) for key in list(known) if key != "parentId"}, optional=others)


changes = st.sampled_from(CHANGES).flatmap(lambda path: st.tuples(st.just(path), message(ROWS[path].request)))
misfits = st.sampled_from(sorted(ROWS)).flatmap(
    lambda path: st.tuples(
        st.just(path),
        st.dictionaries(st.sampled_from([wire_name(f) for f in attrs.fields(ROWS[path].request)]), anything),
    )
)


def prepared():
    """An emulator with one link of known id, and the token of somebody who is logged in."""
    emulator = Emulator()
    key = {"clientId": emulator.client_id, "code": emulator.code, "companyId": emulator.company_id}
    login = carried_out(emulator, "authenticationService/authenticate", {"authorizationCodeCredentials": key})
    token = json.loads(login.body)["accessToken"]
    creation = {"guestLinkCreations": [{"permissionGroupId": KNOWN_IDS["permission_group_id"]}]}
    carried_out(emulator, "guestService.v2/createGuestLinks", creation | {"roomId": KNOWN_IDS["room_id"]}, token)
    links = emulator.state.companies[emulator.company_id].links
    (link,) = links.values()
    link.id, links[LINK_ID] = LINK_ID, links.pop(link.id)
    return emulator, token


def carried_out(emulator, path, body, token=""):
    with_token = {"accessInfo": {"accessToken": token}, "accessToken": token} | body
    return answer(emulator.state, ROWS[path], json.dumps(with_token).encode())


def check_all_reads(emulator, token):
    for path in READS:
        assert carried_out(emulator, path, {}, token).status == 200


@settings(max_examples=60, deadline=None)
@given(st.lists(changes, max_size=3))
def test_any_change(sequence):
    """No change that is let through breaks a later request, or the way out and back in as a seed."""
    emulator, token = prepared()
    for path, body in sequence:
        found = carried_out(emulator, path, body, token)
        assert found.status in {200, 400, 401, 404, 409}
        assert ("code" in json.loads(found.body)) == (found.status != 200)
    check_all_reads(emulator, token)
    assert Emulator(seed=emulator.export()).export() == emulator.export()


@settings(max_examples=60, deadline=None)
@given(misfits)
def test_any_misfit(request):
    """Values of any type in any field are refused or ignored."""
    emulator, token = prepared()
    path, body = request
    assert carried_out(emulator, path, body, token).status in REFUSALS | {200}
    check_all_reads(emulator, token)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(ROWS)), st.binary(max_size=40))
def test_any_bytes(path, body):
    """Bytes that are no request are refused as malformed, or for lack of a token."""
    assert answer(Emulator().state, ROWS[path], body).status in {400, 401}
