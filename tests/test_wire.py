"""Client and emulator share one codec, so a wrong name would pass between them: the facts of the wire judge both."""

from importlib import import_module
from typing import Any, cast

import attrs
import pytest
from wire_facts import Comparison, operations_in, wire_facts

from alfaview_async import models
from alfaview_async.models.common import Model, Reply, Request, TaskState, TrackingInfo
from alfaview_async.models.enums import OpenEnum
from alfaview_async.operation import Row
from alfaview_async.services import operations

FACTS = wire_facts()
ROWS = [row for _, _, row in operations()]
UNUSED = {
    "AuthenticationGuestAccessCredentials",
    "AuthenticationMigrateGuestsReply",
    "AuthenticationMigrateGuestsRequest",
    "BusinessLogicServiceExternalMemberInvitation",
    "BusinessLogicServiceFinishSignupInfo",
    "BusinessLogicServiceGuestInviteInfo",
    "BusinessLogicServiceInviteExternalMembersReply",
    "BusinessLogicServiceInviteExternalMembersRequest",
    "BusinessLogicServiceSendEmailReply",
    "BusinessLogicServiceSendEmailRequest",
    "CompanyServiceCompanyAvailableReply",
    "CompanyServiceCompanyAvailableRequest",
}
"""Messages of the facts that no operation takes or gives."""
OF_ERRORS = {"GoogleProtobufAny", "GoogleRpcStatus", "ProtobufAny", "RpcStatus", "RuntimeStreamError"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_an_operation_agrees_with_the_wire(row: Row) -> None:
    """Path, deprecation, envelope, every key and type and enumeration of request and reply, however deep."""
    assert Comparison(FACTS).operation(row) == []


def test_all_60_operations_of_the_wire_are_declared_once() -> None:
    """None is missing, none is made up, none stands twice."""
    paths = [row.path for row in ROWS]

    assert len(paths) == 60
    assert sorted(paths) == sorted(operations_in(FACTS))


def test_every_message_of_the_wire_has_one_class() -> None:
    """All reachable messages and all 15 enumerations are modelled, each by one class only."""
    whole = Comparison(FACTS)
    assert whole.table(ROWS) == []

    frames = {name for name in FACTS["models"] if name.startswith("StreamResultOf")}
    assert set(FACTS["models"]) - set(whole.pairs) == UNUSED | OF_ERRORS | frames
    assert set(FACTS["enums"]) <= set(whole.pairs)
    assert {name for name, classes in whole.pairs.items() if len(classes) != 1} == set()


def test_a_class_stands_for_two_messages_only_where_they_are_identical() -> None:
    """The guest service repeats two types of the business service; nothing else is shared."""
    whole = Comparison(FACTS)
    whole.table(ROWS)
    names: dict[type, set[str]] = {}
    for name, classes in whole.pairs.items():
        for model in classes:
            names.setdefault(model, set()).add(name)

    assert {model: found for model, found in names.items() if len(found) > 1} == {
        TaskState: {"BusinessLogicServiceState", "GuestServiceV2State"},
        TrackingInfo: {"BusinessLogicServiceTrackingInfo", "CommonTrackingInfo"},
    }
    assert FACTS["models"]["BusinessLogicServiceTrackingInfo"] == FACTS["models"]["CommonTrackingInfo"]


def test_no_model_of_ours_is_unknown_to_the_wire() -> None:
    """Every public message and enumeration travels in some operation."""
    whole = Comparison(FACTS)
    whole.table(ROWS)
    travelling = {model for classes in whole.pairs.values() for model in classes}
    for row in ROWS:
        travelling |= {cast("type", row.request), row.reply}
    public: list[Any] = [getattr(models, name) for name in dir(models)]

    strays = {
        kind
        for kind in public
        if isinstance(kind, type) and (attrs.has(kind) or issubclass(kind, OpenEnum)) and kind not in travelling
    }
    assert strays == {Model, Request, Reply, OpenEnum} & set(public)


@pytest.mark.parametrize(
    "file",
    ["authentication", "business", "common", "companies", "enums", "guests", "quotas", "rooms", "status", "users"],
)
def test_every_public_model_can_be_imported_from_models(file: str) -> None:
    """The lazy list of names is complete: what a file defines is found by its name."""
    module = import_module(f"alfaview_async.models.{file}")
    defined = {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_")
    }

    assert defined
    assert {name for name in defined if getattr(models, name, None) is not getattr(module, name)} == set()


def test_no_reply_has_a_field_that_would_be_taken_for_an_error() -> None:
    """`code` and `error` at the top of a reply mean an error, so no reply may use them."""
    replies = {said["reply"] for said in operations_in(FACTS).values()}
    fields = {reply: set(FACTS["models"][reply]) for reply in replies if not reply.startswith("StreamResultOf")}

    assert {reply for reply, keys in fields.items() if keys & {"code", "error"}} == set()
