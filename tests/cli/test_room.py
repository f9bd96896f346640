"""`alfactl room`, as its users start it."""

from alfactl import Person

NORD_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
SUED_A = "fafc4bc4-741b-5934-9418-2f7df9c98f69"
SEED = "training-centre"


def test_rooms_are_listed_by_path_and_as_a_tree(person):
    """Every room once, with the path by which it can be named; the tree shows rooms below their departments."""
    rooms = person.data("room", "list")
    assert len(rooms) == 13
    assert [room["path"] for room in rooms if room["display_name"] == "Seminar A"] == [
        "Nord/Seminar A",
        "Süd/Seminar A",
    ]
    tree, columns = person.each(("room", "list", "--tree"), ("room", "list", "-o", "csv", "--fields", "path,type"))
    lines = tree.stdout.splitlines()
    assert lines[0] == "tree\tid\ttype"
    nord = lines.index("Nord\t7c9d3d4e-3b52-4f0e-8a57-0f6f1c2b9d10\tROOM_TYPE_DEPARTMENT")
    assert lines[nord + 1] == f"  Seminar A\t{NORD_A}\tROOM_TYPE_ROOM"
    assert any(line.startswith("    Español A2\t") for line in lines), "two departments deep"
    assert columns.stdout.splitlines()[0] == "path,type"
    assert tree.stderr == columns.stderr == ""


def test_a_room_is_made_shown_and_deleted(person, emulator):
    """By path, below a department; a dry run and a refusal to ask change nothing."""
    dry = person.run("room", "create", "Seminar C", "--below", "Nord", "--dry-run")
    assert (dry.returncode, dry.stdout) == (0, "")
    assert 'create the room "Nord/Seminar C"' in dry.stderr
    assert emulator.requests.count("roomService/create") == 0
    made = person.data("room", "create", "Seminar C", "--below", "Nord")
    assert made["path"] == "Nord/Seminar C"
    shown = person.data("room", "show", "Nord/Seminar C")
    assert (shown["id"], shown["parent_id"]) == (made["id"], made["parent_id"])
    unasked = person.run("room", "delete", "Seminar C")
    assert unasked.returncode == 3
    assert unasked.stderr.startswith('error[needs-confirmation]: This deletes the room "Nord/Seminar C"')
    gone = person.run("room", "delete", made["id"], "--yes")
    assert (gone.returncode, gone.stdout, gone.stderr) == (0, "", '✓ deleted "Nord/Seminar C"\n')
    assert made["id"] not in {room["id"] for room in person.data("room", "list")}


def test_a_room_of_that_name_is_nowhere(person):
    """Mistake 6: the company is named, a slip of the pen is guessed; exit code 7, nothing on stdout."""
    english, german = person.in_both("room", "show", "Lererzimmer")
    assert english.stderr == (
        'error[room-not-found]: no room "Lererzimmer" in company Nordlicht Akademie\n'
        "  did you mean Lehrerzimmer?\n"
        "  next: alfactl room list --tree\n"
    )
    assert german.stderr == (
        'error[room-not-found]: kein Raum "Lererzimmer" in der Firma Nordlicht Akademie\n'
        "  meinten Sie Lehrerzimmer?\n"
        "  weiter: alfactl room list --tree\n"
    )
    assert [(done.returncode, done.stdout) for done in (english, german)] == [(7, "")] * 2


def test_a_room_of_another_company_is_found_there(emulator, tmp_path):
    """Mistake 6: who may enter several companies is told so, and with --check in which of them the room is."""
    user = {"ALFAVIEW_USERNAME": emulator.username, "ALFAVIEW_PASSWORD": emulator.password}
    person = Person(tmp_path, emulator.base_url, ALFAVIEW_COMPANY_ID=emulator.company_id, **user)
    english, german = person.in_both("room", "show", "Aula", "--check")
    assert english.stderr == (
        'error[room-not-found]: no room "Aula" in company Nordlicht Akademie\n'
        "  you have access to 2 companies; a room of that name exists in Südwind Institut\n"
        "  next: alfactl company switch 01EZYCFW9MJ10P15YJ63NZ8S47\n"
    )
    assert german.stderr == (
        'error[room-not-found]: kein Raum "Aula" in der Firma Nordlicht Akademie\n'
        "  Sie haben Zugang zu 2 Firmen; einen Raum dieses Namens gibt es in Südwind Institut\n"
        "  weiter: alfactl company switch 01EZYCFW9MJ10P15YJ63NZ8S47\n"
    )
    unchecked, nowhere = person.each(("room", "delete", "Aula", "--yes"), ("room", "show", "Atlantis", "--check"))
    assert "you have access to 2 companies\n  next: the same with --check" in unchecked.stderr
    assert "exists in none of them" in nowhere.stderr
    assert {done.returncode for done in (english, german, unchecked, nowhere)} == {7}


def test_a_name_that_two_rooms_bear_is_settled_by_path_or_id(person):
    """Mistake 7: paths and ids are listed; exit code 7."""
    english, german = person.in_both("room", "show", "Seminar A")
    rooms = f"  Nord/Seminar A  {NORD_A}\n  Süd/Seminar A  {SUED_A}\n"
    assert english.stderr == f'error[ambiguous-room]: 2 rooms are called "Seminar A"\n{rooms}  use the path or the id\n'
    assert german.stderr == (
        f'error[ambiguous-room]: 2 Räume heißen "Seminar A"\n{rooms}  den Pfad oder die ID angeben\n'
    )
    assert english.returncode == german.returncode == 7
    by_path, by_id = person.each(("room", "show", "Süd/Seminar A", "--json"), ("room", "show", SUED_A, "--json"))
    assert by_path.stdout == by_id.stdout != ""


def test_a_lost_answer_names_what_to_look_at(person, emulator):
    """Creating is never repeated blindly: exit code 10, and the command that shows whether the room is there."""
    emulator.faults.add("roomService/create", do="apply-then-reset")
    lost = person.run("room", "create", "Aula")
    assert lost.returncode == 10
    assert lost.stderr.startswith('error[outcome-unknown]: nobody knows whether it happened in room "Aula"')
    assert "look before you send it again: alfactl room list" in lost.stderr


def test_help_has_an_example_for_every_command(person):
    """What `--help` shows can be copied."""
    commands = [("room", name) for name in ("list", "show", "create", "delete")]
    for command, done in zip(commands, person.each(*[(*command, "--help") for command in commands]), strict=True):
        assert f"  alfactl {' '.join(command)} " in done.stdout
