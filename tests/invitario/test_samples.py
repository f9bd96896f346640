"""The article's own samples, without the emulator: what we send, and what we make of the answers."""

from datetime import UTC, datetime

import pytest

from alfaview_async import errors
from alfaview_async.invitario import (
    ApiKeyIncorrect,
    EventUnknown,
    InvalidJson,
    InvitarioError,
    ParametersMissing,
    RegistrationState,
    SessionEnded,
)

TOKEN = "0123456789abcdef0123456789abcdef01234567"
SUMMER = datetime(2017, 6, 1, 16, 30, tzinfo=UTC)
MESSAGES = {
    10: "Invalid JSON provided.",
    20: "Required parameter(s) missing: eventId",
    30: "Invalid session token provided.",
    1000: "Event ID not known.",
    1010: "API key incorrect.",
}
CLASSES = {10: InvalidJson, 20: ParametersMissing, 30: SessionEnded, 1000: EventUnknown, 1010: ApiKeyIncorrect}
FAMILY = {
    10: errors.InvalidArgument,
    20: errors.InvalidArgument,
    30: errors.AuthenticationError,
    1000: errors.NotFound,
    1010: errors.AuthenticationError,
}


async def test_the_requests_are_those_of_the_article(replay):
    """Login with three values, then the token in each body, and a logout at the end."""
    async with replay.reader() as invitario:
        await invitario.guests()
        await invitario.changes("2018-01-01T18:30:00+02:00")
    assert replay.sent == [
        ("login", {"eventId": "123", "apiKey": "aBcDeFgH", "stationName": "Main Entrance"}),
        ("guest/list/all", {"sessionToken": TOKEN}),
        ("guest/list/recent", {"sessionToken": TOKEN, "sinceDateTime": "2018-01-01T18:30:00+02:00"}),
        ("logout", {"sessionToken": TOKEN}),
    ]


async def test_the_guest_of_the_article(replay):
    """Every property arrives typed: times in UTC, the state as it came, fields as texts, nothing or lists."""
    async with replay.reader() as invitario:
        guests = await invitario.guests()
    assert len(guests) == 1
    guest = guests[0]
    assert guest.id == "2e1a7138-9114-496b-8dfe-5b30e3b329f1"
    assert guest.parent_id == "bf291cd3-14f3-41ff-93ab-2fa2d59de73a"
    assert guest.access_code == "abcdef"
    assert guest.client_updated_at == guest.server_updated_at == guest.checked_in_at == guest.checked_out_at == SUMMER
    assert guest.deleted_at == datetime(2016, 7, 1, 16, 30, tzinfo=UTC)
    assert {guest.client_updated_at.tzinfo, guest.deleted_at.tzinfo} == {UTC}
    assert isinstance(guest.registration_state, RegistrationState)
    assert guest.registration_state == "unknown|registered|deregistered"
    assert guest.highlight_color == "#ffeedd"
    assert guest.fields["titlePrefix"] == "Dr"
    assert guest.fields["fax"] is None
    assert guest.fields["customField47"] == ["vegetarian", "vegan"]
    assert guest.fields.text("customField47") == "vegetarian, vegan"
    assert guest.fields.text("fax") == guest.fields.text("customField2") == ""
    assert len(guest.fields) == 21
    assert guest.companion_ids == ("20c36bba-aeca-4c27-9d50-57a02ead4bb1", "bb1f8ca9-bba2-4f89-b078-b1fd2eb1f8a6")


async def test_the_cursor_is_the_servers_clock_as_it_stands(replay):
    """It goes back letter by letter, whatever this machine's clock and zone are."""
    async with replay.reader() as invitario:
        guests = await invitario.guests()
        await invitario.changes(guests.cursor)
    assert guests.cursor == "2018-01-01T18:30:00+02:00"
    assert replay.bodies("guest/list/recent")[0]["sinceDateTime"] == guests.cursor


