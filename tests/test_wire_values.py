"""The values of the wire: times, 64-bit integers, zeros and nulls, as ProtoJSON writes them; and what is refused."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import example, given
from hypothesis import strategies as st

from alfaview_async.errors import ConfigurationError
from alfaview_async.models.authentication import AuthenticationReply, LdapCredentials
from alfaview_async.models.business import TaskProgress
from alfaview_async.models.common import Permissions, Role
from alfaview_async.models.companies import Branding, CompanySearchRequest
from alfaview_async.models.guests import GuestLinkCreation
from alfaview_async.models.quotas import QuotaStatsReply
from alfaview_async.models.rooms import (
    Room,
    RoomFeature,
    RoomListReply,
    RoomListRequest,
    RoomMode,
    RoomQuotas,
    RoomType,
    SkipFlag,
)
from alfaview_async.models.users import Locale
from alfaview_async.wire import UnreadableError, converter, read, wire_name, write

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def read_time(text: object) -> datetime | None:
    return read(Room, {"createdAt": text}).created_at


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-08-01T13:15:00Z", datetime(2022, 8, 1, 13, 15, tzinfo=UTC)),
        ("2022-07-25T07:25:48.057Z", datetime(2022, 7, 25, 7, 25, 48, 57_000, tzinfo=UTC)),
        ("2022-07-25T07:25:48.057123Z", datetime(2022, 7, 25, 7, 25, 48, 57_123, tzinfo=UTC)),
        ("2022-07-25T07:25:48.057123999Z", datetime(2022, 7, 25, 7, 25, 48, 57_123, tzinfo=UTC)),
        ("2022-07-25T09:25:48+02:00", datetime(2022, 7, 25, 7, 25, 48, tzinfo=UTC)),
        ("2022-07-25T09:25:48+00:00", datetime(2022, 7, 25, 9, 25, 48, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999999Z", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_times_are_read_in_every_form_that_protojson_writes(text: str | None, moment: datetime | None) -> None:
    """0, 3, 6 or 9 digits of fraction, with Z or an offset; absent in all its forms is None, and all are UTC."""
    found = read_time(text)

    assert found == moment
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["2022-08-01T13:15:00", "2022-08-01", "tomorrow", "2022-13-01T00:00:00Z", "0001-01-01T00:00:00+02:00", 1659359700],
)
def test_what_is_no_moment_is_refused(text: object) -> None:
    """Without a zone, or outside the calendar, a time means nothing."""
    with pytest.raises(UnreadableError, match=r"^\$\.createdAt: ") as caught:
        read_time(text)
    assert str(text) not in str(caught.value)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2022, 8, 1, 13, 15, tzinfo=UTC), "2022-08-01T13:15:00Z"),
        (datetime(2022, 7, 25, 7, 25, 48, 57_000, tzinfo=UTC), "2022-07-25T07:25:48.057Z"),
        (datetime(2022, 7, 25, 7, 25, 48, 57_001, tzinfo=UTC), "2022-07-25T07:25:48.057001Z"),
        (datetime(2022, 7, 25, 9, 25, tzinfo=timezone(timedelta(hours=2))), "2022-07-25T07:25:00Z"),
        (datetime(33, 1, 1, tzinfo=UTC), "0033-01-01T00:00:00Z"),
    ],
)
def test_times_are_written_in_utc_with_z(moment: datetime, text: str) -> None:
    """As the handbook shows them: no offset, and just the digits that are needed."""
    assert write(GuestLinkCreation(valid_from=moment)) == {"validFrom": text}


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2022, 8, 1),  # noqa: DTZ001 - the mistake
        "2022-08-01T13:15:00Z",
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    ],
)
def test_what_is_no_moment_is_not_sent(moment: Any) -> None:
    """A naive time would be taken for another zone's, and a text is no time: the caller is told before anything is."""
    with pytest.raises(ConfigurationError):
        write(GuestLinkCreation(valid_from=moment))


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1668871095", 1668871095),
        (1668871095, 1668871095),
        ("9007199254740993", 9007199254740993),
        (9007199254740993, 9007199254740993),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("-1", -1),
        ("0", 0),
        (0, 0),
        (1668871095.0, 1668871095),
        ("", 0),
        (None, 0),
    ],
)
def test_64_bit_integers_are_exact_as_text_and_as_number(value: object, number: int) -> None:
    """Beyond 2^53 as well, where a float would round."""
    assert read(AuthenticationReply, {"expiresAt": value}).expires_at == number


