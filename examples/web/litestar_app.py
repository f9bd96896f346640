"""Personal links and guest lists behind Litestar: `uvicorn litestar_app:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec
from backend import Backend, opened_backend
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import FromPath, JSONBody
from problems import CONTENT_TYPE, problem_of

from alfaview_async import AlfaviewError

AnyRequest = Request[Any, Any, Any]


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """Open the client when the process starts, and close it when it ends."""
    async with opened_backend() as app.state.backend:
        yield


def backend_of(state: State) -> Backend:
    """Find what the lifespan has opened."""
    backend: Backend = state.backend
    return backend


class Guest(msgspec.Struct):
    """Who shall get a link."""

    email: Annotated[str, msgspec.Meta(pattern=r"^[^\s,;<>@]+@[^\s,;<>@]+$")]
    display_name: str = ""


@post("/rooms/{room:str}/guests")
async def invite_guest(room: FromPath[str], data: JSONBody[Guest], backend: NamedDependency[Backend]) -> dict[str, str]:
    """Answer with the personal link of one guest."""
    return {"join_link": await backend.invitations.link_for(data.email, data.display_name, room=room)}


@post("/rooms/{room:str}/guest-lists", status_code=202)
async def invite_guests(room: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> dict[str, str]:
    """Accept a list: CSV, a workbook or JSON."""
    return {"id": await backend.guest_lists.accept(await request.body(), room=room)}


@get("/guest-lists/{list_id:str}", sync_to_thread=True)  # the journal is read from the disk
def show_guests(list_id: FromPath[str], backend: NamedDependency[Backend]) -> list[dict[str, str]]:
    """Tell what became of each guest."""
    results = backend.guest_lists.results(list_id)
    if results is None:
        raise NotFoundException
    return [{"email": row.recipient.email, "status": row.status, "join_link": row.join_link} for row in results]


def explain(_request: AnyRequest, error: AlfaviewError) -> Response[dict[str, object]]:
    """Turn the library's errors into answers."""
    status, headers, body = problem_of(error)
    return Response(body, status_code=status, headers=headers, media_type=CONTENT_TYPE)


def refuse(_request: AnyRequest, error: ValidationException) -> Response[dict[str, object]]:
    """Answer bad input with 422, not with Litestar's 400."""
    return Response({"status": 422, "detail": error.detail}, status_code=422, media_type=CONTENT_TYPE)


app = Litestar(
    [invite_guest, invite_guests, show_guests],
    lifespan=[lifespan],
    dependencies={"backend": Provide(backend_of, sync_to_thread=False)},
    exception_handlers={AlfaviewError: explain, ValidationException: refuse},
)
