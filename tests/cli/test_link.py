"""`alfactl link inspect`, as its users start it: without a login, a server or a network."""

import json

import pytest
from cli_process import Alfactl, in_both

COMPANY, ROOM, KEY = (
    "01FH0EX2VQQ378MV7Z5NAGHESK",
    "4173dafb-5cde-5c85-95a3-20ebdf43698a",
    "PHLlurwVkiY91KAlXVc8WtNsKBoRwStK",
)
LINK = f"https://app.alfaview.com/#/join/{COMPANY}/{ROOM}/{KEY}/v2"


class Nowhere:
    """Stands in an emulator's place: nobody listens there."""

    client_id = code = company_id = "any"
    base_url = "http://127.0.0.1:9/json/v1/"


@pytest.fixture
def alfactl(tmp_path):
    return Alfactl(Nowhere, tmp_path)


def test_a_link_tells_company_and_room_and_hides_its_key(alfactl):
    """As pasted, from the line or from stdin; --reveal shows what lets its bearer in."""
    plain, revealed, launch = alfactl.each(
        ("link", "inspect", LINK, "--json"),
        ("link", "inspect", LINK, "--reveal", "--json"),
        ("link", "inspect", f"alfaview://apis.alfaview.com:443?companyId=C&roomId=R&token={KEY}", "--json"),
    )
    parts = {"kind": "join-link", "host": "app.alfaview.com", "company_id": COMPANY, "room_id": ROOM}
    assert json.loads(plain.stdout) == parts | {"access_key": "…"}
    assert json.loads(revealed.stdout) == parts | {"access_key": KEY}
    assert json.loads(launch.stdout) == {"kind": "launch-url", "company_id": "C", "room_id": "R", "token": "…"}
    assert alfactl.data("link", "inspect", "-", stdin=f"> {LINK[:40]}\n> {LINK[40:]}\n") == parts | {"access_key": "…"}


def test_a_text_that_is_no_link_is_exit_code_2(alfactl):
    """In both languages, on stderr, without the key."""
    english, german = in_both(alfactl, "link", "inspect", LINK.replace("app.alfaview.com", "alfaview.example"))
    assert english.stderr.startswith("error[no-join-link]: this is no join link: ")
    assert german.stderr.startswith("error[no-join-link]: das ist kein Beitrittslink: ")
    assert [(done.returncode, done.stdout, KEY in done.stderr) for done in (english, german)] == [(2, "", False)] * 2


def test_it_loads_nothing_that_speaks_http(alfactl):
    """Offline by construction: a broken aiohttp, found before the real one, is not noticed."""
    (alfactl.directory / "aiohttp.py").write_text("raise SystemExit('the network was wanted')\n", encoding="utf-8")
    offline, online = alfactl.each(("link", "inspect", LINK), ("room", "list"))
    assert offline.returncode == 0, offline.stderr
    assert online.stderr.strip() == "the network was wanted"
