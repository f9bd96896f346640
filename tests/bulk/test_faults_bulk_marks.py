"""F110: servers that do not keep the mark of a link: what is in doubt stays unknown, and it is said aloud."""

import logging

import pytest
from gateway import page, refusal
from invitations import CREATE, LIST, addresses, destination, guests, mailed, run, statuses

from alfaview_async.bulk import RowStatus
from alfaview_async.errors import OutcomeUnknown


async def without_origin(body, ask):
    answer = await ask(body)
    for link in answer.get("guestLinks", []):
        link.pop("origin")
    return answer


async def shortened_origin(body, ask):
    """Keep the beginning, which the marks of all calls of the run share."""
    answer = await ask(body)
    for link in answer.get("guestLinks", []):
        link["origin"] = link["origin"][:45]
    return answer


@pytest.fixture(params=[without_origin, shortened_origin])
def forgetful(gateway, request):
    gateway.bent[LIST] = request.param


@pytest.mark.usefixtures("forgetful")
async def test_what_is_in_doubt_stays_unknown_and_it_is_said_aloud(emulator, gateway, bent, caplog):
    """Links of the run are there without their marks: whose the others are, nobody can say."""
    calls = []

    async def create(body, ask):
        calls.append(body)
        answer = await ask(body)
        return page(502) if len(calls) == 2 else answer

    gateway.bent[CREATE] = create
    with caplog.at_level(logging.WARNING, "alfaview_async"):
        results = await run(destination(bent, chunk_size=2), guests(6))
    assert [result.recipient.email for result in results if result.status is RowStatus.UNKNOWN] == [
        "guest2@example.org",
        "guest3@example.org",
    ]
    assert statuses(results).count(RowStatus.CREATED) == 4
    assert len(calls) == 3
    assert mailed(emulator) == addresses(6)
    assert [record.message for record in caplog.records if record.name == "alfaview_async"] == [
        "the server does not keep the marks of links: rows whose answer is lost stay unknown"
    ]


@pytest.mark.usefixtures("forgetful")
async def test_marks_are_tried_out_in_another_room(gateway, bent):
    """Where the only call of a room is in doubt, links in another room show that the server keeps no marks."""

    async def create(body, ask):
        answer = await ask(body)
        return page(502) if len(body["guestLinkCreations"]) == 1 else answer

    gateway.bent[CREATE] = create
    rows = [*guests(3), *guests(1, room="Seminar B")]
    results = await run(destination(bent), rows)
    (unknown,) = [result for result in results if result.status is RowStatus.UNKNOWN]
    assert unknown.recipient == rows[3]
    assert isinstance(unknown.error, OutcomeUnknown)


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("before", [1, 2, 3])
async def test_a_room_that_has_not_changed_proves_absence_without_marks(emulator, gateway, bent, before):
    """Nothing is there but what was there before and what is known to be ours: the rows are sent again."""
    calls = []

    async def create(body, ask):
        calls.append(body)
        return page(502) if len(calls) == before else await ask(body)

    gateway.bent[CREATE] = create
    results = await run(destination(bent, chunk_size=1), guests(3))
    assert set(statuses(results)) == {RowStatus.CREATED}
    assert mailed(emulator) == addresses(3)


async def test_a_server_that_refuses_marks(emulator, gateway, bent):
    """Each row has failed with the server's own words; the room has not changed, so none is unknown."""

    async def create(body, _ask):
        assert body["origin"]
        return refusal("INVALID_ARGUMENT", 3)

    gateway.bent[CREATE] = create
    results = await run(destination(bent, chunk_size=4), guests(4))
    assert statuses(results) == [RowStatus.FAILED] * 4
    assert all("INVALID_ARGUMENT" in str(result.error) for result in results)
    assert mailed(emulator) == []
