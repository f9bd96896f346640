"""Starting, stopping, resetting; the log of requests; the clock; seeds."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.emulator import Emulator
from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.request_log import masked
from alfaview_async.errors import ConfigurationError
from alfaview_async.services import operations
from alfaview_async.wire import wire_name

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CREATE = "guestService.v2/createGuestLinks"


async def test_address(http):
    """Loopback and a free port by default; only while it runs."""
    emulator = Emulator()
    with pytest.raises(ConfigurationError, match="does not run"):
        _ = emulator.base_url
    async with emulator:
        assert emulator.base_url.startswith("http://127.0.0.1:")
        assert emulator.base_url.endswith("/json/v1/")
        async with http.post(emulator.base_url + "roomService/list") as response:
            assert response.status == 401
    with pytest.raises(ConfigurationError, match="does not run"):
        _ = emulator.base_url


@pytest.mark.parametrize(("host", "shown"), [("::1", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")])  # noqa: S104 - on purpose
async def test_other_hosts(http, host, shown):
    """The base URL is one that works on this machine."""
    async with Emulator(host=host) as emulator:
        assert emulator.base_url.startswith(f"http://{shown}:")
        async with http.post(emulator.base_url + "roomService/list") as response:
            assert response.status == 401


async def test_port_can_be_chosen_and_taken():
    """The same port again after a stop; a taken one is an error that leaves nothing open."""
    async with Emulator() as first:
        port = int(first.base_url.split(":")[2].split("/")[0])
        second = Emulator(port=port)
        with pytest.raises(OSError, match="address already in use"):
            await second.start()
    async with Emulator(port) as third:
        assert f":{port}/" in third.base_url


@pytest.mark.parametrize("port", [-1, 70_000])
def test_ports_that_do_not_exist(port):
    """Said when the emulator is made."""
    with pytest.raises(ConfigurationError, match=f"there is no port {port}; choose one up to 65535"):
        Emulator(port=port)


async def test_start_and_stop_twice(app_for):
    """Neither minds; what it knew before the stop is still there."""
    emulator = Emulator()
    await emulator.start()
    await emulator.start()
    app = app_for(emulator)
    await app.guest_links({})
    await emulator.stop()
    await emulator.stop()
    await emulator.start()
    assert len((await app.ask("guestService.v2/listGuestLinks")).json["guestLinks"]) == 1
    await emulator.stop()


async def test_two_emulators_share_nothing(app_for):
    """Each has its own state: tests can run side by side."""
    async with Emulator() as one, Emulator() as other:
        await app_for(one).guest_links({})
        assert not other.state.companies[other.company_id].links
        assert len(other.requests) == 0


async def test_built_in_names(app, emulator):
    """What the attributes name works: key, user, company and the one room called Seminar A."""
    key = {"clientId": emulator.client_id, "code": emulator.code, "companyId": emulator.company_id}
    assert (await app.log_in(authorizationCodeCredentials=key)).status == 200
    user = {"username": emulator.username, "password": emulator.password}
    assert (await app.log_in(usernamePasswordCredentials=user)).status == 200
    rooms = (await app.ask("roomService/list")).json["rooms"]
    assert [key for key, room in rooms.items() if room["displayName"] == "Seminar A"] == [emulator.room_id]


async def test_reset_begins_anew(app, emulator):
    """Data, tokens, mails, faults, log, clock and ids are those of a new emulator."""
    outbox, clock, state = emulator.outbox, emulator.clock, emulator.state
    first = (await app.guest_links({"email": "grace@example.org", "sendEmail": True})).json
    await app.ask("roomService/destroy", roomId=emulator.room_id)
    emulator.faults.add("roomService/list", do="error")
    emulator.clock.freeze(NOON)
    emulator.reset()
    assert (emulator.outbox, len(emulator.faults), len(emulator.requests)) == ([], 0, 0)
    assert abs(emulator.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert (await app.ask("roomService/list")).error == (401, 16, "AUTHENTICATION_ERROR")
    app.token = ""
    again = (await app.guest_links({"email": "grace@example.org", "sendEmail": True})).json
    assert again["guestLinks"][0]["joinLink"] == first["guestLinks"][0]["joinLink"]
    assert len(emulator.outbox) == 1
    assert (emulator.outbox is outbox, emulator.clock is clock, emulator.state is state) == (True, True, True)


async def test_seed_decides_ids(app_for):
    """Equal seeds and calls give equal keys and tokens, other seeds others."""
    seen = []
    for seed in (1, 1, 2):
        async with Emulator(random_seed=seed) as emulator:
            app = app_for(emulator)
            link = (await app.guest_links({})).json["guestLinks"][0]
            seen.append((app.token, link["id"], link["accessKey"]))
    assert seen[0] == seen[1]
    assert not set(seen[0]) & set(seen[2])


async def test_request_log(app, emulator):
    """Path, HTTP status and body of each request in order, and how many there were of an operation."""
    await app.guest_links({"displayName": "Ada"}, origin="mark")
    await app.guest_links({}, roomId="nowhere")
    await app.post("roomService/list", b"{")
    await app.post("nowhere", {})
    paths = ["authenticationService/authenticate", CREATE, CREATE, "roomService/list", "/json/v1/nowhere"]
    assert [request.path for request in emulator.requests] == paths
    assert [request.status for request in emulator.requests] == [200, 200, 404, 400, 404]
    assert emulator.requests[1].body["origin"] == "mark"
    assert emulator.requests[1].body["accessInfo"] == {"requestId": "ask", "accessToken": "***"}
    assert emulator.requests[3].body is None
    assert emulator.requests.count(CREATE) == 2
    assert emulator.requests.count("createGuestLinks") == 2
    assert emulator.requests.count("guestService*") == 2
    assert emulator.requests.count("/json/v1/nowhere") == 1
    assert emulator.requests.count("roomService/create") == 0
    assert len(emulator.requests) == 5


@pytest.mark.parametrize(("name", "why"), [("createGestLinks", "no operation"), ("list", "may be companyService/list")])
def test_requests_of_no_operation_are_not_counted(emulator, name, why):
    """A misspelt name would count nothing, and a test with it could not fail."""
    with pytest.raises(ConfigurationError, match=why):
        emulator.requests.count(name)


async def test_request_log_has_no_secrets(app, emulator):
    """Neither tokens nor passwords, codes, keys."""
    link = (await app.guest_links({})).json["guestLinks"][0]
    await app.enter(link)
    await app.log_in(usernamePasswordCredentials={"username": "ada@example.org", "password": "demo-password"})
    await app.log_in(refreshTokenCredentials={"companyId": emulator.company_id, "refreshToken": "refresh-secret"})
    log = json.dumps([request.body for request in emulator.requests])
    assert link["accessKey"] in link["joinLink"]
    for secret in (app.token, link["accessKey"], "demo-secret", "demo-password", "refresh-secret"):
        assert secret not in log


def secret_keys():
    """Wire names of all fields that the models of requests keep out of their reprs."""
    models, seen = [operation.request for _, _, operation in operations()], set()
    while models:
        for field in attrs.fields(models.pop()):
            if not field.name.startswith("_") and not field.repr:
                yield wire_name(field)
            for kind in (field.type, *getattr(field.type, "__args__", ())):
                if attrs.has(kind) and kind not in seen:
                    seen.add(kind)
                    models.append(kind)


SECRET_KEYS = sorted(set(secret_keys()))


@given(st.sampled_from(SECRET_KEYS), st.lists(st.sampled_from([lambda x: [x, 1], lambda x: {"a": x, "b": 1}])))
def test_every_secret_of_the_models_is_masked(key, wrappings):
    """What a repr hides, the log hides, at any depth; the rest stays as it is."""
    body, expected = {key: "secret", "c": "open"}, {key: "***", "c": "open"}
    for wrap in wrappings:
        body, expected = wrap(body), wrap(expected)
    assert masked(body) == expected


def test_the_models_have_secrets():
    """The test above tests something."""
    assert {"accessToken", "password", "code", "refreshToken", "accessKey"} <= set(SECRET_KEYS)


def test_clock_runs_and_advances():
    """Real time plus what it was advanced by."""
    clock = Clock()
    clock.advance(days=1, hours=2, minutes=3, seconds=4)
    ahead = clock.now() - datetime.now(UTC)
    assert abs(ahead - timedelta(days=1, hours=2, minutes=3, seconds=4)) < timedelta(seconds=1)


def test_clock_stands_still_and_runs_on():
    """A frozen clock moves only when advanced, and thaws from where it stands."""
    clock = Clock()
    clock.freeze(NOON.astimezone(timezone(timedelta(hours=2))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC
    clock.advance(hours=1)
    assert clock.now() == NOON + timedelta(hours=1)
    clock.thaw()
    assert timedelta() <= clock.now() - NOON - timedelta(hours=1) < timedelta(seconds=1)
    clock.freeze()
    assert clock.now() == clock.now()
    clock.reset()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_clock_refuses_what_is_unclear():
    """Backward, and a moment without zone."""
    with pytest.raises(ConfigurationError, match="only advances"):
        Clock().advance(seconds=-1)
    with pytest.raises(ConfigurationError, match="tzinfo"):
        Clock().freeze(datetime(2026, 3, 1, 12))  # noqa: DTZ001 - the mistake under test


def test_the_emulator_loads_no_client():
    """It knows the client only by what arrives over HTTP."""
    code = "import sys, alfaview_async.emulator; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "alfaview_async.emulator.app" in loaded
    client = {"client", "session", "calls", "login", "transport", "tokens", "retry", "bulk", "cli"}
    assert not {f"alfaview_async.{part}" for part in client} & set(loaded)
