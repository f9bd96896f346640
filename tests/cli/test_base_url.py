"""A base URL that is none, from wherever it comes: one line says so, exit code 2, and no traceback."""

import json

import pytest
from alfactl import COMPANY, Person

NO_URLS = ("foo", "http://[", "apis.alfaview.com/json/v1/")
COMMANDS = (
    ("room", "list"),
    ("status",),
    ("user", "invite", "ada@example.org", "--yes"),
    ("guest", "create", "Ada", "--email", "ada@example.org"),
)


@pytest.mark.parametrize("url", NO_URLS)
def test_with_a_login_of_the_profile(newcomer, url):
    """By flag and by environment, which is named; a logout needs no server."""
    newcomer.log_in()
    for command in COMMANDS:
        done = newcomer.run(*command, "--base-url", url, "--json")
        assert (done.returncode, done.stdout) == (2, "")
        told = json.loads(done.stderr)
        assert told["code"] == "configuration"
        assert told["message"].startswith("the URL of --base-url is not readable; ")
    english, german = (
        newcomer.run("room", "list", "--lang", lang, ALFAVIEW_BASE_URL=url).stderr for lang in ("en", "de")
    )
    beginning = "error[configuration]: "
    assert english.startswith(f"{beginning}the URL of ALFAVIEW_BASE_URL is not readable; it needs a scheme and a host")
    assert german.removeprefix(beginning).startswith("so geht es nicht: die URL aus ALFAVIEW_BASE_URL ist nicht lesbar")
    assert newcomer.run("logout", "--base-url", url).stderr == '✓ Logged out of profile "default"\n'


def test_an_address_that_is_not_alfaviews(person, emulator):
    """Another path, or nobody there: the address is shown, and where it was set."""
    wrong_path = emulator.base_url.replace("/v1/", "/v2/")
    elsewhere, nobody = (
        person.run("room", "list", ALFAVIEW_BASE_URL=url) for url in (wrong_path, "http://127.0.0.1:9/json/v1/")
    )
    assert (elsewhere.returncode, nobody.returncode) == (1, 9)
    for done, url in ((elsewhere, wrong_path), (nobody, "http://127.0.0.1:9/json/v1/")):
        assert f"next: alfactl doctor; the address is {url} (ALFAVIEW_BASE_URL)" in done.stderr


@pytest.mark.parametrize("url", NO_URLS)
def test_with_a_login_of_the_environment(tmp_path, url):
    """The same, and where the URL does not matter it stands in nobody's way."""
    key = {"ALFAVIEW_CLIENT_ID": "demo", "ALFAVIEW_CODE": "demo-secret", "ALFAVIEW_COMPANY_ID": COMPANY}
    person = Person(tmp_path, url, **key)
    for done in person.each(*((*command, "--json") for command in COMMANDS if command != ("status",))):
        assert (done.returncode, done.stdout) == (2, "")
        assert json.loads(done.stderr)["code"] == "configuration"
    nonsense, checked = person.each(("link", "inspect", "nonsense"), ("doctor", "--json"))
    assert (nonsense.returncode, nonsense.stderr[:20]) == (2, "error[no-join-link]:")
    assert checked.returncode == 1
    assert {row["check"]: row["result"] for row in json.loads(checked.stdout)}["server"] == "failed"
