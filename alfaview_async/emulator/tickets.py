"""Secrets that are good for one use: magic tokens, and those that mails bring."""

from datetime import datetime, timedelta
from enum import Enum

from attrs import frozen

from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.ids import Ids
from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.status import StatusCode


class Purpose(Enum):
    """What a ticket is for, and how long it is valid."""

    MAGIC = timedelta(minutes=5)
    """A login. The facts say minutes; guess: five."""
    PASSWORD_RESET = timedelta(days=1)
    """A new password. Guess: one day."""
    ACTIVATION = timedelta(days=30)
    """The first login of somebody invited. Guess: thirty days."""


@frozen(kw_only=True)
class Ticket:
    """What a secret stands for.

    Attributes:
        purpose: What it is good for.
        user_id: Whose it is.
        company_id: The company it leads into.
        expires_at: When it ends.
    """

    purpose: Purpose
    user_id: str
    company_id: str
    expires_at: datetime


class Tickets:
    """All tickets that are not used yet."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._tickets: dict[str, Ticket] = {}

    def issue(self, purpose: Purpose, user_id: str, company_id: str) -> str:
        """Make a ticket and return its secret."""
        secret = self._ids.access_key()
        self._tickets[secret] = Ticket(
            purpose=purpose, user_id=user_id, company_id=company_id, expires_at=self._clock.now() + purpose.value
        )
        return secret

    def use(self, purpose: Purpose, secret: str) -> Ticket:
        """Use a ticket up.

        Raises:
            Refused: Unknown, used before, expired, or for another purpose.
        """
        ticket = self._tickets.get(secret)
        if ticket is None or ticket.purpose is not purpose or self._clock.now() >= ticket.expires_at:
            raise Refused(StatusCode.AUTHENTICATION_ERROR, "this token was used, has expired or never was")
        return self._tickets.pop(secret)

    def clear(self) -> None:
        """Forget all tickets."""
        self._tickets.clear()
