"""What a row of the journal means to the caller."""

from collections.abc import Iterable

from attrs import evolve

from alfaview_async.bulk.journal_rows import PlannedRow, StoredRow
from alfaview_async.bulk.results import RowResult, RowStatus
from alfaview_async.bulk.states import Link, RowChange, RowState
from alfaview_async.errors import AlfaviewError, OutcomeUnknown, StatusError

STATUS = {
    RowState.PLANNED: RowStatus.UNSENT,
    RowState.IN_FLIGHT: RowStatus.UNKNOWN,
    RowState.DONE: RowStatus.CREATED,
    RowState.EXISTING: RowStatus.EXISTING,
    RowState.REFUSED: RowStatus.FAILED,
    RowState.UNKNOWN: RowStatus.UNKNOWN,
    RowState.WITHDRAWN: RowStatus.WITHDRAWN,
}
"""State in the journal -> what callers are told."""
_WRONG = (RowStatus.FAILED, RowStatus.UNSENT, RowStatus.UNKNOWN)


def result_of(row: StoredRow, error: AlfaviewError | None = None) -> RowResult:
    """Tell what became of a row.

    Args:
        row: As it is in the journal.
        error: What went wrong, if that happened in this process; else the journal's words are used.
    """
    change = RowChange(state=row.state, call=row.call, reason=row.reason)
    (result,) = ended(change, [(row, row.link)], error)
    return evolve(result, mail=row.mail)


def ended(
    change: RowChange, rows: Iterable[tuple[PlannedRow | StoredRow, Link | None]], error: AlfaviewError | None = None
) -> list[RowResult]:
    """Tell what a change has made of rows.

    Args:
        change: What became of them.
        rows: As they were before, each with its invitation.
        error: As in `result_of`.
    """
    status = STATUS[change.state]
    wrong = (error or _written(change.state, change.reason)) if status in _WRONG else None
    return [
        RowResult(
            recipient=row.recipient,
            status=status,
            key=row.key,
            link_id=link.id if link else "",
            join_link=link.join_link if link else "",
            error=wrong,
        )
        for row, link in rows
    ]


def _written(state: RowState, reason: str) -> AlfaviewError:
    if state is RowState.REFUSED:
        return StatusError(reason)
    if state is RowState.PLANNED:
        return AlfaviewError("nothing was made for this row; `resume` sends it again")
    if state is RowState.IN_FLIGHT:
        return OutcomeUnknown("the answer was lost, and it is not proven yet what came of it; `resume` looks again")
    why = f": {reason}" if reason else ""
    return OutcomeUnknown(
        f"nobody but a person can find out whether this was made{why}; look in the room, then `resolve`"
    )
