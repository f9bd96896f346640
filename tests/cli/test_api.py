"""`alfactl api`, as its users start it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.cli.commands.api.bodies import plain
from alfaview_async.models.rooms import RoomListReply
from alfaview_async.services import operations
from alfaview_async.wire import read

ROOM_ID = "4173dafb-5cde-5c85-95a3-20ebdf43698a"


def test_every_operation_is_listed(person):
    """With its path, the method that calls it, and a sentence."""
    listed = person.data("api", "--list")
    assert {row["path"] for row in listed} == {row.path for _, _, row in operations()}
    assert len(listed) == 60
    create = next(row for row in listed if row["path"] == "guestService.v2/createGuestLinks")
    assert (create["method"], create["repeatable"]) == ("guests.create_guest_links", False)
    assert create["description"].startswith("Create links for one person each")


@pytest.mark.parametrize("given", [("--input", "-"), ("-f", f"room={'[' * 100_000}")])
def test_garbage_of_any_depth_is_refused(person, emulator, given):
    """No traceback: an object is expected from a file, and an option that is no JSON is a text."""
    done = person.run("api", "roomService/create", *given, stdin="[" * 100_000)
    assert (done.returncode, done.stdout) == (6 if "-" in given else 2, "")
    assert done.stderr.startswith("error[api-input]" if "-" in given else "error[api-parameter]")
    assert emulator.requests.count("roomService/create") == 0


def test_parameters_come_from_options_file_and_stdin(person, emulator):
    """Dots lead into objects, JSON counts as JSON, options count more than the file; the reply is the wire's."""
    (person.home / "room.json").write_text('{"room": {"displayName": "x", "parentId": ""}}', encoding="utf-8")
    made = person.data(
        "api", "roomService/create", "--input", "room.json",
        *("-f", "room.displayName=Aula = Mensa", "-f", "room.quotas.activeParticipants=20"),
    )  # fmt: skip
    room = emulator.state.companies[emulator.company_id].rooms[made["roomId"]]
    assert (room.display_name, room.quotas.active_participants) == ("Aula = Mensa", 20)
    found = person.data("api", "roomService/list", "--input", "-", stdin=json.dumps({"filterRoomIds": [ROOM_ID]}))
    assert found["rooms"].keys() == {ROOM_ID}
    assert found["rooms"][ROOM_ID]["displayName"] == "Seminar A"
    assert found["replyInfo"]["statusMessage"] == "OK"


def test_a_dry_run_shows_what_would_be_sent(person, emulator):
    """Nothing is sent, not even a login."""
    done = person.run("api", "roomService/destroy", "-f", f"roomId={ROOM_ID}", "--dry-run")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"roomId": ROOM_ID})
    assert "call roomService/destroy" in done.stderr
    assert len(emulator.requests) == 0


def test_fields_that_no_version_knows_are_shown(person, emulator):
    """What a later server sends is data too."""
    emulator.habits.change(unknown_fields=True)
    found = person.data("api", "businessLogicService/permissionGroups/list")
    known = {"permissionGroups", "replyInfo"}
    assert found.keys() - known, "a field beside the known ones"
    group = next(iter(found["permissionGroups"].values()))
    assert group.keys() - {"name", "order", "permissions"}


def test_streams_are_json_lines(person):
    """Each answer is a line."""
    made = person.data(
        "api", "businessLogicService/inviteUsers", "-f", 'userInvitations=[{"user": {"email": "zoe@example.org"}}]'
    )
    task_id = made["trackingInfo"]["taskId"]
    done = person.run("api", "businessLogicService/streamTaskProgress", "-f", f"trackingInfo.taskId={task_id}")
    states = [json.loads(line)["taskProgress"]["state"] for line in done.stdout.splitlines()]
    assert states == ["QUEUED", "ASSIGNED", "DONE"]


def test_mistakes_are_told_before_anything_is_done(person, emulator):
    """What is wrong, what was probably meant, and the exit code; nothing on stdout."""
    known = "roomService/list"
    mistakes = {
        ("nonsense",): (2, 'api-path]: "nonsense" is no operation; they are called like roomService/list'),
        (known, "-f", "limit"): (2, "api-field]: --field limit: a parameter is written KEY=VALUE"),
        (known, "-f", "limit=many"): (2, "api-parameter]: roomService/list does not take that: $.limit: "),
        (known, "-f", "limt=1"): (
            2,
            f"api-unknown-parameter]: {known} has no parameter limt\n  did you mean limit?",
        ),
        (known, "-f", "a=1", "-f", "a.b=1"): (2, "api-no-object]: --field a.b: a is no object"),
        (known, "--input", "nowhere.json"): (6, "api-input]: --input nowhere.json is no JSON object"),
    }
    for done, (code, text) in zip(
        person.each(*(("api", *arguments) for arguments in mistakes)), mistakes.values(), strict=True
    ):
        assert done.stderr.startswith(f"error[{text}")
        assert (done.returncode, done.stdout) == (code, "")
    empty = person.run("api", known, "--input", "-", stdin="")
    assert empty.stderr.startswith("error[api-input]: --input - is no JSON object")
    assert (empty.returncode, empty.stdout) == (6, "")
    assert len(emulator.requests) == 0


def test_an_operation_that_does_not_exist(person):
    """Exit code 7, in both languages, with those that were probably meant."""
    english, german = person.in_both("api", "roomService/lst")
    assert english.stderr.startswith(
        "error[no-operation]: alfaview has no operation roomService/lst\n  did you mean roomService/list"
    )
    assert german.stderr.startswith(
        "error[no-operation]: alfaview hat keine Operation roomService/lst\n  meinten Sie roomService/list"
    )
    assert english.returncode == german.returncode == 7


def test_a_part_that_was_done_is_shown(person, emulator):
    """Exit code 5: the reply holds what was made."""
    emulator.faults.add("createGuestLinks", do="partial")
    group = next(iter(emulator.state.companies[emulator.company_id].permission_groups))
    guests = [{"displayName": name, "permissionGroupId": group} for name in ("Ada", "Bo")]
    body = json.dumps({"roomId": ROOM_ID, "guestLinkCreations": guests})
    done = person.run("api", "guestService.v2/createGuestLinks", "--input", "-", stdin=body)
    assert done.returncode == 5
    assert [link["displayName"] for link in json.loads(done.stdout)["guestLinks"]] == ["Ada"]
    assert done.stderr.startswith("error[partial]: ")


names = st.text("abcdefgh", min_size=3, max_size=6)
json_values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5), lambda below: st.lists(below, max_size=3)
)


@given(st.dictionaries(names, json_values), st.dictionaries(names, json_values))
def test_no_field_of_a_reply_is_lost(top, inner):
    """Known and unknown fields come back as they were, however deep they stand."""
    room = {"displayName": "Aula", "quotas": {"activeParticipants": 5, **inner}, **inner}
    sent = {"rooms": {"id": room}, **top}
    assert plain(read(RoomListReply, sent)) == {"replyInfo": {}} | sent
