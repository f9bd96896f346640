"""How a call is declared: one line in the table of its service, one path for every way to make it.

On the class an operation is the row of a table; on an instance it is a coroutine function with the parameters of
the request class, which type checkers and editors see. Client, emulator, docs and tests are loops over these rows.
"""

import ast
import inspect
import itertools
from collections.abc import AsyncGenerator, Callable, Coroutine
from functools import cache
from sys import modules
from typing import Any, Generic, ParamSpec, Protocol, Self, TypeVar, cast, overload

from attrs import field, frozen

from alfaview_async.models.common import Reply, Request

P = ParamSpec("P")
Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)


@frozen(eq=False)
class Operation(Generic[P, Req, Rep]):
    """One operation of alfaview that answers once.

    Attributes:
        path: `service/name`, as it stands in the URL.
        request: Class of the parameters.
        reply: Class of the answer.
        idempotent: Doing it twice equals doing it once, so it may be sent again after doubt. Creates and mails never.
        authenticated: The access token goes with it.
        deprecated: alfaview means to take it away; calling it warns.
    """

    path: str
    request: Callable[P, Req]
    reply: type[Rep]
    idempotent: bool = field(kw_only=True)
    authenticated: bool = field(default=True, kw_only=True)
    deprecated: bool = field(default=False, kw_only=True)

    @overload
    def __get__(self, service: None, owner: type["Service"]) -> Self: ...
    @overload
    def __get__(self, service: "Service", owner: type["Service"]) -> Callable[P, Coroutine[Any, Any, Rep]]: ...
    def __get__(
        self, service: "Service | None", owner: type["Service"]
    ) -> "Operation[P, Req, Rep] | Callable[P, Coroutine[Any, Any, Rep]]":
        if service is None:
            return self
        caller = service._caller  # noqa: SLF001 - declared below, for this use

        async def call(*args: P.args, **kwargs: P.kwargs) -> Rep:
            return await caller.call(self, self.request(*args, **kwargs))

        return _bound(self, call, service)


@frozen(eq=False)
class StreamOperation(Generic[P, Req, Rep]):
    """One operation of alfaview that answers many times, until the work it tells of is done.

    Attributes:
        path: `service/name`, as it stands in the URL.
        request: Class of the parameters.
        reply: Class of each answer.
        deprecated: alfaview means to take it away; calling it warns.
    """

    path: str
    request: Callable[P, Req]
    reply: type[Rep]
    authenticated: bool = field(default=True, kw_only=True)
    deprecated: bool = field(default=False, kw_only=True)
    idempotent: bool = field(default=True, init=False)

    @overload
    def __get__(self, service: None, owner: type["Service"]) -> Self: ...
    @overload
    def __get__(self, service: "Service", owner: type["Service"]) -> Callable[P, AsyncGenerator[Rep, None]]: ...
    def __get__(
        self, service: "Service | None", owner: type["Service"]
    ) -> "StreamOperation[P, Req, Rep] | Callable[P, AsyncGenerator[Rep, None]]":
        if service is None:
            return self
        caller = service._caller  # noqa: SLF001 - declared below, for this use

        def call(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[Rep, None]:
            return caller.stream(self, self.request(*args, **kwargs))

        return _bound(self, call, service)


class Caller(Protocol):
    """What a service needs of the client."""

    async def call(self, operation: Operation[..., Req, Rep], request: Req) -> Rep:
        """Send one request and return the answer."""
        ...

    def stream(self, operation: StreamOperation[..., Req, Rep], request: Req) -> AsyncGenerator[Rep, None]:
        """Send one request and yield the answers."""
        ...


class Service:
    """A table of operations, bound to the client that makes the calls."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller


Row = Operation[..., Any, Any] | StreamOperation[..., Any, Any]
Bound = TypeVar("Bound", bound=Callable[..., object])


def _bound(operation: Row, call: Bound, service: Service) -> Bound:
    """Make `call` look like the method it is, and keep it: the next access finds it on the instance."""
    owner = type(service)
    name = next(name for name, value in rows(owner).items() if value is operation)
    parameters = inspect.signature(operation.request).parameters.values()
    answer: object = operation.reply
    if isinstance(operation, StreamOperation):
        answer = cast("Any", AsyncGenerator)[operation.reply, None]
    described = cast("Any", call)
    described.__name__, described.__qualname__ = name, f"{owner.__qualname__}.{name}"
    described.__module__ = owner.__module__
    described.__doc__ = descriptions(owner).get(name)
    described.__signature__ = inspect.Signature(list(parameters), return_annotation=answer)
    service.__dict__[name] = call
    return call


def rows(service: type[Service]) -> dict[str, Row]:
    """Return the operations of a service by method name, in the order of the table."""
    table: dict[str, Row] = {}
    for base in reversed(service.__mro__):
        table |= {name: value for name, value in vars(base).items() if isinstance(value, Operation | StreamOperation)}
    return table


def descriptions(service: type[Service]) -> dict[str, str]:
    """Return the sentence that stands under each row, by method name; empty where the source is not at hand.

    Python keeps no docstrings of attributes, and writing them twice would let them differ.
    """
    return _descriptions_in(service.__module__, service.__qualname__)


@cache
def _descriptions_in(module: str, name: str) -> dict[str, str]:
    try:
        tree = ast.parse(inspect.getsource(modules[module]))
    except (OSError, TypeError, KeyError):  # frozen programs, notebooks, generated classes
        return {}
    body = next((node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name), [])
    return {
        row.targets[0].id: text.value.value
        for row, text in itertools.pairwise(body)
        if isinstance(row, ast.Assign) and isinstance(row.targets[0], ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }
