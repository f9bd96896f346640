"""The lists in `examples/`: every guest, written out by hand from what a person reads in the file.

In 2030 Berlin is at UTC+1 until 31 March and from 27 October, else at UTC+2; London and Dublin are one hour behind. New
York is at UTC-5 in January, Kolkata always at UTC+5:30, Sydney at UTC+10 in July, Sao Paulo at UTC-3.
"""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

from alfaview_async.bulk.reading import read_recipients
from alfaview_async.bulk.recipients import GuestList, Recipient

EXAMPLES = Path(__file__).parents[2] / "examples"


def facts(guest: Recipient) -> tuple[int, str, str, str, str, str, str, str]:
    """Line, address, name, language, role, room, start and end in UTC."""
    start, end = (_shown(moment) for moment in (guest.valid_from, guest.valid_until))
    return guest.line, guest.email, guest.display_name, guest.locale, guest.role, guest.room, start, end


def _shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(":00") if moment else ""


def told(guests: GuestList) -> list[tuple[int, str, str, str, str, str, str, str]]:
    return list(map(facts, guests.recipients))


A, B = "Seminar A", "Seminar B"
MODERATOR, PARTICIPANT, SPECTATOR = "Moderator", "Participant", "Spectator"
JANUARY_9, JANUARY_END = "2030-01-14 08:00", "2030-01-18 15:30"
ALL_OF_JANUARY_18, ALL_OF_JULY_19 = "2030-01-18 22:59:59", "2030-07-19 21:59:59"
MODERATORS_JULY = ("2030-07-15 06:30", "2030-07-19 15:00")
JULY_9, JULY_END = "2030-07-15 07:00", "2030-07-19 14:30"


def test_the_german_spreadsheet_list() -> None:
    """cp1252, semicolons, umlauts, German dates; the guest in line 9 is refused for the comma in the address."""
    data = (EXAMPLES / "guests.csv").read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == 17  # a checkout must not change what Excel wrote
    guests = read_recipients(EXAMPLES / "guests.csv", skip_invalid=True)
    assert (guests.encoding, guests.delimiter, guests.rows, guests.warnings) == ("cp1252", ";", 16, ())
    assert guests.recipients[4].extra["Firma"] == "Nord; Süd & Partner GbR"
    assert told(guests) == [
        (2, "joerg.weiss@example.org", "Jörg Weiß", "de", MODERATOR, A, "2030-01-14 07:30", "2030-01-18 16:00"),
        (3, "anna.schaefer@example.org", "Anna Schäfer", "de", PARTICIPANT, A, JANUARY_9, JANUARY_END),
        (4, "emily.clarke@example.com", "Emily Clarke", "en", PARTICIPANT, A, JANUARY_9, JANUARY_END),
        (5, "rene.lefevre@example.com", "René Lefèvre", "en", PARTICIPANT, A, JANUARY_9, JANUARY_END),
        (6, "soenke.juergensen@example.org", "Sönke Jürgensen", "de", PARTICIPANT, A, JANUARY_9, JANUARY_END),
        (7, "kaethe.gross@example.org", "Dr. Käthe Groß", "de", SPECTATOR, A, JANUARY_9, "2030-01-14 11:00"),
        (8, "oliver.brown@example.com", "Oliver Brown", "en", PARTICIPANT, A, JANUARY_9, JANUARY_END),
        (10, "matthias.oeztuerk@example.org", "Matthias Öztürk", "de", PARTICIPANT, A, JANUARY_9, ALL_OF_JANUARY_18),
        (11, "baerbel.mueller@example.org", "Bärbel Müller", "de", MODERATOR, B, *MODERATORS_JULY),
        (12, "liam.oconnor@example.com", "Liam O'Connor", "en", PARTICIPANT, B, JULY_9, JULY_END),
        (13, "soren.lindgren@example.com", "Søren Lindgren", "en", PARTICIPANT, B, JULY_9, JULY_END),
        (14, "guenter.vogt@example.org", "Günter Vogt", "de", PARTICIPANT, B, JULY_9, JULY_END),
        (15, "chloe.martin@example.com", "Chloé Martin", "en", PARTICIPANT, B, JULY_9, JULY_END),
        (16, "jens.boessner@example.org", "Jens Bößner", "de", SPECTATOR, B, JULY_9, "2030-07-15 10:00"),
        (17, "sofia.pena@example.com", "Sofia Peña", "en", PARTICIPANT, B, "2030-07-14 22:00", ALL_OF_JULY_19),
    ]
    (problem,) = guests.problems
    assert (problem.line, problem.value, problem.suggestion) == (9, "anna.kruse@example,org", "anna.kruse@example.org")


