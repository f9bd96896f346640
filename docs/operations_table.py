"""Writes the table of operations from the operations themselves."""

from itertools import groupby
from operator import itemgetter

from generated_page import table

import alfaview_async.emulator  # noqa: F401 - registers what it does for each operation
from alfaview_async.emulator.call import is_explained
from alfaview_async.operation import Row, StreamOperation, descriptions
from alfaview_async.services import operations, service

HANDBOOK = "https://support.alfaview.com/en/developers/request-your-api-credentials/usage-examples/"
HANDBOOK_PAGES = {
    "authenticationService/authenticate": (
        ("API key", "initial-authentication-with-api-key"),
        ("password", "initial-authentication-with-username-password"),
        ("refresh token", "subsequent-authentication-with-refresh-token"),
        ("switch company", "switch-company"),
    ),
    "businessLogicService/permissionGroups/list": (("permission groups", "list-permission-groups"),),
    "companyService/list": (("companies", "list-companies"),),
    "guestService.v2/authenticate": (("join URL", "generate-join-url-from-group-link"),),
    "guestService.v2/createGroupLinks": (("group links", "create-group-links"),),
    "guestService.v2/createGuestLinks": (("guest links", "create-guest-links"),),
    "guestService.v2/deleteLink": (("delete links", "delete-guest-and-group-links"),),
    "roomService/create": (("create rooms", "create-rooms-and-departments"),),
    "roomService/list": (("rooms", "list-rooms"),),
}
"""Operation -> what alfaview's developer handbook calls it, and the page's address below `HANDBOOK`."""

HEAD = f"""# Operations

Every operation of the v1 API, as a call of `alfaview.SECTION`, e.g. `alfaview.rooms.list()`, with its request and
reply, and its page of alfaview's [developer handbook]({HANDBOOK}api-access/), which describes
nine of them. The others are known from alfaview's PHP SDK 2.4.

*Repeated* operations are idempotent: they are sent again after a passing fault. The others are sent again only when it
is proven that nothing was sent. What an operation marked *guessed* does is explained nowhere: the emulator answers it
with something well-formed.

"""


def page() -> str:
    """Return the page: a section for each service."""
    found = list(operations())
    if unknown := HANDBOOK_PAGES.keys() - {row.path for _, _, row in found}:
        raise LookupError(f"pages of operations that do not exist: {sorted(unknown)}")
    header = ("call", "what it does", "repeated", "request → reply", "on the wire")
    sections = [
        f"\n## {attribute}\n\n" + table(header, (_cells(attribute, method, row) for _, method, row in rows))
        for attribute, rows in groupby(found, key=itemgetter(0))
    ]
    return HEAD + "".join(sections)


def _cells(attribute: str, method: str, row: Row) -> list[str]:
    pages = ", ".join(f"[{name}]({HANDBOOK}{place}/)" for name, place in HANDBOOK_PAGES.get(row.path, ()))
    remarks = [
        descriptions(service(attribute))[method],
        "*Deprecated by alfaview.*" if row.deprecated else "",
        "" if is_explained(row.path) else "*Guessed.*",
        f"Handbook: {pages}." if pages else "",
    ]
    return [
        f"`{method}`",
        " ".join(filter(None, remarks)),
        "stream" if isinstance(row, StreamOperation) else "yes" if row.idempotent else "no",
        f"{_model(row.request)} → {_model(row.reply)}",
        f"`{row.path}`",
    ]


def _model(model: object) -> str:
    name = getattr(model, "__name__", "")
    return f"{{class}}`~{getattr(model, '__module__', '')}.{name}`"
