"""`alfactl profile`: several logins side by side."""

import csv
from io import StringIO

import pytest
from alfactl import COMPANY, Person

from alfaview_async.emulator.thread import EmulatorThread


@pytest.fixture
def person(tmp_path):
    with EmulatorThread() as emulator:
        yield Person(tmp_path, emulator.base_url)


def rows(done):
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(StringIO(done.stdout), delimiter="\t"))


def test_logins_side_by_side(person):
    """Each has its own; `use` chooses, --profile and the variable win over that."""
    person.log_in()
    person.log_in_as_user("--profile", "second")
    found = {row["name"]: row for row in rows(person.run("profile", "list"))}
    assert found["default"] == {
        "name": "default",
        "current": "true",
        "company": COMPANY,
        "identity": "key:demo",
        "store": "file",
    }
    assert (found["second"]["current"], found["second"]["identity"]) == ("false", "user:ada@example.org")
    done = person.run("profile", "use", "second")
    assert (done.returncode, done.stderr) == (0, '✓ Profile "second" is used from now on\n')
    assert person.run("config", "get", "profile").stdout == "second\n"
    assert person.run("config", "get", "profile", "--profile", "default").stdout == "default\n"
    hidden = person.run("profile", "use", "default", ALFAVIEW_PROFILE="second")
    assert "! Here ALFAVIEW_PROFILE counts before it: profile" in hidden.stderr


def test_deleting_one(person):
    """Its login and its settings go, after a yes; the other stays."""
    person.log_in()
    person.log_in("--profile", "second")
    refused = person.run("profile", "delete", "second")
    assert (refused.returncode, "--yes" in refused.stderr) == (3, True)
    assert person.run("profile", "delete", "second", "--dry-run").returncode == 0
    assert person.run("room", "list", "--profile", "second").returncode == 0
    assert person.run("profile", "delete", "second", "--yes").returncode == 0
    assert [row["name"] for row in rows(person.run("profile", "list"))] == ["default"]
    assert person.run("room", "list").returncode == 0


@pytest.mark.parametrize("verb", ["use", "delete"])
def test_one_that_is_not_there(person, verb):
    """Exit code 7; names those there are."""
    person.log_in()
    done = person.run("profile", verb, "nobody", "--yes")
    assert done.returncode == 7
    assert done.stderr.splitlines() == [
        'error[no-profile]: there is no profile "nobody"',
        "  there are: default",
        "  next: alfactl login --profile nobody",
    ]
