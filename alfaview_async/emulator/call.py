"""One request as a handler sees it, and which handler carries out which operation."""

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import define, frozen

from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.state import Company, State
from alfaview_async.emulator.tokens import Grant
from alfaview_async.models.common import Reply, Request, TrackingInfo
from alfaview_async.models.rooms import Room
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Operation

Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)


@define(kw_only=True)
class Call:
    """Who asks, and what surrounds the parameters.

    Attributes:
        state: All that alfaview knows.
        caller: Who asks; `NOBODY` where no token is wanted.
        refresh_token: From the cookie `auth`.
        set_cookie: A handler's value for the header `Set-Cookie`.
    """

    state: State
    caller: Grant
    refresh_token: str = ""
    set_cookie: str = ""

    @property
    def company(self) -> Company:
        """The company of the caller."""
        return self.state.companies[self.caller.company_id]

    def room(self, room_id: str) -> Room:
        """Find a room of the caller's company.

        Raises:
            Refused: There is none.
        """
        if room_id not in self.company.rooms:
            raise Refused(StatusCode.ROOM_NOT_FOUND, "no such room in this company")
        return self.company.rooms[room_id]

    def task(self) -> TrackingInfo:
        """Name the work that alfaview would now do in the background; here it is done already."""
        return TrackingInfo(task_id=self.state.ids.uuid())


@frozen
class Handler:
    """Carries out one operation at once, so that no other request can come in between.

    Attributes:
        carry_out: The function.
        for_guests: The token of a guest suffices.
    """

    carry_out: Callable[[Call, Any], Reply]
    for_guests: bool


_handlers: dict[str, Handler] = {}


def handles(
    operation: Operation[..., Req, Rep], *, for_guests: bool = False
) -> Callable[[Callable[[Call, Req], Rep]], Callable[[Call, Req], Rep]]:
    """Make the decorated function the one that carries out an operation.

    Args:
        operation: A row of a service's table.
        for_guests: Let in the tokens of guests too.
    """

    def register(carry_out: Callable[[Call, Req], Rep]) -> Callable[[Call, Req], Rep]:
        _handlers[operation.path] = Handler(carry_out, for_guests)
        return carry_out

    return register


def handler_of(path: str) -> Handler:
    """Find who carries out an operation.

    Raises:
        Refused: Nobody yet.
    """
    if path not in _handlers:
        raise Refused(StatusCode.UNIMPLEMENTED, f"the emulator does not have {path} yet")
    return _handlers[path]
