"""Where jobs lie, how they are named, and which one is the last."""

import re
from datetime import timedelta

import pytest

from alfaview_async.bulk import Mode
from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_queries import RunRecord
from alfaview_async.cli.jobs.directory import JobNotes, Jobs, age

NOTES = JobNotes(
    source="gaeste.csv", profile="default", company="c", base_url="https://example.org/", links=("/a.csv",)
)


def begun(jobs):
    job = jobs.new(NOTES)
    journal = Journal(job.journal)
    journal.begin(RunRecord(id="0" * 32, mode=Mode.RECONCILED, settings={}), [], {})
    journal.close()
    return job


def test_a_job_is_named_by_its_time_and_lies_in_the_state_directory(tmp_path):
    """Year to minute, two letters that cannot be mistaken; for the eyes of the owner only."""
    jobs = Jobs.of({"XDG_STATE_HOME": str(tmp_path)})
    job = jobs.new(NOTES)
    assert re.fullmatch(r"\d{8}-\d{4}-[a-z2-9]{2}", job.name)
    assert job.journal == tmp_path / "alfaview" / "jobs" / f"{job.name}.journal"
    assert job.journal.parent.stat().st_mode & 0o777 == 0o700
    assert job.notes_path.stat().st_mode & 0o777 == 0o600
    assert job.notes == NOTES


def test_many_jobs_of_one_minute_have_names_of_their_own(tmp_path):
    """Each name is taken before anybody else can take it."""
    jobs = Jobs(tmp_path / "jobs")
    assert len({jobs.new(NOTES).name for _ in range(50)}) == 50


def test_the_last_is_the_one_that_was_begun_last(tmp_path):
    """By the journals' own clock, since all bear the name of one minute; those that never began are none."""
    jobs = Jobs(tmp_path)
    first, second = begun(jobs), begun(jobs)
    jobs.new(NOTES)
    assert [found.job for found in jobs.all()] == [first, second]


def test_a_damaged_journal_is_listed_as_such(tmp_path):
    """It hides no other job."""
    jobs = Jobs(tmp_path)
    begun(jobs).journal.write_bytes(b"no database at all" * 100)
    begun(jobs)
    assert sorted(bool(found.damage) for found in jobs.all()) == [False, True]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"source": 1}', '{"links": 3}'])
def test_notes_that_cannot_be_read_are_no_notes(tmp_path, content):
    """The journal is enough to go on."""
    job = begun(Jobs(tmp_path))
    job.notes_path.write_text(content, encoding="utf-8")
    assert job.notes is None


def test_deleting_a_job_leaves_nothing_and_no_other_job_alone(tmp_path):
    """Journal, lock, notes."""
    jobs = Jobs(tmp_path)
    one, other = begun(jobs), begun(jobs)
    one.delete()
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {other.name}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        ("2w", timedelta(weeks=2)),
        ("0d", None),
        ("30", None),
        ("d", None),
        ("-1d", None),
        ("30d ago", None),
    ],
)
def test_ages(text, expected):
    """Hours, days and weeks."""
    assert age(text) == expected
