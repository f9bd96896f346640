"""What the emulated Webex knows and does: meetings, invitees, accounts, mails. No HTTP here."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import count

from attrs import define, field, frozen

_FIRST_NUMBER = 2628962
"""Invitees' numbers in the reference begin there."""
_LARGEST_BATCH = 100
_LONGEST_NAME = 128


class MeetingKind(StrEnum):
    """What sort of meeting it is; people can be invited to the first two."""

    SERIES = "series"
    SCHEDULED = "scheduled"
    INSTANCE = "instance"
    """Over, or going on."""
    PERSONAL_ROOM = "personal room"


class MailKind(StrEnum):
    """What a mail to an invitee is about."""

    INVITATION = "invitation"
    UPDATE = "update"
    REMOVAL = "removal"


class WebexRefusal(Exception):
    """How Webex says no.

    Attributes:
        status: HTTP status.
        message: What is wrong.
        details: More, one text for each fault.
    """

    def __init__(self, status: int, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = tuple(details)


@frozen(kw_only=True)
class WebexInvitee:
    """Somebody who is invited, as the meeting has it."""

    id: str
    meeting_id: str
    email: str
    display_name: str
    co_host: bool
    panelist: bool

    def as_json(self) -> dict[str, object]:
        """Write it as the reference does."""
        return {
            "id": self.id,
            "meetingId": self.meeting_id,
            "email": self.email,
            "displayName": self.display_name,
            "coHost": self.co_host,
            "panelist": self.panelist,
        }


@frozen(kw_only=True)
class WebexMail:
    """A mail that Webex would have sent."""

    kind: MailKind
    to: str
    meeting_id: str
    invitee_id: str


@define(kw_only=True)
class WebexMeeting:
    """A meeting; `invitees` by id."""

    id: str
    host_email: str
    kind: MeetingKind
    invitees: dict[str, WebexInvitee] = field(factory=dict)

    def by_email(self) -> list[WebexInvitee]:
        """Return the invitees in the order of lists."""
        return sorted(self.invitees.values(), key=lambda invitee: _key(invitee.email))

    def holds(self, email: str) -> bool:
        """Tell whether an address is invited."""
        return any(_key(invitee.email) == _key(email) for invitee in self.invitees.values())


class WebexState:
    """Meetings, invitees and mails.

    Args:
        refuse_known: An address that is invited already is refused with 409. Guess: nobody documents what Webex does.
            False invites and mails it again, which is how a client shows that it repeats itself.

    Attributes:
        meetings: By id.
        accounts: Display names of Webex accounts by address in lower case; on replies they win over the names sent.
        outbox: Mails in the order they were sent.
    """

    def __init__(self, *, refuse_known: bool = True) -> None:
        self.meetings: dict[str, WebexMeeting] = {}
        self.accounts: dict[str, str] = {}
        self.outbox: list[WebexMail] = []
        self._refuse_known = refuse_known
        self._numbers = count(_FIRST_NUMBER)
        self._meeting_numbers = count(1)

    def add_meeting(
        self, meeting_id: str = "", *, host_email: str = "brenda.song@example.com", kind: str = MeetingKind.SERIES
    ) -> WebexMeeting:
        """Plan a meeting; without an id it gets one of 32 hexadecimal digits."""
        meeting_id = meeting_id or f"{next(self._meeting_numbers):032x}"
        meeting = WebexMeeting(id=meeting_id, host_email=host_email, kind=MeetingKind(kind))
        self.meetings[meeting_id] = meeting
        return meeting

    def meeting(self, meeting_id: object, host_email: str, *, changes: bool) -> WebexMeeting:
        """Find a meeting that the call applies to.

        Args:
            meeting_id: As it was sent.
            host_email: Must be the host's, if given.
            changes: Instances can be listed, not changed.

        Raises:
            WebexRefusal: No such meeting, or not of a kind that the call applies to.
        """
        if not isinstance(meeting_id, str) or not meeting_id:
            raise WebexRefusal(400, "meetingId: must not be empty")
        meeting = self.meetings.get(meeting_id)
        if meeting is None or (host_email and _key(host_email) != _key(meeting.host_email)):
            raise WebexRefusal(404, "The requested resource could not be found.")
        if meeting.kind is MeetingKind.PERSONAL_ROOM:
            raise WebexRefusal(400, "The meeting ID of a scheduled personal room meeting is not supported.")
        if changes and meeting.kind is MeetingKind.INSTANCE:
            raise WebexRefusal(400, "An ended or ongoing meeting instance cannot be changed.")
        return meeting

    def invite(self, meeting: WebexMeeting, items: Sequence[object]) -> list[WebexInvitee]:
        """Invite people: all of them or, if one is refused, nobody.

        Guess: whether Webex, too, does all or nothing is not documented.

        Raises:
            WebexRefusal: Too many, an address twice or invited already, or an item that is none.
        """
        if len(items) > _LARGEST_BATCH:
            raise WebexRefusal(400, f"items: size must be between 0 and {_LARGEST_BATCH}")
        wanted = [_checked(item) for item in items]
        keys = [_key(str(item["email"])) for item in wanted]
        if len({*keys}) < len(keys):
            raise WebexRefusal(400, "items: each invitee should have a unique email")
        known = [key for key in keys if self._refuse_known and meeting.holds(key)]
        if known:
            raise WebexRefusal(409, "Already invited.", [f"{key} is already an invitee" for key in known])
        return [self._admit(meeting, item) for item in wanted]

    def find(self, invitee_id: str, host_email: str, *, changes: bool) -> tuple[WebexMeeting, WebexInvitee]:
        """Find an invitee, and the meeting.

        Raises:
            WebexRefusal: As in `meeting`, or no such invitee.
        """
        for meeting in self.meetings.values():
            if invitee_id in meeting.invitees:
                return self.meeting(meeting.id, host_email, changes=changes), meeting.invitees[invitee_id]
        raise WebexRefusal(404, "The requested resource could not be found.")

    def change(self, meeting: WebexMeeting, invitee: WebexInvitee, item: Mapping[str, object]) -> WebexInvitee:
        """Put what was sent in place of what was there; what was left out becomes empty or false.

        Raises:
            WebexRefusal: The address is another invitee's.
        """
        wanted = _checked(item)
        email = str(wanted["email"])
        if _key(email) != _key(invitee.email) and meeting.holds(email):
            raise WebexRefusal(409, "Already invited.", [f"{email} is already an invitee"])
        changed = self._written(invitee.id, meeting, wanted)
        self._mail(MailKind.UPDATE, changed, send=_is_mailed(wanted))
        return changed

    def remove(self, meeting: WebexMeeting, invitee: WebexInvitee, *, send_email: bool) -> None:
        """Take an invitation back."""
        del meeting.invitees[invitee.id]
        self._mail(MailKind.REMOVAL, invitee, send=send_email)

    def _admit(self, meeting: WebexMeeting, item: Mapping[str, object]) -> WebexInvitee:
        invitee_id = f"{meeting.id}_{next(self._numbers)}"
        invitee = self._written(invitee_id, meeting, item)
        self._mail(MailKind.INVITATION, invitee, send=_is_mailed(item))
        return invitee

    def _written(self, invitee_id: str, meeting: WebexMeeting, item: Mapping[str, object]) -> WebexInvitee:
        email = str(item["email"]).strip()
        meeting.invitees[invitee_id] = WebexInvitee(
            id=invitee_id,
            meeting_id=meeting.id,
            email=email,
            display_name=self.accounts.get(_key(email)) or str(item.get("displayName") or email),
            co_host=bool(item.get("coHost")),
            panelist=bool(item.get("panelist")),
        )
        return meeting.invitees[invitee_id]

    def _mail(self, kind: MailKind, invitee: WebexInvitee, *, send: bool) -> None:
        if send:
            mail = WebexMail(kind=kind, to=invitee.email, meeting_id=invitee.meeting_id, invitee_id=invitee.id)
            self.outbox.append(mail)


def _key(email: str) -> str:
    return email.strip().casefold()


def _is_mailed(item: Mapping[str, object]) -> bool:
    """The reference: `sendEmail` is true by default."""
    return item.get("sendEmail") is not False


def _checked(item: object) -> Mapping[str, object]:
    if not isinstance(item, dict):
        raise WebexRefusal(400, "items: must be objects")
    email, name = item.get("email"), item.get("displayName")
    faults = [] if isinstance(email, str) and "@" in email else ["email: must be a well-formed email address"]
    if name is not None and not (isinstance(name, str) and len(name) <= _LONGEST_NAME):
        faults.append(f"displayName: length must be between 0 and {_LONGEST_NAME}")
    flags = ("coHost", "panelist", "sendEmail")
    faults += [f"{flag}: must be a boolean" for flag in flags if not isinstance(item.get(flag, False), bool)]
    if faults:
        raise WebexRefusal(400, "The request was invalid.", faults)
    return item
