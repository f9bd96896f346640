"""`alfactl status` and `token`: who, where, and where each value comes from."""

import json
import re
import urllib.request

from alfactl import COMPANY, SECOND_COMPANY, Person

KEY = {"ALFAVIEW_CLIENT_ID": "demo", "ALFAVIEW_CODE": "demo-secret", "ALFAVIEW_COMPANY_ID": COMPANY}


def test_every_value_has_its_origin(newcomer, emulator):
    """Offline: the variable, the file or the default; a flag wins over all."""
    newcomer.log_in()
    asked = len(emulator.requests)
    done = newcomer.run("status", "--company", COMPANY)
    assert (done.returncode, done.stderr) == (0, "")
    facts = dict(line.split("\t", 1) for line in done.stdout.splitlines())
    assert list(facts) == ["profile", "company", "identity", "secret", "access", "server"]
    assert facts["profile"] == "default  (default)"
    assert facts["company"] == f"{COMPANY}  (--company)"
    assert facts["identity"] == 'API key "demo"'
    assert facts["secret"] == f"files in {newcomer.config.parent / 'tokens'}  ({newcomer.config})"
    assert re.match("valid, (0 h 59|1 h 0) min left", facts["access"])
    assert facts["server"] == f"{emulator.base_url}  (ALFAVIEW_BASE_URL)"
    assert len(emulator.requests) == asked


def test_json_for_scripts(newcomer, emulator):
    """`jq -r .access.valid` says whether calls would be let in; --check asks the server, and learns names from it."""
    newcomer.log_in()
    facts = json.loads(newcomer.run("status", "--json", "--check").stdout)
    assert facts["access"].pop("expires_at").endswith("Z")
    assert 3500 < facts["access"].pop("seconds_left") <= 3600
    assert facts["server"].pop("milliseconds") >= 0
    assert facts == {
        "profile": {"value": "default", "origin": "default"},
        "company": {"id": COMPANY, "name": "Nordlicht Akademie", "origin": str(newcomer.config)},
        "identity": {"value": "key:demo"},
        "secret": {"store": "file", "origin": str(newcomer.config)},
        "access": {"valid": True, "renewable": True, "checked": True},
        "server": {"url": emulator.base_url, "origin": "ALFAVIEW_BASE_URL", "reachable": True},
    }


def test_nobody_logged_in(newcomer):
    """The facts are shown, and the exit code tells; unlike a status that is always 0."""
    done = newcomer.run("status", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["access"]["valid"] is False
    assert json.loads(done.stderr)["code"] == "not-logged-in"


def test_a_session_that_ended_unseen(newcomer, emulator):
    """Only --check can know; then it exits as any command would."""
    newcomer.log_in()
    emulator.expire_tokens(refresh=True)
    assert newcomer.run("status").returncode == 0
    done = newcomer.run("status", "--check", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["access"]["valid"] is False
    assert json.loads(done.stderr)["code"] == "session-expired"


def test_another_company_that_the_login_opens(newcomer):
    """Before it was ever entered, and after."""
    newcomer.log_in_as_user()
    assert newcomer.run("status", "--company", SECOND_COMPANY).returncode == 0
    facts = json.loads(newcomer.run("status", "--company", SECOND_COMPANY, "--check", "--json").stdout)
    assert facts["company"] == {"id": SECOND_COMPANY, "name": "Südwind Institut", "origin": "--company"}


def test_a_server_that_is_not_there(newcomer):
    """Exit code 9; what is known without it is shown all the same."""
    done = newcomer.run("status", "--check", "--json", "--base-url", "http://127.0.0.1:9/json/v1/", **KEY)
    assert done.returncode == 9
    facts = json.loads(done.stdout)
    assert facts["server"]["reachable"] is False
    assert facts["company"]["origin"] == "ALFAVIEW_COMPANY_ID"


def test_a_login_from_the_environment(newcomer):
    """Names the variables, shows none of their values."""
    done = newcomer.run("status", "--check", **KEY)
    assert done.returncode == 0, done.stderr
    facts = dict(line.split("\t", 1) for line in done.stdout.splitlines())
    assert facts["secret"] == "ALFAVIEW_CLIENT_ID, ALFAVIEW_CODE"
    assert facts["access"] == "valid"
    assert facts["identity"] == 'API key "demo"'
    assert "demo-secret" not in done.stdout


def test_a_token_for_other_programs(newcomer, emulator):
    """The token alone on stdout; the server takes it, for the company that was asked for."""
    newcomer.log_in_as_user()
    done = newcomer.run("token", "--company", SECOND_COMPANY)
    assert (done.returncode, done.stderr) == (0, "")
    body = {"accessInfo": {"accessToken": done.stdout.strip(), "companyId": SECOND_COMPANY}}
    request = urllib.request.Request(  # noqa: S310 - the emulator's own address
        f"{emulator.base_url}roomService/list", json.dumps(body).encode(), method="POST"
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        rooms = json.load(answer)["rooms"]
    assert [room["displayName"] for room in rooms.values()] == ["Aula"]
    record = json.loads(newcomer.run("token", "--json").stdout)
    assert (record["company"], bool(record["access_token"])) == (COMPANY, True)


def test_credentials_come_whole_from_one_place(newcomer):
    """Half a login in the environment is not made whole with the stored one; both kinds at once are neither."""
    newcomer.log_in()
    half = newcomer.run("room", "list", "--json", ALFAVIEW_CLIENT_ID="demo")
    assert half.returncode == 2
    assert "ALFAVIEW_CODE" in json.loads(half.stderr)["message"]
    both = newcomer.run("room", "list", ALFAVIEW_USERNAME="a", ALFAVIEW_PASSWORD="b", **KEY)
    assert both.returncode == 2
    whole = newcomer.run("room", "list", ALFAVIEW_CLIENT_ID="demo", ALFAVIEW_CODE="wrong", ALFAVIEW_COMPANY_ID=COMPANY)
    assert whole.returncode == 4


def test_the_emulator_needs_no_login(tmp_path, emulator):
    """Whatever it began with, it is asked whom it lets in."""
    emulator.reset({"companies": {"mine": {"rooms": {"r": {"displayName": "Only here"}}}}})
    newcomer = Person(tmp_path, emulator.base_url, ALFAVIEW_COMPANY_ID="")
    done = newcomer.run("room", "list", "--emulator", "--fields", "display_name")
    assert (done.returncode, done.stdout) == (0, "display_name\nOnly here\n"), done.stderr
    facts = json.loads(newcomer.run("status", "--emulator", "--check", "--json").stdout)
    assert facts["secret"] == {"store": None, "origin": "--emulator"}
    assert facts["server"]["origin"] == "--emulator"


def test_no_emulator_runs(tmp_path):
    """Exit code 9 and how to start one; an address in the world is not mistaken for it."""
    newcomer = Person(tmp_path, "https://apis.alfaview.com/json/v1/")
    facts = json.loads(newcomer.run("status", "--emulator", "--json").stdout)
    assert facts["server"]["url"] == "http://127.0.0.1:8080/json/v1/"
    done = newcomer.run("room", "list", "--emulator", "--base-url", "http://127.0.0.1:9/json/v1/")
    assert done.returncode == 9
    assert "alfactl emulator run" in done.stderr
