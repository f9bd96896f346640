"""Guests of an Invitario event: who is to be invited, and who was withdrawn since the last time."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from attrs import evolve, frozen

from alfaview_async.bulk.columns import find_columns
from alfaview_async.bulk.dates import Notation, time_zone
from alfaview_async.bulk.defaults import Defaults, understood_defaults
from alfaview_async.bulk.reading import rejected
from alfaview_async.bulk.recipients import GuestList, Recipient, RowProblem, printable
from alfaview_async.bulk.rows import RowReader
from alfaview_async.bulk.sources import Row, Table
from alfaview_async.errors import ConfigurationError
from alfaview_async.invitario import Guest, Invitario, RegistrationState

_OWN_COLUMNS = ("id", "parentId", "registrationState", "displayName")
"""What stands before the fields, whose names are Invitario's."""
_UNDERSTOOD = {"key": "id", "display_name": "displayName", "email": "email"}


@frozen(kw_only=True)
class Withdrawn:
    """A guest who is no longer expected.

    Attributes:
        key: The guest's id: the `key` of the recipient who may have been invited earlier.
        email: The address, as it stands in Invitario; may be empty.
        deleted: The guest was removed from the list; else the guest has deregistered.
    """

    key: str
    email: str
    deleted: bool


@frozen(kw_only=True)
class Sync:
    """What a reading of the guest list asks to be done.

    Attributes:
        invited: Guests to invite; the key of each is the guest's id.
        withdrawn: Guests whose links are to be deleted, if they have any.
        cursor: Where the next reading goes on: a short text. Store it when the work is done, not before: whoever dies
            half-way then gets the same guests again, and nobody is lost.
    """

    invited: GuestList
    withdrawn: tuple[Withdrawn, ...]
    cursor: str

    @property
    def withdrawn_keys(self) -> frozenset[str]:
        """The keys of the withdrawn guests, as `undo` takes them."""
        return frozenset(guest.key for guest in self.withdrawn)


async def read_invitario(
    invitario: Invitario,
    *,
    since: str = "",
    known: Collection[str] = frozenset(),
    state: RegistrationState | str = RegistrationState.REGISTERED,
    companions: bool = False,
    timezone: str = "Europe/Berlin",
    locale: str = "",
    role: str = "",
    room: str = "",
    valid_from: datetime | str | None = None,
    valid_until: datetime | str | None = None,
    columns: Mapping[str, str] | None = None,
    date_format: str | None = None,
    skip_invalid: bool = False,
    test_environment: bool = False,
    now: datetime | None = None,
) -> Sync:
    """Read the guest list of an event, or what changed in it, and check every guest who is to be invited.

    Names are made of title, first and last name; a salutation stands in for a missing first name. Every field of the
    guest, custom ones too, is kept in `extra`. Guests are told apart by their id: two with one address are two guests,
    who get two links (and a warning), since companions often have the address of whoever brings them.

    Args:
        invitario: The event.
        since: The `cursor` of an earlier reading; empty for all guests.
        known: Ids of guests who have a link already: any change, even a check-in, brings a guest again.
        state: Guests who answered so are invited: `registered`, `unknown` or `deregistered`.
        companions: Invite those who come along, too, as guests of their own.
        timezone: As for `read_recipients`, like all that follow.
        locale: Language of guests who have none.
        role: Name or id of the permission group for guests who have none.
        room: Id, name or path of the room for guests who have none.
        valid_from: Start of the time frame.
        valid_until: End of the time frame.
        columns: Field -> name of Invitario's field, e.g. `{"room": "customField1"}`.
        date_format: A further way dates in custom fields are written.
        skip_invalid: Leave out guests who cannot be invited, with the reasons in `invited.problems`.
        test_environment: Accept addresses under `.test`.
        now: What counts as now when a guest's time is over already.

    Raises:
        RecipientsRejected: Guests cannot be invited, e.g. for want of an address; all are in its `problems`.
        ConfigurationError: An argument cannot work, or no guest has a field that `columns` names.
        AlfaviewError: The event cannot be read, as in `Invitario.guests`.
    """
    if state not in (RegistrationState.REGISTERED, RegistrationState.UNKNOWN, RegistrationState.DEREGISTERED):
        raise ConfigurationError(f"no state {state!r}; there are registered, unknown and deregistered")
    now = now or datetime.now(UTC)
    if now.tzinfo is None:
        raise ConfigurationError("now has no time zone; give an aware datetime")
    notation = Notation(zone=time_zone(timezone), date_format=date_format)
    defaults = understood_defaults(
        notation, locale=locale, role=role, room=room, valid_from=valid_from, valid_until=valid_until, now=now
    )
    reading = _Reading(
        name=f"Invitario event {invitario.event_id}",
        notation=notation,
        defaults=defaults,
        columns=_UNDERSTOOD | dict(columns or {}),
        test_environment=test_environment,
        now=now,
    )
    found = await (invitario.changes(since) if since else invitario.guests())
    guests = list({guest.id: guest for guest in found}.values())
    wanted = [
        (line, guest)
        for line, guest in enumerate(guests, 1)
        if guest.deleted_at is None
        and guest.registration_state == state
        and (companions or not guest.parent_id)
        and guest.id not in known
    ]
    invited = await asyncio.to_thread(reading.understood, wanted)  # a second for 3,000 addresses
    if invited.problems and not skip_invalid:
        raise rejected(reading.name, invited)
    return Sync(invited=invited, withdrawn=tuple(_withdrawn(guests, state)), cursor=found.cursor)


