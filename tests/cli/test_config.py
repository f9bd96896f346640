"""`alfactl config`, and how the file is changed."""

import json
import stat
import tomllib

import pytest
from alfactl import Person

from alfaview_async.cli.config_file import ConfigFile
from alfaview_async.errors import ConfigurationError

THEIRS = """\
# of our IT; ask them before you change it
default_profile = 'work'   # single quotes on purpose

  [profile.work]           # indented
  timezone = "Europe/Vienna"
  role     = "Participant" # everybody

[columns]
email = [
  "Kontakt-Mail",  # HR
]
"""


@pytest.fixture
def person(tmp_path):
    return Person(tmp_path)


def test_setting_and_reading(person):
    """What was set counts, its origin is the file; an empty value removes it."""
    assert person.run("config", "set", "timezone", "Europe/Vienna").returncode == 0
    assert person.run("config", "get", "timezone").stdout == "Europe/Vienna\n"
    listed = person.run("config", "list", "--origin", ALFAVIEW_COMPANY_ID="c-1").stdout.splitlines()
    assert listed[0] == "name\tvalue\torigin"
    assert f"timezone\tEurope/Vienna\t{person.config}" in listed
    assert "company\tc-1\tALFAVIEW_COMPANY_ID" in listed
    assert "store\tkeyring\tdefault" in listed
    assert not any("redis" in line for line in listed)
    assert person.run("config", "set", "timezone", "").returncode == 0
    assert person.run("config", "get", "timezone").stdout == "Europe/Berlin\n"
    assert person.run("config", "path").stdout == f"{person.config}\n"


def test_names_that_cannot_be_read(person):
    """What the environment alone holds is said to be so; what is no setting gets those that there are."""
    english, german = person.in_both("config", "get", "redis_url")
    said = "error[only-in-environment]: redis_url"
    assert (english.returncode, english.stdout) == (german.returncode, german.stdout) == (2, "")
    assert english.stderr == f"{said} is read from the environment only: ALFAVIEW_REDIS_URL\n"
    assert german.stderr == f"{said} wird nur aus der Umgebung gelesen: ALFAVIEW_REDIS_URL\n"
    unknown = person.run("config", "get", "colour", "--json")
    assert unknown.returncode == 2
    (known,) = json.loads(unknown.stderr)["details"]
    listed = {row["name"] for row in person.data("config", "list")}
    assert set(known.removeprefix("there are: ").split(", ")) == listed


def test_what_wins_is_said(person):
    """A value that something else hides is stored, with a word on it."""
    done = person.run("config", "set", "timezone", "UTC", ALFAVIEW_TIMEZONE="Europe/Berlin")
    assert (done.returncode, done.stderr) == (0, "! Here ALFAVIEW_TIMEZONE counts before it: timezone\n")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("code", "hunter2", "secret-in-config"),
        ("client_secret", "hunter2", "secret-in-config"),
        ("password", "hunter2", "secret-in-config"),
        ("redis_url", "redis://:hunter2@host", "secret-in-config"),
        ("colour", "red", "no-setting"),
        ("identity", "key:other", "no-setting"),
        ("store", "drawer", "bad-setting"),
        ("lang", "fr", "bad-setting"),
        ("timezone", "Europe/Bielefeld", "bad-setting"),
        ("base_url", "http://example.org/", "configuration"),
    ],
)
def test_what_cannot_be_set(person, name, value, code):
    """Secrets, what is no setting, and what no command could use; nothing is written, no secret is repeated."""
    done = person.run("config", "set", name, value)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error[{code}]")
    assert "hunter2" not in done.stderr
    assert not person.config.exists()


def test_all_else_in_the_file_stays(tmp_path):
    """Comments, quotes, blanks and order: only the value differs."""
    path = tmp_path / "config.toml"
    path.write_text(THEIRS)
    file = ConfigFile(path)
    file.set("work", role="Moderator")
    file.save()
    assert path.read_text() == THEIRS.replace('"Participant"', '"Moderator"')
    file.set("work", role="")
    file.set("new one", company="c")
    file.set_default_profile("new one")
    file.save()
    text = path.read_text()
    assert all(comment in text for comment in ("# of our IT", "# single quotes", "# indented", "# HR"))
    assert tomllib.loads(text) == {
        "default_profile": "new one",
        "profile": {"work": {"timezone": "Europe/Vienna"}, "new one": {"company": "c"}},
        "columns": {"email": ["Kontakt-Mail"]},
    }
    file.delete_profile("new one")
    file.save()
    assert tomllib.loads(path.read_text()).keys() == {"profile", "columns"}


@pytest.mark.parametrize(
    "text", ["", "profile = {}\n", "[profile]\n", "profile.work.role = 'x'\n", "[columns]\na = []\n"]
)
def test_files_of_any_build(tmp_path, text):
    """Wherever there is room for a profile, and where there is none."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    file = ConfigFile(path)
    file.set("p", company="c", store="file")
    file.save()
    assert tomllib.loads(path.read_text())["profile"]["p"] == {"company": "c", "store": "file"}


def test_only_its_owner_reads_it(tmp_path):
    """Made with mode 0600 in 0700; of an interrupted write nothing is left; a link of dotfiles stays one."""
    path = tmp_path / "deep" / "config.toml"
    file = ConfigFile(path)
    file.set("p", company="c")
    file.save()
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]
    link = tmp_path / "linked.toml"
    link.symlink_to(path)
    linked = ConfigFile(link)
    linked.set("p", company="d")
    linked.save()
    assert link.is_symlink()
    assert tomllib.loads(path.read_text())["profile"]["p"]["company"] == "d"


def test_a_file_that_is_no_toml_is_left_alone(tmp_path):
    """Nothing is guessed, nothing is overwritten."""
    path = tmp_path / "config.toml"
    path.write_text("profile = [\n")
    with pytest.raises(ConfigurationError, match=str(path)):
        ConfigFile(path)
    assert path.read_text() == "profile = [\n"
