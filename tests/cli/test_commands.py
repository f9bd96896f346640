"""The commands as their users start them: in processes of their own."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import ExitStack

import pytest

ALFACTL = [sys.executable, "-m", "alfaview_async"]
ENVIRONMENT = os.environ | {"COLUMNS": "240", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}


def alfactl(*arguments, cwd):
    return subprocess.run(
        [*ALFACTL, *map(str, arguments)], capture_output=True, encoding="utf-8", cwd=cwd, env=ENVIRONMENT, check=False
    )


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
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path, env=ENVIRONMENT) as process,
        ExitStack() as at_the_end,
    ):
        at_the_end.callback(process.kill)  # else a block that fails would wait for it for ever
        facts = json.loads(process.stdout.readline())
        assert facts.keys() == {"base_url", "client_id", "code", "company_id", "username", "password", "room_id"}
        assert facts["base_url"].endswith("/json/v1/")
        reply = logged_in(facts)
        assert reply["accessToken"]
        assert reply["companyId"] == facts["company_id"]
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
        assert process.stdout.read() == b""


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_in_a_directory_that_is_gone(tmp_path, options):
    """Nothing can be found there: exit code 2, and what to do; help is there all the same."""
    place = tmp_path / "gone"
    place.mkdir()
    script = 'rmdir ../gone; "$@"; echo $?; "$1" -m alfaview_async --help | head -n 1'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *ALFACTL, "status", *options],
        capture_output=True,
        encoding="utf-8",
        cwd=place,
        env=ENVIRONMENT,
        check=False,
    )
    assert done.stdout.splitlines() == ["2", "Usage: alfactl [OPTIONS] COMMAND [ARGS]..."]
    if options:
        assert json.loads(done.stderr)["code"] == "no-directory"
    else:
        assert done.stderr == "error[no-directory]: the directory that you are in is gone\n  next: cd to another one\n"


def test_without_the_extra_the_command_says_what_to_install(tmp_path):
    """Core installs have no click."""
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError(name='click')\n", encoding="utf-8")
    code = "import sys; sys.path.insert(0, '.'); from alfaview_async.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "alfactl needs more packages: pip install 'alfaview-async[cli]'"