@pytest.mark.parametrize("value", ["soon", "1.5", "9e99", 1.5, True, [], {}, "9" * 5000])
def test_what_is_no_integer_is_refused(value: object) -> None:
    """Nor is it guessed at."""
    with pytest.raises(UnreadableError, match=r"^\$\.expiresAt: ") as caught:
        read(AuthenticationReply, {"expiresAt": value})
    assert len(str(caught.value)) < 100


def test_64_bit_integers_are_written_as_text_and_small_ones_as_numbers() -> None:
    """As ProtoJSON does, because JavaScript loses digits."""
    room = Room(sort=2**62, quotas=RoomQuotas(active_participants=50))

    assert write(room) == {"sort": "4611686018427387904", "quotas": {"activeParticipants": 50}}


@pytest.mark.parametrize(("value", "share"), [(0.5, 0.5), (1, 1.0), ("0.25", 0.25), ("", 0.0), (None, 0.0), (0, 0.0)])
def test_fractions_are_read_as_number_and_as_text(value: object, share: float) -> None:
    """ProtoJSON allows both."""
    found = read(TaskProgress, {"progress": value}).progress

    assert found == share
    assert isinstance(found, float)


@pytest.mark.parametrize("value", ["half", True, [], {}])
def test_what_is_no_fraction_is_refused(value: object) -> None:
    """Nor is it guessed at."""
    with pytest.raises(UnreadableError, match=r"^\$\.progress: (expected a number|not a valid float)"):
        read(TaskProgress, {"progress": value})


@pytest.mark.parametrize(
    "raw",
    [
        {},
        dict.fromkeys((wire_name(f) for f in fields(Room) if not f.name.startswith("_")), None),
        {
            "displayName": "",
            "mode": "ROOM_MODE_KEEP",
            "quotas": None,
            "type": 0,
            "metadata": {},
            "permissions": {},
            "defaultPermissions": None,
            "subRooms": {},
            "features": [],
            "parentId": "",
            "allowSpectators": False,
            "sort": "0",
            "myPermissions": None,
            "createdAt": None,
            "createdBy": "",
            "managed": False,
        },
    ],
    ids=["absent", "null", "defaults emitted"],
)
def test_absent_null_and_zero_are_one(raw: dict[str, object]) -> None:
    """A gateway that writes defaults one day changes nothing for us."""
    assert read(Room, raw) == Room()
    assert write(read(Room, raw)) == {}


def test_nulls_inside_lists_and_maps_are_zeros() -> None:
    """Also there null is no text "None" and no error."""
    room = read(Room, {"metadata": {"a": None}, "permissions": {"u": None}, "features": [None]})

    assert room.metadata == {"a": ""}
    assert room.permissions == {"u": Permissions()}
    assert [feature.id for feature in room.features] == ["UNDEFINED_FEATURE"]


def test_zeros_inside_lists_and_maps_are_written() -> None:
    """There they count: a favourite set to false is taken off, the first flag is a flag."""
    request = RoomListRequest(skip_flags=[SkipFlag.SKIP_OTHER_PERMISSIONS], filter_room_types=[RoomType.KEEP])

    assert write(request) == {"skipFlags": ["SKIP_OTHER_PERMISSIONS"], "filterRoomTypes": ["ROOM_TYPE_KEEP"]}
    assert write(Room(permissions={"u": Permissions()}, metadata={"k": ""})) == {
        "permissions": {"u": {}},
        "metadata": {"k": ""},
    }


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (Branding(logo_square48_url="u"), "logoSquare48URL"),
        (Branding(logo_url="u"), "logoURL"),
        (Locale(ui_language="de"), "UILanguage"),
        (LdapCredentials(bind_dn="u"), "bindDN"),
        (CompanySearchRequest(term="", continue_="u"), "continue"),
        (Permissions(chat_broadcast=True), "chatBroadcast"),
    ],
)
def test_names_that_a_camel_case_rule_would_break_are_kept(message: object, key: str) -> None:
    """The odd spellings of the wire, and one name that is a word of Python."""
    assert list(write(message)) == [key]


def test_stats_has_a_capital() -> None:
    """The reply of quotaService/stats is the only one with such a key."""
    assert read(QuotaStatsReply, {"Stats": [{"value": "7"}]}).stats[0].value == 7


