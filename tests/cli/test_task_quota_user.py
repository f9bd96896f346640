"""`alfactl task`, `quota` and `user`, as their users start them."""

import json

SEED = "training-centre"


def test_a_task_is_followed_to_its_end(person):
    """Steps on stderr and the end on stdout; with JSON lines, the steps on stdout."""
    invited = [
        person.data("user", "invite", f"{name}@example.org", "--yes")["task_id"] for name in ("joerg", "zoe", "kim")
    ]
    lines, record, missing = person.each(
        ("task", "watch", invited[0], "-o", "jsonl"),
        ("task", "watch", invited[1], "--json"),
        ("task", "watch", "no-such-task"),
    )
    steps = [json.loads(line) for line in lines.stdout.splitlines()]
    assert [(step["state"], step["progress"]) for step in steps] == [("QUEUED", 0.0), ("ASSIGNED", 0.5), ("DONE", 1.0)]
    assert lines.stderr == ""
    assert json.loads(record.stdout) == {"task_id": invited[1], "state": "DONE", "progress": 1.0}
    assert record.stderr.splitlines() == ["QUEUED  0%", "ASSIGNED  50%", "DONE  100%"]
    assert (missing.returncode, missing.stdout) == (7, "")
    assert missing.stderr.startswith("error[no-task]: no task no-such-task\n")


def test_a_task_of_the_guest_service_is_found_there(person, emulator):
    """Both services have tasks, and an id does not tell whose it is."""
    emulator.faults.add("businessLogicService/streamTaskProgress", do="error", status="NOT_FOUND")
    task_id = person.data("guest", "create", "Ada", "--room", "Lehrerzimmer", "--role", "Participant")["task_id"]
    done = person.run("task", "watch", task_id, "-o", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["state"] == "DONE"


def test_the_limits_of_the_contract_with_their_use(person, emulator):
    """Limits and sizes of room; a use that alfaview does not tell is empty, and that is said."""
    rows = person.data("quota")
    by_name = {row["name"]: (row["resource"], row["limit"], row["used"]) for row in rows}
    assert by_name["rooms"] == ("ROOM_LIMIT", 10_000, 10)
    assert by_name["standard"] == ("ROOM_TYPE", 10_000, 10)
    emulator.faults.add("quotaService/stats", do="error", status="NOT_IMPLEMENTED")
    silent = person.run("quota", "-o", "csv", "--fields", "name,used")
    assert silent.returncode == 0
    assert silent.stdout.splitlines()[:2] == ["name,used", "rooms,"]
    assert "! the use of rooms is not known: quotaService/stats: " in silent.stderr


def test_users_are_listed(person):
    """By address, also those who have not answered yet."""
    users = person.data("user", "list")
    assert [user["email"] for user in users] == ["ada@example.org", "alan@example.org", "grace@example.org"]
    assert (users[0]["firstname"], users[0]["lastname"]) == ("Ada", "Nord")


def test_a_user_is_invited_into_rooms_after_a_yes(person, emulator):
    """alfaview mails them, so a dry run and a missing answer invite nobody; address and role are checked before."""
    command = ("user", "invite", "joerg@example.org", "--room", "Nord/Seminar A", "--room", "Lehrerzimmer")
    unasked, dry, slip, no_role = person.each(
        (*command, "--role", "Moderator"),
        (*command, "--role", "Moderator", "--dry-run"),
        ("user", "invite", "joerg@@example.org", "--yes"),
        (*command, "--yes"),
    )
    assert [done.returncode for done in (unasked, dry, slip, no_role)] == [3, 0, 2, 2]
    assert slip.stderr.endswith("  did you mean joerg@example.org?\n")
    assert len(emulator.outbox) == 0
    person.data(*command, "--role", "Moderator", "--firstname", "Jörg", "--locale", "de", "--yes")
    (mail,) = emulator.outbox
    assert (mail.to, mail.locale) == ("joerg@example.org", "de")
    (invited,) = [user for user in person.data("user", "list") if user["email"] == "joerg@example.org"]
    rooms = emulator.state.companies[emulator.company_id].rooms
    inside = {room.display_name for room in rooms.values() if invited["id"] in room.permissions}
    assert inside == {"Seminar A", "Lehrerzimmer"}


def test_alfaview_refuses_in_both_languages(person, emulator):
    """Exit code 8: what it refused, and whose rights count."""
    emulator.faults.add("userService/list", do="error", status="INSUFFICIENT_PERMISSIONS")
    english, german = person.in_both("user", "list")
    assert english.stderr.startswith("error[refused]: alfaview refused: userService/list: ")
    assert german.stderr.startswith("error[refused]: alfaview hat abgelehnt: userService/list: ")
    assert "INSUFFICIENT_PERMISSIONS" in english.stderr
    assert english.returncode == german.returncode == 8
