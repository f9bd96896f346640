"""One request as a handler sees it, and which handler carries out which operation."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from attrs import define, field, frozen

from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.state import Company, State
from alfaview_async.emulator.tokens import Grant
from alfaview_async.models.common import AccessInfo, Reply, Request, TrackingInfo
from alfaview_async.models.rooms import Room
from alfaview_async.models.status import StatusCode
from alfaview_async.operation import Operation, StreamOperation

Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)


@define(kw_only=True)
class Call:
    """Who asks, and what surrounds the parameters.

    Attributes:
        state: All that alfaview knows.
        caller: Who asks; `NOBODY` where no token is wanted.
        access: What else stands in the access info, e.g. that ids alone are wanted.
        refresh_token: From the cookie `auth`.
        set_cookie: A handler's value for the header `Set-Cookie`.
    """

    state: State
    caller: Grant
    access: AccessInfo = field(factory=AccessInfo)
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

    def named_company(self, company_id: str) -> Company:
        """Find a company that the caller may change: one that it may enter or owns.

        Raises:
            Refused: There is none; of others the caller does not learn whether they exist.
        """
        company = self.state.companies.get(company_id)
        if company and (company_id in self.caller.company_ids or company.profile.owner_id == self.caller.user_id):
            return company
        raise Refused(StatusCode.NOT_FOUND, "no such company, or not one of the caller's")

    def company_of(self, company_id: str) -> Company:
        """Find a company as `named_company` does; no id means the caller's own."""
        return self.named_company(company_id or self.caller.company_id)

    def task(self) -> TrackingInfo:
        """Name the work that alfaview would now do in the background; here it is done already."""
        return self.state.tasks.start()


@frozen
class Handler:
    """Carries out one operation at once, so that no other request can come in between.

    Attributes:
        carry_out: The function.
        for_guests: The token of a guest suffices.
        explained: Some source says what the operation does; if not, the answer is well-formed, its sense a guess.
    """

    carry_out: Callable[[Call, Any], Reply | AsyncIterator[Reply]]
    for_guests: bool
    explained: bool


_handlers: dict[str, Handler] = {}


def handles(
    operation: Operation[..., Req, Rep], *, for_guests: bool = False, explained: bool = True
) -> Callable[[Callable[[Call, Req], Rep]], Callable[[Call, Req], Rep]]:
    """Make the decorated function the one that carries out an operation.

    Args:
        operation: A row of a service's table.
        for_guests: Let in the tokens of guests too.
        explained: Some source says what the operation does.
    """

    def register(carry_out: Callable[[Call, Req], Rep]) -> Callable[[Call, Req], Rep]:
        _handlers[operation.path] = Handler(carry_out, for_guests, explained)
        return carry_out

    return register


def streams(
    operation: StreamOperation[..., Req, Rep],
) -> Callable[[Callable[[Call, Req], AsyncIterator[Rep]]], Callable[[Call, Req], AsyncIterator[Rep]]]:
    """Make the decorated function the one that answers an operation many times."""

    def register(carry_out: Callable[[Call, Req], AsyncIterator[Rep]]) -> Callable[[Call, Req], AsyncIterator[Rep]]:
        _handlers[operation.path] = Handler(carry_out, for_guests=False, explained=True)
        return carry_out

    return register


def is_explained(path: str) -> bool:
    """Tell whether some source says what an operation does; if not, the emulator's answer is a guess."""
    return handler_of(path).explained


def handler_of(path: str) -> Handler:
    """Find who carries out an operation.

    Raises:
        Refused: Nobody yet.
    """
    if path not in _handlers:
        raise Refused(StatusCode.UNIMPLEMENTED, f"the emulator does not have {path} yet")
    return _handlers[path]
