"""Mails that would have been sent: kept for tests and people to read. The wording is ours, alfaview's is not public."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import field, frozen

from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.guests import GuestLink
from alfaview_async.models.status import StatusCode

DEFAULT_ZONE = "Europe/Berlin"
_UTC_NAMES = frozenset({"UTC", "Local"})
"""Names that Go programs know beside IANA's; a server's local zone is taken for UTC."""
_SUBJECTS = {"de": "Einladung in den Raum „{room}“", "en": "Invitation to the room “{room}”"}
_TEXTS = {
    "de": "Guten Tag, {name},\n\nmit diesem Link kommen Sie in den Raum „{room}“:\n{link}\n\nGültig: {frame}\n",
    "en": "Hello {name},\n\nthis link takes you into the room “{room}”:\n{link}\n\nValid: {frame}\n",
}
_FRAMES = {
    "de": ("unbegrenzt", "ab {start}", "bis {end}", "{start} bis {end}"),
    "en": ("without limit", "from {start}", "until {end}", "{start} to {end}"),
}
_DATES = {"de": "%d.%m.%Y %H:%M", "en": "%Y-%m-%d %H:%M"}


class MailKind(StrEnum):
    """What a mail is about."""

    GUEST_LINK = "guest link"
    INVITATION = "invitation"
    PASSWORD_RESET = "password reset"  # noqa: S105 - the name of a kind of mail
    COMPANY_DELETION = "company deletion"


@frozen(kw_only=True)
class Mail:
    """One mail to one person.

    Attributes:
        kind: What it is about.
        to: The address as it was given.
        locale: Language of the text: `de` or `en`.
        subject: One line.
        text: What it says.
        join_link: The join link that the text holds; only in mails with guest links.
        link_id: Id of the guest link.
        token: The token for one use that the text holds; in mails about accounts.
        timezone: Zone of the times in the text.
        sent_at: By the emulator's clock, in UTC.
    """

    kind: MailKind = MailKind.GUEST_LINK
    to: str
    locale: str
    subject: str
    text: str = field(repr=False)
    join_link: str = field(default="", repr=False)
    link_id: str = ""
    token: str = field(default="", repr=False)
    timezone: str = DEFAULT_ZONE
    sent_at: datetime


class Outbox(list[Mail]):
    """Mails in the order they were sent."""

    def to(self, address: str) -> "Outbox":
        """Return the mails to one address, without regard to case."""
        return Outbox(mail for mail in self if mail.to.casefold() == address.casefold())


def zone(name: str) -> ZoneInfo:
    """Find a time zone by its IANA name; empty means Europe/Berlin.

    Raises:
        Refused: No such zone on this machine.
    """
    try:
        return ZoneInfo("UTC" if name in _UTC_NAMES else name or DEFAULT_ZONE)
    except (LookupError, ValueError, OSError):
        raise Refused(StatusCode.INVALID_ARGUMENT, "timezone: no such time zone on this machine") from None


def invitation(link: GuestLink, room_name: str, timezone: ZoneInfo, sent_at: datetime) -> Mail:
    """Write the mail that brings a guest the link; every language but German is English."""
    language = "de" if link.locale.lower().partition("-")[0] == "de" else "en"
    parts = {
        "name": link.display_name or link.email,
        "room": room_name,
        "link": link.join_link,
        "frame": _frame(link, language, timezone),
    }
    return Mail(
        to=link.email,
        locale=language,
        subject=_SUBJECTS[language].format_map(parts),
        text=_TEXTS[language].format_map(parts),
        join_link=link.join_link,
        link_id=link.id,
        timezone=timezone.key,
        sent_at=sent_at,
    )


def _frame(link: GuestLink, language: str, timezone: ZoneInfo) -> str:
    start, end = (
        f"{moment.astimezone(timezone):{_DATES[language]}}" if moment else ""
        for moment in (link.valid_from, link.valid_until)
    )
    frame = _FRAMES[language][bool(start) + 2 * bool(end)].format(start=start, end=end)
    return f"{frame} ({timezone.key})" if start or end else frame
