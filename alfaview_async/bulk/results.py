"""What became of each row."""

from enum import StrEnum

from attrs import field, frozen

from alfaview_async.bulk.recipients import Recipient
from alfaview_async.errors import AlfaviewError


class RowStatus(StrEnum):
    """In which of three ways a row ended."""

    CREATED = "created"
    """The invitation exists."""
    FAILED = "failed"
    """Nothing was made for this row; it may be sent again."""
    UNKNOWN = "unknown"
    """The answer was lost: look in the room before this row is sent again, or the guest may be mailed twice."""


@frozen(kw_only=True)
class RowResult:
    """What became of one row.

    Attributes:
        recipient: The row.
        status: How it ended.
        link_id: Id of the invitation, if it was created.
        join_link: The personal link, if it was created; whoever has it can enter.
        error: Why it was not created, or why nobody knows.
    """

    recipient: Recipient
    status: RowStatus
    link_id: str = ""
    join_link: str = field(default="", repr=False)
    error: AlfaviewError | None = None


@frozen(kw_only=True)
class Progress:
    """How far a run has come, in rows."""

    total: int
    created: int = 0
    failed: int = 0
    unknown: int = 0

    @property
    def done(self) -> int:
        """Rows that have a result."""
        return self.created + self.failed + self.unknown
