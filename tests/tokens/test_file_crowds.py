"""Processes that are killed while they save, or that crowd around one record.

`benchmarks/stores.py` does the same ten thousand times and prints the figures.
"""

import json
import subprocess
import sys

import pytest
from real_disk import ENVIRONMENT, ROOT


def measured(script, *arguments):
    """Have the main function of a benchmark count, in a process of its own, since it forks."""
    code = f"import json, {script}; print(json.dumps({script}.main(*{arguments})))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
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
    """S3, S4, F19, B5: 64 processes lock, load and save one record; nobody starves."""
    found = measured("store_contention", 64, 5, 1)
    assert (found["acknowledged"], found["acknowledged_lost"], found["starved"]) == (64 * 5, 0, 0)
