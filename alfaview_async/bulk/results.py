"""What became of each row."""

from enum import StrEnum

from attrs import field, frozen

from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.states import MailState
from alfaview_async.errors import AlfaviewError


class RowStatus(StrEnum):
    """How a row ended."""

    CREATED = "created"
    """The invitation exists."""
    EXISTING = "existing"
    """The guest had such an invitation before, and keeps it."""
    FAILED = "failed"
    """The server refused this row; nothing was made for it."""
    UNSENT = "unsent"
    """Nothing was made for this row: it was not sent yet, or what was sent has left nothing; `resume` sends it."""
    UNKNOWN = "unknown"
    """It may have been made or not: look in the room before it is sent again, or the guest may be mailed twice."""
    WITHDRAWN = "withdrawn"
    """The invitation was made, and deleted again."""


@frozen(kw_only=True)
class RowResult:
    """What became of one row.

    Attributes:
        recipient: The row.
        status: How it ended.
        key: Tells the row from all others of the run; `resolve` takes it.
        link_id: Id of the invitation, if there is one.
        join_link: The personal link, if there is one; whoever has it can enter.
        error: Why it was not created, or why nobody knows.
        mail: What became of the mail in `Mode.TWO_PHASE`; else `NONE`: alfaview mails with the creation, or not at all.
    """

    recipient: Recipient
    status: RowStatus
    key: str = ""
    link_id: str = ""
    join_link: str = field(default="", repr=False)
    error: AlfaviewError | None = None
    mail: MailState = MailState.NONE


@frozen(kw_only=True)
class Progress:
    """How far a run has come, in rows; earlier processes of the same run count.

    Attributes:
        unsent: Counted at the end.
    """

    total: int
    created: int = 0
    existing: int = 0
    failed: int = 0
    unsent: int = 0
    unknown: int = 0
    withdrawn: int = 0

    @property
    def done(self) -> int:
        """Rows that were seen to."""
        return self.created + self.existing + self.failed + self.unknown + self.withdrawn
