"""`--fields` with a column that there is not: told before anything is done."""

import json

import pytest

INTO = ("--room", "Seminar A", "--role", "Participant")
GUEST, GROUP = "guestService.v2/createGuestLinks", "guestService.v2/createGroupLinks"


def refused(person, *command):
    """Run it with a column that there is not; return the columns that there are."""
    done = person.run(*command, "--fields", "id,nonsense", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    told = json.loads(done.stderr)
    assert (told["code"], told["message"][-8:]) == ("unknown-field", "nonsense")
    return told["details"][0].removeprefix("there are: ").split(", ")


@pytest.mark.parametrize(
    ("command", "operation"),
    [
        (("guest", "create", "Ada", *INTO), GUEST),
        (("group", "create", "Course", *INTO), GROUP),
        (("room", "create", "Seminar C"), "roomService/create"),
        (("user", "invite", "neu@example.org", "--yes"), "businessLogicService/inviteUsers"),
    ],
)
def test_nothing_is_made(person, emulator, command, operation):
    """Exit code 2, no request; with a column that it names, the command works."""
    known = refused(person, *command)
    assert len(emulator.requests) == 0
    assert person.run(*command, "--fields", ",".join(known)).returncode == 0
    assert emulator.requests.count(operation) == 1


def test_what_is_left_out_cannot_be_wanted(person, emulator):
    """A join link that --no-links hides is no column."""
    done = person.run("guest", "create", "Ada", *INTO, "--no-links", "--fields", "join_link")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(emulator.requests) == 0


@pytest.mark.parametrize(("kind", "change"), [("guest", ("--name", "Grace")), ("group", ("--description", "Course 2"))])
def test_nothing_is_changed(person, emulator, kind, change):
    """Neither a link, nor is one used."""
    made = person.data(kind, "create", "Ada", *INTO)
    asked = len(emulator.requests)
    known = refused(person, kind, "update", made["id"], *change)
    if kind == "group":
        refused(person, "group", "join-url", made["join_link"])
    assert len(emulator.requests) == asked
    assert person.run(kind, "update", made["id"], *change, "--fields", ",".join(known)).returncode == 0
