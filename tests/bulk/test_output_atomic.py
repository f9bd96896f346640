"""Output files appear whole or not at all, and only their owner can read them."""

import gc
import os
import signal
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from weakref import WeakSet

import pytest

from alfaview_async.bulk import Recipient, RowResult, RowStatus
from alfaview_async.bulk.outputs.atomic import replacing
from alfaview_async.bulk.outputs.csv import write_csv
from alfaview_async.bulk.outputs.ics import write_calendar, write_calendars
from alfaview_async.bulk.outputs.jsonl import write_jsonl
from alfaview_async.bulk.outputs.qr import write_qr_codes
from alfaview_async.bulk.outputs.xlsx import write_xlsx
from alfaview_async.errors import ConfigurationError

WHEN = datetime(2030, 1, 14, 8, tzinfo=UTC)


def one_calendar(path, results):
    return write_calendar(path, results, title="Seminar", start=WHEN)


def many_calendars(path, results):
    return write_calendars(path, results, title="Seminar", start=WHEN)


FILES = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_jsonl, "ics": one_calendar}
DIRECTORIES = {"calendars": many_calendars, "codes": write_qr_codes}
one_file = pytest.mark.parametrize("write", FILES.values(), ids=FILES)
either = pytest.mark.parametrize("write", [*FILES.values(), *DIRECTORIES.values()], ids=[*FILES, *DIRECTORIES])


def results(count):
    for line in range(2, count + 2):
        guest = Recipient(email="ada@example.org", display_name="Ada", line=line, extra={"Name": "Ada" * 20})
        yield RowResult(
            recipient=guest, status=RowStatus.CREATED, link_id=str(line), join_link=f"https://app.alfaview.com/#/{line}"
        )


def all_files(directory):
    return sorted(path.name for path in directory.rglob("*"))


@either
def test_only_the_owner_can_read_what_was_written(tmp_path, write):
    """Whoever has a link can enter; also where an open file of that name was before, and whatever the umask."""
    if write in FILES.values():
        (tmp_path / "out").write_text("old")
        (tmp_path / "out").chmod(0o666)
    before = os.umask(0)
    try:
        assert write(tmp_path / "out", results(3)) == 3
    finally:
        os.umask(before)
    for path in tmp_path.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