def display_name(guest: Guest) -> str:
    """Return a guest's name as others shall read it: `Dr John Smith, MSc`, or `Mr. Dr Smith` without first name."""
    part = guest.fields.text
    first, last = part("firstName"), part("lastName")
    if not first and not last:
        return ""
    name = " ".join(filter(None, ("" if first else part("salutation"), part("titlePrefix"), first, last)))
    return ", ".join(filter(None, (name, part("titleSuffix"))))


@frozen(kw_only=True)
class _Reading:
    """How the guests of one event are understood."""

    name: str
    notation: Notation
    defaults: Defaults
    columns: Mapping[str, str]
    test_environment: bool
    now: datetime

    def understood(self, wanted: Collection[tuple[int, Guest]]) -> GuestList:
        """Check the guests; the line of each is its place in Invitario's list."""
        if not wanted:
            return GuestList(recipients=(), rows=0, columns={})
        names = dict.fromkeys(["email", *(name for _, guest in wanted for name in guest.fields)])
        header = (*_OWN_COLUMNS, *names)
        rows = [Row(line=line, cells=(*_own_cells(guest), *map(guest.fields.text, names))) for line, guest in wanted]
        found = find_columns(Table(name=self.name, header=header, rows=rows), self.columns)
        reader = RowReader(
            columns=found,
            notation=self.notation,
            defaults=self.defaults,
            now=self.now,
            test_environment=self.test_environment,
        )
        recipients = [recipient for row in rows if (recipient := reader.read(row))]
        ids = {line: guest.id for line, guest in wanted}
        return GuestList(
            recipients=tuple(recipients),
            problems=_naming(reader.problems, ids),
            warnings=_naming([*reader.warnings, *_shared_addresses(recipients)], ids),
            rows=len(rows),
            columns=found.described(),
        )


def _own_cells(guest: Guest) -> tuple[str, ...]:
    return guest.id, guest.parent_id, guest.registration_state.value, display_name(guest)


def _naming(problems: Iterable[RowProblem], ids: Mapping[int, str]) -> tuple[RowProblem, ...]:
    """Name the guest whom a problem is about: in Invitario nobody counts lines."""
    named = (evolve(each, reason=f"{each.reason} (guest {printable(ids[each.line])})") for each in problems)
    return tuple(sorted(named, key=lambda problem: problem.line))


def _shared_addresses(recipients: Iterable[Recipient]) -> list[RowProblem]:
    first: dict[str, Recipient] = {}
    shared: list[RowProblem] = []
    for recipient in recipients:
        other = first.setdefault(recipient.email.casefold(), recipient)
        if other is not recipient:
            reason = f"same address as line {other.line}: two guests, two links, two e-mails"
            shared.append(RowProblem(line=recipient.line, column="email", value=recipient.email, reason=reason))
    return shared


def _withdrawn(guests: Iterable[Guest], state: RegistrationState | str) -> Iterable[Withdrawn]:
    """Yield who is not expected any more; those who have deregistered are, if it is them who are to be invited."""
    for guest in guests:
        deleted = guest.deleted_at is not None
        if deleted or (
            guest.registration_state == RegistrationState.DEREGISTERED and guest.registration_state != state
        ):
            yield Withdrawn(key=guest.id, email=guest.fields.text("email"), deleted=deleted)
