"""F121 and C18: a disk that is full, at any moment of a run: it stops before it sends what it cannot write down."""

import os

import pytest
from invitations import CREATE, addresses, destination, guests, linked, mailed, resumed, run, statuses
from real_disk import mounted

from alfaview_async import errors
from alfaview_async.bulk import GuestLinks, Mode, RowStatus, invite

SIZE = 2 * 1024 * 1024


@pytest.fixture
def disk(tmp_path):
    """Mount a small disk, which only root may."""
    with mounted("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", at=tmp_path):
        yield tmp_path


def fill(disk):
    """Use up what is left of a disk."""
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            pass
    assert os.statvfs(disk).f_bavail == 0


class Filling(GuestLinks):
    """Fills the disk before or after the n-th call."""

    def when(self, disk, place, nth):
        self.left, self.place, self.disk = nth, place, disk
        return self

    async def create(self, *args, **options):
        self._passing("before")
        answer = await super().create(*args, **options)
        self._passing("after")
        return answer

    async def mail(self, *args, **options):
        self._passing("mail")
        await super().mail(*args, **options)

    def _passing(self, place):
        if place == self.place:
            self.left -= 1
            if not self.left:
                fill(self.disk)


def filling(alfaview, *when):
    return Filling(
        alfaview,
        room="Seminar A",
        role="Participant",
        send_email=True,
        chunk_size=20,
        effect_within=0.1,
        listed_within=0.05,
    ).when(*when)


async def test_a_full_disk_is_found_out_before_the_first_call(emulator, alfaview, disk):
    """There is not even room for the plan."""
    fill(disk)
    with pytest.raises(errors.JournalUnavailable):
        await run(destination(alfaview), guests(200), journal=disk / "journal")
    assert emulator.requests.count(CREATE) == 0


async def test_a_plan_that_does_not_fit_is_not_begun(emulator, alfaview, disk):
    """More rows than the disk holds: all or nothing, and nothing was sent."""
    with pytest.raises(errors.JournalUnavailable, match="full"):
        await run(destination(alfaview), guests(20_000), journal=disk / "journal")
    assert emulator.requests.count(CREATE) == 0
    results = await run(destination(alfaview), guests(100), journal=disk / "journal")
    assert statuses(results) == [RowStatus.CREATED] * 100


@pytest.mark.parametrize("place", ["before", "after"])
async def test_a_disk_that_fills_up_stops_the_run_and_it_can_go_on(emulator, alfaview, disk, place):
    """C18: the call whose result cannot be written is the last one; with room again `resume` finds its links."""
    results = []

    async def watch():
        async for result in invite(filling(alfaview, disk, place, 2), guests(200), journal=disk / "journal"):
            results.append(result)  # noqa: PERF401 - what came before the error is the point

    with pytest.raises(errors.JournalUnavailable):
        await watch()
    assert emulator.requests.count(CREATE) < 10
    assert {result.recipient.email for result in results} <= set(mailed(emulator))
    (disk / "ballast").unlink()
    assert statuses(await resumed(destination(alfaview), disk / "journal")) == [RowStatus.CREATED] * 200
    assert mailed(emulator) == addresses(200) == linked(emulator)


async def test_a_disk_that_fills_up_among_the_mails(emulator, alfaview, disk):
    """C18: a mail whose intent cannot be written is not sent; one whose result cannot be is not sent again."""
    there = filling(alfaview, disk, "mail", 20)
    with pytest.raises(errors.JournalUnavailable):
        await run(there, guests(200), journal=disk / "journal", mode=Mode.TWO_PHASE)
    assert len(mailed(emulator)) < 200
    (disk / "ballast").unlink()
    results = await resumed(destination(alfaview), disk / "journal")
    assert statuses(results) == [RowStatus.CREATED] * 200
    assert len(set(mailed(emulator))) == len(mailed(emulator))
    assert {r.recipient.email for r in results if r.mail != "unknown"} <= set(mailed(emulator))