@either
def test_only_the_owner_can_read_what_is_being_written(tmp_path, write):
    """From birth: at no row is there anything of ours that others could open."""
    seen = set()

    def watched():
        for result in results(400):
            yield result
            seen.update((path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.rglob("*"))

    before = os.umask(0)
    try:
        write(tmp_path / "out", watched() if write in FILES.values() else results(2))
    finally:
        os.umask(before)
    assert seen <= {(True, 0o700), (False, 0o600)}
    assert seen or write in DIRECTORIES.values()


@one_file
@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt, OSError])
def test_whatever_interrupts_a_write_leaves_the_old_file_alone(tmp_path, write, interruption):
    """The results may fail while they are read, or a person press Ctrl-C."""

    def failing():
        yield from results(500)
        raise interruption

    (tmp_path / "out").write_text("old")
    with pytest.raises((interruption, ConfigurationError)):
        write(tmp_path / "out", failing())
    assert (tmp_path / "out").read_text() == "old"
    assert all_files(tmp_path) == ["out"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
@one_file
def test_a_full_disk_is_an_error_of_ours(tmp_path, write):
    """The message names the path and a remedy; the old file is there, and no litter."""
    (tmp_path / "out").write_text("old")
    with _largest_file(100_000), pytest.raises(ConfigurationError, match=r"out.*free some space") as caught:
        write(tmp_path / "out", results(20_000))
    assert "alfaview.com" not in str(caught.value)
    assert (tmp_path / "out").read_text() == "old"
    assert all_files(tmp_path) == ["out"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_disk_that_fills_up_while_a_workbook_is_packed_is_no_trouble_later(tmp_path, monkeypatch):
    """Its archive is not ended by the collector, on a file that is closed."""
    later = []
    monkeypatch.setattr(sys, "unraisablehook", lambda failure: later.append(failure.exc_type))
    failed = 0
    for size in range(2_000, 130_000, 8_000):
        with _largest_file(size):
            try:
                write_xlsx(tmp_path / "out", results(250))
            except ConfigurationError:
                failed += 1
        assert all_files(tmp_path) in ([], ["out"])
        gc.collect()
    assert 2 < failed < 16
    assert set(later) <= {ResourceWarning}


@contextmanager
def _largest_file(size):
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@either
def test_a_missing_directory_is_an_error_of_ours(tmp_path, write):
    """It is not made: its name may be mistyped."""
    with pytest.raises(ConfigurationError, match=r"missing.out.*make the directory first"):
        write(tmp_path / "missing" / "out", results(3))
    assert all_files(tmp_path) == []


@either
def test_a_file_is_no_directory(tmp_path, write):
    """The message names the path."""
    (tmp_path / "file").write_text("old")
    with pytest.raises(ConfigurationError, match=r"file.out"):
        write(tmp_path / "file" / "out", results(3))
    assert (tmp_path / "file").read_text() == "old"


@one_file
def test_what_is_no_file_is_not_replaced(tmp_path, write):
    """A directory, and a pipe or a device, which a rename would remove."""
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("directory", "pipe"):
        with pytest.raises(ConfigurationError, match=rf"{name}.*no regular file"):
            write(tmp_path / name, results(3))
    with pytest.raises(ConfigurationError, match="name of a file"):
        write("", results(3))
    assert all_files(tmp_path) == ["directory", "pipe"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("write", DIRECTORIES.values(), ids=DIRECTORIES)
def test_a_directory_of_files_is_no_file(tmp_path, write):
    """It is not replaced by a directory either."""
    (tmp_path / "out").write_text("old")
    with pytest.raises(ConfigurationError, match="out"):
        write(tmp_path / "out", results(3))
    assert (tmp_path / "out").read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="no modes of this sense")
@either
def test_a_directory_that_may_not_be_written_is_an_error_of_ours(tmp_path, monkeypatch, write):
    """With what to do instead."""
    assert write(tmp_path / "warm", results(1)) == 1  # whoever is not root may be unable to load modules
    (tmp_path / "locked").mkdir(mode=0o555)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    with _not_root(), pytest.raises(ConfigurationError, match=r"locked.out.*may write"):
        write("locked/out", results(3))
    assert all_files(tmp_path / "locked") == []


@contextmanager
def _not_root():
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_link_is_replaced_and_not_followed(tmp_path):
    """Who can plant a link in a shared directory does not decide which file of ours is overwritten."""
    (tmp_path / "other").write_text("precious")
    (tmp_path / "out").symlink_to(tmp_path / "other")
    write_csv(tmp_path / "out", results(3))
    assert (tmp_path / "other").read_text() == "precious"
    assert not (tmp_path / "out").is_symlink()


def test_a_name_may_be_as_long_as_the_file_system_takes(tmp_path):
    """The file that it is written to first has a short name of its own."""
    write_csv(tmp_path / f"{'x' * 251}.csv", results(3))
    assert all_files(tmp_path) == [f"{'x' * 251}.csv"]


def test_the_new_file_is_seen_when_it_is_whole(tmp_path):
    """Until the block ends, the old one is there."""
    (tmp_path / "out").write_bytes(b"old")
    with replacing(tmp_path / "out") as file:
        file.write(b"new")
        file.flush()
        assert (tmp_path / "out").read_bytes() == b"old"
    assert (tmp_path / "out").read_bytes() == b"new"


def test_the_bytes_are_on_the_disk_before_the_name_is_theirs(tmp_path, monkeypatch):
    """Or a power cut might leave the name and no bytes."""
    flushed = []

    def watched(descriptor, real=os.fsync):
        flushed.append((os.fstat(descriptor).st_size, (tmp_path / "out").exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    write_csv(tmp_path / "out", results(3))
    assert flushed == [((tmp_path / "out").stat().st_size, False)]


@either
def test_no_link_lies_elsewhere(tmp_path, monkeypatch, write):
    """What is written before the file is whole lies beside it, not in a directory that many share."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert write(tmp_path / "out", results(3)) == 3


@either
def test_results_are_not_kept(tmp_path, write):
    """A run of 50,000 rows is written as it comes: at any time only a few of them are alive."""
    alive, most = WeakSet(), 0

    def watched():
        nonlocal most
        for result in results(50):
            alive.add(result)
            most = max(most, len(alive))
            yield result

    assert write(tmp_path / "out", watched()) == 50
    assert most <= 4


MURDERED = """
import sys
sys.path.insert(0, {tests!r})
from test_output_atomic import *

def stalling():
    yield from results(500)
    print("half", flush=True)
    sys.stdin.read()

FILES[{kind!r}]({path!r}, stalling())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("kind", FILES)
def test_kill_in_the_middle_leaves_the_old_file_whole(tmp_path, kind):
    """500 rows are written, the rest never comes, and nobody can clean up; what is left only the owner can read."""
    (tmp_path / "out").write_text("old")
    code = MURDERED.format(tests=os.path.dirname(__file__), kind=kind, path=str(tmp_path / "out"))  # noqa: PTH120
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / "out").read_text() == "old"
    for path in tmp_path.rglob(".alfaview-*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
