"""The page for those who come from the PHP SDK names calls and errors that exist."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import alfaview_async
from alfaview_async import Alfaview, AlfaviewError, ApiKey, errors
from alfaview_async.operation import Operation, rows
from alfaview_async.services import operations
from alfaview_async.status_errors import GRPC_STATUS, STATUS_ERRORS

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "from-the-php-sdk.md"
TEXT = PAGE.read_text(encoding="utf-8")
HELPERS = {
    "rooms.all": "roomService/list",
    "rooms.find": "roomService/list",
    "business.permission_group": "businessLogicService/permissionGroups/list",
    "guests.links": "guestService.v2/listGuestLinks",
    "guests.group_links": "guestService.v2/listGroupLinks",
    "guests.launch_url": "guestService.v2/authenticate",
    "users.all": "userService/list",
}


def table(heading):
    """Return the rows below a heading of a table, cell by cell."""
    _, _, below = TEXT.partition(heading)
    lines = below.splitlines()[2:]
    end = next((number for number, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:end]]


CALLS = [
    (operation.strip("`"), code)
    for _, _, operation, python in table("| SDK 2.5 | SDK 2.4")
    for code in re.findall(r"`([^`]+)`", python)
]


@pytest.mark.parametrize(("operation", "code"), CALLS, ids=[code for _, code in CALLS])
def test_each_call_exists_and_makes_the_operation_of_its_line(operation, code):
    """It takes the arguments that are shown; its path is that of the line."""
    call = ast.parse(code, mode="eval").body
    arguments = [...] * len(call.args), {keyword.arg: ... for keyword in call.keywords}
    if isinstance(call.func, ast.Name):
        (way_in,) = call.args
        assert operation == "authenticationService/authenticate"
        assert call.func.id == "Alfaview"
        kind = getattr(alfaview_async, way_in.func.id)
        inspect.signature(kind).bind(**{keyword.arg: ... for keyword in way_in.keywords})
        return
    name = ast.unparse(call.func).removeprefix("alfaview.")
    alfaview = Alfaview(ApiKey(client_id="alias", code="secret", company_id="company"))
    found = alfaview
    for part in name.split("."):
        found = getattr(found, part)
    inspect.signature(found).bind(*arguments[0], **arguments[1])
    if "." in name:
        service, method = name.split(".")
        row = inspect.getattr_static(type(getattr(alfaview, service)), method)
        assert (row.path if isinstance(row, Operation) else HELPERS[name]) == operation


@pytest.mark.parametrize("helper", HELPERS)
def test_a_helper_calls_what_the_page_says(helper):
    """In its source, or in that of a method it goes through."""
    service, method = helper.split(".")
    alfaview = Alfaview(ApiKey(client_id="alias", code="secret", company_id="company"))
    kind = type(getattr(alfaview, service))
    code = inspect.getsource(getattr(kind, method))
    if "self._paged" in code or "self.all" in code:
        code = inspect.getsource(kind._paged)
    called = {row.path for name, row in rows(kind).items() if f"self.{name}(" in code}
    assert called == {HELPERS[helper]}


def test_each_operation_exists():
    """In one of the tables."""
    assert {operation for operation, _ in CALLS if operation} <= {row.path for _, _, row in operations()}
    assert len(CALLS) > 25


def test_each_error_exists():
    """The first one is what the code means by itself; none is missing that a code has."""
    lines = [(code, re.findall(r"`([A-Z]\w+)`", python)) for code, python in table("| Code in 2.4 | Python |")]
    assert [name for _, names in lines for name in names if not issubclass(getattr(errors, name), AlfaviewError)] == []
    told = {int(code): names[0] for code, names in lines if code.isdigit()}
    kinds = {code: STATUS_ERRORS[status].__name__ for code, status in GRPC_STATUS.items() if status in STATUS_ERRORS}
    assert told == {code: kinds[code] for code in told}
    assert {*kinds.values()} == {*told.values()}
