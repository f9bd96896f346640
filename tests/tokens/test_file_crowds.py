"""Processes that are killed while they save, or that crowd around one record.

`benchmarks/stores.py` does the same ten thousand times and prints the figures.
"""

import json
import subprocess
import sys

import pytest
from real_disk import ENVIRONMENT, ROOT


def measured(script, *arguments, before="pass"):
    """Have the main function of a benchmark count, in a process of its own, since it forks."""
    code = f"import json, {script}; {before}; print(json.dumps({script}.main(*{arguments})))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env=ENVIRONMENT,
        cwd=ROOT / "benchmarks",
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.slow
def test_killed_saves_leave_whole_records():
    """S1, S2, F1, F18, B1-B3: kill -9 at 40 random moments, a reader beside it."""
    found = measured("store_kills", 40)
    assert found["kills"] == 40
    assert found["left_by_kills"] > 0  # else no kill has hit a save
    assert found["reads"] > 400
    for damage in ("unreadable", "acknowledged_lost", "left_after_open", "torn"):
        assert found[damage] == 0, damage


def test_readers_see_whole_records():
    """S1, B2: 4,000 reads while others save."""
    found = measured("store_reads", 4_000)
    assert found["saves_seen"] > 10
    assert (found["reads"], found["torn"]) == (4_000, 0)


def test_no_acknowledged_write_is_lost_in_a_crowd():
    """S3, S4, F19, B5: 64 processes lock, load and save one record; nobody starves, however slow the machine is."""
    patient = "import alfaview_async.tokens.file as file_store; file_store._BOUND_SECONDS = 60.0"
    found = measured("store_contention", 64, 5, 1, before=patient)
    assert (found["acknowledged"], found["acknowledged_lost"], found["starved"]) == (64 * 5, 0, 0)
    assert found["wait_p99_ms"] < 5 * found["wait_p50_ms"]  # in turn all wait about as long: 1.4 to 2.3 times that
