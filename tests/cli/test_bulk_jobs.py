"""`alfactl bulk ...` for jobs: what is left of a run that went wrong, and how it is put right."""

import json
import os
import time

import pytest
from alfactl import Person
from attrs import evolve
from guest_lists import addresses, guests

INTO = ("--room", "Seminar A", "--role", "Participant")
CREATE = "guestService.v2/createGuestLinks"
SOON = ("--effect-within", "0")
"""The emulator has done its work when it hangs up, so nobody need wait for it."""


def result_of(done):
    return json.loads(done.stdout.splitlines()[-1])


def invited(emulator):
    links = emulator.state.companies[emulator.company_id].links.values()
    return sorted(link.email for link in links if link.email.startswith("gast"))


def test_a_lost_answer_is_looked_for_and_nothing_is_sent_twice(person, emulator, tmp_path):
    """The links exist, the answer is lost, the room cannot be listed: exit code 10; resume finds them, all of them."""
    (tmp_path / "gaeste.csv").write_text(guests(60), encoding="utf-8")
    emulator.faults.add("createGuestLinks", do="apply-then-reset", on="2")
    emulator.faults.add("listGuestLinks", do="error", status="INSUFFICIENT_PERMISSIONS", on="2-20")
    lost = person.run("bulk", "create", "gaeste.csv", *INTO, *SOON, "--send-email", "-y", "-O", "links.csv", "--json")
    result = result_of(lost)
    assert lost.returncode == 10
    assert (result["status"], result["created"], result["unknown"]) == ("unknown", 50, 10)
    failure = json.loads(lost.stderr.splitlines()[-1])
    assert failure["code"] == "outcome-unknown"
    assert f"alfactl bulk resume {result['job']}" in failure["next"]
    emulator.faults.clear()
    (job,) = person.data("bulk", "jobs")
    assert (job["job"], job["state"], job["created"], job["unknown"]) == (result["job"], "unfinished", 50, 10)
    resumed = person.run("bulk", "resume", "--last", *SOON)
    assert resumed.returncode == 0, resumed.stderr
    assert "checking for the links of 10 rows whose answers were lost" in resumed.stderr
    assert "✓ 10 more links, 10 e-mails requested in" in resumed.stderr
    assert "in all 60 created, 0 were there, 0 failed, 0 unknown" in resumed.stderr
    assert (tmp_path / "links.csv").read_text(encoding="utf-8-sig").count(";created;https://") == 60
    assert sorted(mail.to for mail in emulator.outbox) == invited(emulator) == sorted(addresses(60))
    assert emulator.requests.count(CREATE) == 2


def test_reconcile_looks_and_sends_nothing(person, emulator):
    """What was in doubt is found; rows that were never sent stay unsent."""
    emulator.faults.add("createGuestLinks", do="apply-then-reset", on="1")
    emulator.faults.add("listGuestLinks", do="error", status="INSUFFICIENT_PERMISSIONS", on="2-20")
    assert person.run("bulk", "create", "-", *INTO, *SOON, stdin=guests(2)).returncode == 10
    emulator.faults.clear()
    done = person.run("bulk", "reconcile", "--last", *SOON, "--json")
    assert done.returncode == 0, done.stderr
    assert result_of(done)["created"] == 2
    assert emulator.requests.count(CREATE) == 1


def test_refused_rows_are_partial_and_can_be_retried(person, emulator):
    """One guest is refused alone: exit code 5 with the row's line and alfaview's code; retry sends that row."""
    emulator.faults.add("createGuestLinks", do="error", status="INVALID_ARGUMENT", on="1-2")
    done = person.run("bulk", "create", "-", *INTO, *SOON, "--json", stdin=guests(2))
    result = result_of(done)
    assert done.returncode == 5
    assert (result["status"], result["created"], result["failed"], result["unsent"]) == ("partial", 1, 1, 0)
    assert [(failure["line"], failure["code"]) for failure in result["failures"]] == [(2, "INVALID_ARGUMENT")]
    failure = json.loads(done.stderr.splitlines()[-1])
    assert (failure["code"], failure["next"]) == ("partial", f"alfactl bulk retry {result['job']}")
    retried = person.run("bulk", "retry", result["job"], *SOON, "--json")
    assert retried.returncode == 0, retried.stderr
    assert result_of(retried)["created"] == 2
    assert invited(emulator) == addresses(2)


