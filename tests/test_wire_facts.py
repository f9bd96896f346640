"""The comparison with the wire facts is alive: whatever is tampered with, it tells."""

from collections.abc import Callable

import pytest
from attrs import define
from wire_facts import Comparison, Facts, operations_in, wire_facts

from alfaview_async.models.common import InfoPlace, Int64, Reply, Request
from alfaview_async.models.guests import DeleteLinkReply, DeleteLinkRequest, GetLinkRequest
from alfaview_async.operation import Operation, Row
from alfaview_async.services import operations

ROWS = [row for _, _, row in operations()]
FACTS = wire_facts()
MET = Comparison(FACTS)
MET.table(ROWS)
FIELDS = [(model, key) for model in sorted(MET.pairs.keys() & FACTS["models"].keys()) for key in FACTS["models"][model]]
USERS: dict[str, Row] = {}
"""Message -> an operation that it travels in."""
for row in ROWS:
    alone = Comparison(FACTS)
    alone.operation(row)
    USERS |= dict.fromkeys(alone.pairs, row)
TEXTS = [(name, text) for name, texts in FACTS["enums"].items() for text in texts]


def overlooked(change: Callable[[str, object], Facts]) -> list[tuple[str, str]]:
    """Change each field of each message, one at a time, and return those that nobody missed."""
    found = []
    for model, key in FIELDS:
        fields = FACTS["models"][model]
        rest = {name: kind for name, kind in fields.items() if name != key}
        facts = FACTS | {"models": FACTS["models"] | {model: rest | change(key, fields[key])}}
        if not Comparison(facts).operation(USERS[model]):
            found.append((model, key))
    return found


def differences(tamper: Callable[[Facts], object]) -> list[str]:
    facts = wire_facts()
    tamper(facts)
    return Comparison(facts).table(ROWS)


def test_untampered_facts_agree() -> None:
    """What the other tests find is due to their tampering alone."""
    assert differences(lambda _: None) == []


def test_every_single_misspelt_key_is_found() -> None:
    """There is no field of any message, at any depth, whose name is not compared."""
    assert len(FIELDS) > 500
    assert overlooked(lambda key, kind: {key + "x": kind}) == []


def test_every_single_changed_type_is_found() -> None:
    """There is no field whose type is not compared."""
    assert overlooked(lambda key, kind: {key: "int" if kind == "bool" else "bool"}) == []


@pytest.mark.parametrize(("name", "text"), TEXTS)
def test_every_single_misspelt_enum_text_is_found(name: str, text: str) -> None:
    """There is no text of any enumeration that is not compared."""
    assert differences(
        lambda facts: facts["enums"].update({name: [other + "X" * (other == text) for other in facts["enums"][name]]})
    )


