"""Personal links and guest lists behind FastAPI: `uvicorn fastapi_app:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, TypedDict

from backend import Backend, opened_backend
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from problems import CONTENT_TYPE, problem_of
from pydantic import BaseModel, EmailStr

from alfaview_async import AlfaviewError


class State(TypedDict):
    """What the lifespan hands to every request."""

    backend: Backend


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
    """Open the client when the process starts, and close it when it ends."""
    async with opened_backend() as backend:
        yield {"backend": backend}


def backend_of(request: Request) -> Backend:
    """Find what the lifespan has opened."""
    backend: Backend = request.state.backend
    return backend


app = FastAPI(lifespan=lifespan)
OurBackend = Annotated[Backend, Depends(backend_of)]


class Guest(BaseModel):
    """Who shall get a link; anything else is answered with 422 by FastAPI."""

    email: EmailStr
    display_name: str = ""


@app.post("/rooms/{room}/guests", status_code=201)
async def invite_guest(room: str, guest: Guest, backend: OurBackend) -> dict[str, str]:
    """Answer with the personal link of one guest."""
    return {"join_link": await backend.invitations.link_for(guest.email, guest.display_name, room=room)}


@app.post("/rooms/{room}/guest-lists", status_code=202)
async def invite_guests(room: str, request: Request, backend: OurBackend) -> dict[str, str]:
    """Accept a list: CSV, a workbook or JSON."""
    return {"id": await backend.guest_lists.accept(await request.body(), room=room)}


@app.get("/guest-lists/{list_id}")
def show_guests(list_id: str, backend: OurBackend) -> list[dict[str, str]]:
    """Tell what became of each guest; not `async`, since the journal is read from the disk."""
    results = backend.guest_lists.results(list_id)
    if results is None:
        raise HTTPException(404)
    return [{"email": row.recipient.email, "status": row.status, "join_link": row.join_link} for row in results]


@app.exception_handler(AlfaviewError)
async def explain(_request: Request, error: AlfaviewError) -> JSONResponse:
    """Turn the library's errors into answers."""
    status, headers, body = problem_of(error)
    return JSONResponse(body, status, headers, media_type=CONTENT_TYPE)