@pytest.mark.parametrize(
    ("status", "exit_code", "lang", "told"),
    [
        ("QUOTA_EXCEEDED", 8, "en", ("error[quota]", "0 failed, 0 unknown, 1 not sent yet", "0 rows are safe in job")),
        (
            "AUTHENTICATION_ERROR",
            4,
            "de",
            ("error[login-rejected]", "0 misslungen, 0 ungewiss, 1 noch nicht gesendet", "0 Zeilen sind im Auftrag"),
        ),
    ],
)
def test_what_ends_a_run_says_so(person, emulator, status, exit_code, lang, told):
    """Quota: 8; a login that has died: 4; both name the job and what it has not sent, and it can be resumed."""
    emulator.faults.add("createGuestLinks", do="error", status=status)
    done = person.run("bulk", "create", "-", *INTO, *SOON, "--lang", lang, stdin=guests(1))
    assert done.returncode == exit_code, done.stderr
    assert [text for text in told if text not in done.stderr] == []
    (job,) = person.data("bulk", "jobs")
    assert (job["state"], job["failed"], job["unsent"]) == ("unfinished", 0, 1)
    (row,) = person.data("bulk", "show", "--last", "--status", "unsent")
    assert row["error"] == "nothing was made for this row; `resume` sends it again"
    emulator.faults.clear()
    assert person.run("bulk", "resume", "--last", *SOON).returncode == 0
    assert invited(emulator) == addresses(1)


def test_a_job_whose_room_bears_another_name_by_now(person, emulator):
    """Said like any room that is not there: with what was probably meant; nothing is sent."""
    emulator.faults.add("createGuestLinks", do="error", status="QUOTA_EXCEEDED", times=1)
    assert person.run("bulk", "create", "-", *INTO, *SOON, stdin=guests(1)).returncode == 8
    rooms = emulator.state.companies[emulator.company_id].rooms
    rooms[emulator.room_id] = evolve(rooms[emulator.room_id], display_name="Seminar AA")
    done = person.run("bulk", "resume", "--last", *SOON)
    assert done.stderr == (
        'error[room-not-found]: no room "Seminar A" in company Nordlicht Akademie\n'
        "  did you mean Nord/Seminar AA, Nord/Seminar B?\n"
        "  next: alfactl room list --tree\n"
    )
    assert done.returncode == 7
    assert invited(emulator) == []


def test_a_server_that_is_gone_is_exit_code_9(emulator, tmp_path):
    """Nothing was sent, nothing is lost, and resume does the rest when it is back."""
    (tmp_path / "gaeste.csv").write_text(guests(1), encoding="utf-8")
    person = Person.with_key(tmp_path, emulator, ALFAVIEW_BASE_URL="http://127.0.0.1:9/json/v1/")
    done = person.run("bulk", "create", "gaeste.csv", *INTO, "--timeout", "1")
    assert done.returncode == 9, done.stderr
    assert "error[unreachable]" in done.stderr
    assert not list(person.jobs.glob("*"))


def test_a_row_that_nobody_can_know_is_settled_by_a_person(person, emulator):
    """At most once: the answer is lost, and never looked for; a person says what is there."""
    emulator.faults.add("createGuestLinks", do="timeout", on="1")
    done = person.run("bulk", "create", "-", *INTO, "--mode", "at-most-once", "--timeout", "0.5", stdin=guests(1))
    assert done.returncode == 10
    assert "alfactl bulk resolve" in done.stderr
    header, line = person.run("bulk", "show", "--last", "--status", "unknown").stdout.splitlines()
    row = dict(zip(header.split("\t"), line.split("\t"), strict=True))
    (job,) = person.data("bulk", "jobs")
    wrong, unsure = person.each(
        ("bulk", "resolve", job["job"], "nobody@example.org", "--absent"), ("bulk", "resolve", job["job"], row["key"])
    )
    assert [wrong.returncode, unsure.returncode] == [7, 2]
    assert person.run("bulk", "resolve", job["job"], "gast1@example.org", "--absent").returncode == 0
    assert person.run("bulk", "resume", job["job"]).returncode == 0
    assert invited(emulator) == addresses(1)


