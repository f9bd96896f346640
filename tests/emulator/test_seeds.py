"""What an emulator begins with: seeds by name, data that leaves things out, and what was exported."""

import json
from datetime import UTC, datetime

import pytest

from alfaview_async import AmbiguousName
from alfaview_async.emulator import Emulator
from alfaview_async.errors import ConfigurationError

NORD, SEMINAR_A = "01FH0EX2VQQ378MV7Z5NAGHESK", "4173dafb-5cde-5c85-95a3-20ebdf43698a"
SCHOOL = {
    "companies": {
        "school": {
            "rooms": {
                "house": {"displayName": "House", "type": "ROOM_TYPE_DEPARTMENT"},
                "aula": {"displayName": "Aula", "parentId": "house"},
            },
            "links": {"g": {"kind": "guest", "roomId": "aula", "permissionGroupId": "participant", "email": "g@x.org"}},
        }
    }
}


@pytest.mark.parametrize("name", ["standard", "training-centre", "large", "empty"])
def test_named_seeds_come_back_as_they_were_exported(name):
    """Each name is a seed, and its export another of the same content."""
    exported = Emulator(seed=name).export()
    assert json.loads(json.dumps(exported)) == exported
    assert Emulator(seed=exported).export() == exported
    assert next(iter(exported["companies"])) == NORD


async def test_training_centre():
    """Two companies, 14 rooms and departments, the API key demo; "Seminar A" twice, a department in another."""
    async with Emulator(seed="training-centre") as emulator, emulator.client() as alfaview:
        assert (emulator.client_id, emulator.code, emulator.room_id) == ("demo", "demo-secret", SEMINAR_A)
        assert [len(company.rooms) for company in emulator.state.companies.values()] == [13, 1]
        with pytest.raises(AmbiguousName):
            await alfaview.rooms.find("Seminar A")
        assert (await alfaview.rooms.find("Nord/Seminar A"))[0] == SEMINAR_A
        assert (await alfaview.rooms.find("Süd/Sprachen/Español A2"))[1].display_name == "Español A2"
        groups = (await alfaview.business.permission_groups_list()).permission_groups
        assert [group.name for group in groups.values()] == ["Moderator", "Participant", "Spectator", "Trainer"]
        guests = (await alfaview.guests.list_guest_links(room_id=SEMINAR_A)).guest_links
        assert {link.email for link in guests} == {"joerg@example.org", "zoe@example.org", "kim@example.org"}


@pytest.mark.parametrize(
    ("email", "entered"), [("joerg@example.org", True), ("zoe@example.org", False), ("kim@example.org", False)]
)
async def test_links_of_the_training_centre(app_for, email, entered):
    """One is good for ever, one is over, one is yet to come."""
    async with Emulator(seed="training-centre") as emulator:
        app = app_for(emulator)
        links = (await app.ask("guestService.v2/listGuestLinks", roomId=SEMINAR_A)).json["guestLinks"]
        reply = (await app.enter(next(link for link in links if link["email"] == email))).json
        assert ("accessToken" in reply) is entered


async def test_large():
    """5,000 rooms in 50 departments beside the standard ones: all are listed once, found by their paths."""
    async with Emulator(seed="large") as emulator, emulator.client() as alfaview:
        ids = [room_id async for room_id, _ in alfaview.rooms.all()]
        assert len(ids) == len(set(ids)) == 5050 + 6
        assert (await alfaview.rooms.find("Department 50/Room 100"))[1].display_name == "Room 100"


def test_reset_returns_to_the_emulators_own_seed():
    """Unless another is named, for that once."""
    emulator = Emulator(seed=SCHOOL)
    emulator.reset("empty")
    assert (emulator.company_id, emulator.room_id) == (NORD, "")
    emulator.reset()
    assert (emulator.company_id, emulator.room_id) == ("school", "aula")


def test_a_seed_that_is_refused_changes_nothing():
    """Neither data nor log nor faults."""
    emulator = Emulator()
    before = emulator.export()
    emulator.faults.add("roomService/list", do="error")
    for seed in ("standart", {"companies": 3}):
        with pytest.raises(ConfigurationError):
            emulator.reset(seed)
    assert (emulator.export(), len(emulator.faults)) == (before, 1)