async def test_a_moment_of_ones_own_may_be_the_cursor(replay):
    """An aware datetime is written with its offset; its fraction is cut, so that nothing is missed."""
    async with replay.reader() as invitario:
        await invitario.changes(datetime(2018, 1, 1, 16, 30, 0, 999_999, tzinfo=UTC))
    assert replay.bodies("guest/list/recent")[0]["sinceDateTime"] == "2018-01-01T16:30:00+00:00"


@pytest.mark.parametrize("since", ["", "yesterday", "2018-01-01", "2018-01-01T18:30:00", datetime(2018, 1, 1)])  # noqa: DTZ001 - refused
async def test_a_cursor_that_is_no_moment_is_refused_before_anything_is_sent(replay, since):
    """Without an offset nobody knows which moment is meant."""
    async with replay.reader() as invitario:
        with pytest.raises(errors.ConfigurationError, match="no moment with an offset"):
            await invitario.changes(since)
    assert replay.sent == []


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
@pytest.mark.parametrize("code", MESSAGES)
async def test_codes_decide_whatever_the_http_status(replay, code, status):
    """The article gives no HTTP status for its errors; each code is a class of its own, also as a text."""
    for written in (code, str(code)):
        body = {"status": "error", "displayMessage": None, "errors": [{"code": written, "message": MESSAGES[code]}]}
        replay.on("login", body, status=status)
        async with replay.reader() as invitario:
            with pytest.raises(InvitarioError, match=MESSAGES[code].split("(")[0]) as caught:
                await invitario.guests()
        assert type(caught.value) is CLASSES[code]
        assert isinstance(caught.value, FAMILY[code])
        assert (caught.value.code, caught.value.http_status) == (code, status)
        assert caught.value.outcome is errors.Outcome.REFUSED
        assert caught.value.operation == "api/v1/login"
    assert len(replay.sent) == 2, "a refusal is not tried again"


async def test_the_refused_login_of_the_article(replay, sample):
    """Its list holds a text and two codes; the first code counts, and nobody is logged in or out."""
    replay.on("login", sample("login_refused"))
    async with replay.reader() as invitario:
        with pytest.raises(EventUnknown, match="Event ID not known"):
            await invitario.guests()
    assert [path for path, _ in replay.sent] == ["login"]


async def test_the_general_errors_of_the_article_have_no_status(replay, sample):
    """They are errors all the same."""
    replay.on("guest/list/all", sample("general_errors"))
    async with replay.reader() as invitario:
        with pytest.raises(InvalidJson, match="Invalid JSON provided"):
            await invitario.guests()


async def test_a_code_that_no_page_tells_of(replay):
    """It is an error of Invitario's, with its code and both of its messages, and not tried again."""
    body = {"status": "error", "displayMessage": "Zu viele Geräte.", "errors": [{"code": 1020, "message": "Devices."}]}
    replay.on("login", body)
    async with replay.reader() as invitario:
        with pytest.raises(InvitarioError, match=r"code 1020 \(Devices\.; Zu viele Geräte\.\)") as caught:
            await invitario.guests()
    assert (type(caught.value), caught.value.code) == (InvitarioError, 1020)
    assert len(replay.sent) == 1


async def test_a_documented_code_counts_wherever_it_stands(replay):
    """Behind others, and behind what is no error at all."""
    replay.on("login", {"errors": ["?", {"code": 5000}, {}, {"code": True}, {"code": 1010, "message": "API key."}]})
    async with replay.reader() as invitario:
        with pytest.raises(ApiKeyIncorrect, match=r"API key\."):
            await invitario.guests()


async def test_an_error_without_any_code(replay):
    """`status` alone makes it one."""
    replay.on("login", {"status": "error"})
    async with replay.reader() as invitario:
        with pytest.raises(InvitarioError, match="no reason given"):
            await invitario.guests()


async def test_json_with_comments_is_no_json(replay):
    """The article explains its sample of a guest with `// | null`; no server could send that."""
    replay.on("guest/list/all", b'{"status": "success", "guests": [ // | null\n ]}')
    async with replay.reader() as invitario:
        with pytest.raises(errors.BadReply, match="no JSON object"):
            await invitario.guests()


