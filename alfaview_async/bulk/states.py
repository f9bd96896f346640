"""The states of rows and calls in a run, and the changes that are written down together."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from itertools import groupby

from attrs import field, frozen


class RowState(StrEnum):
    """Where a row stands."""

    PLANNED = "planned"
    """Nothing exists for it: it may be sent."""
    IN_FLIGHT = "in flight"
    """It is or was part of a call whose effect is not known yet."""
    DONE = "done"
    """Its invitation exists; this never changes, except by `undo`."""
    EXISTING = "existing"
    """Somebody had invited this guest before the run, which left it alone."""
    REFUSED = "refused"
    """The server refused this very row."""
    UNKNOWN = "unknown"
    """Nobody but a person can find out whether it was made; it is never sent again by itself."""
    WITHDRAWN = "withdrawn"
    """Its invitation was made and deleted again."""


class CallState(StrEnum):
    """Where a call that creates invitations stands."""

    INTENDED = "intended"
    """Written down before the first byte is sent; nobody can say whether it was."""
    LOST = "lost"
    """No answer: it may still be carried out, for as long as the server works on it."""
    ANSWERED = "answered"
    """The server is done with it, but what it did for some of the rows is not said."""
    SETTLED = "settled"
    """What became of each row is known, or will not be found out."""


class Echo(StrEnum):
    """Whether the server shows the mark with which links were made when it lists them."""

    UNSEEN = "unseen"
    PROVEN = "proven"
    REFUTED = "refuted"


class MailState(StrEnum):
    """What became of the mail for a row, where mails are sent one by one after the links (`Mode.TWO_PHASE`)."""

    NONE = "none"
    """None was asked for by itself."""
    INTENDED = "intended"
    """Written down before the call; nobody can say whether it was sent."""
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost; it is not repeated."""


@frozen(kw_only=True)
class Link:
    """An invitation that exists.

    Attributes:
        id: Under which the destination keeps it.
        join_link: The personal link; whoever has it can enter. Empty where the destination has none.
    """

    id: str
    join_link: str = field(default="", repr=False)


@frozen(kw_only=True)
class CreateCall:
    """A call that creates invitations for some rows of one target; its number is never used again.

    Attributes:
        number: Counts the calls of the run.
        target: Id of the room or meeting.
        marker: Random mark that its invitations carry, where the destination can.
        state: Where it stands.
        ordinals: The rows whose effect is not known yet.
    """

    number: int
    target: str
    marker: str
    state: CallState
    ordinals: tuple[int, ...] = ()


@frozen(kw_only=True)
class RowChange:
    """What a change makes of a row; one is shared by all rows that it makes alike.

    Attributes:
        state: The new state.
        call: Number of the call that made it so; 0 for none.
        reason: Why it was refused, or why nobody knows.
        at_most: With how many rows it may travel in one call from now on; 0 for no limit.
    """

    state: RowState
    call: int = 0
    reason: str = ""
    at_most: int = 0


@frozen(kw_only=True)
class Change:
    """What is written down in one transaction.

    Attributes:
        calls: The calls in their new states.
        rows: Ordinal -> what becomes of the row.
        links: Ordinal -> the invitation that a row has got.
        request_ids: Of the attempts at sending the call, for the report.
    """

    calls: Sequence[CreateCall] = ()
    rows: Mapping[int, RowChange] = field(factory=dict)
    links: Mapping[int, Link] = field(factory=dict)
    request_ids: Sequence[str] = ()

    def alike(self) -> Collection[tuple[RowChange, Sequence[int]]]:
        """Tell which rows become the same."""
        ordinals: defaultdict[RowChange, list[int]] = defaultdict(list)
        for row, these in groupby(self.rows, key=self.rows.__getitem__):
            ordinals[row] += these
        return ordinals.items()
