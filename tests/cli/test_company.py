"""`alfactl company`: the companies that the login may enter."""

import json
import tomllib

from alfactl import COMPANY, SECOND_COMPANY


def test_listing_and_switching(newcomer):
    """By name or id; from then on commands work in the other company, and both logins live on."""
    newcomer.log_in_as_user()
    listed = json.loads(newcomer.run("company", "list", "--json").stdout)
    assert listed == [
        {"id": COMPANY, "display_name": "Nordlicht Akademie", "current": True},
        {"id": SECOND_COMPANY, "display_name": "Südwind Institut", "current": False},
    ]
    assert newcomer.run("company", "switch", "Südwind Institut", "--dry-run").returncode == 0
    assert tomllib.loads(newcomer.config.read_text())["profile"]["default"]["company"] == COMPANY
    done = newcomer.run("company", "switch", "Südwind Institut")
    assert (done.returncode, done.stderr) == (0, f"✓ Working in Südwind Institut ({SECOND_COMPANY}) from now on\n")
    assert "Aula" in newcomer.run("room", "list").stdout
    assert "Seminar A" in newcomer.run("room", "list", "--company", COMPANY).stdout
    assert newcomer.run("company", "switch", COMPANY).returncode == 0
    assert "Seminar A" in newcomer.run("room", "list").stdout


def test_one_that_it_does_not_get_into(newcomer):
    """Exit code 7; names those it gets into."""
    newcomer.log_in()
    done = newcomer.run("company", "switch", SECOND_COMPANY, "--lang", "de")
    assert done.returncode == 7
    assert done.stderr.splitlines() == [
        f'error[no-company]: mit dieser Anmeldung geht es in keine Firma "{SECOND_COMPANY}"',
        f"  es geht in: Nordlicht Akademie ({COMPANY})",
    ]


def test_a_login_of_the_environment_is_not_switched(newcomer):
    """It names its company itself; a file would not count."""
    key = {"ALFAVIEW_CLIENT_ID": "demo", "ALFAVIEW_CODE": "demo-secret", "ALFAVIEW_COMPANY_ID": COMPANY}
    done = newcomer.run("company", "switch", SECOND_COMPANY, **key)
    assert done.returncode == 2
    assert done.stderr.startswith("error[switch-environment]")
    assert not newcomer.config.exists()
