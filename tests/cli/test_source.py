"""`alfactl source invitario`: an event's guests, as a list and as links."""

import csv
import json
from io import StringIO

import pytest
from alfactl import Person
from served import served

from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.invitario import EventLogin, keep_login
from alfaview_async.emulator.invitario import InvitarioEmulator
from alfaview_async.errors import TokenStoreError
from alfaview_async.secret import Secret
from alfaview_async.tokens import MemoryTokenStore, StoredToken

INTO = ("--room", "Seminar A", "--role", "Participant")


@pytest.fixture
def event():
    return InvitarioEmulator()


@pytest.fixture
def origin(event):
    with served(event.routes()) as origin:
        yield origin


@pytest.fixture
def person(emulator, event, origin, tmp_path):
    """Whoever has the login of the event in the environment."""
    return Person.with_key(
        tmp_path,
        emulator,
        INVITARIO_BASE_URL=origin,
        INVITARIO_EVENT_ID=event.event_id,
        INVITARIO_STATION_NAME=event.station_name,
        INVITARIO_API_KEY=event.api_key,
    )


def test_an_event_becomes_links_and_later_guests_get_theirs(person, emulator, event):
    """Guests who cannot be invited stop it; then the others get links; the next run sends nothing twice."""
    refused = person.run("bulk", "create", f"invitario:{event.event_id}", *INTO)
    assert refused.returncode == 6
    assert "no address" in refused.stderr
    done = person.run("bulk", "create", f"invitario:{event.event_id}", *INTO, "--skip-invalid", "--json")
    assert done.returncode == 0, done.stderr
    created = json.loads(done.stdout.splitlines()[-1])["created"]
    keys = {line["key"] for line in map(json.loads, done.stdout.splitlines()) if line["type"] == "row"}
    listed = list(csv.DictReader(StringIO(person.run("source", "invitario", "pull", "-o", "csv").stdout)))
    assert {row["key"] for row in listed} == keys
    assert created == len(keys) > 0
    again = person.run("bulk", "create", "invitario:", *INTO, "--skip-invalid", "--only-new")
    assert again.returncode == 0
    assert "nothing to do" in again.stderr
    assert emulator.requests.count("guestService.v2/createGuestLinks") == 1


def test_what_is_pulled_is_a_list_that_bulk_reads(person, tmp_path):
    """CSV on stdout; the guests who cannot be invited are named on stderr."""
    pulled = person.run("source", "invitario", "pull", "-o", "csv")
    assert pulled.returncode == 0
    assert "no address" in pulled.stderr
    (tmp_path / "guests.csv").write_text(pulled.stdout, encoding="utf-8")
    checked = person.run("bulk", "validate", "guests.csv")
    assert checked.returncode == 0, checked.stderr


def test_a_login_is_kept_where_the_profile_keeps_its_own(emulator, event, origin, tmp_path):
    """The App Code comes by stdin, is tried, and lies in the token store; everything after it works without it."""
    person = Person.with_key(tmp_path, emulator, ALFAVIEW_STORE="file")
    none = person.run("source", "invitario", "test")
    assert none.returncode == 4
    assert "error[invitario-login]" in none.stderr
    place = ("--url", origin, "--event", event.event_id, "--station", event.station_name)
    english, german = (
        person.run("source", "invitario", "login", *place, "--code-stdin", "--lang", lang, stdin="wrong")
        for lang in ("en", "de")
    )
    assert english.returncode == german.returncode == 4
    assert "error[invitario-refused]: Invitario does not let us in" in english.stderr
    assert "error[invitario-refused]: Invitario lässt uns nicht" in german.stderr
    done = person.run("source", "invitario", "login", *place, "--code-stdin", stdin=f"{event.api_key}\n")
    assert done.returncode == 0, done.stderr
    assert event.api_key not in done.stderr + done.stdout
    settings = person.config.with_name("invitario.json")
    assert event.api_key not in settings.read_text(encoding="utf-8")
    assert settings.stat().st_mode & 0o777 == 0o600
    tested = person.data("source", "invitario", "test")
    assert (tested["event"], tested["station"], tested["deleted"]) == (event.event_id, event.station_name, 1)
    assert tested["guests"] > tested["registered"] > 0


@pytest.mark.parametrize(
    "event", ['{"base_url": "https://a/", "station": "x"}', '{"base_url": 7, "station_name": "x"}', '"x"']
)
def test_a_file_of_events_that_somebody_has_changed(tmp_path, event):
    """The file is named, and what belongs into it."""
    person = Person(tmp_path, ALFAVIEW_STORE="file")
    path = person.config.with_name("invitario.json")
    path.parent.mkdir(parents=True)
    path.write_text(f'{{"1": {event}}}', encoding="utf-8")
    done = person.run("source", "invitario", "test")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error[configuration]: {path} cannot be read: event 1 ")
    assert "base_url, station_name" in done.stderr
    path.write_text('{"1": {"base_url": "a.example", "station_name": "x"}}', encoding="utf-8")
    done = person.run("source", "invitario", "test")
    assert (done.returncode, done.stderr[:55]) == (2, "error[configuration]: the URL of invitario.json is not ")


class RudeNeighbour(MemoryTokenStore):
    """Somebody else writes whenever we have looked, whoever holds the lock."""

    async def load(self, key):
        found = await super().load(key)
        await self.compare_and_swap(key, found.generation if found else 0, StoredToken(company_id="theirs"))
        return found


async def test_a_login_that_was_not_stored_is_not_said_to_be_kept(monkeypatch, tmp_path):
    """An error instead, and the file of events stays as it was."""
    monkeypatch.setattr("alfaview_async.cli.logins.invitario.token_store", lambda _: RudeNeighbour())
    invocation = Invocation({"ALFAVIEW_CONFIG_DIR": str(tmp_path)}, tmp_path)
    login = EventLogin(base_url="https://a.example/", event_id="1", station_name="x", code=Secret("aBcD"))
    with pytest.raises(TokenStoreError, match="another process"):
        await keep_login(invocation, login)
    assert not (tmp_path / "invitario.json").exists()


def test_half_a_login_in_the_environment_is_named(emulator, event, tmp_path):
    """It never is filled up from elsewhere."""
    person = Person.with_key(tmp_path, emulator, INVITARIO_API_KEY=event.api_key)
    english, german = person.in_both("source", "invitario", "test")
    assert english.returncode == german.returncode == 4
    assert "missing: INVITARIO_BASE_URL, INVITARIO_EVENT_ID, INVITARIO_STATION_NAME" in english.stderr
    assert "es fehlt: INVITARIO_BASE_URL, INVITARIO_EVENT_ID, INVITARIO_STATION_NAME" in german.stderr
