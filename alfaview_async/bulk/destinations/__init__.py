"""Where invitations go: one file for each kind of invitation, and what they have in common."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.results import RowResult


@frozen(kw_only=True)
class Chunk:
    """Rows that travel in one call.

    Attributes:
        target: Id of the room or meeting; chunks of one target do not overtake each other unless allowed.
        recipients: The rows.
    """

    target: str
    recipients: Sequence[Recipient]


class Destination(Protocol):
    """Knows how to invite: what to send, and what an answer says about each row."""

    async def plan(self, recipients: Sequence[Recipient]) -> list[Chunk]:
        """Find the rooms and roles of all rows, and cut the rows into chunks; sends nothing that changes anything.

        Raises:
            NotFound: A room or role does not exist.
            AmbiguousName: A name means several.
            AlfaviewError: The destination cannot be asked.
        """
        ...

    async def send(self, chunk: Chunk) -> list[RowResult]:
        """Invite the rows of one chunk, once, and return a result for each; never raises an `AlfaviewError`."""
        ...
