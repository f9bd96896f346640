"""The admin API: what the emulator knows, and how to change it from any language."""

import json

import pytest
from attrs import define

from alfaview_async.emulator import Emulator

LIST = "roomService/list"
COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
SEMINAR_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
LINKS = f"companies.{COMPANY}.links"


@define
class Admin:
    """A program that knows HTTP and JSON."""

    http: object
    emulator: Emulator

    async def call(self, method, path, body=None, **options):
        headers = {"Content-Type": "application/json"} | options.pop("headers", {})
        data = json.dumps(body) if body is not None else None
        url = self.emulator.page_url + path
        async with self.http.request(method, url, data=data, headers=headers, **options) as answer:
            return answer.status, await answer.json()

    async def ok(self, *call, **options):
        status, found = await self.call(*call, **options)
        assert status in (200, 201), found
        return found

    async def mistake(self, *call, **options):
        status, found = await self.call(*call, **options)
        assert status == 400
        assert list(found) == ["error"]
        return found["error"]


@pytest.fixture
def admin(http, emulator):
    return Admin(http, emulator)


async def test_health(admin):
    """A script can wait for the emulator."""
    assert await admin.ok("GET", "healthz") == {"status": "ok"}


async def test_state(admin, app):
    """Companies with their rooms and the number of links, and on demand the links of a room."""
    await app.guest_links({"displayName": "Ada", "email": "ada@example.org", "validUntil": "2030-01-01T00:00:00Z"})
    state = await admin.ok("GET", f"state?room={SEMINAR_A}")
    nord, sued = state["companies"]
    assert (nord["name"], nord["links"], sued["name"], sued["links"]) == (
        "Nordlicht Akademie",
        1,
        "Südwind Institut",
        0,
    )
    rooms = {room["name"]: room for room in nord["rooms"]}
    assert rooms["Seminar A"]["parentId"] == rooms["Nord"]["id"]
    assert [rooms[name]["type"] for name in ("Nord", "Seminar A")] == ["department", "room"]
    assert [rooms[name]["links"] for name in ("Seminar A", "Seminar B")] == [1, 0]
    assert (state["room"]["name"], state["room"]["total"]) == ("Seminar A", 1)
    (link,) = state["room"]["links"]
    assert (link["kind"], link["name"], link["role"]) == ("guest", "Ada", "Participant")
    assert link["validUntil"] == "2030-01-01T00:00:00Z"
    assert state["requests"] == 2
    assert (await admin.ok("GET", "state?room=none"))["room"] is None


async def test_reset(admin, app):
    """Everything is as at the beginning, or without rooms; another seed there is not."""
    await app.guest_links({})
    await admin.ok("POST", "faults", {"match": LIST, "do": "error"})
    state = await admin.ok("POST", "reset")
    assert (state["requests"], state["mails"], state["faults"]) == (0, 0, 0)
    assert (await admin.ok("GET", "state"))["companies"][0]["links"] == 0
    await admin.ok("POST", "reset", {"seed": "empty"})
    assert [company["rooms"] for company in (await admin.ok("GET", "state"))["companies"]] == [[], []]
    assert "no seed 'x'" in await admin.mistake("POST", "reset", {"seed": "x"})
    assert "no seed 3" in await admin.mistake("POST", "reset", {"seed": 3})


async def test_export_and_seed(admin, app, emulator, alfaview):
    """What was exported comes back whole, into an emulator that had forgotten it; the link opens its room."""
    link = (await app.guest_links({"displayName": "Ada", "email": "ada@example.org", "sendEmail": True})).json
    await app.group_links({"description": "All"})
    exported = await admin.ok("GET", "export")
    assert exported == emulator.export()
    await admin.ok("POST", "reset", {"seed": "empty"})
    await admin.ok("POST", "seed", exported)
    assert await admin.ok("GET", "export") == exported
    assert (await app.enter(link["guestLinks"][0])).status == 200
    assert [mail.to for mail in emulator.outbox] == ["ada@example.org"]
    assert (await alfaview.rooms.find("Nord/Seminar A"))[0] == SEMINAR_A


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        ("towns", {}, "the seed: towns: unknown; expected some of companies, users, apiKeys"),
        ("companies", [], "companies: expected an object, found a list"),
        (f"companies.{COMPANY}.id", "other", f"companies.{COMPANY}.id: 'other' is not the key of the entry"),
        (f"companies.{COMPANY}.size", 3, f"companies.{COMPANY}.size: unknown"),
        (f"companies.{COMPANY}.rooms.{SEMINAR_A}.parentId", "gone", "parentId: 'gone' is not in the seed"),
        (f"companies.{COMPANY}.rooms.{SEMINAR_A}.displayName", 3, "expected text, found a number"),
        (LINKS, {"l": {"id": "l", "kind": "guest", "roomId": "gone"}}, f"{LINKS}.l.roomId: 'gone'"),
        (LINKS, {"l": {"id": "l", "kind": "guest", "permissionGroupId": "gone"}}, f"{LINKS}.l.permissionGroupId"),
        (LINKS, {"l": {"id": "l", "kind": "door"}}, "links.l.kind: must be guest or group, not 'door'"),
        (LINKS, {"l": 3}, "links.l: expected an object, found a whole number"),
        ("apiKeys.demo.userId", "gone", "apiKeys.demo.userId: 'gone'"),
        ("outbox", [{}], "outbox[0].to: is missing"),
        ("habits", {"cookie": "eaten"}, "habits: cookie must be one of 'as ruled', 'rotated', 'kept', 'cleared'"),
    ],
)
async def test_wrong_seeds(admin, place, value, problem):
    """A mistake says where it is, and changes nothing."""
    seed = before = await admin.ok("GET", "export")
    seed = json.loads(json.dumps(before))
    *path, last = place.split(".")
    inner = seed
    for key in path:
        inner = inner[key]
    inner[last] = value
    assert problem in await admin.mistake("POST", "seed", seed)
    assert await admin.ok("GET", "export") == before


