"""Personal links and guest lists behind Quart: `uvicorn quart_app:app`."""

import asyncio
from collections.abc import AsyncGenerator

from backend import Backend, opened_backend
from problems import CONTENT_TYPE, problem_of
from quart import Quart, ResponseReturnValue, abort, current_app, request

from alfaview_async import AlfaviewError, InvalidArgument
from alfaview_async.bulk import Recipient

app = Quart(__name__)


@app.while_serving
async def backend_of_process() -> AsyncGenerator[None, None]:
    """Open the client when the process starts, and close it when it ends."""
    async with opened_backend() as backend:
        app.extensions["backend"] = backend
        yield


def our_backend() -> Backend:
    """Find what was opened at the start."""
    backend: Backend = current_app.extensions["backend"]
    return backend


async def posted_guest() -> Recipient:
    """Read who shall get a link.

    Raises:
        InvalidArgument: That is not said, or not with one plain address.
    """
    try:
        guest = await request.get_json(force=True)
        return Recipient(email=guest["email"], display_name=guest.get("display_name", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidArgument('send {"email": "one plain address", "display_name": "a name"}') from error


@app.post("/rooms/<room>/guests")
async def invite_guest(room: str) -> ResponseReturnValue:
    """Answer with the personal link of one guest."""
    guest = await posted_guest()
    return {"join_link": await our_backend().invitations.link_for(guest.email, guest.display_name, room=room)}, 201


@app.post("/rooms/<room>/guest-lists")
async def invite_guests(room: str) -> ResponseReturnValue:
    """Accept a list: CSV, a workbook or JSON."""
    data: bytes = await request.body
    return {"id": await our_backend().guest_lists.accept(data, room=room)}, 202


@app.get("/guest-lists/<list_id>")
async def show_guests(list_id: str) -> ResponseReturnValue:
    """Tell what became of each guest."""
    results = await asyncio.to_thread(our_backend().guest_lists.results, list_id)
    if results is None:
        abort(404)
    return [{"email": row.recipient.email, "status": row.status, "join_link": row.join_link} for row in results]


@app.errorhandler(AlfaviewError)
async def explain(error: AlfaviewError) -> ResponseReturnValue:
    """Turn the library's errors into answers."""
    status, headers, body = problem_of(error)
    return body, status, {**headers, "Content-Type": CONTENT_TYPE}
