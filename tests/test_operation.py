"""A row of a table on the class, a typed coroutine function on the instance: one declaration, one path."""

import inspect
import re
from collections.abc import AsyncGenerator
from typing import Any, get_args, get_origin

import pytest

from alfaview_async import services
from alfaview_async.models.business import TaskProgressReply, TaskProgressRequest
from alfaview_async.models.common import Reply, Request, TrackingInfo
from alfaview_async.models.rooms import RoomDestroyReply, RoomListReply, RoomListRequest
from alfaview_async.operation import Operation, Row, Service, StreamOperation, descriptions, rows
from alfaview_async.services import SERVICES, operations
from alfaview_async.services.business import BusinessService
from alfaview_async.services.rooms import RoomService

TABLE = list(operations())


class Recorder:
    """A caller that answers at once and keeps what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Row, Request]] = []

    async def call(self, operation: Operation[..., Any, Any], request: Request) -> Any:
        self.calls.append((operation, request))
        return operation.reply()

    async def stream(self, operation: StreamOperation[..., Any, Any], request: Request) -> AsyncGenerator[Any, None]:
        self.calls.append((operation, request))
        yield operation.reply()
        yield operation.reply()


def test_on_the_class_an_operation_is_its_row() -> None:
    """With all that client, emulator and docs need to know."""
    row = RoomService.list

    assert isinstance(row, Operation)
    assert (row.path, row.request, row.reply) == ("roomService/list", RoomListRequest, RoomListReply)
    assert (row.idempotent, row.authenticated, row.deprecated) == (True, True, False)


async def test_on_an_instance_it_is_a_coroutine_function_that_makes_the_call() -> None:
    """The keywords become the request, and the reply comes back."""
    caller = Recorder()

    reply = await RoomService(caller).list(limit=50, offset=100)

    assert reply == RoomListReply()
    assert caller.calls == [(RoomService.list, RoomListRequest(limit=50, offset=100))]


async def test_a_streaming_operation_is_a_function_that_returns_an_async_iterator() -> None:
    """Nothing to await before the loop."""
    caller = Recorder()
    service = BusinessService(caller)

    stream = service.stream_task_progress(tracking_info=TrackingInfo(task_id="t"))

    assert isinstance(stream, AsyncGenerator)
    assert [reply async for reply in stream] == [TaskProgressReply(), TaskProgressReply()]
    request = TaskProgressRequest(tracking_info=TrackingInfo(task_id="t"))
    assert caller.calls == [(BusinessService.stream_task_progress, request)]
    assert not inspect.iscoroutinefunction(service.stream_task_progress)


@pytest.mark.parametrize(("attribute", "method", "row"), TABLE, ids=lambda value: getattr(value, "path", ""))
def test_every_method_looks_like_one(attribute: str, method: str, row: Row) -> None:
    """Name, qualified name, module, doc and signature; and the second look finds the same object."""
    owner = services.service(attribute)
    service = owner(Recorder())

    bound = getattr(service, method)

    assert getattr(service, method) is bound
    assert inspect.iscoroutinefunction(bound) is isinstance(row, Operation)
    assert bound.__name__ == method
    assert bound.__qualname__ == f"{owner.__name__}.{method}"
    assert bound.__module__ == owner.__module__
    assert bound.__doc__ == descriptions(owner)[method]
    signature = inspect.signature(bound)
    assert signature.parameters == inspect.signature(row.request).parameters
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in signature.parameters.values())
    answer = signature.return_annotation
    if isinstance(row, Operation):
        assert answer is row.reply
    else:
        assert (get_origin(answer), get_args(answer)) == (AsyncGenerator, (row.reply, None))


@pytest.mark.parametrize(("attribute", "method", "row"), TABLE, ids=lambda value: getattr(value, "path", ""))
def test_every_row_has_a_sentence(attribute: str, method: str, row: Row) -> None:
    """It says what the operation does, not just its name again."""
    sentence = descriptions(services.service(attribute))[method]

    assert len(sentence.split()) > 2
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert row.path not in sentence


@pytest.mark.parametrize(("attribute", "method", "row"), TABLE, ids=lambda value: getattr(value, "path", ""))
def test_every_method_is_named_after_its_path(attribute: str, method: str, row: Row) -> None:
    """Who knows the handbook finds the method: snake case of the path behind the service."""
    _, _, name = row.path.partition("/")

    assert method == re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name).replace("/", "_")
    assert attribute in SERVICES


def test_two_instances_do_not_share_their_methods() -> None:
    """Each calls through its own client."""
    one, two = RoomService(Recorder()), RoomService(Recorder())

    assert one.list is not two.list
    assert one.list is one.list


async def test_wrong_keywords_are_refused_before_anything_is_sent() -> None:
    """By Python itself, as for any function."""
    caller = Recorder()
    rooms: Any = RoomService(caller)

    with pytest.raises(TypeError, match="limt"):
        await rooms.list(limt=5)
    with pytest.raises(TypeError, match="room_id"):
        await rooms.destroy()
    with pytest.raises(TypeError):
        await rooms.destroy("r")
    assert await rooms.destroy(room_id="r") == RoomDestroyReply()
    assert len(caller.calls) == 1


NOT_AUTHENTICATED = {
    "authenticationService/authenticate",
    "businessLogicService/companies/signup",
    "companyService/get",
    "guestService.v2/authenticate",
}
NOT_IDEMPOTENT = {
    *("authenticationService/authenticationCreate", "authenticationService/createMagicToken"),
    *("authenticationService/requestPasswordReset", "authenticationService/sendCompanyDeletionEmail"),
    *("businessLogicService/companies/create", "businessLogicService/companies/signup"),
    *("businessLogicService/inviteUsers", "companyService/create"),
    *("guestService.v2/createGroupLinks", "guestService.v2/createGuestLinks", "guestService.v2/resendGuestLinkEmail"),
    *("guestService.v2/updateGuestLink", "roomService/create", "roomService/createJoinLink"),
    *("userService/acceptInvitation", "userService/create", "userService/invite"),
}
"""Whatever makes something new, or sends a mail: sent twice, it would be there twice."""


def test_no_token_goes_where_none_belongs() -> None:
    """Logins have none yet; guests must not bring one; companyService/get bears no access info at all."""
    assert {row.path for _, _, row in TABLE if not row.authenticated} == NOT_AUTHENTICATED


def test_creates_and_mails_are_never_sent_twice() -> None:
    """Everything else may be, so nothing that makes or mails is missing here."""
    assert {row.path for _, _, row in TABLE if not row.idempotent} == NOT_IDEMPOTENT
    risky = re.compile(r"create|invite|resend|signup|email|requestPasswordReset", re.IGNORECASE)
    assert {row.path for _, _, row in TABLE if risky.search(row.path)} <= NOT_IDEMPOTENT


def test_rows_come_in_the_order_of_the_table_and_with_those_of_a_base_class() -> None:
    """A service may be extended by an operation of one's own."""

    class Extended(RoomService):
        own = Operation("roomService/own", Request, Reply, idempotent=True)

    assert list(rows(Extended)) == [*rows(RoomService), "own"]
    assert next(iter(rows(RoomService))) == "available_types"
    assert Extended(Recorder()).own.__name__ == "own"
    assert rows(Service) == {}


@pytest.mark.parametrize("module", ["builtins", "never_imported"])
def test_without_source_there_are_no_descriptions_but_the_calls_work(module: str) -> None:
    """As in a notebook or a frozen program."""
    own = Operation("a/b", Request, Reply, idempotent=True)
    owner = type("Sourceless", (Service,), {"__module__": module, "own": own})

    assert descriptions(owner) == {}
    bound = vars(owner)["own"].__get__(owner(Recorder()), owner)
    assert bound.__name__ == "own"
    assert bound.__doc__ is None


def test_the_services_are_those_of_the_handbook() -> None:
    """All but meetingService, of which no operation is documented."""
    paths = {row.path.partition("/")[0] for _, _, row in TABLE}

    assert paths == {
        *("authenticationService", "businessLogicService", "companyService", "guestService.v2"),
        *("quotaService", "roomService", "userService"),
    }
    assert len(SERVICES) == len(paths)
