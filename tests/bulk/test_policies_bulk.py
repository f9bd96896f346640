"""The choices of a run: rows that are alike, guests who are invited already, keys of rows."""

import pytest
from invitations import CREATE, addresses, destination, guests, linked, mailed, run, statuses

from alfaview_async import errors
from alfaview_async.bulk import Duplicates, Existing, Mode, Recipient, RowStatus


async def test_two_equal_rows_are_an_error_unless_told_otherwise(emulator, alfaview):
    """F111: nothing is sent, and the rows are named."""
    with pytest.raises(errors.ConfigurationError, match=r"guest0@example\.org .*\(lines 2 and 2\)"):
        await run(destination(alfaview), guests(2) + guests(1))
    assert emulator.requests.count(CREATE) == 0


async def test_equal_rows_can_count_as_one(emulator, alfaview):
    """F111: three rows, two of them equal: two links."""
    results = await run(destination(alfaview), guests(2) + guests(1), duplicates=Duplicates.COLLAPSE)
    assert [result.recipient.email for result in results] == addresses(2) == mailed(emulator)


async def test_rows_that_differ_do_not_count_as_one(emulator, alfaview):
    """F111: the same guest under two names: which is meant, nobody can say."""
    twin = Recipient(email="guest0@example.org", display_name="Somebody", line=9)
    with pytest.raises(errors.ConfigurationError, match="lines 2 and 9"):
        await run(destination(alfaview), [*guests(1), twin], duplicates=Duplicates.COLLAPSE)
    assert emulator.requests.count(CREATE) == 0


async def test_equal_rows_can_get_a_link_each(emulator, hasty):
    """F111: exactly two links for two equal rows, also when the answer is lost after one of two was made."""
    emulator.faults.add(CREATE, do="partial", on="1")
    results = await run(destination(hasty), guests(1) * 2, duplicates=Duplicates.ALLOW)
    assert statuses(results) == [RowStatus.CREATED] * 2
    assert len({result.link_id for result in results}) == 2
    assert len({result.key for result in results}) == 2
    assert linked(emulator) == ["guest0@example.org"] * 2 == mailed(emulator)


async def test_guests_who_are_invited_already_stop_the_run(emulator, alfaview):
    """Whoever forgot the journal, or runs a second list: nothing is sent, and the guests are named."""
    await run(destination(alfaview), guests(2))
    with pytest.raises(errors.AlreadyInvited, match=r"2 guests .*\(line 2, line 3\)") as already:
        await run(destination(alfaview), guests(3))
    assert already.value.recipients == guests(2)
    assert mailed(emulator) == addresses(2)


async def test_guests_who_are_invited_already_can_keep_what_they_have(emulator, alfaview):
    """Their rows end with the link that was there; the others get one."""
    before = await run(destination(alfaview), guests(2))
    results = await run(destination(alfaview), guests(3), existing=Existing.SKIP)
    assert {result.recipient.email: result.status for result in results} == {
        "guest0@example.org": RowStatus.EXISTING,
        "guest1@example.org": RowStatus.EXISTING,
        "guest2@example.org": RowStatus.CREATED,
    }
    had = {(result.link_id, result.join_link) for result in before}
    assert {(r.link_id, r.join_link) for r in results if r.status is RowStatus.EXISTING} == had
    assert mailed(emulator) == addresses(3)


async def test_one_link_that_is_there_is_not_given_to_two_rows(emulator, alfaview):
    """I3: two equal rows and one link: one row keeps it, the other gets its own."""
    await run(destination(alfaview), guests(1))
    results = await run(destination(alfaview), guests(1) * 2, existing=Existing.SKIP, duplicates=Duplicates.ALLOW)
    assert sorted(statuses(results)) == [RowStatus.CREATED, RowStatus.EXISTING]
    assert len({result.link_id for result in results}) == 2
    assert linked(emulator) == ["guest0@example.org"] * 2


@pytest.mark.parametrize("mode", [Mode.RECONCILED, Mode.AT_MOST_ONCE])
async def test_guests_who_are_invited_already_can_get_another(emulator, alfaview, mode):
    """Asked for by name: two links, two mails."""
    await run(destination(alfaview), guests(1))
    results = await run(destination(alfaview), guests(1), existing=Existing.CREATE, mode=mode)
    assert statuses(results) == [RowStatus.CREATED]
    assert mailed(emulator) == ["guest0@example.org"] * 2


async def test_rows_have_the_keys_of_the_caller_or_their_own(alfaview):
    """A key tells a row from all others; what is sent for it makes it up where the caller gives none."""
    (keyed,) = guests(1, key="order 7")
    results = await run(destination(alfaview), [keyed, *guests(3)[1:]])
    assert results[0].key == "order 7"
    assert len({result.key for result in results}) == 3
    assert all(result.key.endswith("#1") for result in results[1:])


async def test_two_rows_with_one_key_are_an_error(emulator, alfaview):
    """Or an answer could be booked to the wrong one."""
    with pytest.raises(errors.ConfigurationError, match="2 rows have the key 'order 7'"):
        await run(destination(alfaview), guests(2, key="order 7"))
    assert emulator.requests.count(CREATE) == 0


@pytest.mark.parametrize("wrong", [{"rooms_at_once": 0}, {"chunks_per_room": 0}])
async def test_numbers_that_make_no_sense(emulator, alfaview, wrong):
    """Zero at once is never."""
    with pytest.raises(errors.ConfigurationError, match="at least 1"):
        await run(destination(alfaview), guests(1), **wrong)
    assert emulator.requests.count(CREATE) == 0
