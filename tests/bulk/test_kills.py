"""F104: a process that is killed at any point of a run leaves a journal with which the next one ends it.

In the end every row has its link and every guest one mail. C17, the report, is the last of the points here; C18, the
full disk, stands in test_journal_disk.py.
"""

import pytest
from invitations import CREATE, addresses, linked, mailed

KILLED = -9
GUESTS = 12
POINTS = [
    pytest.param(("begin", "before", 1), id="C0 before the journal is begun"),
    pytest.param(("transaction", "inside", 1), id="C1 plan half-written"),
    pytest.param(("begin", "after", 1), id="C2 planned"),
    pytest.param(("commit", "before", 1), id="C3 before the first intent"),
    pytest.param(("commit", "before", 3), id="C3 before the intent of a later call"),
    pytest.param(("transaction", "inside", 3), id="C3 intent half-written"),
    pytest.param(("commit", "after", 1), id="C4 after the first intent"),
    pytest.param(("create", "before", 2), id="C4 before a later call is sent"),
    pytest.param(("decode", "before", 2), id="C10 reply read"),
    pytest.param(("create", "after", 2), id="C11 reply understood"),
    pytest.param(("transaction", "inside", 4), id="C11 result half-written"),
    pytest.param(("commit", "after", 3), id="C12 result written, nobody told"),
    pytest.param(("commit", "after", 8), id="C12 last result written"),
]


def whole(emulator, ended, count=GUESTS):
    """Tell that every row was created, every guest mailed and linked once."""
    assert ended["error"] is None
    assert sorted(address for address, _, _ in ended["results"]) == addresses(count)
    assert {status for _, status, _ in ended["results"]} == {"created"}
    assert mailed(emulator) == addresses(count) == linked(emulator)


@pytest.mark.parametrize("again", ["resume", "invite"])
@pytest.mark.parametrize("crash", POINTS)
async def test_killed_while_creating(emulator, driver, crash, again):
    """F104, C0-C4 and C10-C12: `resume`, or `invite` with the same rows, ends the run; nobody is mailed twice."""
    killed = await driver.do("invite", guests=GUESTS, crash=crash, rooms_at_once=1)
    assert killed["exit"] == KILLED
    ended = await driver.do(again, guests=GUESTS)
    if again == "resume" and crash in {("begin", "before", 1), ("transaction", "inside", 1)}:
        assert ended["error"][0] == "JournalMismatch"  # there is no run yet
        assert mailed(emulator) == []
        ended = await driver.do("invite", guests=GUESTS)
    whole(emulator, ended)


@pytest.mark.parametrize(
    "crash",
    [
        pytest.param(("invitations", "before", 3), id="C13 waited"),
        pytest.param(("invitations", "after", 3), id="C14 listed once"),
        pytest.param(("note_echo", "after", 1), id="C14 marks seen"),
        pytest.param(("commit", "before", 9), id="C14 listed twice"),
        pytest.param(("transaction", "inside", 11), id="C14 findings half-written"),
        pytest.param(("commit", "after", 9), id="C14 findings written"),
    ],
)
async def test_killed_while_in_doubt(emulator, driver, crash):
    """F104, C13 and C14: of two lost answers one was carried out; a kill while it is looked for changes nothing."""
    emulator.faults.add(CREATE, do="apply-then-reset", on="1")
    emulator.faults.add(CREATE, do="reset", on="2")
    killed = await driver.do("invite", guests=GUESTS, crash=crash, rooms_at_once=1)
    assert killed["exit"] == KILLED
    whole(emulator, await driver.do("resume"))


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_results_are_reported(emulator, driver, tmp_path, when):
    """F104, C17: a report is there whole or not at all, and the journal gives all of it again."""
    report = tmp_path / "report.csv"
    killed = await driver.do("invite", guests=GUESTS, report=str(report), crash=("replace", when, 1))
    assert killed["exit"] == KILLED
    assert report.exists() is (when == "after")
    whole(emulator, await driver.do("resume", report=str(report)))
    assert len(report.read_text(encoding="utf-8-sig").splitlines()) == 1 + GUESTS


@pytest.mark.parametrize("crash", [("withdraw", "before", 3), ("withdraw", "after", 3), ("commit", "after", 2)])
async def test_killed_while_taking_back(emulator, driver, crash):
    """Each deletion is written down when it is done; one that was done and not written down does no harm."""
    whole(emulator, await driver.do("invite", guests=GUESTS))
    killed = await driver.do("undo", crash=crash)
    assert killed["exit"] == KILLED
    assert 0 < len(linked(emulator)) < GUESTS
    ended = await driver.do("undo")
    assert {status for _, status, _ in ended["results"]} == {"withdrawn"}
    assert len(ended["results"]) == GUESTS
    assert linked(emulator) == []
