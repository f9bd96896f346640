"""What only a person can know: whether an invitation in doubt was made."""

import pytest
from attrs import evolve
from invitations import CREATE, LIST, addresses, destination, guests, linked, mailed, resumed, run, statuses

from alfaview_async import errors
from alfaview_async.bulk import Mode, RowStatus, resolve
from alfaview_async.bulk.resolving import read_results


@pytest.fixture
async def unknown(emulator, hasty, journal):
    """The key of a row whose answer was lost although it was carried out; another one is created."""
    emulator.faults.add(CREATE, do="apply-then-reset", on="1")
    results = await run(destination(hasty, chunk_size=1), guests(2), journal=journal, mode=Mode.AT_MOST_ONCE)
    assert statuses(results) == [RowStatus.UNKNOWN, RowStatus.CREATED]
    return results[0].key


async def test_an_unknown_row_is_never_sent_again_by_itself(emulator, hasty, journal, unknown):
    """However often the run is resumed."""
    assert unknown
    for _ in range(2):
        results = await resumed(destination(hasty), journal)
        assert statuses(results) == [RowStatus.UNKNOWN, RowStatus.CREATED]
        assert "nobody but a person" in str(results[0].error)
    assert emulator.requests.count(CREATE) == 2


async def test_a_link_that_a_person_has_found(emulator, hasty, journal, unknown):
    """The row is created, with this link; nothing is sent."""
    mail = emulator.outbox[0]
    await resolve(journal, unknown, link_id=mail.link_id, join_link=mail.join_link)
    results = await resumed(destination(hasty), journal)
    assert [(result.status, result.link_id, result.join_link) for result in results] == [
        (RowStatus.CREATED, mail.link_id, mail.join_link) for mail in emulator.outbox
    ]
    assert mailed(emulator) == addresses(2)


async def test_a_row_that_a_person_knows_to_be_absent(emulator, hasty, journal, unknown):
    """`resume` sends it again, once."""
    await hasty.guests.delete_link(room_id=emulator.room_id, id=emulator.outbox[0].link_id)
    await resolve(journal, unknown, absent=True)
    assert statuses(await read_results(journal)) == [RowStatus.UNSENT, RowStatus.CREATED]
    assert statuses(await resumed(destination(hasty), journal)) == [RowStatus.CREATED] * 2
    assert linked(emulator) == addresses(2)


async def test_doubts_that_no_list_can_settle(emulator, gateway, bent, journal):
    """Rows that `resume` would look for for ever: a person may settle those too."""
    lists = []

    async def without_the_first(body, ask):
        lists.append(body)
        answer = await ask(body)
        if len(lists) > 1:
            answer["guestLinks"] = answer["guestLinks"][1:]
        return answer

    gateway.bent[LIST] = without_the_first
    emulator.faults.add(CREATE, do="reset", on="2")
    results = await run(destination(bent, chunk_size=1), guests(3), journal=journal)
    assert statuses(results).count(RowStatus.UNKNOWN) == 1
    (key,) = [result.key for result in results if result.status is RowStatus.UNKNOWN]
    await resolve(journal, key, absent=True)
    assert statuses(await resumed(destination(bent), journal)) == [RowStatus.CREATED] * 3
    assert mailed(emulator) == addresses(3)


@pytest.mark.parametrize("given", [{}, {"link_id": "link", "absent": True}])
async def test_one_of_both_must_be_said(journal, unknown, given):
    """There, or not there."""
    with pytest.raises(errors.ConfigurationError, match="say either"):
        await resolve(journal, unknown, **given)


async def test_only_unknown_rows_can_be_resolved(journal, unknown):
    """A wrong key, or the key of a row that is created: nothing changes."""
    before = [evolve(result, error=None) for result in await read_results(journal)]
    (created,) = [result.key for result in before if result.key != unknown]
    for key in ("no such key", created):
        with pytest.raises(errors.ConfigurationError, match="has no row with the key"):
            await resolve(journal, key, absent=True)
    assert [evolve(result, error=None) for result in await read_results(journal)] == before