def test_a_job_is_shown_exported_revoked_and_pruned(person, emulator, tmp_path):
    """All its life after it has ended."""
    before = dict(emulator.state.companies[emulator.company_id].links)
    (tmp_path / "gaeste.csv").write_text(guests(3), encoding="utf-8")
    assert person.run("bulk", "create", "gaeste.csv", *INTO, "-O", "links.csv").returncode == 0
    job, rows = person.data("bulk", "show", "--last"), person.data("bulk", "show", "--last", "--rows")
    assert (job["state"], job["rows"], job["created"], job["where"], job["send_email"]) == (
        "finished",
        3,
        3,
        "Seminar A",
        False,
    )
    assert (job["source"], len(rows)) == ("gaeste.csv", 3)
    (tmp_path / "links.csv").unlink()
    exported, refused = person.each(("bulk", "export", job["job"], "-O", "again.csv"), ("bulk", "revoke", job["job"]))
    assert exported.returncode == 0, exported.stderr
    assert "gast3@example.org" in (tmp_path / "again.csv").read_text(encoding="utf-8-sig")
    assert refused.returncode == 3
    one = person.run("bulk", "revoke", job["job"], "gast2@example.org", "--yes", "--json")
    assert one.returncode == 0, one.stderr
    assert (result_of(one)["withdrawn"], invited(emulator)) == (1, ["gast1@example.org", "gast3@example.org"])
    kept = (tmp_path / "links.csv").read_text(encoding="utf-8-sig")
    assert (kept.count(";created;"), kept.count(";withdrawn;")) == (2, 1)
    assert person.run("bulk", "revoke", "--last", "--yes").returncode == 0
    assert dict(emulator.state.companies[emulator.company_id].links).keys() == before.keys()
    assert person.data("bulk", "jobs")[0]["state"] == "revoked"
    assert (
        person.run("bulk", "create", "gaeste.csv", *INTO).returncode == 0
    )  # what was taken back does not count as done
    assert person.run("bulk", "jobs", "--prune", "soon").returncode == 2
    assert len(person.data("bulk", "jobs")) == 2


def test_pruning_deletes_what_is_old(person):
    """With a yes only; nothing of the job is left."""
    assert person.run("bulk", "create", "-", *INTO, stdin=guests(1)).returncode == 0
    assert person.run("bulk", "jobs", "--prune", "1h", "--yes").returncode == 0
    assert list(person.jobs.iterdir())
    (journal,) = person.jobs.glob("*.journal")
    age_by_an_hour_and_more(journal)
    asked = person.run("bulk", "jobs", "--prune", "1h")
    assert asked.returncode == 3
    assert "deletes the journal of 1 job older than 1h, 0 of them unfinished" in asked.stderr
    assert person.run("bulk", "jobs", "--prune", "1h", "--yes").returncode == 0
    assert list(person.jobs.iterdir()) == []


def age_by_an_hour_and_more(journal):
    import sqlite3  # noqa: PLC0415 - nothing else here looks inside a journal

    with sqlite3.connect(journal) as database:
        database.execute("UPDATE run SET made_at = '2026-01-01T00:00:00.000+00:00'")
    database.close()
    os.utime(journal, (time.time() - 7200,) * 2)


def test_jobs_that_are_not_there(person):
    """No name, two answers, a wrong name: said in both languages, with the command that lists them."""
    none, both, wrong, outside = person.each(
        ("bulk", "resume"),
        ("bulk", "resume", "20261122-1412-k7", "--last"),
        ("bulk", "show", "20261122-1412-k7"),
        ("bulk", "show", "../../secret"),
    )
    assert [done.returncode for done in (none, both, wrong, outside)] == [2, 2, 7, 7]
    english, german = person.in_both("bulk", "resume", "--last")
    assert english.stderr.startswith("error[no-jobs]: no job was begun on this machine")
    assert german.stderr.startswith("error[no-jobs]: auf diesem Rechner wurde noch kein Auftrag begonnen")


def test_a_job_goes_on_at_its_own_server_only(person, emulator, tmp_path):
    """Another base URL is a mistake: exit code 2, and the right one is named."""
    assert person.run("bulk", "create", "-", *INTO, stdin=guests(1)).returncode == 0
    elsewhere = Person.with_key(tmp_path, emulator, ALFAVIEW_BASE_URL="http://127.0.0.1:9/json/v1/")
    done = elsewhere.run("bulk", "resume", "--last")
    assert done.returncode == 2
    assert f"--base-url {emulator.base_url}" in done.stderr
