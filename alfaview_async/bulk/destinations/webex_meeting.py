"""A Webex meeting as the destination of invitations.

Webex keeps no mark of ours, but a meeting holds each address once: what a lost answer has left is found by address.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Self

import orjson

from alfaview_async.bulk.course import Rest
from alfaview_async.bulk.destinations import Answer, known_after, refuse_foreign, rows_shown
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.sighting import Likeness, Listed
from alfaview_async.bulk.states import Link
from alfaview_async.errors import (
    AlfaviewError,
    ConfigurationError,
    NotFound,
    RateLimited,
    RecipientsRejected,
)
from alfaview_async.webex import MAX_INVITEES, Invitee, NewInvitee, Webex, email_key
from alfaview_async.webex.validation import check_invitees

_ROLES = {"": {}, "cohost": {"co_host": True}, "panelist": {"panelist": True}, "invitee": {}}
_ROLES_SHOWN = 10


class WebexMeeting:
    """Invites each row to one meeting; a row's `role` may be `cohost` or `panelist`.

    Args:
        webex: The client.
        meeting_id: Of the series or of a scheduled meeting.
        send_email: Let Webex mail each invitee. A mail cannot be called back.
        host_email: The host on whose behalf an administrator invites.
        chunk_size: Rows in one call, 100 at most.
        effect_within: Seconds after which Webex has carried out a request that was sent, or never will.
        listed_within: Seconds after which a list shows an invitee.
    """

    unique = True

    def __init__(
        self,
        webex: Webex,
        *,
        meeting_id: str,
        send_email: bool = False,
        host_email: str = "",
        chunk_size: int = MAX_INVITEES,
        effect_within: float = 180.0,
        listed_within: float = 10.0,
    ) -> None:
        if not 1 <= chunk_size <= MAX_INVITEES:
            raise ConfigurationError(f"chunk_size must be between 1 and {MAX_INVITEES}")
        self.chunk_size = chunk_size
        self.effect_within = effect_within
        self.listed_within = listed_within
        self._webex = webex
        self._meeting_id = meeting_id
        self._send_email = send_email
        self._host_email = host_email

    @classmethod
    def from_settings(
        cls,
        webex: Webex,
        settings: Mapping[str, str],
        *,
        chunk_size: int = MAX_INVITEES,
        effect_within: float = 180.0,
        listed_within: float = 10.0,
    ) -> Self:
        """Make the destination of a run anew, for `resume` and `undo` without the arguments that it was begun with.

        Args:
            webex: The client.
            settings: Those of the run: `read_overview(journal).settings`.
            chunk_size: As in the constructor, like what follows: the run need not keep them.
            effect_within: As in the constructor.
            listed_within: As in the constructor.

        Raises:
            JournalMismatch: They are the settings of something else.
        """
        wanted = cls(webex, meeting_id="")
        refuse_foreign(settings, wanted.settings())
        return cls(
            webex,
            meeting_id=settings["meeting_id"],
            send_email=settings["send_email"] == "yes",
            host_email=settings["host_email"],
            chunk_size=chunk_size,
            effect_within=effect_within,
            listed_within=listed_within,
        )

    def settings(self) -> Mapping[str, str]:
        """Return what a run must not change between two processes."""
        return {
            "destination": "webex meeting",
            "meeting_id": self._meeting_id,
            "send_email": "yes" if self._send_email else "no",
            "host_email": self._host_email,
        }

    async def targets(self, recipients: Sequence[Recipient]) -> list[str]:
        """Return the meeting for each row.

        Raises:
            ConfigurationError: Rows name roles that Webex does not have; the message has all of them, with their rows.
            RecipientsRejected: Webex would refuse rows; `problems` has a text for each.
        """
        wrong = [recipient for recipient in recipients if recipient.role.casefold() not in _ROLES]
        if wrong:
            roles = ", ".join(sorted({repr(recipient.role) for recipient in wrong})[:_ROLES_SHOWN])
            raise ConfigurationError(
                f"{rows_shown(wrong)}: Webex has no role {roles}; there are cohost, panelist and invitee; "
                "nothing was sent"
            )
        problems = [problem for recipient in recipients for problem in _problems(recipient)]
        if problems:
            error = RecipientsRejected(f"Webex would refuse {len(problems)} rows, nothing was sent: {problems[0]}")
            error.problems = problems
            raise error
        return [self._meeting_id] * len(recipients)

    def identity(self, recipient: Recipient) -> Hashable:
        """Return the address."""
        return email_key(recipient.email)

    def likeness(self, recipient: Recipient) -> Likeness:
        """Return the address: Webex may show another name."""
        return (email_key(recipient.email),)

    def payload(self, recipient: Recipient) -> bytes:
        """Return what is sent for a row, as JSON."""
        return orjson.dumps([recipient.email, recipient.display_name, recipient.role.casefold()])

    async def create(self, target: str, recipients: Sequence[Recipient], marker: str, *, silent: bool) -> Answer:  # noqa: ARG002 - Webex keeps no mark
        """Invite these rows in one call."""
        wanted = [_invitee(recipient, send_email=self._send_email and not silent) for recipient in recipients]
        try:
            made = await self._webex.invitees.create_many(
                meeting_id=target, invitees=wanted, host_email=self._host_email
            )
        except AlfaviewError as error:
            # Who is put off is told so before any work.
            rest = Rest.NOT_DONE if isinstance(error, RateLimited) else known_after(error, len(recipients))
            return Answer(rest=rest, error=error)
        by_address = {email_key(invitee.email): invitee for invitee in made if invitee.id}
        places = {place: by_address.get(email_key(recipient.email)) for place, recipient in enumerate(recipients)}
        return Answer(
            created={place: Link(id=invitee.id) for place, invitee in places.items() if invitee}, rest=Rest.LOST
        )

    async def invitations(self, target: str) -> list[Listed]:
        """List the invitees of the meeting."""
        invitees = self._webex.invitees.list(meeting_id=target, host_email=self._host_email)
        return [_listed(invitee) async for invitee in invitees]

    async def withdraw(self, target: str, link_id: str) -> None:  # noqa: ARG002 - the id says which meeting
        """Remove an invitee; one that is gone already is no error."""
        try:
            await self._webex.invitees.delete(link_id, host_email=self._host_email, send_email=False)
        except NotFound:
            return


def _invitee(recipient: Recipient, *, send_email: bool) -> NewInvitee:
    role = _ROLES[recipient.role.casefold()]
    return NewInvitee(email=recipient.email, display_name=recipient.display_name, send_email=send_email, **role)


def _problems(recipient: Recipient) -> list[str]:
    try:
        check_invitees([_invitee(recipient, send_email=False)])
    except RecipientsRejected as error:
        return [f"line {recipient.line}: {recipient.email}: {error.message}"]
    return []


def _listed(invitee: Invitee) -> Listed:
    key = email_key(invitee.email)
    return Listed(link=Link(id=invitee.id), identity=key, likeness=(key,))