def test_the_workbook() -> None:
    """Date cells, a text and a formula among them, merged rooms; the header is below the title in line 3."""
    guests = read_recipients(EXAMPLES / "guests.xlsx")
    assert (guests.sheet, guests.header_line, guests.rows, guests.problems, guests.warnings) == ("Gäste", 3, 7, (), ())
    whole_day = ("2030-01-13 23:00", "2030-01-14 22:59:59")
    assert told(guests) == [
        (4, "joerg.weiss@example.org", "Jörg Weiß", "de", MODERATOR, A, "2030-01-14 07:30", "2030-01-18 16:00"),
        (5, "anna.schaefer@example.org", "Anna Schäfer", "de", PARTICIPANT, A, JANUARY_9, JANUARY_END),
        (6, "kaethe.gross@example.org", "Dr. Käthe Groß", "de", SPECTATOR, A, *whole_day),
        (7, "emily.clarke@example.com", "Emily Clarke", "en", PARTICIPANT, A, JANUARY_9, ""),
        (8, "matthias.oeztuerk@example.org", "Matthias Öztürk", "de", PARTICIPANT, B, *MODERATORS_JULY),
        (9, "rene.lefevre@example.com", "René Lefèvre", "en", PARTICIPANT, B, JULY_9, JULY_END),
        (
            10,
            "baerbel.mueller@example.org",
            "Bärbel Müller",
            "de",
            MODERATOR,
            B,
            "2030-07-15 06:30",
            "2030-07-19 21:59:59",
        ),
    ]
    assert [guest.key for guest in guests.recipients] == ["0001", "0002", "0003", "0004", "0005", "0006", "0007"]


def test_the_english_list_with_time_zones() -> None:
    """Four zones meet at 08:30 UTC in January, and an offset settles the hour that comes twice in October."""
    guests = read_recipients(EXAMPLES / "guests_time_zones.csv")
    assert (guests.encoding, guests.delimiter, guests.problems, guests.warnings) == ("utf-8", ",", (), ())
    meeting = ("2030-01-14 08:30", "2030-01-14 17:00")
    day_in_sydney = ("2030-07-15 08:00", "2030-07-15 13:59:59")
    course = ("2030-07-15 08:00", "2030-07-19 16:00")
    assert told(guests) == [
        (2, "ada.byron@example.com", "Ada Byron", "en", MODERATOR, A, *meeting),
        (3, "grace.harper@example.com", "Grace Harper", "en", PARTICIPANT, A, *meeting),
        (4, "priya.sharma@example.org", "Priya Sharma", "en", PARTICIPANT, A, *meeting),
        (5, "joerg.weiss@example.org", "Jörg Weiß", "de", PARTICIPANT, A, *meeting),
        (6, "olivia.nguyen@example.com", "Olivia Nguyen", "en", PARTICIPANT, B, *day_in_sydney),
        (7, "Sean.OBrien@example.com", "Seán O'Brien", "en", PARTICIPANT, B, *course),
        (8, "beatriz.silva@example.com", "Silva, Beatriz", "en", PARTICIPANT, B, *course),
        (9, "emily.clarke@example.com", "Emily Clarke", "en", SPECTATOR, B, "2030-10-27 01:30", "2030-10-27 11:00"),
        (10, "soren.lindgren@example.com", "Søren Lindgren", "en", PARTICIPANT, B, *course),
        (11, "chloe.martin@example.org", "Chloé Martin", "en", PARTICIPANT, B, "2030-07-15 08:00", ""),
    ]
    assert [guest.key for guest in guests.recipients] == [f"A-{number}" for number in range(101, 111)]


def test_the_invitario_reply() -> None:
    """As the check-in API documents it: an id for each guest, all registration states, a companion, a deletion."""
    reply = json.loads((EXAMPLES / "invitario_event.json").read_bytes())
    guests = reply["guests"]
    assert (reply["status"], reply["count"], len({guest["id"] for guest in guests})) == ("success", 8, 8)
    assert Counter(guest["registrationState"] for guest in guests) == {"registered": 6, "deregistered": 1, "unknown": 1}
    assert [guest["fields"]["lastName"] for guest in guests if guest["deleteDateTime"]] == ["Peña"]
    assert [guest["fields"]["firstName"] for guest in guests if guest["parentId"] == guests[0]["id"]] == ["Lena"]
    assert guests[0]["companions"] == [{"id": guests[1]["id"]}]
    assert [guest["fields"]["lastName"] for guest in guests if guest["fields"]["email"] is None] == ["Vogt"]
