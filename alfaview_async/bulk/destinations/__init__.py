"""Where invitations go: one file for each kind of invitation, and what they have in common."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from alfaview_async.bulk.blame import is_for_all, nothing_was_sent
from alfaview_async.bulk.course import Rest
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.sighting import Likeness, Listed
from alfaview_async.bulk.states import Link
from alfaview_async.errors import AlfaviewError, JournalMismatch, Outcome

_ROWS_SHOWN = 10


@frozen(kw_only=True)
class Answer:
    """What came of one call that creates invitations.

    Attributes:
        created: Place in the call, from 0 -> invitation.
        rest: What is known of the rows that have none.
        error: What went wrong.
        too_many: The call had more rows than the server takes.
    """

    created: Mapping[int, Link] = field(factory=dict)
    rest: Rest
    error: AlfaviewError | None = None
    too_many: bool = False


def known_after(error: AlfaviewError, rows: int) -> Rest:
    """Tell what an error proves about the rows of a call.

    A refusal proves that nothing was made for a single row only: nobody documents that a call for many rows is all or
    nothing. But a refusal ends the call, other than an answer of a gateway that has lost its backend.
    """
    if nothing_was_sent(error):
        return Rest.NOT_DONE
    if error.outcome is not Outcome.REFUSED:
        return Rest.LOST
    if rows > 1:
        return Rest.ANSWERED
    return Rest.NOT_DONE if is_for_all(error) else Rest.REFUSED


class Destination(Protocol):
    """Knows how to invite: what to send, what an answer says about each row, what a lost answer has left behind.

    Attributes:
        chunk_size: Rows in one call.
        effect_within: Seconds after which a request that was sent has had its effect, or never will.
        listed_within: Seconds after its effect in which a list shows an invitation.
        unique: A target holds at most one invitation of an identity, whoever made it.
    """

    chunk_size: int
    effect_within: float
    listed_within: float
    unique: bool

    def settings(self) -> Mapping[str, str]:
        """Return what a run must not change between two processes, by name; no secrets."""
        ...

    async def targets(self, recipients: Sequence[Recipient]) -> list[str]:
        """Return the id of the room or meeting of each row; called before anything else is asked about a row.

        Raises:
            ConfigurationError: Rows lack what is needed.
            NotFound: Rooms or roles do not exist; the message says of which rows.
            AmbiguousName: Names mean several; the message says of which rows.
            AlfaviewError: The destination cannot be asked.
        """
        ...

    def identity(self, recipient: Recipient) -> Hashable:
        """Return whom a row invites and for when: two rows alike in this invite somebody twice."""
        ...

    def likeness(self, recipient: Recipient) -> Likeness:
        """Return by what a row and its invitation are told to belong together, the strictest first."""
        ...

    def payload(self, recipient: Recipient) -> bytes:
        """Return what is sent for a row, the same in every process: to tell equal rows, and rows that were edited."""
        ...

    async def create(self, target: str, recipients: Sequence[Recipient], marker: str, *, silent: bool) -> Answer:
        """Invite these rows in one call, once; never raises an `AlfaviewError`.

        Args:
            target: From `targets`.
            recipients: The rows.
            marker: For the invitations to carry.
            silent: Mail nobody, whatever the settings say.
        """
        ...

    async def invitations(self, target: str) -> list[Listed]:
        """List the invitations of a target, all of them.

        Raises:
            AlfaviewError: The destination cannot be asked.
        """
        ...

    async def withdraw(self, target: str, link_id: str) -> None:
        """Delete an invitation; one that is gone already is no error.

        Raises:
            AlfaviewError: It could not be deleted, or nobody knows.
        """
        ...


@runtime_checkable
class MailsSeparately(Protocol):
    """A destination that can mail an invitation after it was made; `Mode.TWO_PHASE` needs it."""

    async def mail(self, link_id: str, target: str) -> None:
        """Mail an invitation, once.

        Raises:
            AlfaviewError: It was refused, or nobody knows.
        """
        ...


def rows_shown(recipients: Sequence[Recipient]) -> str:
    """Say how many rows, and which: by their lines, or by their addresses where they come from no file."""
    which = [f"line {recipient.line}" if recipient.line else recipient.email for recipient in recipients[:_ROWS_SHOWN]]
    more = ["..."] if len(recipients) > _ROWS_SHOWN else []
    return f"{len(recipients)} {'row' if len(recipients) == 1 else 'rows'} ({', '.join([*which, *more])})"


def refuse_foreign(settings: Mapping[str, str], own: Mapping[str, str]) -> None:
    """Refuse the settings of a run that went to another kind of destination, or that a later version began.

    Args:
        settings: Of the run.
        own: What the destination calls its settings.

    Raises:
        JournalMismatch: They are not of this kind.
    """
    kind = settings.get("destination", "")
    if kind != own["destination"] or settings.keys() != own.keys():
        raise JournalMismatch(
            f"these are the settings of a run to {kind or 'somewhere else'}, not to {own['destination']}"
        )