@pytest.mark.parametrize(
    ("model", "key", "kind"),
    [
        ("CommonRoom", "sort", "int"),
        ("CommonRoomQuotas", "activeParticipants", "int64-string"),
        ("CommonRoom", "createdAt", "string"),
        ("GuestServiceV2AuthenticateReply", "tokenExpiresAt", "int64-string"),
        ("CommonRoom", "permissions", {"list": {"ref": "CommonPermissions"}}),
        ("CommonRoom", "features", {"map": {"ref": "CommonRoomFeature"}}),
        ("CommonRoom", "permissions", {"map": "bool"}),
        ("CommonRoom", "defaultPermissions", {"ref": "CommonRoomQuotas"}),
        ("CommonRoom", "mode", {"ref": "CommonRoomType"}),
        ("CommonRoom", "mode", {"ref": "CommonRoomQuotas"}),
        ("CommonRoom", "quotas", {"ref": "CommonRoomMode"}),
        ("BusinessLogicServiceTaskProgress", "progress", "int"),
    ],
)
def test_a_subtly_different_type_is_found(model: str, key: str, kind: object) -> None:
    """Text for number, list for map, one message for another, one enumeration for another."""
    found = differences(lambda facts: facts["models"][model].update({key: kind}))

    assert found
    assert any(key in difference for difference in found)


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(lambda facts: facts["enums"]["CommonRole"].reverse(), id="order of an enumeration"),
        pytest.param(lambda facts: facts["enums"]["CommonRole"].append("ROLE_KING"), id="new enum text"),
        pytest.param(lambda facts: facts["models"]["CommonRoom"].update(colour="string"), id="new field"),
        pytest.param(lambda facts: facts["models"]["CommonRoom"].pop("managed"), id="field taken away"),
        pytest.param(
            lambda facts: facts["models"]["RoomServiceRoomListRequest"].pop("accessInfo"), id="no access info"
        ),
        pytest.param(
            lambda facts: facts["models"]["RoomServiceRoomListRequest"].update(requestId="string"), id="request id"
        ),
        pytest.param(
            lambda facts: facts["models"]["CompanyServiceCompanyGetRequest"].update(
                accessInfo={"ref": "CommonAccessInfo"}
            ),
            id="access info",
        ),
        pytest.param(lambda facts: facts["models"]["RoomServiceRoomListReply"].pop("replyInfo"), id="no reply info"),
        pytest.param(
            lambda facts: facts["models"]["AuthenticationAuthenticationUpdateReply"].pop("statusCode"),
            id="reply info in one place only",
        ),
        pytest.param(
            lambda facts: facts["operations"]["userService"]["update"].update(reply="UserUserCreateReply"),
            id="reply is more than the info",
        ),
        pytest.param(
            lambda facts: facts["operations"]["roomService"]["list"].update(request="CommonAccessInfo"),
            id="request is the access info",
        ),
        pytest.param(lambda facts: facts["operations"]["roomService"]["list"].update(deprecated=True), id="deprecated"),
        pytest.param(lambda facts: facts["operations"]["userService"]["create"].pop("deprecated"), id="not deprecated"),
        pytest.param(lambda facts: facts["operations"]["roomService"].pop("sort"), id="operation taken away"),
        pytest.param(
            lambda facts: facts["operations"]["roomService"].update(new=facts["operations"]["roomService"]["sort"]),
            id="new operation",
        ),
        pytest.param(
            lambda facts: facts["operations"]["guestService.v2"]["streamTaskProgress"].update(
                reply="GuestServiceV2TaskProgressReply"
            ),
            id="answers once",
        ),
        pytest.param(
            lambda facts: facts["models"]["StreamResultOfGuestServiceV2TaskProgressReply"].pop("error"), id="frame"
        ),
    ],
)
def test_a_change_of_the_wire_is_found(tamper: Callable[[Facts], object]) -> None:
    """Envelope, deprecation, streams and the list of operations are compared too."""
    assert differences(tamper)


@define(kw_only=True)
class Misspelt(Request):
    """The mistake that alfaview would answer with OK and no effect: the write field is `allowDialIn`."""

    room_id: str
    id: str
    skip_room_permission_update: bool = False


@define(kw_only=True)
class Mistyped(Request):
    room_id: str
    id: str
    skip_room_permissions_update: Int64 = 0


@define(kw_only=True)
class SentUnasked(Request):
    room_id: str
    id: str
    skip_room_permissions_update: bool = True


@define(kw_only=True)
class Bare(Reply):
    INFO = InfoPlace.BODY


@pytest.mark.parametrize("request_class", [Misspelt, Mistyped, SentUnasked, GetLinkRequest])
def test_a_mistake_in_our_request_is_found(request_class: type[Request]) -> None:
    """A misspelt field, a wrong type, a default that is not zero, the wrong class."""
    row: Row = Operation("guestService.v2/deleteLink", request_class, DeleteLinkReply, idempotent=True)

    assert Comparison(FACTS).operation(row)


def test_a_mistake_in_our_reply_or_path_is_found() -> None:
    """A reply info looked for in the wrong place, and a path that is none."""
    wrong_reply = Operation("guestService.v2/deleteLink", DeleteLinkRequest, Bare, idempotent=True)
    wrong_path = Operation("guestService/deleteLink", DeleteLinkRequest, DeleteLinkReply, idempotent=True)

    assert Comparison(FACTS).operation(wrong_reply)
    assert Comparison(FACTS).operation(wrong_path) == ["guestService/deleteLink: no such operation"]


def test_the_facts_are_whole() -> None:
    """60 operations, 174 messages and 15 enumerations, as counted in the source."""
    assert (len(operations_in(FACTS)), len(FACTS["models"]), len(FACTS["enums"])) == (60, 174, 15)
