"""`alfactl profile`: several logins side by side."""

import csv
from io import StringIO

import pytest
from alfactl import COMPANY


def rows(done):
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(StringIO(done.stdout), delimiter="\t"))


def test_logins_side_by_side(newcomer):
    """Each has its own; `use` chooses, --profile and the variable win over that."""
    newcomer.log_in()
    newcomer.log_in_as_user("--profile", "second")
    found = {row["name"]: row for row in rows(newcomer.run("profile", "list"))}
    assert found["default"] == {
        "name": "default",
        "current": "true",
        "company": COMPANY,
        "identity": "key:demo",
        "store": "file",
    }
    assert (found["second"]["current"], found["second"]["identity"]) == ("false", "user:ada@example.org")
    done = newcomer.run("profile", "use", "second")
    assert (done.returncode, done.stderr) == (0, '✓ Profile "second" is used from now on\n')
    assert newcomer.run("config", "get", "profile").stdout == "second\n"
    assert newcomer.run("config", "get", "profile", "--profile", "default").stdout == "default\n"
    hidden = newcomer.run("profile", "use", "default", ALFAVIEW_PROFILE="second")
    assert "! Here ALFAVIEW_PROFILE counts before it: profile" in hidden.stderr


def test_deleting_one(newcomer):
    """Its login and its settings go, after a yes; the other stays."""
    newcomer.log_in()
    newcomer.log_in("--profile", "second")
    refused = newcomer.run("profile", "delete", "second")
    assert (refused.returncode, "--yes" in refused.stderr) == (3, True)
    assert newcomer.run("profile", "delete", "second", "--dry-run").returncode == 0
    assert newcomer.run("room", "list", "--profile", "second").returncode == 0
    assert newcomer.run("profile", "delete", "second", "--yes").returncode == 0
    assert [row["name"] for row in rows(newcomer.run("profile", "list"))] == ["default"]
    assert newcomer.run("room", "list").returncode == 0


@pytest.mark.parametrize("verb", ["use", "delete"])
def test_one_that_is_not_there(newcomer, verb):
    """Exit code 7; names those there are."""
    newcomer.log_in()
    done = newcomer.run("profile", verb, "nobody", "--yes")
    assert done.returncode == 7
    assert done.stderr.splitlines() == [
        'error[no-profile]: there is no profile "nobody"',
        "  there are: default",
        "  next: alfactl login --profile nobody",
    ]
