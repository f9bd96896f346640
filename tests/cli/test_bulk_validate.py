"""`alfactl bulk validate` and `template`: what a list says, and the mistakes in it, in both languages."""

import csv
import json
import zipfile
from io import StringIO

import pytest
from alfactl import Person

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
"""How every pre-2007 Office file begins."""
BAD = (
    "Vorname;Nachname;E-Mail;Gültig bis\n"
    "Jörg;Weiß;joerg@example.org;24.12.2030 18:00\n"
    "Anna;Kruse;anna@firma,de;\n"
    "Max;Muster;max@@firma.de;\n"
    "Ada;Nord;ada@example.org;27.10.2030 02:30\n"
    "Jo;Weiß;joerg@example.org;24.12.2030 18:00\n"
)
"""27 October 2030, 03:00 CEST is the end of summer time in Europe/Berlin."""


@pytest.fixture
def offline(tmp_path):
    """Nobody is logged in, and there is nobody to ask."""
    return Person(tmp_path)


def test_a_good_list_is_understood_aloud(offline, tmp_path):
    """Encoding, delimiter, columns and the first guest on stderr; nothing is wrong, so stdout stays empty; offline."""
    (tmp_path / "gaeste.csv").write_bytes(
        "Vorname;Nachname;E-Mail\nJörg;Weiß;joerg@example.org\nAda;Nord;ada@example.org\n".encode("cp1252")
    )
    done = offline.run("bulk", "validate", "gaeste.csv")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert 'gaeste.csv   cp1252, ";", 2 rows, header in line 1' in done.stderr
    assert "Vorname+Nachname → display_name · E-Mail → email" in done.stderr
    assert "Jörg Weiß <joerg@example.org>" in done.stderr


def test_every_bad_row_is_named_in_both_languages(offline, tmp_path):
    """Mistake 10 and parts of 12: line, column, value, reason and suggestion on stdout, a report beside the list."""
    (tmp_path / "gaeste.csv").write_text(BAD, encoding="utf-8")
    english, german = offline.in_both("bulk", "validate", "gaeste.csv")
    assert english.returncode == german.returncode == 6
    rows = list(csv.DictReader(StringIO(english.stdout), dialect="excel-tab"))
    assert [(row["line"], row["column"], row["suggestion"]) for row in rows] == [
        ("3", "E-Mail", "anna@firma.de"),
        ("4", "E-Mail", "max@firma.de"),
        ("5", "Gültig bis", ""),
        ("6", "E-Mail", ""),
    ]
    assert [row["problem"] for row in rows] == [
        "comma in the domain",
        'two "@"',
        "exists twice that night (clock change); write 02:30+01:00 or +02:00",
        "same address, room and time as line 2",
    ]
    assert [row["problem"] for row in csv.DictReader(StringIO(german.stdout), dialect="excel-tab")] == [
        "Komma in der Domain",
        'zwei "@"',
        "gibt es in dieser Nacht zweimal (Zeitumstellung); zu schreiben ist 02:30+01:00 oder +02:00",
        "dieselbe Adresse, derselbe Raum, dieselbe Zeit wie Zeile 2",
    ]
    assert "error[bad-rows]: 4 of 5 rows cannot be used (0 warnings); nothing was sent" in english.stderr
    assert "error[bad-rows]: 4 von 5 Zeilen sind unbrauchbar (0 Warnungen); nichts wurde gesendet" in german.stderr
    assert "add --skip-invalid" in english.stderr
    assert (tmp_path / "gaeste.report.csv").read_text(encoding="utf-8-sig").count("\n") == 5
    assert (tmp_path / "gaeste.report.csv").stat().st_mode & 0o077 == 0


DATES = (
    ("2030-11-02;01.11.2030 18:00", "lies before", "liegt vor"),
    (";01.11.2020 18:00", "lies in the past", "liegt in der Vergangenheit"),
    ("03/04/2030;", "ambiguous: say what comes first", "mehrdeutig: --date-format sagt"),
    ("31.03.2030 02:30;", "does not exist (clock change)", "gibt es nicht (Zeitumstellung)"),
)


