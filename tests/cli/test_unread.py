"""Whoever reads along with a job may leave: the job goes on to its end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from guest_lists import addresses, guests

COUNT = 60
CREATE = ("bulk", "create", "gaeste.csv", "--room", "Seminar A", "--role", "Participant", "--send-email")


@pytest.fixture(autouse=True)
def at_hand(tmp_path):
    (tmp_path / "gaeste.csv").write_text(guests(COUNT), encoding="utf-8")


def invited(emulator):
    return sorted(mail.to for mail in emulator.outbox)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_job_goes_on_unread(person, emulator, tmp_path, stream):
    """After `| head -1` all are invited, once, the files are there, and the exit code is that of the job."""
    with person.start(*CREATE, "--yes", "--json", "-O", "links.csv") as process:
        read = getattr(process, stream)
        assert read.readline()
        read.close()
        other = process.stderr if stream == "stdout" else process.stdout
        told = other.read()
        assert process.wait() == 0, told
    assert invited(emulator) == sorted(addresses(COUNT))
    assert len((tmp_path / "links.csv").read_text(encoding="utf-8-sig").splitlines()) == COUNT + 1


def test_a_job_ends_as_it_ends_though_nobody_reads(person, emulator):
    """A refusal is told by the exit code at least."""
    emulator.faults.add("createGuestLinks", do="error", status="QUOTA_EXCEEDED")
    with person.start(*CREATE, "--effect-within", "0", "--yes", "--json") as process:
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        process.stderr.read()
        assert process.wait() == 8
    assert invited(emulator) == []


def test_deleting_goes_on_unread(person, emulator):
    """All links of the job are gone."""
    assert person.run(*CREATE, "--yes").returncode == 0
    with person.start("bulk", "revoke", "--last", "--yes", "--json") as process:
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait() == 0, told
    assert emulator.requests.count("deleteLink") == COUNT


@pytest.fixture
def on_a_full_disk(person):
    """Run a command whose stdout is a file for which there is no room."""

    def run(*arguments):
        command = [sys.executable, "-m", "alfaview_async", *arguments]
        with Path("/dev/full").open("w") as full:
            told = subprocess.PIPE
            return subprocess.run(
                command, stdout=full, stderr=told, cwd=person.home, env=person.environment, text=True, check=False
            )

    return run


def test_a_job_goes_on_though_its_results_find_no_room(person, emulator, on_a_full_disk):
    """All are invited; that the results are lost is told at the end, and where they are."""
    done = on_a_full_disk(*CREATE, "--yes", "--json")
    assert done.returncode == 6
    assert invited(emulator) == sorted(addresses(COUNT))
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["message"] == "the results cannot be written to stdout: No space left on device"
    assert told["next"].endswith("-O links.csv")
    assert person.run(*told["next"].split()[1:]).returncode == 0


def test_a_list_that_finds_no_room_is_told(on_a_full_disk):
    """In a line, not in a traceback."""
    done = on_a_full_disk("room", "list")
    assert (done.returncode, done.stderr) == (6, "error[stdout]: stdout cannot be written: No space left on device\n")


@pytest.mark.parametrize("output", ["--json", "--output=csv"])
def test_misspelt_fields_are_told_before_anything_is_sent(person, emulator, output):
    """Else whoever mends the line and types it again would invite everybody twice."""
    done = person.run(*CREATE, "--yes", output, "--fields", "emial")
    assert done.returncode == 2
    assert "emial" in done.stderr
    assert emulator.requests.count("createGuestLinks") == 0
