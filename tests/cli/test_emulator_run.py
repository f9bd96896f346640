"""`alfactl emulator run --seed`."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import ExitStack

import pytest

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
