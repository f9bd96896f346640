"""The emulator by itself, asked by a plain HTTP client that knows nothing of ours."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from alfaview_async.emulator.invitario import InvitarioEmulator
from alfaview_async.emulator.invitario_state import Configuration, Event

KEYS_OF_A_GUEST = {
    "id",
    "parentId",
    "accessCode",
    "clientUpdateDateTime",
    "serverUpdateDateTime",
    "checkInDateTime",
    "checkOutDateTime",
    "deleteDateTime",
    "registrationState",
    "fields",
    "companions",
}


@pytest.fixture
async def ask(station):
    async with aiohttp.ClientSession(f"{station.base_url}/api/v1/") as http:

        async def post(path, **body):
            async with http.post(path, json=body) as response:
                return await response.json()

        yield post


@pytest.fixture
async def token(station, ask):
    emulator = station.emulator
    answer = await ask(
        "login", eventId=emulator.event_id, apiKey=emulator.api_key, stationName=emulator.station_name
    )  # fmt: skip
    return answer["sessionToken"]


async def test_a_login_answers_as_in_the_article(station, ask):
    """Same keys as the sample; the token has 40 hexadecimal digits."""
    answer = await ask("login", eventId="4711", apiKey="SoMmErAk", stationName="Videoraum")
    assert answer.keys() == {"status", "event", "stationName", "sessionToken"}
    assert answer["event"].keys() == {"id", "name", "company", "startDateTime", "endDateTime", "configuration"}
    assert (answer["status"], answer["event"]["name"]) == ("success", "Sommerakademie")
    assert len(bytes.fromhex(answer["sessionToken"])) == 20
    assert station.state.logged_in() == 1


async def test_a_list_answers_as_in_the_article(ask, token):
    """Same keys as the sample; the colour is there for guests with tags only, times have the sample's offset."""
    answer = await ask("guest/list/all", sessionToken=token)
    assert answer.keys() == {"status", "count", "dateTime", "guests"}
    assert answer["count"] == len(answer["guests"]) == 21
    assert {frozenset(guest) - {"highlightColor"} for guest in answer["guests"]} == {frozenset(KEYS_OF_A_GUEST)}
    assert [guest["fields"]["lastName"] for guest in answer["guests"] if "highlightColor" in guest] == ["Größl"]
    assert answer["dateTime"].endswith("+02:00")


async def test_the_summer_school(ask, token):
    """14 registered guests with three companions, one of each kind that lists really have, and one deleted guest."""
    guests = (await ask("guest/list/all", sessionToken=token))["guests"]
    living = [guest for guest in guests if guest["deleteDateTime"] is None]
    states = [guest["registrationState"] for guest in living]
    assert (len(guests), len(living)) == (21, 20)
    assert (states.count("registered"), states.count("deregistered"), states.count("unknown")) == (17, 1, 2)
    assert sum(guest["fields"]["email"] is None for guest in guests) == 1
    companions = [guest for guest in guests if guest["parentId"]]
    parents = {guest["id"]: guest for guest in guests if guest["companions"]}
    brought = {companion["id"] for parent in parents.values() for companion in parent["companions"]}
    assert {guest["id"] for guest in companions} == brought
    assert {guest["parentId"] for guest in companions} == parents.keys()
    addresses = [guest["fields"]["email"] for guest in guests]
    assert addresses.count("joerg.weiss@example.org") == 2
    assert {type(guest["fields"].get("customField47")) for guest in guests} == {list, type(None)}


async def test_recent_is_what_changed_since_the_servers_own_clock(station, ask, token):
    """New, changed, checked in and deleted guests; nobody else."""
    station.state.clock.freeze(datetime(2026, 6, 1, 16, 30, 0, tzinfo=UTC))
    since = (await ask("guest/list/all", sessionToken=token))["dateTime"]
    assert since == "2026-06-01T18:30:00+02:00"
    assert (await ask("guest/list/recent", sessionToken=token, sinceDateTime=since))["guests"] == []
    station.state.clock.advance(minutes=1)
    guests = list(station.event.guests.values())
    new = station.state.invite("4711", firstName="Zoë", email="zoe@example.org")
    station.state.delete(guests[0])
    station.state.set_state(guests[1], "deregistered")
    station.state.check_in(guests[2])
    changed = (await ask("guest/list/recent", sessionToken=token, sinceDateTime=since))["guests"]
    assert {guest["id"] for guest in changed} == {new.id, *(guest.id for guest in guests[:3])}
    by_id = {guest["id"]: guest for guest in changed}
    assert by_id[guests[0].id]["deleteDateTime"] == "2026-06-01T18:31:00+02:00"
    assert by_id[guests[1].id]["registrationState"] == "deregistered"
    assert by_id[guests[2].id]["checkInDateTime"] == "2026-06-01T18:31:00+02:00"


