"""`alfactl emulator run --seed`."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack

import pytest
from alfactl import Person

RUN = [sys.executable, "-m", "alfaview_async", "emulator", "run", "--port", "0"]


@pytest.mark.parametrize(
    ("seed", "company_id", "rooms"), [("training-centre", "01FH0EX2VQQ378MV7Z5NAGHESK", 13), ("mine.json", "mine", 1)]
)
def test_a_seed(tmp_path, seed, company_id, rooms):
    """By name or from a file."""
    (tmp_path / "mine.json").write_text('{"companies": {"mine": {"rooms": {"r": {"displayName": "R"}}}}}')
    with (
        subprocess.Popen([*RUN, "--json", "--seed", seed], stdout=subprocess.PIPE, cwd=tmp_path) as process,
        ExitStack() as at_the_end,
    ):
        at_the_end.callback(process.kill)  # else a block that fails would wait for it for ever
        facts = json.loads(process.stdout.readline())
        origin = facts["base_url"].removesuffix("json/v1/")
        with urllib.request.urlopen(f"{origin}_emulator/state") as answer:  # noqa: S310 - the emulator's own address
            company = json.load(answer)["companies"][0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    assert (facts["company_id"], company["id"], len(company["rooms"])) == (company_id, company_id, rooms)


def test_a_reader_who_leaves_ends_it(tmp_path):
    """Whoever wanted one line has it, as from `| head -1`: no failure, and nothing is said of the port."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run(
            RUN, stdout=pipe, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=os.environ, check=False, timeout=30
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_two_signals_end_it_as_one_does(tmp_path):
    """Such as one from the terminal and one from a program that passes it on."""
    with (
        subprocess.Popen(
            [*RUN, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        ) as process,
        ExitStack() as at_the_end,
    ):
        at_the_end.callback(process.kill)
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        assert (process.wait(timeout=10), process.stderr.read()) == (0, "")


def test_ports_that_cannot_be_had(tmp_path):
    """One that there is not is a mistake in the line; one that is taken is told with a way out."""
    person = Person(tmp_path)
    english, german = person.in_both("emulator", "run", "--port", "99999")
    assert (english.returncode, english.stdout) == (german.returncode, german.stdout) == (2, "")
    assert english.stderr.startswith("error[usage]: invalid value for --port: a whole number is expected, from 0 to")
    assert "65535" in german.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = person.run("emulator", "run", "--port", port)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error[cannot-listen]: cannot listen on 127.0.0.1:{port}: ")
    assert "emulator run --port 0" in done.stderr


def test_a_wrong_seed_is_told(tmp_path):
    """Nothing is served; all mistakes are told."""
    (tmp_path / "mine.json").write_text('{"companies": {"mine": {"rooms": 3}}, "towns": {}}')
    done = subprocess.run(
        [*RUN, "--seed", "mine.json"], capture_output=True, text=True, cwd=tmp_path, env=os.environ, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "error[configuration]: mine.json has 2 mistakes:",
        "towns: unknown; expected some of companies, users, apiKeys, identityProviders, outbox, habits",
        "companies.mine.rooms: expected an object, found a whole number",
    ]
