"""Personal guest links of alfaview as the destination of invitations."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Self

import orjson

from alfaview_async.bulk.course import Rest
from alfaview_async.bulk.destinations import Answer, known_after, refuse_foreign, rows_shown
from alfaview_async.bulk.destinations.rooms_and_roles import RoomsAndRoles
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.sighting import Likeness, Listed, matched
from alfaview_async.bulk.states import Link
from alfaview_async.client import Alfaview
from alfaview_async.errors import (
    AlfaviewError,
    BadReply,
    ConfigurationError,
    NotFound,
    PartialError,
    StatusError,
    TokenOutdated,
)
from alfaview_async.models.guests import CreateGuestLinksReply, GuestLink, GuestLinkCreation


class GuestLinks:
    """Creates one guest link for each row.

    Args:
        alfaview: The client.
        room: Id, name or path of the room for rows that name none.
        role: Id or name of the permission group for rows that name none, e.g. `Participant`.
        send_email: Let alfaview mail each guest the link. A mail cannot be called back; a link can be deleted.
        timezone: IANA zone for the times in those mails.
        origin: Free text that is put before the mark in the `origin` of the links.
        chunk_size: Rows in one call.
        effect_within: Seconds after which alfaview has carried out a request that was sent, or never will. Nobody
            documents it, and what is too short may invite guests twice: the default is far longer than any timeout.
        listed_within: Seconds after its creation in which `listGuestLinks` shows a link.
    """

    unique = False

    def __init__(
        self,
        alfaview: Alfaview,
        *,
        room: str = "",
        role: str = "",
        send_email: bool = False,
        timezone: str = "Europe/Berlin",
        origin: str = "",
        chunk_size: int = 50,
        effect_within: float = 180.0,
        listed_within: float = 10.0,
    ) -> None:
        if chunk_size < 1 or effect_within < 0 or listed_within < 0:
            raise ConfigurationError("chunk_size must be at least 1, effect_within and listed_within at least 0")
        self.chunk_size = chunk_size
        self.effect_within = effect_within
        self.listed_within = listed_within
        self._alfaview = alfaview
        self._room = room
        self._role = role
        self._send_email = send_email
        self._timezone = timezone
        self._origin = origin
        self._role_ids: dict[str, str] = {}

    @classmethod
    def from_settings(
        cls,
        alfaview: Alfaview,
        settings: Mapping[str, str],
        *,
        chunk_size: int = 50,
        effect_within: float = 180.0,
        listed_within: float = 10.0,
    ) -> Self:
        """Make the destination of a run anew, for `resume` and `undo` without the arguments that it was begun with.

        Args:
            alfaview: The client.
            settings: Those of the run: `read_overview(journal).settings`.
            chunk_size: As in the constructor, like what follows: the run need not keep them.
            effect_within: As in the constructor.
            listed_within: As in the constructor.

        Raises:
            JournalMismatch: They are the settings of something else.
        """
        wanted = cls(alfaview, chunk_size=chunk_size, effect_within=effect_within, listed_within=listed_within)
        refuse_foreign(settings, wanted.settings())
        return cls(
            alfaview,
            room=settings["room"],
            role=settings["role"],
            send_email=settings["send_email"] == "yes",
            timezone=settings["timezone"],
            origin=settings["origin"],
            chunk_size=chunk_size,
            effect_within=effect_within,
            listed_within=listed_within,
        )

    def settings(self) -> Mapping[str, str]:
        """Return what a run must not change between two processes."""
        return {
            "destination": "guest links",
            "room": self._room,
            "role": self._role,
            "send_email": "yes" if self._send_email else "no",
            "timezone": self._timezone,
            "origin": self._origin,
            **({"company": company} if (company := self._alfaview.company_id) else {}),
        }

    async def targets(self, recipients: Sequence[Recipient]) -> list[str]:
        """Return the room id of each row, and find the permission groups by name.

        Raises:
            ConfigurationError: Rows have no room or role.
            NotFound: Rooms or roles do not exist; the message has all of them, with their rows, and `name` the first.
            AmbiguousName: Names mean several; the message has all of them, with their rows.
            AlfaviewError: As in `Alfaview.call`.
        """
        rooms = [self._room_of(recipient) for recipient in recipients]
        roles = [self._role_of(recipient) for recipient in recipients]
        _require("room", rooms, recipients)
        _require("role", roles, recipients)
        there = await RoomsAndRoles.of(self._alfaview)
        room_ids, role_ids = there.ids(recipients, rooms, roles)
        self._role_ids |= role_ids
        return [room_ids[room] for room in rooms]

    def identity(self, recipient: Recipient) -> Hashable:
        """Return address and time frame."""
        return _identity(recipient)

    def likeness(self, recipient: Recipient) -> Likeness:
        """Return address, name and time frame; then without the name, which alfaview may change; then the address."""
        return _likeness(recipient)

    def payload(self, recipient: Recipient) -> bytes:
        """Return what is sent for a row, as JSON."""
        return orjson.dumps(
            [
                recipient.email,
                recipient.display_name,
                recipient.locale,
                recipient.valid_from,
                recipient.valid_until,
                self._room_of(recipient),
                self._role_of(recipient),
            ]
        )

    async def create(self, target: str, recipients: Sequence[Recipient], marker: str, *, silent: bool) -> Answer:
        """Create the links of these rows in one call."""
        try:
            reply = await self._alfaview.guests.create_guest_links(
                room_id=target,
                guest_link_creations=[self._creation(recipient, silent=silent) for recipient in recipients],
                origin=f"{self._origin} {marker}" if self._origin else marker,
                timezone=self._timezone,
            )
        except PartialError as error:
            links = error.reply.guest_links if isinstance(error.reply, CreateGuestLinksReply) else []
            return _answer(recipients, links, error)
        except AlfaviewError as error:
            too_many = isinstance(error, StatusError) and error.status == "MAX_SIZE_EXCEEDED"
            # Whether the token has expired is checked before any work.
            rest = Rest.NOT_DONE if isinstance(error, TokenOutdated) else known_after(error, len(recipients))
            return Answer(rest=rest, error=error, too_many=too_many)
        incomplete = BadReply(
            f"{len(recipients)} links were asked for, but the reply does not hold one for each row",
            operation=type(self._alfaview.guests).create_guest_links.path,
            request_ids=[reply.info.request_id],
        )
        return _answer(recipients, reply.guest_links, incomplete)

    async def invitations(self, target: str) -> list[Listed]:
        """List the guest links of a room."""
        return [_listed(link) async for link in self._alfaview.guests.links(target)]

    async def withdraw(self, target: str, link_id: str) -> None:
        """Delete a link; one that is gone already is no error."""
        try:
            await self._alfaview.guests.delete_link(room_id=target, id=link_id)
        except NotFound:
            return

    async def mail(self, link_id: str, target: str) -> None:
        """Mail a guest the link."""
        await self._alfaview.guests.resend_guest_link_email(room_id=target, id=link_id, timezone=self._timezone)

    def _room_of(self, recipient: Recipient) -> str:
        return recipient.room or self._room

    def _role_of(self, recipient: Recipient) -> str:
        return recipient.role or self._role

    def _creation(self, recipient: Recipient, *, silent: bool) -> GuestLinkCreation:
        return GuestLinkCreation(
            email=recipient.email,
            display_name=recipient.display_name,
            valid_from=recipient.valid_from,
            valid_until=recipient.valid_until,
            locale=recipient.locale,
            send_email=self._send_email and not silent,
            permission_group_id=self._role_ids[self._role_of(recipient)],
        )


def _require(field: str, values: Sequence[str], recipients: Sequence[Recipient]) -> None:
    missing = [recipient for recipient, value in zip(recipients, values, strict=True) if not value]
    if missing:
        raise ConfigurationError(f"no {field} is named for {rows_shown(missing)}; give one for all: {field}=...")


def _identity(of: Recipient | GuestLink) -> tuple[Hashable, ...]:
    return of.email.casefold(), of.valid_from, of.valid_until


def _likeness(of: Recipient | GuestLink) -> Likeness:
    identity = _identity(of)
    return (*identity, of.display_name), identity, identity[0]


def _listed(link: GuestLink) -> Listed:
    likeness = _likeness(link)
    return Listed(
        link=Link(id=link.id, join_link=link.join_link),
        identity=likeness[1],
        likeness=likeness,
        marker=link.origin.rpartition(" ")[2],
    )


def _is_for(link: GuestLink, recipient: Recipient) -> bool:
    return (
        link.email == recipient.email
        and link.display_name == recipient.display_name
        and link.valid_from == recipient.valid_from
        and link.valid_until == recipient.valid_until
    )


def _answer(recipients: Sequence[Recipient], links: Sequence[GuestLink], missing: AlfaviewError) -> Answer:
    """Give each row its link by likeness, not by place alone: a reply may leave rows out, and change names.

    What it leaves out may still be made: alfaview answers OK, too, for work that it has only put into a queue.
    """
    if len(links) == len(recipients) and all(map(_is_for, links, recipients)):
        in_order = {place: Link(id=link.id, join_link=link.join_link) for place, link in enumerate(links)}
        return Answer(created=in_order, rest=Rest.ANSWERED)
    rows = dict(enumerate(map(_likeness, recipients)))
    created, _ = matched(rows, [_listed(link) for link in links])
    whole = len(created) == len(recipients)
    return Answer(created=created, rest=Rest.LOST, error=None if whole else missing)
