"""Calendar files, held against the rules of RFC 5545 and read back."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from alfaview_async.bulk import Recipient, RowResult, RowStatus
from alfaview_async.bulk.outputs.ics import write_calendar, write_calendars
from alfaview_async.errors import ConfigurationError

LINK = "https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/2bed6a0c/k{}=/v2"
START, END = datetime(2030, 1, 14, 8, 30, tzinfo=UTC), datetime(2030, 7, 18, 16, 0, tzinfo=UTC)
PROPERTIES = ["UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "CLASS", "SUMMARY", "DESCRIPTION", "URL", "LOCATION"]
_LINE = re.compile(rb"[A-Z-]+(;[A-Z-]+=(\"[^\"]*\"|[^\";:,]*))*:[^\x00-\x08\x0a-\x1f\x7f]*")


def created(line=2, name="Jörg Weiß", locale="de", link=None, link_id=None, **times):
    guest = Recipient(email="joerg@example.org", display_name=name, locale=locale, line=line, **times)
    return RowResult(
        recipient=guest,
        status=RowStatus.CREATED,
        link_id=str(line) if link_id is None else link_id,
        join_link=LINK.format(line) if link is None else link,
    )


def timed(**changes):
    return created(**{"valid_from": START, "valid_until": END, **changes})


def lines_of(path):
    """Unfold a file, holding each of its lines against RFC 5545, 3.1."""
    data = path.read_bytes()
    physical = data.split(b"\r\n")
    assert physical.pop() == b""
    assert data.count(b"\r") == data.count(b"\n") == len(physical)
    for line in physical:
        assert len(line) <= 75
        line.decode()  # no character is torn apart
    lines = data.removesuffix(b"\r\n").replace(b"\r\n ", b"").split(b"\r\n")
    for line in lines:
        assert _LINE.fullmatch(line), line
    return [line.decode() for line in lines]


def names_of_event(lines):
    inside = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    return Counter(re.split("[;:]", line)[0] for line in inside)


def events_of(path):
    return Calendar.from_ical(path.read_bytes()).events


def test_a_guest_gets_an_appointment_with_the_link(tmp_path):
    """To be taken over without an answer; the link is where any calendar shows it, and hidden in shared ones."""
    assert write_calendars(tmp_path / "out", iter([timed()]), title="Seminar A; Teil 1", sequence=3) == 1
    path = tmp_path / "out" / "00002-joerg-weiss.ics"
    lines = lines_of(path)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert {"VERSION:2.0", "METHOD:PUBLISH", "CLASS:PRIVATE", "SEQUENCE:3"} <= set(lines)
    assert f"URL:{LINK.format(2)}" in lines
    assert f"LOCATION:{LINK.format(2)}" in lines
    assert r"SUMMARY:Seminar A\; Teil 1" in lines
    assert "DTSTART;TZID=Europe/Berlin:20300114T093000" in lines
    assert "DTEND;TZID=Europe/Berlin:20300718T180000" in lines
    assert names_of_event(lines) == Counter(PROPERTIES)
    (event,) = events_of(path)
    assert (event.start, event.end) == (START, END)
    assert abs(event.DTSTAMP - datetime.now(UTC)) < timedelta(minutes=10)
    assert str(event["DESCRIPTION"]).split("\n")[0] == "Guten Tag Jörg Weiß,"
    assert LINK.format(2) in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("locale", "name", "language", "greeting"),
    [
        ("de", "Ada", "de", "Guten Tag Ada,"),
        ("de", "", "de", "Guten Tag,"),
        ("en", "Ada", "en", "Hello Ada,"),
        ("", "", "en", "Hello,"),
    ],
)
def test_the_text_is_in_the_language_of_the_guest(tmp_path, locale, name, language, greeting):
    """English where the list says nothing, as in alfaview's mails."""
    write_calendar(tmp_path / "all.ics", [timed(locale=locale, name=name)], title="Seminar")
    (event,) = events_of(tmp_path / "all.ics")
    assert event["DESCRIPTION"].params["LANGUAGE"] == language
    assert str(event["DESCRIPTION"]).startswith(f"{greeting}\n\n")


