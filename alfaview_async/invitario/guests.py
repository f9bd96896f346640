"""Guests as Invitario describes them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import overload

from attrs import field, frozen

from alfaview_async.models.enums import OpenEnum

FieldValue = str | list[str] | None


class RegistrationState(OpenEnum):
    """What a guest answered to the invitation; other texts of the server are kept as they came."""

    UNKNOWN = "unknown"
    REGISTERED = "registered"
    DEREGISTERED = "deregistered"


class GuestFields(dict[str, FieldValue]):
    """What is known of a guest, by Invitario's names: `firstName`, `email`, `customField13`.

    Values are texts, `None`, or lists of texts, which custom fields with several answers have.
    """

    def text(self, name: str) -> str:
        """Return a field as one text: empty if there is none, several answers joined by commas."""
        value = self.get(name)
        return ", ".join(value) if isinstance(value, list) else value or ""


@frozen(kw_only=True)
class Guest:
    """One guest of an event. Times are aware, in UTC.

    Attributes:
        id: A UUID, which stays the same.
        parent_id: Of a companion, the id of the guest who brings it; else empty.
        access_code: Opens the guest's registration page; a secret.
        client_updated_at: When a check-in device last changed the guest.
        server_updated_at: When Invitario did.
        checked_in_at: When the guest came; `None` if not.
        checked_out_at: When the guest left; may lie before `checked_in_at`, since guests come back.
        deleted_at: When the guest was removed from the list; `None` for living guests.
        registration_state: What the guest answered.
        highlight_color: Colour of the guest's tags, e.g. `#ffeedd`; empty if there is none.
        fields: Name, address and custom fields.
        companion_ids: Ids of those who come along; each is a guest with an entry of its own.
        unknown: What the server sent beyond this, as plain JSON.
    """

    id: str
    parent_id: str = ""
    access_code: str = field(default="", repr=False)
    client_updated_at: datetime | None = None
    server_updated_at: datetime | None = None
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    deleted_at: datetime | None = None
    registration_state: RegistrationState = RegistrationState.UNKNOWN
    highlight_color: str = ""
    fields: GuestFields = field(factory=GuestFields, repr=False, hash=False)
    companion_ids: tuple[str, ...] = ()
    unknown: Mapping[str, object] = field(factory=dict, repr=False, hash=False)


@frozen(kw_only=True)
class Guests(Sequence[Guest]):
    """A guest list, or its changes; a sequence of guests, in the order of the server.

    Attributes:
        guests: The guests, those who were deleted among them (`deleted_at`).
        cursor: The server's clock, as the server wrote it: what `Invitario.changes` wants next time.
    """

    guests: tuple[Guest, ...]
    cursor: str

    @overload
    def __getitem__(self, index: int) -> Guest: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Guest, ...]: ...
    def __getitem__(self, index: int | slice) -> Guest | tuple[Guest, ...]:
        return self.guests[index]

    def __len__(self) -> int:
        return len(self.guests)

    def __iter__(self) -> Iterator[Guest]:
        return iter(self.guests)
