"""`alfactl webex invite`: the same engine for another destination."""

import json

import pytest
from alfactl import Person
from guest_lists import addresses, guests
from served import served

from alfaview_async.emulator.webex import WebexEmulator


@pytest.fixture
def webex():
    return WebexEmulator()


@pytest.fixture
def meeting(webex):
    return webex.state.add_meeting().id


@pytest.fixture
def person(emulator, webex, tmp_path):
    with served(webex.routes("/webex/v1")) as origin:
        yield Person.with_key(tmp_path, emulator, WEBEX_ACCESS_TOKEN=webex.token, WEBEX_BASE_URL=f"{origin}/webex/v1")


def result_of(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_guests_are_invited_and_taken_back(person, webex, meeting, tmp_path):
    """Nobody is mailed unasked; the same list again is refused; the job is revoked like any other."""
    (tmp_path / "gaeste.csv").write_text(guests(3), encoding="utf-8")
    result = result_of(person.run("webex", "invite", "gaeste.csv", "--meeting", meeting, "--json"))
    assert (result["created"], webex.outbox) == (3, [])
    assert sorted(invitee.email for invitee in webex.state.meetings[meeting].by_email()) == addresses(3)
    again = person.run("webex", "invite", "gaeste.csv", "--meeting", meeting)
    assert again.returncode == 6
    assert "error[already-done]" in again.stderr
    assert result_of(person.run("bulk", "revoke", "--last", "--yes", "--json"))["withdrawn"] == 3
    assert list(webex.state.meetings[meeting].by_email()) == []


def test_a_lost_answer_is_found_again_without_a_second_mail(person, webex, meeting):
    """The invitations exist, the answer is lost: they are looked for, and each guest is mailed once."""
    webex.faults.add("apply-then-reset", request="POST *")
    done = person.run(
        "webex",
        "invite",
        "-",
        "--meeting",
        meeting,
        "--send-email",
        "-y",
        "--effect-within",
        "0",
        "--json",
        stdin=guests(2),
    )
    assert result_of(done)["created"] == 2
    assert sorted(mail.to for mail in webex.outbox) == addresses(2)


def test_the_token_comes_from_somewhere(person, webex, meeting, tmp_path):
    """Without one: exit code 4; from stdin it works, but not together with the list."""
    (tmp_path / "gaeste.csv").write_text(guests(1), encoding="utf-8")
    person.environment.pop("WEBEX_ACCESS_TOKEN")
    invite = ("webex", "invite", "gaeste.csv", "--meeting", meeting)
    none = person.run(*invite)
    assert none.returncode == 4
    assert "error[webex-token]" in none.stderr
    assert person.run("webex", "invite", "-", "--meeting", meeting, "--token-stdin").returncode == 2
    given = person.run(*invite, "--token-stdin", "--json", stdin=f"{webex.token}\n")
    assert result_of(given)["created"] == 1
    assert webex.token not in given.stdout + given.stderr
