"""`alfactl company`: the companies that the login may enter."""

import json
import tomllib

import pytest
from alfactl import COMPANY, SECOND_COMPANY, Person

from alfaview_async.emulator.thread import EmulatorThread


@pytest.fixture
def person(tmp_path):
    with EmulatorThread() as emulator:
        yield Person(tmp_path, emulator.base_url)


def test_listing_and_switching(person):
    """By name or id; from then on commands work in the other company, and both logins live on."""
    person.log_in_as_user()
    listed = json.loads(person.run("company", "list", "--json").stdout)
    assert listed == [
        {"id": COMPANY, "display_name": "Nordlicht Akademie", "current": True},
        {"id": SECOND_COMPANY, "display_name": "Südwind Institut", "current": False},
    ]
    assert person.run("company", "switch", "Südwind Institut", "--dry-run").returncode == 0
    assert tomllib.loads(person.config.read_text())["profile"]["default"]["company"] == COMPANY
    done = person.run("company", "switch", "Südwind Institut")
    assert (done.returncode, done.stderr) == (0, f"✓ Working in Südwind Institut ({SECOND_COMPANY}) from now on\n")
    assert "Aula" in person.run("room", "list").stdout
    assert "Seminar A" in person.run("room", "list", "--company", COMPANY).stdout
    assert person.run("company", "switch", COMPANY).returncode == 0
    assert "Seminar A" in person.run("room", "list").stdout


def test_one_that_it_does_not_get_into(person):
    """Exit code 7; names those it gets into."""
    person.log_in()
    done = person.run("company", "switch", SECOND_COMPANY, "--lang", "de")
    assert done.returncode == 7
    assert done.stderr.splitlines() == [
        f'error[no-company]: mit dieser Anmeldung geht es in keine Firma "{SECOND_COMPANY}"',
        f"  es geht in: Nordlicht Akademie ({COMPANY})",
    ]


def test_a_login_of_the_environment_is_not_switched(person):
    """It names its company itself; a file would not count."""
    key = {"ALFAVIEW_CLIENT_ID": "demo", "ALFAVIEW_CODE": "demo-secret", "ALFAVIEW_COMPANY_ID": COMPANY}
    done = person.run("company", "switch", SECOND_COMPANY, **key)
    assert done.returncode == 2
    assert done.stderr.startswith("error[switch-environment]")
    assert not person.config.exists()
