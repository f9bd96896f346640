from datetime import UTC, datetime, timedelta

from alfaview_async.bulk.duplicates import Duplicates
from alfaview_async.bulk.recipients import Recipient, RowProblem

NEW_YEAR = datetime(2027, 1, 1, 9, tzinfo=UTC)


def sift(*recipients: Recipient) -> tuple[list[int], list[RowProblem], list[RowProblem]]:
    duplicates = Duplicates("E-Mail", "Nr")
    kept: list[int] = []
    problems: list[RowProblem] = []
    warnings: list[RowProblem] = []
    for recipient in recipients:
        if refusal := duplicates.refusal(recipient):
            problems.append(refusal)
            continue
        if remark := duplicates.remark(recipient):
            warnings.append(remark)
        duplicates.add(recipient)
        kept.append(recipient.line)
    return kept, problems, warnings


def test_the_same_link_twice_is_a_problem() -> None:
    """Same address in any case, same room, same moments, whatever else differs: the first row stands."""
    kept, problems, warnings = sift(
        Recipient(line=2, email="Ada@example.org", room="A", valid_from=NEW_YEAR, display_name="Ada"),
        Recipient(
            line=5,
            email="ada@example.org",
            room="A",
            valid_from=NEW_YEAR,
            role="Moderator",
            extra={"E-Mail": "ADA@example.org"},
        ),
        Recipient(line=9, email="ada@example.org", room="A", valid_from=NEW_YEAR),
    )
    reason = "same address, room and time as line 2"
    assert kept == [2]
    assert problems == [
        RowProblem(line=5, column="E-Mail", value="ADA@example.org", reason=reason),
        RowProblem(line=9, column="E-Mail", value="ada@example.org", reason=reason),
    ]
    assert warnings == []


def test_the_same_address_for_another_room_or_time_is_a_warning() -> None:
    """A guest may attend twice; people are told, because it means two e-mails."""
    kept, problems, warnings = sift(
        Recipient(line=2, email="ada@example.org", room="A"),
        Recipient(line=3, email="ADA@example.org", room="B"),
        Recipient(line=4, email="ada@example.org", room="A", valid_from=NEW_YEAR),
        Recipient(line=5, email="ada@example.org", room="A", valid_until=NEW_YEAR + timedelta(days=1)),
    )
    assert kept == [2, 3, 4, 5]
    assert problems == []
    assert [warning.line for warning in warnings] == [3, 4, 5]
    assert all(warning.reason.startswith("same address as line 2") for warning in warnings)


def test_different_people_are_left_alone() -> None:
    """A shared room, time and name is no duplicate."""
    guests = (Recipient(line=line, email=f"g{line}@example.org", room="A", display_name="Anna") for line in range(2, 5))
    assert sift(*guests) == ([2, 3, 4], [], [])


def test_a_key_is_one_rows_only() -> None:
    """Two rows of one key would be one guest to the next run; the remedy for other numbers is named."""
    kept, problems, _ = sift(
        Recipient(line=2, email="ada@example.org", key="17"),
        Recipient(line=3, email="eve@example.org", key="17"),
        Recipient(line=4, email="eve@example.org", key=""),
        Recipient(line=5, email="eva@example.org", key=""),
    )
    assert kept == [2, 4, 5]
    assert [(problem.line, problem.column, problem.value) for problem in problems] == [(3, "Nr", "17")]
    assert problems[0].reason.startswith("same key as line 2")
    assert "columns={'key': ''}" in problems[0].reason


def test_one_address_in_very_many_rows_is_compared_quickly() -> None:
    """Comparing each with all before it, 20,000 rows would take minutes."""
    end = NEW_YEAR + timedelta(days=1)
    guests = [
        Recipient(line=line, email="info@example.org", valid_from=NEW_YEAR + timedelta(seconds=line), valid_until=end)
        for line in range(20_000)
    ]
    kept, problems, warnings = sift(*guests, guests[19_999])
    assert (len(kept), len(problems), len(warnings)) == (20_000, 1, 19_999)
    assert problems[0].reason == "same address, room and time as line 19999"
    assert warnings[-1].reason.startswith("same address as line 0,")