def test_the_calendar_of_all_tells_guests_apart(tmp_path):
    """Whoever runs the event sees names; rows without a link have no appointment."""
    failed = RowResult(recipient=Recipient(email="a@example.org"), status=RowStatus.FAILED)
    results = [timed(), failed, timed(line=3, name=""), timed(line=4, name="Zoë")]
    assert write_calendar(tmp_path / "all.ics", iter(results), title="Seminar") == 3
    lines_of(tmp_path / "all.ics")
    events = events_of(tmp_path / "all.ics")
    assert [str(event["SUMMARY"]) for event in events] == [
        "Seminar: Jörg Weiß",
        "Seminar: joerg@example.org",
        "Seminar: Zoë",
    ]
    assert [str(event["URL"]) for event in events] == [LINK.format(2), LINK.format(3), LINK.format(4)]


def test_no_link_no_file(tmp_path):
    """A calendar must not be empty; the old one stays."""
    failed = RowResult(recipient=Recipient(email="a@example.org"), status=RowStatus.FAILED)
    (tmp_path / "all.ics").write_text("old")
    assert write_calendar(tmp_path / "all.ics", [failed], title="Seminar") == 0
    assert (tmp_path / "all.ics").read_text() == "old"
    assert write_calendars(tmp_path / "out", [failed], title="Seminar") == 0
    assert list((tmp_path / "out").iterdir()) == []


def test_an_appointment_is_known_by_its_link(tmp_path):
    """Written again it has the same UID, whatever else has changed; other links have others, and no UID is a link."""
    nameless = [timed(line=4, link_id=""), timed(line=5, link_id="")]
    write_calendar(tmp_path / "1.ics", [timed(), timed(line=3), *nameless], title="Seminar")
    changed = [timed(line=3), timed(name="Joerg", valid_until=None), *nameless]
    write_calendar(tmp_path / "2.ics", changed, title="Other", sequence=1)
    first, second = ([str(event["UID"]) for event in events_of(tmp_path / f"{n}.ics")] for n in (1, 2))
    assert first == [second[1], second[0], *second[2:]]
    assert len(set(first)) == 4
    assert all(re.fullmatch(r"[0-9a-f-]{36}", uid) for uid in first)


