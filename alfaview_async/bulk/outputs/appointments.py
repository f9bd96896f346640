"""From a result to an appointment as RFC 5545 writes it; loaded when needed, since icalendar is an extra."""

from datetime import MAXYEAR, UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from attrs import field, frozen
from icalendar import Calendar, Event

from alfaview_async.bulk.outputs.clock_changes import clock_changes
from alfaview_async.bulk.outputs.text import link_as_uri, one_line
from alfaview_async.bulk.recipients import printable
from alfaview_async.bulk.results import RowResult
from alfaview_async.errors import ConfigurationError

_GREETING = {"de": "Guten Tag", "en": "Hello"}
_INSTRUCTIONS = {
    "de": "so kommen Sie in den Raum: Öffnen Sie zur angegebenen Zeit diesen Link.\n\n{link}\n\n"
    "Der Link gilt nur für Sie. Bitte geben Sie ihn nicht weiter.",
    "en": "to enter the room, open this link at the given time.\n\n{link}\n\n"
    "The link is meant for you alone. Please do not pass it on.",
}
_LONGEST_SPAN = 30  # years of clock changes; for `valid until 9999` nobody needs 16,000 of them


def _aware(_instance: object, _attribute: object, value: datetime | None) -> None:
    if value is not None and value.tzinfo is None:
        raise ConfigurationError(f"{value.isoformat()} has no time zone; give an aware datetime as start and end")


@frozen(kw_only=True)
class Meeting:
    """What the appointments of all guests share.

    Attributes:
        title: What they are called, on one line.
        start: When they begin, `None` for each guest's `valid_from`.
        end: When they end, `None` for each guest's `valid_until`.
        zone: Where the clock hangs that their times are read from.
        sequence: How often they were changed before, from 0.
        stamp: When they are written.

    Raises:
        ConfigurationError: No title, a time without time zone, or a negative `sequence`.
    """

    title: str = field(converter=one_line)
    start: datetime | None = field(validator=_aware)
    end: datetime | None = field(validator=_aware)
    zone: ZoneInfo
    sequence: int
    stamp: datetime = field(factory=lambda: datetime.now(UTC))

    def __attrs_post_init__(self) -> None:
        if not self.title:
            raise ConfigurationError("appointments need a title, e.g. the name of the seminar")
        if self.sequence < 0:
            raise ConfigurationError("sequence counts the changes of an appointment, from 0")

    def event(self, result: RowResult, title: str) -> Event:
        """Return the appointment of one guest who has a link.

        Raises:
            ConfigurationError: Nothing says when it begins, or it ends before it begins.
        """
        guest = result.recipient
        language = "de" if guest.locale == "de" else "en"  # where a list says nothing, alfaview writes in English
        name, link = one_line(guest.display_name), link_as_uri(result.join_link)
        text = f"{_GREETING[language]}{' ' * bool(name)}{name},\n\n{_INSTRUCTIONS[language].format(link=link)}"
        start, end = self._times(result)
        event = Event()
        event.add("uid", uuid5(NAMESPACE_URL, f"alfaview-link:{result.link_id or link}"))
        event.add("dtstamp", self.stamp)
        event.add("dtstart", start)
        if end:
            event.add("dtend", end)
        event.add("sequence", self.sequence)
        event.add("class", "PRIVATE")  # in a shared calendar the link would let others in
        event.add("summary", title)
        event.add("description", text, parameters={"LANGUAGE": language})
        event.add("url", link)
        event.add("location", link)  # the one place where every calendar shows it
        return event

    def _times(self, result: RowResult) -> tuple[datetime, datetime | None]:
        guest = result.recipient
        start, end = self.start or guest.valid_from, self.end or guest.valid_until
        who = f"line {guest.line}" if guest.line else printable(guest.email)
        if start is None:
            raise ConfigurationError(f"{who}: nothing says when the appointment begins; give start=... for all")
        if end is not None and end <= start:
            raise ConfigurationError(
                f"{who}: the appointment ends before it begins; give start=... and end=... for all"
            )
        return start.astimezone(self.zone), end.astimezone(self.zone) if end else None

    @staticmethod
    def years(event: Event) -> range:
        """Return the years an appointment lies in, and one before and after, where the clocks changed last and next."""
        first, last = event.start.year, event.end.year
        return range(max(first - 1, 1), min(last + 1, first + _LONGEST_SPAN, MAXYEAR))

    def calendar(self, years: range) -> Calendar:
        """Return a calendar to be published, without appointments, with the clock changes of those years."""
        calendar = Calendar()
        calendar.add("prodid", "-//alfaview_async//bulk//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        if self.zone.key not in {"UTC", "Etc/UTC"}:  # written as `Z`
            calendar.add_component(clock_changes(self.zone, years.start, years.stop))
        return calendar
