"""`alfactl demo`: the whole story in one command, offline."""

import csv
import re
from io import StringIO

import pytest
from alfactl import Person


@pytest.fixture
def person(tmp_path):
    return Person(tmp_path)


def test_the_demo_tells_the_whole_story(person, tmp_path):
    """Guests with links, the rejected row with line, column, value and reason, the mails, and the file of links."""
    done = person.run("demo")
    assert done.returncode == 0, done.stderr
    assert "guests.csv: 16 rows, 1 rejected (cp1252)" in done.stderr
    links = re.findall(r"https://app\.alfaview\.com/#/join/\S+/\S+/[A-Za-z0-9]{32}/v2", done.stdout)
    assert len(set(links)) == 15
    assert "9\tE-Mail\tanna.kruse@example,org\tcomma in the domain\tanna.kruse@example.org\terror" in done.stderr
    assert "15 links created, written to links.csv (15)" in done.stderr
    assert "Einladung" in done.stderr
    assert "Invitation" in done.stderr
    assert "15/15 100%" in done.stderr
    text = (tmp_path / "links.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    assert {row["status"] for row in rows} == {"created"}
    assert {row["join_link"] for row in rows} == set(links)
    assert [row["Nachname"] for row in rows][:2] == ["Weiß", "Schäfer"]


def test_links_that_are_there_are_kept(person, tmp_path):
    """Exit code 2 before anything is made; --force replaces them."""
    (tmp_path / "links.csv").write_text("real links", encoding="utf-8")
    done = person.run("demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error[output-exists]: already there: links.csv\n")
    assert (tmp_path / "links.csv").read_text(encoding="utf-8") == "real links"
    assert person.run("demo", "--force").returncode == 0
    assert "real links" not in (tmp_path / "links.csv").read_text(encoding="utf-8-sig")


def test_the_demo_takes_a_list_of_ones_own(person, tmp_path):
    """A room that the emulator has never heard of is made; roles and languages have defaults; in German, too."""
    (tmp_path / "mine.csv").write_text("Name,Email,Room\nAda,ada@example.org,Aula\n", encoding="utf-8")
    done = person.run("demo", "mine.csv", "-O", "out.xlsx", "--lang", "de")
    assert done.returncode == 0, done.stderr
    assert "1 Link angelegt, geschrieben: out.xlsx (1)" in done.stderr
    assert "Aula" in done.stdout
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")


def test_lists_that_cannot_be_used(person, tmp_path):
    """Exit code 6: the file was rejected; what was found, and no file of links."""
    (tmp_path / "mine.csv").write_text("Name;Firma\nAda;X\n", encoding="utf-8")
    for name, said in (("mine.csv", "found: Name;Firma"), ("nowhere.csv", "nowhere.csv: No such file or directory")):
        done = person.run("demo", name)
        assert (done.returncode, done.stdout) == (6, "")
        assert said in done.stderr
    assert not (tmp_path / "links.csv").exists()
