"""A room that is not there: is it in another company that the login may enter?"""

import re
from ast import literal_eval
from typing import TYPE_CHECKING

from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.errors import AlfaviewError, AmbiguousName, NotFound

if TYPE_CHECKING:
    from alfaview_async import Alfaview
    from alfaview_async.models.companies import Company

_NO_ROOM = re.compile(r"""no room ('.*'|".*") among""", re.DOTALL)
"""How `rooms.find` quotes what it was asked for."""


async def explained_absence(
    invocation: Invocation, alfaview: "Alfaview", company_id: str, error: NotFound
) -> Failure | None:
    """Say where the room may be.

    Args:
        invocation: With `--check` every other company is entered, and looked through.
        alfaview: The client that did not find it.
        company_id: Its company; empty if the server chose it.
        error: What it raised.

    Returns:
        `None` if something else than a room is not there.
    """
    found = _NO_ROOM.match(error.message)
    if found is None:
        return None
    room = str(literal_eval(found[1]))
    try:
        companies = await alfaview.accessible_companies()
    except AlfaviewError:
        companies = {}  # the room is still not there; where else it could be is a courtesy
    here = company_id or next(iter(companies), "")
    others = {other: company for other, company in companies.items() if other != here}
    where, following = "", invocation.text("room-not-found-next")
    if others and not invocation.check:
        where = invocation.text("room-not-found-where", count=len(companies))
        following = invocation.text("room-not-found-check")
    elif others:
        holder = await _holder(alfaview, others, room)
        key = "room-not-found-elsewhere" if holder else "room-not-found-nowhere"
        name = others[holder].display_name if holder else ""
        where = invocation.text(key, count=len(companies), company=name)
        following = invocation.text("room-not-found-switch", id=holder) if holder else following
    shown = companies[here].display_name if here in companies else here
    message = invocation.text("room-not-found", room=room, company=shown)
    return Failure("room-not-found", Exit.NOT_FOUND, message, (where,) if where else (), next_step=following)


async def _holder(alfaview: "Alfaview", companies: "dict[str, Company]", room: str) -> str:
    for company_id in companies:
        try:
            async with await alfaview.switch_company(company_id) as sibling:
                await sibling.rooms.find(room)
        except AmbiguousName:
            return company_id
        except AlfaviewError:
            continue
        else:
            return company_id
    return ""
