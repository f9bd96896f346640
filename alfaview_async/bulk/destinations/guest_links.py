"""Personal guest links of alfaview as the destination of invitations."""

from collections import defaultdict
from collections.abc import Sequence

from alfaview_async.bulk.destinations import Chunk
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.results import RowResult, RowStatus
from alfaview_async.client import Alfaview
from alfaview_async.errors import (
    AlfaviewError,
    BadReply,
    ConfigurationError,
    Outcome,
    PartialError,
    TokenOutdated,
)
from alfaview_async.models.guests import CreateGuestLinksReply, GuestLink, GuestLinkCreation
from alfaview_async.services.business import group_named
from alfaview_async.services.rooms import room_named


class GuestLinks:
    """Creates one guest link for each row.

    Args:
        alfaview: The client.
        room: Id, name or path of the room for rows that name none.
        role: Id or name of the permission group for rows that name none, e.g. `Participant`.
        send_email: Let alfaview mail each guest the link. A mail cannot be called back; a link can be deleted.
        timezone: IANA zone for the times in those mails.
        origin: Free text that marks the links, to find them again.
        chunk_size: Rows in one call.
    """

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
    ) -> None:
        if chunk_size < 1:
            raise ConfigurationError("chunk_size must be at least 1")
        self._alfaview = alfaview
        self._room = room
        self._role = role
        self._send_email = send_email
        self._timezone = timezone
        self._origin = origin
        self._chunk_size = chunk_size
        self._role_ids: dict[str, str] = {}

    async def plan(self, recipients: Sequence[Recipient]) -> list[Chunk]:
        """Find rooms and roles by name, and cut the rows of each room into chunks.

        Raises:
            ConfigurationError: A row has no room or role, or somebody is to be invited twice into a room.
            NotFound: A room or role does not exist.
            AmbiguousName: A name means several.
            AlfaviewError: As in `Alfaview.call`.
        """
        _require("room", [recipient for recipient in recipients if not (recipient.room or self._room)])
        _require("role", [recipient for recipient in recipients if not (recipient.role or self._role)])
        groups = (await self._alfaview.business.permission_groups_list()).permission_groups
        self._role_ids = {role: group_named(groups, role)[0] for role in {self._role_of(r) for r in recipients}}
        rooms = {room_id: room async for room_id, room in self._alfaview.rooms.all()}
        room_ids = {room: room_named(rooms, room)[0] for room in {self._room_of(r) for r in recipients}}
        by_room: defaultdict[str, list[Recipient]] = defaultdict(list)
        for recipient in recipients:
            by_room[room_ids[self._room_of(recipient)]].append(recipient)
        for room_id, rows in by_room.items():
            _refuse_duplicates(rooms[room_id].display_name, rows)
        return [
            Chunk(target=room_id, recipients=rows[start : start + self._chunk_size])
            for room_id, rows in by_room.items()
            for start in range(0, len(rows), self._chunk_size)
        ]

    async def send(self, chunk: Chunk) -> list[RowResult]:
        """Create the links of one chunk; a lost answer makes its rows unknown, they are not sent again."""
        try:
            reply = await self._alfaview.guests.create_guest_links(
                room_id=chunk.target,
                guest_link_creations=[self._creation(recipient) for recipient in chunk.recipients],
                origin=self._origin,
                timezone=self._timezone,
            )
        except PartialError as error:
            links = error.reply.guest_links if isinstance(error.reply, CreateGuestLinksReply) else []
            return _matched(chunk.recipients, links, error)
        except AlfaviewError as error:
            status = RowStatus.FAILED if _did_nothing(error, len(chunk.recipients)) else RowStatus.UNKNOWN
            return [RowResult(recipient=recipient, status=status, error=error) for recipient in chunk.recipients]
        incomplete = BadReply(
            f"{len(chunk.recipients)} links were asked for, but the reply does not hold one for each row",
            operation=type(self._alfaview.guests).create_guest_links.path,
            request_ids=[reply.info.request_id],
        )
        return _matched(chunk.recipients, reply.guest_links, incomplete)

    def _room_of(self, recipient: Recipient) -> str:
        return recipient.room or self._room

    def _role_of(self, recipient: Recipient) -> str:
        return recipient.role or self._role

    def _creation(self, recipient: Recipient) -> GuestLinkCreation:
        return GuestLinkCreation(
            email=recipient.email,
            display_name=recipient.display_name,
            valid_from=recipient.valid_from,
            valid_until=recipient.valid_until,
            locale=recipient.locale,
            send_email=self._send_email,
            permission_group_id=self._role_ids[self._role_of(recipient)],
        )


def _require(field: str, missing: Sequence[Recipient]) -> None:
    if missing:
        lines = ", ".join(str(recipient.line or recipient.email) for recipient in missing[:10])
        raise ConfigurationError(f"{len(missing)} rows name no {field} ({lines}); give one for all: {field}=...")


def _refuse_duplicates(room: str, rows: Sequence[Recipient]) -> None:
    """Refuse to invite somebody twice: names, paths and ids of one room look different until they are looked up."""
    seen: dict[tuple[object, ...], Recipient] = {}
    for row in rows:
        first = seen.setdefault((row.email.casefold(), row.valid_from, row.valid_until), row)
        if first is not row:
            lines = f" (lines {first.line} and {row.line})" if row.line else ""
            raise ConfigurationError(f"{row.email} is to be invited twice into {room!r}{lines}; nothing was sent")


def _did_nothing(error: AlfaviewError, rows: int) -> bool:
    """Tell whether an error proves that no link was made.

    A refusal proves it for a single row only: nobody documents that a call for many rows is all or nothing. Whether the
    token has expired is checked before any work.
    """
    if isinstance(error, TokenOutdated) or error.outcome in {Outcome.NOT_SENT, Outcome.FATAL}:
        return True
    return rows == 1 and error.outcome is Outcome.REFUSED


def _matched(recipients: Sequence[Recipient], links: Sequence[GuestLink], missing: AlfaviewError) -> list[RowResult]:
    """Give each row its link by address, not by place alone: a reply may leave rows out, and change names."""
    waiting: defaultdict[str, list[GuestLink]] = defaultdict(list)
    for link in links:
        waiting[link.email.casefold()].append(link)
    results = []
    for recipient in recipients:
        candidates = waiting[recipient.email.casefold()]
        if candidates:
            named = [link for link in candidates if link.display_name == recipient.display_name]
            link = (named or candidates)[0]
            candidates.remove(link)
            results.append(
                RowResult(recipient=recipient, status=RowStatus.CREATED, link_id=link.id, join_link=link.join_link)
            )
        else:
            results.append(RowResult(recipient=recipient, status=RowStatus.UNKNOWN, error=missing))
    return results
