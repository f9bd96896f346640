"""Whoever reads along with a job may leave: the job goes on to its end."""

import json

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
    with person.start(*CREATE, "--yes", "--json") as process:
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
