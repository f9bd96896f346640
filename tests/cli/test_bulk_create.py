"""`alfactl bulk create`: from a list to links, and what keeps it from sending."""

import csv
import json
from io import StringIO

import pytest
from alfactl import Terminal
from guest_lists import addresses, guests

INTO = ("--room", "Seminar A", "--role", "Participant")
CREATE = "guestService.v2/createGuestLinks"


def jobs_of(person):
    return sorted(person.jobs.glob("*.journal"))


def test_links_go_to_files_and_nobody_is_mailed(person, emulator, tmp_path):
    """CSV, workbook, JSON lines, calendars and codes; stdout stays empty; the journal is its owner's alone."""
    (tmp_path / "gaeste.csv").write_text(guests(3), encoding="utf-8")
    files = ("-O", "links.csv", "-O", "links.xlsx", "-O", "links.jsonl", "--ics", "ics", "--qr", "qr")
    done = person.run(
        "bulk",
        "create",
        "gaeste.csv",
        "--room",
        "Seminar A",
        "--role",
        "Teilnehmer",
        "--valid-from",
        "2030-01-14",
        *files,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    rows = list(csv.DictReader(StringIO((tmp_path / "links.csv").read_text(encoding="utf-8-sig")), delimiter=";"))
    assert [row["E-Mail"] for row in rows] == addresses(3)
    links = {link.join_link for link in emulator.state.companies[emulator.company_id].links.values()}
    assert {row["join_link"] for row in rows} <= links
    lines = [json.loads(line) for line in (tmp_path / "links.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["join_link"] for line in lines] == [row["join_link"] for row in rows]
    assert (tmp_path / "links.xlsx").read_bytes().startswith(b"PK")
    assert len(list((tmp_path / "ics").glob("*.ics"))) == len(list((tmp_path / "qr").glob("*.png"))) == 3
    assert len(emulator.outbox) == 0
    (journal,) = jobs_of(person)
    assert f"alfactl bulk revoke {journal.stem}" in done.stderr
    assert "3 links created" in done.stderr
    assert journal.stat().st_mode & 0o777 == 0o600
    assert journal.parent.stat().st_mode & 0o777 == 0o700
    assert journal.with_suffix(".json").stat().st_mode & 0o777 == 0o600


def test_without_files_the_links_go_to_stdout(person):
    """From stdin to a pipe: a header and a line for each guest."""
    done = person.run("bulk", "create", "-", *INTO, "-o", "csv", stdin=guests(2))
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(StringIO(done.stdout)))
    assert [(row["line"], row["email"], row["status"]) for row in rows] == [
        ("2", "gast1@example.org", "created"),
        ("3", "gast2@example.org", "created"),
    ]
    assert all(row["join_link"].startswith("https://app.alfaview.com/#/join/") for row in rows)


def test_json_is_lines_and_the_result_is_last(person):
    """Progress, rows, one result; a row has its line, its status and its link."""
    done = person.run("bulk", "create", "-", *INTO, "--json", stdin=guests(60))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds[-1] == "result"
    assert kinds.count("row") == 60
    assert kinds.count("result") == 1
    progress = [(line["done"], line["total"]) for line in lines if line["type"] == "progress"]
    assert progress == [(0, 60), (50, 60), (60, 60)]
    result = lines[-1]
    assert (result["status"], result["created"], result["failed"], result["unknown"]) == ("done", 60, 0, 0)
    assert result["failures"] == []
    assert result["job"] in done.stderr


def test_bad_rows_stop_it_unless_they_are_left_out(person, emulator, tmp_path):
    """Mistake 10: exit code 6 and not a single call; with --skip-invalid the others get their links."""
    (tmp_path / "gaeste.csv").write_text(guests(2) + "Max;max@@firma.de\n", encoding="utf-8")
    refused = person.run("bulk", "create", "gaeste.csv", *INTO)
    assert refused.returncode == 6
    assert '4\tE-Mail\tmax@@firma.de\t"two ""@"""' in refused.stderr
    assert emulator.requests.total == 0
    done = person.run("bulk", "create", "gaeste.csv", *INTO, "--skip-invalid", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["created"] == 2


def test_rooms_and_roles_of_rows_stop_it_unless_they_are_left_out(person, emulator, tmp_path):
    """Exit code 6, every such row at once, beside a wrong address; with --skip-invalid the others get their links."""
    (tmp_path / "gaeste.csv").write_text(
        "E-Mail;Raum;Rolle\na@example.org;Seminar B;\nb@example.org;Seminar Z;\nc@@example.org;;\n"
        "d@example.org;;Chef\ne@example.org;;Zuschauer\n",
        encoding="utf-8",
    )
    refused = person.run("bulk", "create", "gaeste.csv", *INTO)
    assert refused.returncode == 6
    rows = [line.split("\t")[:3] for line in refused.stderr.splitlines() if line.endswith("\terror")]
    assert rows == [["3", "Raum", "Seminar Z"], ["4", "E-Mail", "c@@example.org"], ["5", "Rolle", "Chef"]]
    assert emulator.requests.count(CREATE) == 0
    assert not person.jobs.exists()
    done = person.run("bulk", "create", "gaeste.csv", *INTO, "--skip-invalid", "--json")
    assert done.returncode == 0, done.stderr
    assert "3 rows are left out" in done.stderr
    made = [line for line in map(json.loads, done.stdout.splitlines()) if line["type"] == "row"]
    assert [(row["line"], row["room"], row["status"]) for row in made] == [
        (2, "Seminar B", "created"),
        (6, "", "created"),
    ]
    assert (tmp_path / "gaeste.report.csv").read_text(encoding="utf-8-sig").count("\n") == 4


def test_the_same_list_again_is_refused(person, emulator, tmp_path):
    """Mistake 13 in both languages: which job, how many rows; --only-new sends the rest, --again second links."""
    (tmp_path / "gaeste.csv").write_text(guests(3), encoding="utf-8")
    assert person.run("bulk", "create", "gaeste.csv", *INTO).returncode == 0
    (tmp_path / "gaeste.csv").write_text(guests(4), encoding="utf-8")
    (first,) = jobs_of(person)
    english, german = person.in_both("bulk", "create", "gaeste.csv", *INTO)
    assert english.returncode == german.returncode == 6
    assert f"error[already-done]: 3 of 4 rows were created by job {first.stem}" in english.stderr
    assert "next: --only-new (1 row), or --again to create second links" in english.stderr
    assert f"error[already-done]: 3 von 4 Zeilen hat der Auftrag {first.stem}" in german.stderr
    assert "weiter: --only-new (1 Zeile), oder --again für zweite Links" in german.stderr
    assert jobs_of(person) == [first]
    only_new = person.run("bulk", "create", "gaeste.csv", *INTO, "--only-new", "--json")
    assert json.loads(only_new.stdout.splitlines()[-1])["created"] == 1, only_new.stderr
    nothing = person.run("bulk", "create", "gaeste.csv", *INTO, "--only-new")
    assert nothing.returncode == 0
    assert "nothing to do" in nothing.stderr
    again = person.run("bulk", "create", "gaeste.csv", *INTO, "--again", "--json")
    assert json.loads(again.stdout.splitlines()[-1])["created"] == 4, again.stderr
    assert emulator.requests.count(CREATE) == 3
    assert person.run("bulk", "create", "gaeste.csv", *INTO, "--again", "--only-new").returncode == 2
    assert person.run("bulk", "create", "gaeste.csv", *INTO, "--again", "--existing", "skip").returncode == 2


def test_guests_whom_somebody_else_has_invited(person, emulator):
    """Without a journal of ours the room itself tells: exit code 6, no job is left behind; they can be left alone."""
    assert person.run("bulk", "create", "-", *INTO, stdin=guests(1)).returncode == 0
    for path in person.jobs.iterdir():
        path.unlink()
    refused = person.run("bulk", "create", "-", *INTO, stdin=guests(2))
    assert refused.returncode == 6
    assert "error[already-invited]" in refused.stderr
    assert list(person.jobs.iterdir()) == []
    done = person.run("bulk", "create", "-", *INTO, "--existing", "skip", "--json", stdin=guests(2))
    result = json.loads(done.stdout.splitlines()[-1])
    assert (result["created"], result["existing"]) == (1, 1)
    assert emulator.requests.count(CREATE) == 2


def test_mails_need_a_yes(person, emulator, tmp_path):
    """Nobody can be asked: exit code 3, in both languages, nothing sent; with --yes each guest is mailed once."""
    (tmp_path / "gaeste.csv").write_text(
        "Name;E-Mail;Sprache\nJörg;joerg@example.org;de\nAda;ada@example.org;en\n", encoding="utf-8"
    )
    english, german = person.in_both("bulk", "create", "gaeste.csv", *INTO, "--send-email")
    assert english.returncode == german.returncode == 3
    question = 'About to create 2 guest links in "Seminar A" and e-mail 2 people (German 1, English 1).'
    assert f"error[needs-confirmation]: {question}" in english.stderr
    assert 'Das legt 2 Gastlinks in "Seminar A" an und schreibt 2 Leuten (Deutsch 1, Englisch 1).' in german.stderr
    dry = person.run("bulk", "create", "gaeste.csv", *INTO, "--send-email", "--yes", "--dry-run")
    assert dry.returncode == 0
    assert question in dry.stderr
    assert emulator.requests.count(CREATE) == 0
    assert not jobs_of(person)
    done = person.run("bulk", "create", "gaeste.csv", *INTO, "--send-email", "--yes", "-O", "links.csv")
    assert done.returncode == 0, done.stderr
    assert "2 e-mails requested" in done.stderr
    assert sorted(mail.to for mail in emulator.outbox) == ["ada@example.org", "joerg@example.org"]


@pytest.mark.parametrize(("answer", "exit_code", "mails"), [("y", 0, 2), ("n", 3, 0)])
def test_at_a_terminal_the_question_is_asked(person, emulator, tmp_path, answer, exit_code, mails):
    """A person answers yes, or no."""
    (tmp_path / "gaeste.csv").write_text(guests(2), encoding="utf-8")
    terminal = Terminal(person, "bulk", "create", "gaeste.csv", *INTO, "--send-email", "-O", "l.csv")
    terminal.read_until("e-mail 2 people")
    terminal.read_until("[y/N]")
    terminal.type(f"{answer}\n")
    assert terminal.end() == exit_code
    assert len(emulator.outbox) == mails


def test_files_are_never_replaced_by_chance(person, emulator, tmp_path):
    """Before anything is sent: a file that is there, a directory that is not, an ending that says nothing."""
    (tmp_path / "links.csv").write_text("mine", encoding="utf-8")
    (tmp_path / "gaeste.csv").write_text(guests(1), encoding="utf-8")
    done = person.each(
        ("bulk", "create", "gaeste.csv", *INTO, "-O", "links.csv"),
        ("bulk", "create", "gaeste.csv", *INTO, "-O", "nowhere/links.csv"),
        ("bulk", "create", "gaeste.csv", *INTO, "-O", "links.doc"),
        ("bulk", "create", "gaeste.csv", *INTO, "--ics", "ics"),
    )
    assert [each.returncode for each in done] == [2, 2, 2, 2]
    assert [each.stderr.partition("]")[0].rpartition("\n")[2] for each in done] == [
        "error[output-exists",
        "error[output-place",
        "error[output-kind",
        "error[appointment-start",
    ]
    assert emulator.requests.count(CREATE) == 0
    assert (tmp_path / "links.csv").read_text(encoding="utf-8") == "mine"
    assert person.run("bulk", "create", "gaeste.csv", *INTO, "-O", "links.csv", "--force").returncode == 0
    assert "gast1@example.org" in (tmp_path / "links.csv").read_text(encoding="utf-8-sig")


def test_guests_who_are_there_twice_may_be_wanted(person):
    """Two equal rows: an error of the second, one link, or two links."""
    twice = guests(1) + "Gast 1;gast1@example.org\n"
    assert person.run("bulk", "create", "-", *INTO, stdin=twice).returncode == 6
    collapsed = person.run("bulk", "create", "-", *INTO, "--duplicates", "collapse", "--json", stdin=twice)
    assert json.loads(collapsed.stdout.splitlines()[-1])["created"] == 1, collapsed.stderr
    allowed = person.run("bulk", "create", "-", *INTO, "--duplicates", "allow", "--again", "--json", stdin=twice)
    assert json.loads(allowed.stdout.splitlines()[-1])["created"] == 2, allowed.stderr


def test_two_phases_mail_after_all_links_are_made(person, emulator):
    """Links first, then a mail each; without --send-email that makes no sense."""
    assert person.run("bulk", "create", "-", *INTO, "--mode", "two-phase", stdin=guests(2)).returncode == 2
    done = person.run(
        "bulk", "create", "-", *INTO, "--mode", "two-phase", "--send-email", "-y", "--json", stdin=guests(2)
    )
    assert done.returncode == 0, done.stderr
    rows = [line for line in map(json.loads, done.stdout.splitlines()) if line["type"] == "row"]
    assert [row["mail"] for row in rows] == ["sent", "sent"]
    assert len(emulator.outbox) == 2