def test_unknown_fields_are_kept_where_they_came() -> None:
    """What a later server adds can be read, is never sent back and does not make values differ."""
    reply = read(RoomListReply, {"page": 2, "rooms": {"r": {"displayName": "A", "colour": {"red": 1}}}})

    assert reply.unknown_fields == {"page": 2}
    assert reply.rooms["r"].unknown_fields == {"colour": {"red": 1}}
    assert reply.rooms["r"] == Room(display_name="A")
    assert write(reply.rooms["r"]) == {"displayName": "A"}
    assert evolve(reply.rooms["r"], display_name="B").unknown_fields == {}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([], r"^\$: expected an object, found a list$"),
        ("text", r"^\$: expected an object, found text$"),
        ({"rooms": []}, r"^\$\.rooms: expected an object, found a list$"),
        ({"rooms": {"r": "x"}}, r"^\$\.rooms\['r'\]: expected an object, found text$"),
        ({"rooms": {"r": {"managed": "false"}}}, r"^\$\.rooms\['r'\]\.managed: expected true or false, found text$"),
        ({"rooms": {"r": {"managed": 1}}}, r"^\$\.rooms\['r'\]\.managed: expected true or false, found a number$"),
        ({"rooms": {"r": {"displayName": 5}}}, r"^\$\.rooms\['r'\]\.displayName: expected text, found a number$"),
        ({"rooms": {"r": {"features": {}}}}, r"^\$\.rooms\['r'\]\.features: expected a list, found an object$"),
        ({"rooms": {"r": {"features": [{}, 5]}}}, r"features\[1\]: expected an object, found a number$"),
        ({"rooms": {"r": {"type": {}}}}, r"\.type: expected a text or number of RoomType, found dict$"),
        ({"rooms": {"r": {"type": True}}}, r"\.type: expected a text or number of RoomType, found bool$"),
        ({"rooms": {"r": {"metadata": {"k": []}}}}, r"\.metadata\['k'\]: expected text, found a list$"),
        ({"rooms": {"r": {"sort": "1_000"}}}, r"\.sort: expected a 64-bit integer, found text$"),
        ({"rooms": {"r": {"sort": " 7 "}}}, r"\.sort: expected a 64-bit integer, found text$"),
        ({"rooms": {"r": {"sort": "9223372036854775808"}}}, r"\.sort: expected a 64-bit integer, found text$"),
        (
            {"rooms": {"r": {"quotas": {"subRooms": "x"}}}},
            r"\.quotas\.subRooms: expected a 64-bit integer, found text$",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_place(raw: object, message: str) -> None:
    """The JSON path and both types, never the value."""
    with pytest.raises(UnreadableError, match=message):
        read(RoomListReply, raw)


def test_a_long_or_odd_map_key_does_not_spoil_the_message() -> None:
    """Keys are foreign text: cut, and without control characters."""
    with pytest.raises(UnreadableError) as caught:
        read(RoomListReply, {"rooms": {"\x1b[31m" + "k" * 5000: 5}})

    assert len(str(caught.value)) < 150
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "member"),
    [("ROOM_MODE_EXAM", RoomMode.EXAM), (None, RoomMode.KEEP), ("", RoomMode.KEEP), (0, RoomMode.KEEP)],
)
def test_enumerations_are_read_as_members(text: object, member: RoomMode) -> None:
    """Known texts are the very members, and zero in all its forms is the first."""
    assert read(Room, {"mode": text}).mode is member


def test_json_of_other_makers_may_use_classes_of_its_own() -> None:
    """The converter is public: an ordered map, a text that is an enum member and the like are what they are."""
    raw = OrderedDict(displayName=Role.GUEST, metadata=OrderedDict(k=Role.GUEST), features=UserFeatures([{}]))

    assert read(Room, raw) == Room(display_name="ROLE_GUEST", metadata={"k": "ROLE_GUEST"}, features=[RoomFeature()])


class UserFeatures(list[object]):
    """A list class of a caller's own."""


def test_an_absent_role_is_custom() -> None:
    """The zero of roles is CUSTOM, not GUEST: then the flags count."""
    assert read(Permissions, {"join": True}) == Permissions(role=Role.CUSTOM, join=True)


def test_callers_may_store_models_as_json_themselves() -> None:
    """The converter is a plain cattrs converter."""
    room = Room(display_name="A", created_at=NOON)

    assert converter.structure(converter.unstructure(room), Room) == room


@given(st.datetimes(timezones=st.timezones()))
@example(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=timezone(timedelta(hours=1))))
def test_a_moment_of_any_zone_comes_back_as_the_same_moment(moment: datetime) -> None:
    """To the microsecond, from year 1 to 9999; only what UTC cannot say is refused."""
    try:
        written = write(GuestLinkCreation(valid_from=moment))
    except ConfigurationError:
        assert moment.year in (1, 9999)
    else:
        assert read(GuestLinkCreation, written).valid_from == moment.astimezone(UTC)
