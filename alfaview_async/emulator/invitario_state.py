"""What an Invitario knows: events, their check-in configurations and guests, and who is logged in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import define, field, frozen

from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.ids import Ids

_SESSION_LIFETIME = timedelta(hours=24)
_TOKEN_LENGTH = 40
"""The article's sample has 40 hexadecimal digits."""
TOO_MANY_DEVICES = 1020
"""Guess: the limit is documented, its error is not."""


class InvitarioRefused(Exception):
    """A request that Invitario answers with an error.

    Attributes:
        code: Invitario's number.
        message: Why.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@frozen(kw_only=True)
class Configuration:
    """A check-in configuration, with which programs log in.

    Attributes:
        name: Its name, which programs give as their station's.
        api_key: Its "App Code".
        max_devices: Most sessions at once; 0 for any number.
    """

    name: str
    api_key: str = field(repr=False)
    max_devices: int = 0


@define(kw_only=True)
class InvitedGuest:
    """A guest of an event; times are aware.

    Attributes:
        id: A UUID.
        access_code: Opens the guest's registration page.
        fields: Name, address and custom fields: texts, `None`, lists of texts.
        parent_id: Of a companion, the id of the guest who brings it.
        state: `unknown`, `registered` or `deregistered`.
        highlight_color: E.g. `#ffeedd`; empty leaves it out of replies.
        changed_at: Last change of any kind; decides what is recent.
        checked_in_at: When the guest came.
        checked_out_at: When the guest left.
        deleted_at: When the guest was removed; stays in the list.
    """

    id: str
    access_code: str = field(repr=False)
    fields: dict[str, str | list[str] | None] = field(factory=dict)
    parent_id: str = ""
    state: str = "registered"
    highlight_color: str = ""
    changed_at: datetime
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    deleted_at: datetime | None = None


@define(kw_only=True)
class Event:
    """An event.

    Attributes:
        id: From the address of its admin page.
        name: Its title.
        company: Who gives it.
        starts_at: Beginning.
        ends_at: End.
        configurations: The check-in configurations.
        guests: By id, deleted ones too.
    """

    id: str
    name: str
    company: str
    starts_at: datetime
    ends_at: datetime
    configurations: list[Configuration] = field(factory=list)
    guests: dict[str, InvitedGuest] = field(factory=dict)

    def companions_of(self, guest: InvitedGuest) -> Iterator[InvitedGuest]:
        """Yield the living guests whom a guest brings along."""
        return (other for other in self.guests.values() if other.parent_id == guest.id and other.deleted_at is None)


@define(kw_only=True)
class _Session:
    event: Event
    configuration: Configuration
    ends_at: datetime


class InvitarioState:
    """All that an Invitario knows; tests change it as people change the real one in its admin pages.

    Attributes:
        clock: Time by which sessions end and changes are dated.
        events: By id.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.events: dict[str, Event] = {}
        self._ids = Ids(0)
        self._sessions: dict[str, _Session] = {}

    def log_in(self, event_id: str, api_key: str, station_name: str) -> tuple[str, Event]:
        """Open a session and return its token.

        Raises:
            InvitarioRefused: 1000, no such event; 1010, no configuration has this key and name (guess: the name counts
                too); or as many devices as it allows are logged in.
        """
        event = self.events.get(event_id)
        if event is None:
            raise InvitarioRefused(1000, "Event ID not known.")
        configuration = next((c for c in event.configurations if (c.api_key, c.name) == (api_key, station_name)), None)
        if configuration is None:
            raise InvitarioRefused(1010, "API key incorrect.")
        if 0 < configuration.max_devices <= self.logged_in(configuration):
            raise InvitarioRefused(TOO_MANY_DEVICES, "Maximum number of devices reached.")
        token = (self._ids.uuid() + self._ids.uuid()).replace("-", "")[:_TOKEN_LENGTH]
        self._sessions[token] = _Session(
            event=event, configuration=configuration, ends_at=self.clock.now() + _SESSION_LIFETIME
        )
        return token, event

    def event_of(self, token: str) -> Event:
        """Return the event of a session, which lives for another 24 hours from now.

        Raises:
            InvitarioRefused: 30, no living session has this token.
        """
        session = self._sessions.get(token)
        if session is None or self.clock.now() >= session.ends_at:
            self._sessions.pop(token, None)
            raise InvitarioRefused(30, "Invalid session token provided.")
        session.ends_at = self.clock.now() + _SESSION_LIFETIME
        return session.event

    def log_out(self, token: str) -> None:
        """End a session.

        Raises:
            InvitarioRefused: 30, no living session has this token.
        """
        self.event_of(token)
        del self._sessions[token]

    def logged_in(self, configuration: Configuration | None = None) -> int:
        """Count the living sessions, all or those of one configuration."""
        living = (session for session in self._sessions.values() if self.clock.now() < session.ends_at)
        return sum(configuration in (None, session.configuration) for session in living)

    def end_sessions(self) -> None:
        """Let no token be valid any more."""
        self._sessions.clear()

    def invite(
        self, event_id: str, *, state: str = "registered", parent_id: str = "", **fields: str | list[str] | None
    ) -> InvitedGuest:
        """Add a guest; `fields` bear Invitario's names: `firstName`, `email`, `customField1`."""
        guest = InvitedGuest(
            id=self._ids.uuid(),
            access_code=self._ids.dial_in_code(),
            fields=fields,
            state=state,
            parent_id=parent_id,
            changed_at=self.clock.now(),
        )
        self.events[event_id].guests[guest.id] = guest
        return guest

    def set_state(self, guest: InvitedGuest, state: str) -> None:
        """Let a guest answer: `unknown`, `registered`, `deregistered`."""
        guest.state, guest.changed_at = state, self.clock.now()

    def check_in(self, guest: InvitedGuest) -> None:
        """Let a guest come."""
        guest.checked_in_at = guest.changed_at = self.clock.now()

    def delete(self, guest: InvitedGuest) -> None:
        """Remove a guest, who stays in the lists as deleted."""
        guest.deleted_at = guest.changed_at = self.clock.now()
