"""`alfactl link inspect`, as its users start it: without a login, a server or a network."""

import json
import subprocess
import sys

import pytest
from alfactl import Person

COMPANY, ROOM, KEY = (
    "01FH0EX2VQQ378MV7Z5NAGHESK",
    "4173dafb-5cde-5c85-95a3-20ebdf43698a",
    "PHLlurwVkiY91KAlXVc8WtNsKBoRwStK",
)
LINK = f"https://app.alfaview.com/#/join/{COMPANY}/{ROOM}/{KEY}/v2"


@pytest.fixture
def person(tmp_path):
    """Return somebody who has a key, but nobody listens at the address."""
    key = {"ALFAVIEW_CLIENT_ID": "any", "ALFAVIEW_CODE": "any", "ALFAVIEW_COMPANY_ID": "any"}
    return Person(tmp_path, "http://127.0.0.1:9/json/v1/", **key)


def test_a_link_tells_company_and_room_and_hides_its_key(person):
    """As pasted, from the line or from stdin; --reveal shows what lets its bearer in."""
    plain, revealed, launch = person.each(
        ("link", "inspect", LINK, "--json"),
        ("link", "inspect", LINK, "--reveal", "--json"),
        ("link", "inspect", f"alfaview://apis.alfaview.com:443?companyId=C&roomId=R&token={KEY}", "--json"),
    )
    parts = {"kind": "join-link", "host": "app.alfaview.com", "company_id": COMPANY, "room_id": ROOM}
    assert json.loads(plain.stdout) == parts | {"access_key": "…"}
    assert json.loads(revealed.stdout) == parts | {"access_key": KEY}
    assert json.loads(launch.stdout) == {"kind": "launch-url", "company_id": "C", "room_id": "R", "token": "…"}
    assert person.data("link", "inspect", "-", stdin=f"> {LINK[:40]}\n> {LINK[40:]}\n") == parts | {"access_key": "…"}


def test_a_text_that_is_no_link_is_exit_code_2(person):
    """In both languages, on stderr, without the key."""
    english, german = person.in_both("link", "inspect", LINK.replace("app.alfaview.com", "alfaview.example"))
    assert english.stderr.startswith("error[no-join-link]: this is no join link: ")
    assert german.stderr.startswith("error[no-join-link]: das ist kein Beitrittslink: ")
    assert [(done.returncode, done.stdout, KEY in done.stderr) for done in (english, german)] == [(2, "", False)] * 2


def test_it_loads_nothing_that_speaks_http(person):
    """Offline by construction: a broken aiohttp, found before the real one, is not noticed."""
    (person.home / "aiohttp.py").write_text("raise SystemExit('the network was wanted')\n", encoding="utf-8")
    offline, online = (
        subprocess.run(
            [sys.executable, "-m", "alfaview_async", *command],  # a warm process would have all modules
            capture_output=True,
            encoding="utf-8",
            cwd=person.home,
            env=person.environment,
            check=False,
        )
        for command in (("link", "inspect", LINK), ("room", "list"))
    )
    assert offline.returncode == 0, offline.stderr
    assert online.stderr.strip() == "the network was wanted"