async def test_what_a_seed_need_not_say(app_for):
    """A way in, roles, kinds of rooms, keys of links: a few lines are a company to work with."""
    async with Emulator(seed=SCHOOL) as emulator, emulator.client() as alfaview:
        room_id, room = await alfaview.rooms.find("House/Aula")
        assert (room_id, room.type, room.quotas.active_participants) == ("aula", "ROOM_TYPE_ROOM", 50)
        assert (await alfaview.business.permission_group("Moderator"))[0] == "moderator"
        (link,) = (await alfaview.guests.list_guest_links(room_id="aula")).guest_links
        assert (link.id, link.email) == ("g", "g@x.org")
        app = app_for(emulator)
        entered = (await app.enter({"joinLink": link.join_link})).json
        assert entered["accessToken"]
        assert room.permissions["g"].voice
        assert (emulator.username, emulator.password) == ("ada@example.org", "demo-password")


def test_what_a_seed_says_stays():
    """Empty is not left out."""
    emulator = Emulator(seed={"companies": {"c": {"permissionGroups": {}, "quotas": []}}, "users": {}})
    company = emulator.state.companies["c"]
    assert (company.permission_groups, company.quotas, emulator.state.users) == ({}, [], {})
    assert len(company.room_types) == 1
    with pytest.raises(ConfigurationError, match="no API key"):
        emulator.client()


def test_users_of_a_seed():
    """Called by their address, in all companies; those who are invited are in none."""
    people = {"u": {"profile": {"email": "u@x.org"}, "password": "p"}, "v": {"invitedTo": ["b"]}}
    keys = {"k": {"code": "c", "companyId": "b"}}
    emulator = Emulator(seed={"companies": {"a": {}, "b": {}}, "users": people, "apiKeys": keys})
    u, v = emulator.state.users.values()
    assert (u.username, u.company_ids, u.permissions["15"]) == ("u@x.org", ["a", "b"], True)
    assert (v.username, v.company_ids, v.invited_to) == ("v", [], ["b"])
    assert emulator.state.api_keys["k"].user_id == "u"
    assert (emulator.client_id, emulator.company_id, emulator.username) == ("k", "b", "u@x.org")


def test_times_of_python_are_times():
    """Data need not come from a file."""
    seed = json.loads(json.dumps(SCHOOL))
    seed["companies"]["school"]["links"]["g"]["validUntil"] = datetime(2030, 1, 1, tzinfo=UTC)
    link = Emulator(seed=seed).state.companies["school"].links["g"]
    assert link.valid_until == datetime(2030, 1, 1, tzinfo=UTC)


async def test_new_ids_are_not_those_of_an_export(app_for):
    """What the exported session made stays, however equal the calls after it are."""
    async with Emulator() as emulator:
        first = (await app_for(emulator).guest_links({"displayName": "Ada"})).json["guestLinks"][0]
        exported = emulator.export()
    made = []
    for _ in range(2):
        async with Emulator(seed=exported) as emulator:
            second = (await app_for(emulator).guest_links({"displayName": "Grace"})).json["guestLinks"][0]
            assert set(emulator.state.companies[NORD].links) == {first["id"], second["id"]}
            made.append(second["id"])
    assert made[0] == made[1]


async def test_users_of_the_training_centre_log_in(app_for):
    """Grace has a password; Alan is invited, and not in yet."""
    async with Emulator(seed="training-centre") as emulator:
        app = app_for(emulator)
        grace = {"username": "grace@example.org", "password": "demo-password"}
        assert (await app.log_in(usernamePasswordCredentials=grace)).json["companyId"] == NORD
        users = (await app.ask("userService/list")).json["users"]
        assert {user["email"] for user in users.values()} >= {"ada@example.org", "grace@example.org"}
        alan = {"username": "alan@example.org", "password": ""}
        assert (await app.log_in(usernamePasswordCredentials=alan)).error == (401, 16, "AUTHENTICATION_ERROR")