async def test_requests(admin, app):
    """Numbered, in their order, with secrets masked; by operation, and only the latest on demand."""
    await app.ask(LIST)
    await app.ask(LIST)
    found = await admin.ok("GET", "requests")
    assert found["total"] == 3
    paths = [(entry["number"], entry["path"], entry["status"]) for entry in found["requests"]]
    assert paths == [(1, "authenticationService/authenticate", 200), (2, LIST, 200), (3, LIST, 200)]
    assert found["requests"][0]["body"]["authorizationCodeCredentials"]["code"] == "***"
    assert found["requests"][1]["body"]["accessInfo"]["accessToken"] == "***"
    assert [entry["number"] for entry in (await admin.ok("GET", f"requests?path={LIST}&limit=1"))["requests"]] == [3]
    assert (await admin.ok("GET", "requests?path=authentication*"))["total"] == 1
    assert "no operation 'lists'" in await admin.mistake("GET", "requests?path=lists")
    assert "limit must be" in await admin.mistake("GET", "requests?limit=0")


@pytest.mark.parametrize("depth", [200, 900])
async def test_deep_bodies_are_logged_in_part(admin, app, depth):
    """A body made to break the log does not."""
    answer = await app.post(LIST, "[" * depth + "]" * depth)
    assert answer.status == 400
    (entry,) = (await admin.ok("GET", "requests"))["requests"]
    assert json.dumps(entry["body"]) == "[" * 50 + '"..."' + "]" * 50


async def test_clock(admin, emulator):
    """Freeze, advance, set, run on."""
    assert await admin.ok("POST", "clock", {"freeze": "2026-12-24T18:00+01:00"}) == {
        "now": "2026-12-24T17:00:00.000Z",
        "frozen": True,
    }
    assert (await admin.ok("POST", "clock", {"advance": {"days": 1, "hours": 1}}))["now"] == "2026-12-25T18:00:00.000Z"
    assert (await admin.ok("POST", "clock", {"advance": 90}))["now"] == "2026-12-25T18:01:30.000Z"
    assert await admin.ok("POST", "clock", {"now": "2027-01-01T00:00Z"}) == {
        "now": "2027-01-01T00:00:00.000Z",
        "frozen": True,
    }
    assert (await admin.ok("POST", "clock", {"thaw": True}))["frozen"] is False
    assert (await admin.ok("POST", "clock", {"now": "2028-01-01T00:00Z"}))["frozen"] is False
    assert (await admin.ok("GET", "clock"))["now"].startswith("2028-01-01T00:00")
    assert (await admin.ok("POST", "clock", {"freeze": True}))["frozen"] is True
    assert emulator.clock.is_frozen


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"freeze": True, "advance": 1},
        {"freeze": False},
        {"freeze": "soon"},
        {"freeze": "2026-12-24T18:00"},
        {"freeze": "9999-12-31T00:00Z"},
        {"advance": -1},
        {"advance": True},
        {"advance": "1h"},
        {"advance": {}},
        {"advance": {"years": 1}},
        {"advance": {"hours": "1"}},
        {"advance": 1e300},
        {"advance": {"days": 3e6}},
        {"now": 3},
        {"stop": True},
    ],
)
async def test_clock_mistakes(admin, wanted):
    """Refused, and the clock shows real time as before."""
    await admin.mistake("POST", "clock", wanted)
    assert (await admin.ok("GET", "clock"))["frozen"] is False


async def test_access_tokens_expire_on_demand(admin, app, alfaview, emulator):
    """The handbook's TOKEN_OUTDATED at once; a client refreshes, unless the refresh token has expired too."""
    await app.ask(LIST)
    await alfaview.rooms.list()
    await admin.ok("POST", "tokens/expire", {})
    assert (await app.ask(LIST)).error == (401, 16, "TOKEN_OUTDATED")
    assert (await alfaview.rooms.list()).rooms
    refresh = (await app.log_in_with_key()).headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    emulator.expire_tokens(refresh=True)
    answer = await app.log_in(cookie=refresh, refreshTokenCredentials={"companyId": COMPANY})
    assert answer.error == (401, 16, "AUTHENTICATION_ERROR")
    assert "refresh must be" in await admin.mistake("POST", "tokens/expire", {"refresh": 1})


async def test_a_reset_logs_everybody_out(admin, app):
    """As after a restart of alfaview: the token of before is unknown, a login makes a new one."""
    await app.ask(LIST)
    await admin.ok("POST", "reset")
    assert (await app.ask(LIST)).error == (401, 16, "AUTHENTICATION_ERROR")
    app.token = ""
    assert (await app.ask(LIST)).status == 200