def test_dates_that_cannot_be(offline, tmp_path):
    """Mistake 12, each form of it, in both languages; errors are JSON where data is."""
    rows = [f"guest{n}@example.org;{cells}" for n, (cells, *_) in enumerate(DATES)]
    (tmp_path / "list.csv").write_text("\n".join(["E-Mail;Gültig von;Gültig bis", *rows]), encoding="utf-8")
    for language, done in enumerate(offline.in_both("bulk", "validate", "list.csv", "-o", "json"), 1):
        assert done.returncode == 6
        problems = json.loads(done.stdout)
        assert [(row["line"], row["kind"]) for row in problems] == [(line, "error") for line in range(2, 6)]
        for row, expected in zip(problems, DATES, strict=True):
            assert row["problem"].startswith(expected[language])
        assert json.loads(done.stderr.splitlines()[-1])["code"] == "bad-rows"


def test_a_date_format_settles_what_is_ambiguous(offline, tmp_path):
    """3 April, as `--date-format` says."""
    (tmp_path / "list.csv").write_text("E-Mail;Gültig von\nada@example.org;03/04/2030\n", encoding="utf-8")
    assert offline.run("bulk", "validate", "list.csv", "--date-format", "%d/%m/%Y").returncode == 0


def test_a_header_that_is_not_understood(offline, tmp_path):
    """Mistake 9: what was found, and the column that holds addresses, ready to be typed; which then works."""
    (tmp_path / "gaeste.csv").write_text("Name;Firma;Kontakt\nAda;X;ada@example.org\n", encoding="utf-8")
    english, german = offline.in_both("bulk", "validate", "gaeste.csv")
    assert english.returncode == german.returncode == 6
    assert english.stderr.splitlines() == [
        "error[missing-column]: gaeste.csv has no column for the e-mail address",
        "  found: Name;Firma;Kontakt",
        "  next: --map email=Kontakt   or alfactl bulk template",
    ]
    assert german.stderr.splitlines() == [
        "error[missing-column]: gaeste.csv hat keine Spalte für die E-Mail-Adresse",
        "  gefunden: Name;Firma;Kontakt",
        "  weiter: --map email=Kontakt   oder alfactl bulk template",
    ]
    assert offline.run("bulk", "validate", "gaeste.csv", "--map", "email=Kontakt").returncode == 0
    offline.config.parent.mkdir(parents=True)
    offline.config.write_text('[columns]\nemail = ["Dienstadresse", "Kontakt"]\n', encoding="utf-8")
    assert offline.run("bulk", "validate", "gaeste.csv").returncode == 0
    assert offline.run("bulk", "validate", "-", stdin="Name;Kontakt\nAda;ada@example.org\n").returncode == 0


def test_a_workbook_of_old_and_one_that_is_open(offline, tmp_path):
    """Mistake 11: told what to do, in both languages; exit code 6."""
    (tmp_path / "alt.xls").write_bytes(OLE2)
    english, german = offline.in_both("bulk", "validate", "alt.xls")
    assert english.returncode == german.returncode == 6
    assert english.stderr.startswith("error[unsupported-file]: alt.xls is a workbook of Excel 97-2003 (.xls)")
    assert german.stderr.startswith("error[unsupported-file]: alt.xls ist eine Arbeitsmappe von Excel 97-2003 (.xls)")
    (tmp_path / "gaeste.xlsx").write_bytes(b"PK")
    (tmp_path / "~$gaeste.xlsx").write_bytes(b"")
    english, german = offline.in_both("bulk", "validate", "gaeste.xlsx")
    assert english.returncode == german.returncode == 6
    assert "gaeste.xlsx is open in a spreadsheet program (lock file ~$gaeste.xlsx)" in english.stderr
    assert "gaeste.xlsx ist in einer Tabellenkalkulation geöffnet (Sperrdatei ~$gaeste.xlsx)" in german.stderr


def test_other_files_that_are_no_lists(offline, tmp_path):
    """A file that is not there, an empty one, one of another kind: one line each, exit code 6."""
    (tmp_path / "empty.csv").touch()
    with zipfile.ZipFile(tmp_path / "text.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    missing, empty, text = offline.each(
        ("bulk", "validate", "nowhere.csv"), ("bulk", "validate", "empty.csv"), ("bulk", "validate", "text.docx")
    )
    assert [done.returncode for done in (missing, empty, text)] == [6, 6, 6]
    assert missing.stderr == "error[file]: nowhere.csv: No such file or directory\n"
    assert "empty.csv is empty" in empty.stderr
    assert "text.docx is a text document (.docx)" in text.stderr


