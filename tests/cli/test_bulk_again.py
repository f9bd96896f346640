"""The same `alfactl bulk` command once more: what it says is what it did, and nothing is promised that would hurt."""

import json

import pytest
from guest_lists import addresses, guests

INTO = ("--room", "Seminar A", "--role", "Participant")
SOON = ("--effect-within", "0")


def result_of(done):
    return json.loads(done.stdout.splitlines()[-1])


def summary_of(done):
    return next(line for line in done.stderr.splitlines() if line[:1] in ("✓", "!"))


def job_of(person):
    return person.data("bulk", "jobs")[-1]["job"]


@pytest.fixture
def finished(person):
    """Return the name of a job that has made and mailed three links."""
    done = person.run("bulk", "create", "-", *INTO, "--send-email", "--yes", "--json", stdin=guests(3))
    assert result_of(done)["by_this_command"] == {"created": 3, "mails": 3, "withdrawn": 0}
    return result_of(done)["job"]


@pytest.fixture
def in_doubt(person, emulator, tmp_path):
    """Return the name of a job of 60 rows, of which 50 have links, and for 10 nobody can say."""
    (tmp_path / "gaeste.csv").write_text(guests(60), encoding="utf-8")
    emulator.faults.add("createGuestLinks", do="apply-then-reset", on="2")
    emulator.faults.add("listGuestLinks", do="error", status="INSUFFICIENT_PERMISSIONS", on="2-20")
    assert person.run("bulk", "create", "gaeste.csv", *INTO, *SOON).returncode == 10
    emulator.faults.clear()
    return job_of(person)


def test_a_finished_job_is_not_done_twice_in_words(person, emulator, finished):
    """Resume, retry and reconcile have nothing to do, and say so; JSON keeps the job's counts, and has its own."""
    for command in ("resume", "retry"):
        done = person.run("bulk", command, finished)
        assert done.returncode == 0, done.stderr
        assert summary_of(done) == (
            f"✓ nothing was left to send; in all 3 links created, 0 were there, 0 failed, 0 unknown   job {finished}"
        )
    looked = person.run("bulk", "reconcile", finished)
    assert summary_of(looked).startswith("✓ no row was left to look for; in all 3 created,")
    result = result_of(person.run("bulk", "resume", finished, "--json"))
    assert (result["status"], result["created"]) == ("done", 3)
    assert result["by_this_command"] == {"created": 0, "mails": 0, "withdrawn": 0}
    assert len(emulator.outbox) == 3


def test_a_second_revoke_deletes_nothing(person, finished):
    """It asks for what it may delete, and says that all was deleted before."""
    first, again = (person.run("bulk", "revoke", finished, "--yes") for _ in range(2))
    assert summary_of(first).startswith("✓ 3 links deleted, 0 left in")
    assert summary_of(again) == (f"✓ nothing was left to delete: 3 links were deleted before, 0 left   job {finished}")
    result = result_of(person.run("bulk", "revoke", finished, "--yes", "--json"))
    assert (result["withdrawn"], result["by_this_command"]["withdrawn"]) == (3, 0)
    asked = person.run("bulk", "revoke", finished)
    assert asked.returncode == 3
    assert "This looks for links" in asked.stderr


def test_one_row_and_then_the_others(person, finished):
    """Each command counts what it has deleted itself."""
    one = person.run("bulk", "revoke", finished, "gast2@example.org", "--yes")
    assert summary_of(one).startswith("✓ 1 link deleted, 0 left in")
    others = person.run("bulk", "revoke", finished, "--yes", "--lang", "de")
    assert summary_of(others).startswith("✓ 2 Links gelöscht, 0 übrig in")


def test_a_revoked_job_is_not_gone_on_with(person, finished):
    """Said in the words of the command line, in both languages: a new job is what can be begun."""
    assert person.run("bulk", "revoke", finished, "--yes").returncode == 0
    for command in ("resume", "retry"):
        done = person.run("bulk", command, finished)
        assert (done.returncode, done.stdout) == (6, "")
        assert done.stderr.splitlines() == [
            f"error[revoked]: the 3 links of job {finished} were deleted: nothing is left to go on with",
            "  next: alfactl bulk create LIST --room ROOM --role ROLE   begins a new job",
        ]
    german = person.run("bulk", "resume", finished, "--lang", "de").stderr
    assert f"error[revoked]: die 3 Links des Auftrags {finished} sind gelöscht" in german
    assert "weiter: alfactl bulk create LISTE --room RAUM --role ROLLE   beginnt einen neuen Auftrag" in german


def test_a_job_that_is_half_revoked_is_revoked_on(person, emulator, finished):
    """Two deletions went wrong: how many are left, and the command that deletes them."""
    emulator.faults.add("guestService.v2/deleteLink", do="error", status="INTERNAL_ERROR", on="2-20")
    assert person.run("bulk", "revoke", finished, "--yes").returncode == 5
    emulator.faults.clear()
    english, german = person.in_both("bulk", "resume", finished)
    assert english.returncode == 6
    assert english.stderr.splitlines() == [
        f"error[revoking]: the links of job {finished} are being deleted: 1 is gone, 2 are left",
        f"  next: alfactl bulk revoke {finished}",
    ]
    assert "1 ist fort, 2 sind übrig" in german.stderr
    again = person.run("bulk", "create", "-", *INTO, stdin=guests(3))
    assert again.stderr.splitlines()[-1] == f"  next: alfactl bulk revoke {finished}"
    assert person.run("bulk", "revoke", finished, "--yes").returncode == 0