async def test_a_change_in_the_second_of_the_cursor_is_a_change_since(station, ask, token):
    """Times have whole seconds, so nothing may fall between two of them."""
    station.state.clock.freeze(datetime(2026, 6, 1, 16, 30, 0, 700_000, tzinfo=UTC))
    since = (await ask("guest/list/all", sessionToken=token))["dateTime"]
    new = station.state.invite("4711", email="zoe@example.org")
    changed = (await ask("guest/list/recent", sessionToken=token, sinceDateTime=since))["guests"]
    assert [guest["id"] for guest in changed] == [new.id]


async def test_a_session_ends_24_hours_after_its_last_use(station, ask, token):
    """Each use counts anew; then it is error 30, which has no `status`."""
    for _ in range(3):
        station.state.clock.advance(hours=23, minutes=59)
        assert (await ask("guest/list/all", sessionToken=token))["status"] == "success"
    station.state.clock.advance(hours=24)
    error = {"code": 30, "message": "Invalid session token provided."}
    assert await ask("guest/list/all", sessionToken=token) == {"errors": [error]}
    assert station.state.logged_in() == 0


async def test_a_logout_ends_the_session(station, ask, token):
    """Once; the second time the token is unknown."""
    assert await ask("logout", sessionToken=token) == {"status": "success"}
    assert station.state.logged_in() == 0
    assert (await ask("logout", sessionToken=token))["errors"][0]["code"] == 30


REFUSALS = {
    "unknown event": ({"eventId": "999"}, 1000, "Event ID not known."),
    "wrong key": ({"apiKey": "x"}, 1010, "API key incorrect."),
    "wrong station": ({"stationName": "x"}, 1010, "API key incorrect."),
    "missing": ({"eventId": None, "apiKey": ""}, 20, "Required parameter(s) missing: eventId, apiKey"),
}


@pytest.mark.parametrize(("change", "code", "message"), REFUSALS.values(), ids=REFUSALS)
async def test_refused_logins(ask, change, code, message):
    """As the article lists them; those of the login itself have `status` and `displayMessage`."""
    answer = await ask("login", **{"eventId": "4711", "apiKey": "SoMmErAk", "stationName": "Videoraum"} | change)
    assert answer["errors"] == [{"code": code, "message": message}]
    assert ("status" in answer, "displayMessage" in answer) == (code >= 1000, code >= 1000)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"eventId": "1", // comment\n}'])
async def test_what_is_no_json_is_error_10(station, body):
    """A comment makes it none."""
    async with aiohttp.ClientSession() as http, http.post(f"{station.base_url}/api/v1/login", data=body) as response:
        assert await response.json() == {"errors": [{"code": 10, "message": "Invalid JSON provided."}]}


@pytest.mark.parametrize("since", ["yesterday", "2018-01-01T18:30:00"])
async def test_a_time_that_is_none_counts_as_missing(ask, token, since):
    """Guess."""
    answer = await ask("guest/list/recent", sessionToken=token, sinceDateTime=since)
    assert answer["errors"][0]["code"] == 20


async def test_devices_beyond_the_limit_have_no_place(station, ask):
    """Until one logs out, or its session ends."""
    login = {"eventId": "4711", "apiKey": "SoMmErAk", "stationName": "Videoraum"}
    tokens = [(await ask("login", **login))["sessionToken"] for _ in range(3)]
    assert (await ask("login", **login))["errors"][0]["message"] == "Maximum number of devices reached."
    await ask("logout", sessionToken=tokens[0])
    assert (await ask("login", **login))["status"] == "success"
    station.state.clock.advance(hours=24)
    assert (await ask("login", **login))["status"] == "success"


async def test_errors_may_come_with_an_http_status():
    """No page says which, so clients must not care."""
    app = web.Application()
    app.add_routes(InvitarioEmulator(error_status=401).routes("/invitario"))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/invitario/api/v1/logout"
    async with aiohttp.ClientSession() as http, http.post(address, json={"sessionToken": "x"}) as response:
        assert (response.status, (await response.json())["errors"][0]["code"]) == (401, 30)
    await runner.cleanup()


def test_a_reset_begins_the_same_anew():
    """Guests, ids and tokens; each token of one beginning is another one."""
    emulator = InvitarioEmulator()
    runs = []
    for _ in range(2):
        tokens = [emulator.state.log_in("4711", "SoMmErAk", "Videoraum")[0] for _ in range(3)]
        runs.append((tokens, emulator.state.invite("4711").id, len(emulator.state.events["4711"].guests)))
        emulator.reset()
        assert emulator.state.logged_in() == 0
    assert runs[0] == runs[1]
    assert len(set(runs[0][0])) == 3


def test_an_event_of_ones_own():
    """The built-in one is only the beginning."""
    state = InvitarioEmulator().state
    start = datetime(2027, 1, 1, tzinfo=UTC)
    door = Configuration(name="Tür", api_key="key")
    state.events["1"] = Event(
        id="1", name="Ball", company="K", starts_at=start, ends_at=start + timedelta(hours=6), configurations=[door]
    )
    for _ in range(50):
        state.log_in("1", "key", "Tür")
    assert state.logged_in(door) == state.logged_in() == 50
    assert "key" not in repr(door)