NO_LISTS = {
    "more announced than came": ({"count": 123}, r"\$\.count: .* 1"),
    "fewer announced than came": ({"count": 0}, r"\$\.count: .* 1"),
    "no list": ({"guests": None}, r"\$\.count: .* 0"),
    "no clock": ({"dateTime": None}, r"\$\.dateTime: no moment"),
    "clock without offset": ({"dateTime": "2018-01-01T18:30:00"}, r"\$\.dateTime: no moment"),
    "no clock at all": ({"dateTime": "now"}, r"\$\.dateTime: no moment"),
    "guests as an object": ({"guests": {"0": {}}}, r"\$\.guests"),
    "guest as a text": ({"guests": ["[SEE GUEST OBJECT ABOVE]"]}, r"\$\.guests\[0\]"),
    "no id": ({"guests": [{}]}, "a guest without id"),
    "id as a number": ({"guests": [{"id": 5}]}, r"\$\.guests\[0\]\.id: no text"),
    "time without offset": ({"guests": [{"id": "a", "checkInDateTime": "2017-06-01T18:30:00"}]}, "checkInDateTime"),
    "time before all time": (
        {"guests": [{"id": "a", "checkInDateTime": "0001-01-01T00:00:00+14:00"}]},
        "checkInDateTime",
    ),
    "fields as a text": ({"guests": [{"id": "a", "fields": "Smith"}]}, r"\$\.guests\[0\]\.fields"),
}


@pytest.mark.parametrize(("change", "reason"), NO_LISTS.values(), ids=NO_LISTS)
async def test_lists_that_are_not_as_documented(replay, sample, change, reason):
    """Each says where and why; half a list is not taken for a whole one."""
    replay.on("guest/list/all", sample("guest_list") | change)
    async with replay.reader() as invitario:
        with pytest.raises(errors.BadReply, match=reason):
            await invitario.guests()


async def test_a_long_list_arrives_whole(replay, sample):
    """There is no paging: an answer of megabytes is one list, in the order of the server."""
    (guest,) = sample("guest_list")["guests"]
    guests = [guest | {"id": str(number)} for number in range(2000)]
    replay.on("guest/list/all", sample("guest_list") | {"count": 2000, "guests": guests})
    async with replay.reader() as invitario:
        assert [guest.id for guest in await invitario.guests()] == [str(number) for number in range(2000)]


async def test_a_long_page_is_no_list(replay):
    """It is quoted with its beginning only."""
    replay.on("guest/list/all", b"<html>" + b"whoops " * 200_000)
    async with replay.reader() as invitario:
        with pytest.raises(errors.BadReply, match="whoops") as caught:
            await invitario.guests()
    assert len(str(caught.value)) < 400


async def test_what_is_missing_or_new_does_no_harm(replay):
    """A guest needs an id; all else may be absent, and what this version does not know is kept."""
    guest = {"id": "a", "registrationState": "waitlisted", "fields": {"customField9": 4.5}, "badge": {"printed": True}}
    replay.on(
        "guest/list/all",
        {"status": "success", "count": 2, "dateTime": "2018-01-01T18:30:00Z", "guests": [guest, {"id": "b"}]},
    )
    async with replay.reader() as invitario:
        new, bare = await invitario.guests()
    assert new.registration_state == "waitlisted"
    assert new.fields == {"customField9": "4.5"}
    assert new.unknown == {"badge": {"printed": True}}
    assert (bare.registration_state, bare.highlight_color, bare.deleted_at) == (RegistrationState.UNKNOWN, "", None)
    assert (bare.fields, bare.companion_ids, bare.parent_id) == ({}, (), "")


async def test_fields_that_php_writes_as_an_empty_list(replay, sample):
    """An empty map is `[]` there."""
    listed = sample("guest_list")
    listed["guests"][0]["fields"] = []
    replay.on("guest/list/all", listed)
    async with replay.reader() as invitario:
        (guest,) = await invitario.guests()
    assert guest.fields == {}


async def test_a_login_without_token(replay, sample):
    """There is nothing to go on with."""
    replay.on("login", sample("login") | {"sessionToken": None})
    async with replay.reader() as invitario:
        with pytest.raises(errors.BadReply, match="no session token"):
            await invitario.guests()
