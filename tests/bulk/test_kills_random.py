"""F104: processes killed at random times, while the server loses answers too; benchmarks/bulk_kills.py does more."""

from random import Random

import pytest
from invitations import CREATE, addresses, linked, mailed

GUESTS = 12


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["reconciled", "two_phase"])
async def test_killed_at_random_times(emulator, driver, tmp_path, mode):
    """Five runs, each killed twice, a tenth of the answers lost: one link for every guest, and at most one mail."""
    draw = Random(104)
    for number in range(5):
        emulator.reset()
        emulator.faults.add(CREATE, do="apply-then-reset", on="10%")
        order = {"journal": str(tmp_path / f"{number}.journal"), "guests": GUESTS, "mode": mode}
        for _ in range(2):
            await driver.do("invite", **order, kill_after=draw.uniform(0.0, 0.5))
        ended = await driver.do("invite", **order)
        assert ended["error"] is None
        assert linked(emulator) == addresses(GUESTS) == sorted(address for address, _, _ in ended["results"])
        assert len(set(mailed(emulator))) == len(mailed(emulator))
        lost = [address for address, _, mail in ended["results"] if mail == "unknown"]
        assert {status for _, status, _ in ended["results"]} == {"created"}
        assert sorted({*mailed(emulator), *lost}) == addresses(GUESTS)


@pytest.mark.slow
async def test_two_thousand_guests_and_kill_after_kill(emulator, driver):
    """B11 with F104: a tenth of the answers lost, killed after 0.2 s, 0.4 s and so on: 0 twice, 0 lost."""
    emulator.faults.add(CREATE, do="apply-then-reset", on="5%")
    emulator.faults.add(CREATE, do="truncate", on="5%")
    ended, kills = {"exit": None}, 0
    while ended["exit"] != 0:
        kills += 1
        ended = await driver.do("invite", guests=2000, kill_after=0.2 * kills, destination={"chunk_size": 10})
    assert kills > 1
    assert {status for _, status, _ in ended["results"]} == {"created"}
    assert mailed(emulator) == addresses(2000) == linked(emulator)