def test_rooms_and_roles_are_looked_up_if_named(person, tmp_path):
    """With --room the server is asked; a room that does not exist is exit code 7."""
    (tmp_path / "list.csv").write_text("E-Mail\nada@example.org\n", encoding="utf-8")
    good, room, role = person.each(
        ("bulk", "validate", "list.csv", "--room", "Seminar A", "--role", "Teilnehmer"),
        ("bulk", "validate", "list.csv", "--room", "Seminar Z"),
        ("bulk", "validate", "list.csv", "--role", "Teilnemer"),
    )
    assert [done.returncode for done in (good, room, role)] == [0, 7, 7], room.stderr
    assert "error[room-not-found]" in room.stderr
    assert "error[unknown-role]" in role.stderr


def test_rooms_and_roles_of_rows_are_bad_rows(person, offline, tmp_path):
    """All of them at once beside a wrong address, in both languages and in the report; offline nobody can know."""
    (tmp_path / "list.csv").write_text(
        "E-Mail;Raum;Rolle\na@example.org;Seminar A;Teilnehmer\nb@example.org;Seminar Z;\nc@@example.org;;\n"
        "d@example.org;Conferenceroom 1;Chef\ne@example.org;;Teilnemer\n",
        encoding="utf-8",
    )
    english, german = person.in_both("bulk", "validate", "list.csv", "--role", "Participant")
    assert english.returncode == german.returncode == 6
    found = list(csv.DictReader(StringIO(english.stdout), dialect="excel-tab"))
    assert [(row["line"], row["column"], row["value"], row["suggestion"]) for row in found] == [
        ("3", "Raum", "Seminar Z", ""),
        ("4", "E-Mail", "c@@example.org", "c@example.org"),
        ("5", "Raum", "Conferenceroom 1", "Conference room 1"),
        ("5", "Rolle", "Chef", ""),
        ("6", "Rolle", "Teilnemer", "Participant"),
    ]
    assert [row["problem"] for row in csv.DictReader(StringIO(german.stdout), dialect="excel-tab")] == [
        "kein Raum 'Seminar Z' unter den 6 dieser Firma",
        'zwei "@"',
        "kein Raum 'Conferenceroom 1' unter den 6 dieser Firma",
        "keine Berechtigungsgruppe 'Chef'; es gibt: Moderator, Participant, Spectator",
        "keine Berechtigungsgruppe 'Teilnemer'; es gibt: Moderator, Participant, Spectator",
    ]
    assert "error[bad-rows]: 4 of 5 rows cannot be used" in english.stderr
    assert (tmp_path / "list.report.csv").read_text(encoding="utf-8-sig").count("\n") == 6
    unknown_for_all = person.run("bulk", "validate", "list.csv", "--room", "Seminar Z")
    assert unknown_for_all.returncode == 7
    assert "error[room-not-found]" in unknown_for_all.stderr
    assert "c@@example.org" in unknown_for_all.stdout
    assert offline.run("bulk", "validate", "list.csv").stdout.count("\n") == 2


def test_the_template_is_a_list_that_is_understood(offline, tmp_path):
    """Every column of it, with a guest, in both languages; as a file it has Excel's mark, and replaces nothing."""
    english, german, written = offline.each(
        ("bulk", "template"),
        ("bulk", "template", "--lang", "de"),
        ("bulk", "template", "--lang", "de", "-O", "list.csv"),
    )
    assert [done.returncode for done in (english, german, written)] == [0, 0, 0]
    assert english.stdout.startswith("First name,Last name,Email,")
    assert (tmp_path / "list.csv").read_bytes() == german.stdout.replace("\n", "\r\n").encode("utf-8-sig")
    (tmp_path / "english.csv").write_text(english.stdout, encoding="utf-8")
    *checked, again = offline.each(
        ("bulk", "validate", "list.csv"), ("bulk", "validate", "english.csv"), ("bulk", "template", "-O", "list.csv")
    )
    for done in checked:
        assert done.returncode == 0, done.stderr
        for field in ("display_name", "email", "locale", "role", "room", "valid_from", "valid_until"):
            assert f"→ {field}" in done.stderr
    assert again.returncode == 2


@pytest.mark.parametrize("source", [".", ""])
def test_a_directory_is_no_list(offline, source):
    """It is told like a file that cannot be opened."""
    done = offline.run("bulk", "validate", source)
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith("error[file]: ")
    assert "Is a directory" in done.stderr


def test_addresses_that_nobody_can_have_are_for_the_emulator(person, offline, tmp_path):
    """Under `.test`: where alfaview is on this machine, and nowhere else."""
    (tmp_path / "gaeste.csv").write_text("Name;E-Mail\nAda;ada@example.test\n", encoding="utf-8")
    assert person.run("bulk", "validate", "gaeste.csv").returncode == 0
    assert offline.run("bulk", "validate", "gaeste.csv").returncode == 6
