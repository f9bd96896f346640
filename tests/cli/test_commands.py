"""The commands as their users start them: in processes of their own."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from io import StringIO

import pytest

ALFACTL = [sys.executable, "-m", "alfaview_async"]
ENVIRONMENT = os.environ | {"COLUMNS": "240", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}


def alfactl(*arguments, cwd):
    return subprocess.run(
        [*ALFACTL, *map(str, arguments)], capture_output=True, encoding="utf-8", cwd=cwd, env=ENVIRONMENT, check=False
    )


def test_the_demo_tells_the_whole_story(tmp_path):
    """Guests with links, the rejected row with line, column, value and reason, the mails, and the file of links."""
    done = alfactl("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "guests.csv: 16 rows, 1 rejected (cp1252)" in done.stdout
    links = re.findall(r"https://app\.alfaview\.com/#/join/\S+/\S+/[A-Za-z0-9]{32}/v2", done.stdout)
    assert len(set(links)) == 15
    assert re.search(r"9 +│ E-Mail +│ anna\.kruse@example,org +│ comma in the domain", done.stdout)
    assert "15 links created, written to links.csv" in done.stdout
    assert "Einladung" in done.stdout
    assert "Invitation" in done.stdout
    assert "15/15" in done.stderr
    text = (tmp_path / "links.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    assert {row["status"] for row in rows} == {"created"}
    assert {row["join_link"] for row in rows} == set(links)
    assert [row["Nachname"] for row in rows][:2] == ["Weiß", "Schäfer"]


def test_the_demo_takes_a_list_of_ones_own(tmp_path):
    """A room that the emulator has never heard of is made; roles and languages have defaults."""
    (tmp_path / "mine.csv").write_text("Name,Email,Room\nAda,ada@example.org,Aula\n", encoding="utf-8")
    done = alfactl("demo", "mine.csv", "-O", "out.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 links created, written to out.csv" in done.stdout
    assert "Aula" in done.stdout


def test_a_list_without_addresses_is_refused(tmp_path):
    """Exit code 6: the file was rejected, nothing was sent; one line says what was found."""
    (tmp_path / "mine.csv").write_text("Name;Firma\nAda;X\n", encoding="utf-8")
    done = alfactl("demo", "mine.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (6, "")
    assert "Traceback" not in done.stderr
    assert "Firma" in done.stderr
    assert not (tmp_path / "links.csv").exists()


def test_a_missing_file_is_said_in_one_line(tmp_path):
    """No traceback for a typing error."""
    done = alfactl("demo", "nowhere.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "nowhere.csv" in done.stderr


def test_help_lists_the_commands(tmp_path):
    """Every command with a sentence; no command's module is needed for it."""
    done = alfactl("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "demo" in done.stdout
    assert "emulator" in done.stdout


def logged_in(facts):
    """Log in like an application that never heard of our models."""
    names = (("clientId", "client_id"), ("code", "code"), ("companyId", "company_id"))
    body = {"requestId": "r", "authorizationCodeCredentials": {name: facts[key] for name, key in names}}
    request = urllib.request.Request(  # noqa: S310 - the emulator's own address
        facts["base_url"] + "authenticationService/authenticate", json.dumps(body).encode(), method="POST"
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310 - as above
        return json.load(response)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_emulator_serves_until_stopped(tmp_path, number):
    """One line of JSON says where it is and how to log in; plain JSON gets a token from it; a signal ends it."""
    command = [*ALFACTL, "emulator", "run", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path, env=ENVIRONMENT) as process:
        facts = json.loads(process.stdout.readline())
        assert facts.keys() == {"base_url", "client_id", "code", "company_id", "username", "password", "room_id"}
        assert facts["base_url"].endswith("/json/v1/")
        reply = logged_in(facts)
        assert reply["accessToken"]
        assert reply["companyId"] == facts["company_id"]
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
        assert process.stdout.read() == b""


def test_without_the_extra_the_command_says_what_to_install(tmp_path):
    """Core installs have no click."""
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError(name='click')\n", encoding="utf-8")
    code = "import sys; sys.path.insert(0, '.'); from alfaview_async.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "alfactl needs more packages: pip install 'alfaview-async[cli]'"