def test_times_for_all_win_over_those_of_the_links(tmp_path):
    """Links often open earlier than the event begins; without any end the appointment has none."""
    begin, end = START + timedelta(days=1), START + timedelta(days=1, hours=2)
    write_calendar(tmp_path / "all.ics", [timed(), created(line=3)], title="Seminar", start=begin, end=end)
    assert [(event.start, event.end) for event in events_of(tmp_path / "all.ics")] == [(begin, end)] * 2
    write_calendar(tmp_path / "all.ics", [created(valid_from=START)], title="Seminar")
    assert names_of_event(lines_of(tmp_path / "all.ics")) == Counter(PROPERTIES) - Counter(["DTEND"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"title": " \n"}, "title"),
        ({"sequence": -1}, "sequence"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"start": datetime(2030, 1, 1)}, "time zone"),  # noqa: DTZ001 - that is the mistake
        ({"start": END}, "line 2: the appointment ends before"),
        ({"end": START}, "line 2: the appointment ends before"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(tmp_path, arguments, said):
    """And nothing is written."""
    with pytest.raises(ConfigurationError, match=said):
        write_calendar(tmp_path / "all.ics", [timed()], **{"title": "Seminar", **arguments})
    with pytest.raises(ConfigurationError, match=said):
        write_calendars(tmp_path / "out", [timed()], **{"title": "Seminar", **arguments})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_appointment_needs_a_beginning(tmp_path):
    """The message says whose has none, and what to do."""
    with pytest.raises(ConfigurationError, match=r"line 7.*start="):
        write_calendar(tmp_path / "all.ics", [timed(), created(line=7)], title="Seminar")
    with pytest.raises(ConfigurationError, match=r"joerg@example.org.*start="):
        write_calendar(tmp_path / "all.ics", [created(line=0)], title="Seminar")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Africa/Casablanca"]
)
def test_clock_changes_are_those_of_the_zone(tmp_path, zone):
    """Each is written with the moment that the clock before it shows (RFC 5545, 3.6.5); none is missing."""
    results = [timed(), timed(line=3, valid_until=datetime(2032, 3, 1, tzinfo=UTC))]
    write_calendar(tmp_path / "all.ics", results, title="Seminar", timezone=zone)
    (rules,) = Calendar.from_ical((tmp_path / "all.ics").read_bytes()).timezones
    assert str(rules["TZID"]) == zone
    changes = {}
    for part in rules.subcomponents:
        for onset in (part.DTSTART, *(moment for moment, _ in part.rdates)):
            changes[(onset - part.TZOFFSETFROM).replace(tzinfo=UTC)] = part.TZOFFSETTO
    moment = datetime(2029, 1, 2, tzinfo=UTC)
    while moment.year < 2033:
        in_force = max(change for change in changes if change <= moment)
        assert changes[in_force] == moment.astimezone(ZoneInfo(zone)).utcoffset()
        moment += timedelta(minutes=30)


def test_utc_needs_no_clock_changes(tmp_path):
    """Times end in Z."""
    write_calendar(tmp_path / "all.ics", [timed()], title="Seminar", timezone="UTC")
    lines = lines_of(tmp_path / "all.ics")
    assert "DTSTART:20300114T083000Z" in lines
    assert "BEGIN:VTIMEZONE" not in lines


@pytest.mark.parametrize(("first", "last"), [(1, 1), (2030, 9999), (9999, 9999)])
def test_the_edges_of_time_are_no_trouble(tmp_path, first, last):
    """`Valid until 9999` is a way to say: for ever."""
    ends = timed(valid_from=datetime(first, 1, 3, tzinfo=UTC), valid_until=datetime(last, 12, 30, tzinfo=UTC))
    write_calendar(tmp_path / "all.ics", [ends], title="Seminar")
    assert len(lines_of(tmp_path / "all.ics")) < 200


@given(name=st.text(), title=st.text(min_size=1), link=st.text(min_size=1))
@example(name="x\r\nATTENDEE:mailto:a@b.c", title="x\nBEGIN:VALARM", link="https://a\r\nORGANIZER:b")
@example(name="a\x0bb\x0cc\x1cd\x85e\u2028f", title="\ud83d\\n;,:\"^'", link="ä b<>")
@example(name="🎈" * 40, title="ß" * 100, link="https://" + "a" * 200)
@settings(deadline=None)
def test_no_text_injects_anything(tmp_path_factory, name, title, link):
    """Whatever a guest is called: the same properties, each once, on lines as they must be."""
    path = tmp_path_factory.getbasetemp() / "all.ics"
    try:
        write_calendar(path, [timed(name=name, link=link)], title=title)
    except ConfigurationError:
        assert not re.sub(r"[\s\x00-\x1f\x7f-\x9f]", "", title)
        return
    lines = lines_of(path)
    assert names_of_event(lines) == Counter(PROPERTIES)
    assert sum(line.startswith("BEGIN:") for line in lines) == 1 + 1 + 1 + lines.count("BEGIN:STANDARD") + lines.count(
        "BEGIN:DAYLIGHT"
    )
    (event,) = events_of(path)
    visible = "".join(name.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split())
    shown = "".join(str(event["SUMMARY"]).split())
    assert shown.endswith("".join(c for c in visible if c.isprintable() or not re.match(r"[\x00-\x1f\x7f-\x9f]", c)))