def test_a_list_whose_job_is_in_doubt_is_not_offered_again(person, emulator, in_doubt):
    """How that job stands, and to go on with it; second links are not offered, which some guests would get twice."""
    english, german = person.in_both("bulk", "create", "gaeste.csv", *INTO)
    assert english.returncode == german.returncode == 6
    told = english.stderr[english.stderr.index("error[") :].splitlines()
    assert told[0].startswith(f"error[already-done]: 60 of 60 rows belong to job {in_doubt}, begun ")
    assert told[1:] == [
        "  of that job 50 rows are created, 0 failed, 10 unknown, 0 not sent yet",
        "  to send these rows again before that job is done may invite guests twice",
        f"  next: alfactl bulk resume {in_doubt}",
    ]
    assert "in jenem Auftrag sind 50 Zeilen angelegt, 0 misslungen, 10 ungewiss" in german.stderr
    assert f"weiter: alfactl bulk resume {in_doubt}" in german.stderr
    assert "--again" not in english.stderr + german.stderr
    resumed = person.run("bulk", "resume", in_doubt, *SOON)
    assert summary_of(resumed).startswith("✓ 10 more links in ")
    assert "; in all 60 created, 0 were there, 0 failed, 0 unknown   job" in summary_of(resumed)
    done = person.run("bulk", "create", "gaeste.csv", *INTO)
    assert f"60 of 60 rows were created by job {in_doubt}" in done.stderr
    assert "next: --only-new (0 rows), or --again to create second links" in done.stderr
    assert sorted(
        link.email
        for link in emulator.state.companies[emulator.company_id].links.values()
        if link.email.startswith("gast")
    ) == sorted(addresses(60))


def test_a_list_whose_job_has_yet_to_send_it_is_resumed(person, emulator):
    """Else its guests would be invited by both jobs."""
    emulator.faults.add("createGuestLinks", do="error", status="QUOTA_EXCEEDED", times=1)
    create = ("bulk", "create", "-", *INTO, *SOON, "--send-email", "--yes")
    assert person.run(*create, stdin=guests(3)).returncode == 8
    again = person.run(*create, stdin=guests(3))
    assert again.returncode == 6
    assert "0 rows are created, 0 failed, 0 unknown, 3 not sent yet" in again.stderr
    assert f"alfactl bulk resume {job_of(person)}" in again.stderr
    only_new = person.run(*create, "--only-new", stdin=guests(3))
    assert (only_new.returncode, f"alfactl bulk resume {job_of(person)}" in only_new.stderr) == (6, True)
    first = job_of(person)
    one_more = person.run(*create, "--only-new", stdin=guests(4))
    assert one_more.returncode == 0, one_more.stderr
    assert f"! job {first} is not done: 3 not sent yet, 0 unknown; next: alfactl bulk resume {first}" in one_more.stderr
    assert person.run("bulk", "resume", first).returncode == 0
    assert sorted(mail.to for mail in emulator.outbox) == addresses(4)


def test_rows_that_only_a_person_can_know_are_resolved_first(person, emulator, tmp_path):
    """At most once: nothing is left to resume, but who sends the list again may invite somebody twice."""
    (tmp_path / "gaeste.csv").write_text(guests(1), encoding="utf-8")
    emulator.faults.add("createGuestLinks", do="timeout", on="1")
    once = ("--mode", "at-most-once", "--timeout", "0.5")
    assert person.run("bulk", "create", "gaeste.csv", *INTO, *once).returncode == 10
    again = person.run("bulk", "create", "gaeste.csv", *INTO)
    assert again.returncode == 6
    assert "1 of 1 row belongs to job" in again.stderr
    assert f"alfactl bulk resolve {job_of(person)} KEY" in again.stderr
    assert "--again" not in again.stderr


def test_several_jobs_have_the_rows(person, tmp_path):
    """The latest is named, and that there are others."""
    for count in (1, 2):
        (tmp_path / "gaeste.csv").write_text(guests(count), encoding="utf-8")
        assert person.run("bulk", "create", "gaeste.csv", *INTO, "--only-new").returncode == 0
    done = person.run("bulk", "create", "gaeste.csv", *INTO)
    assert f"2 of 2 rows were created by job {job_of(person)}" in done.stderr
    assert "and 1 earlier job has created some of these rows" in done.stderr


def test_two_phases_count_the_mails_that_were_sent_now(person, emulator):
    """Links first, then a mail each: a mail that was put off is sent by resume, which says so."""
    emulator.faults.add("resendGuestLinkEmail", do="error", status="QUOTA_EXCEEDED", on="2-99")
    args = ("--mode", "two-phase", "--send-email", "--yes", *SOON)
    begun = person.run("bulk", "create", "-", *INTO, *args, "--json", stdin=guests(9))
    sent = len(emulator.outbox)
    assert result_of(begun)["by_this_command"] == {"created": 9, "mails": sent, "withdrawn": 0}
    assert sent < 9
    emulator.faults.clear()
    resumed = person.run("bulk", "resume", "--last", *SOON)
    assert resumed.returncode == 0, resumed.stderr
    assert f"0 more links, {9 - sent} e-mails requested in" in summary_of(resumed)
    assert len(emulator.outbox) == 9
