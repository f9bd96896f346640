"""From an Invitario event to a guest list for invitations, and from its changes to what is to be done."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alfaview_async import errors
from alfaview_async.bulk.sources.invitario import Withdrawn, display_name, read_invitario
from alfaview_async.invitario import Guest, GuestFields, RegistrationState

EXAMPLE = Path(__file__).parents[2] / "examples" / "invitario_event.json"
MISSING = "Chloé"


def guest_of(station, first_name):
    return next(guest for guest in station.event.guests.values() if guest.fields["firstName"] == first_name)


async def complete(reader, station, **options):
    """Read the event after somebody has entered the address that was missing."""
    guest_of(station, MISSING).fields["email"] = "chloe.martin@example.com"
    return await read_invitario(reader, **options)


async def test_registered_living_guests_are_invited(reader, station):
    """14 of 21 entries: no companion, nobody deleted or deregistered, nobody without an answer."""
    sync = await complete(reader, station)
    invited = sync.invited
    assert len(invited.recipients) == invited.rows == 14
    assert invited.problems == ()
    first = invited.recipients[0]
    assert (first.email, first.display_name) == ("kaethe.groessl@example.org", "Dr. Käthe Größl, MSc")
    assert {recipient.key for recipient in invited.recipients} == {
        guest.id
        for guest in station.event.guests.values()
        if guest.state == "registered" and not guest.parent_id and not guest.deleted_at
    }
    assert station.sent == {"login": 1, "guest/list/all": 1}


async def test_names_are_those_of_people(reader, station):
    """Title, first and last name; the salutation where there is no first name."""
    names = [guest.display_name for guest in (await complete(reader, station)).invited.recipients]
    assert names[1:4] == ["Jörg Weiß", "Anna Schäfer", "Mag. Ödön Horváth"]
    assert "Ing. Matthias Öztürk, BSc" in names
    assert "Herr Prof. Dr. Boeßner" in names


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (
            {"salutation": "Mr.", "titlePrefix": "Dr", "firstName": "John", "lastName": "Smith", "titleSuffix": "MSc"},
            "Dr John Smith, MSc",
        ),
        ({"salutation": "Mr.", "lastName": "Smith"}, "Mr. Smith"),
        ({"firstName": "John"}, "John"),
        ({"salutation": "Mr.", "titlePrefix": "Dr", "titleSuffix": "MSc"}, ""),
        ({}, ""),
        ({"firstName": None, "lastName": ["Smith", "Jones"]}, "Smith, Jones"),
    ],
)
def test_display_names(fields, name):
    """The article's guest is Dr John Smith, MSc; a title alone is no name."""
    assert display_name(Guest(id="a", fields=GuestFields(fields))) == name


async def test_every_field_reaches_the_output_but_no_access_code(reader, station):
    """Custom fields with several answers are joined; the columns begin with what is not a field."""
    invited = (await complete(reader, station)).invited
    extra = invited.recipients[1].extra
    assert list(extra)[:5] == ["id", "parentId", "registrationState", "displayName", "email"]
    assert extra["customField47"] == "vegan, glutenfrei"
    assert extra["customField1"] == "Conference room 1"
    assert (extra["fax"], extra["city"], extra["salutation"]) == ("", "Köln", "Herr")
    codes = [guest.access_code for guest in station.event.guests.values()]
    assert not [code for code in codes for cell in extra.values() if code == cell]
    assert invited.columns == {"key": "id", "display_name": "displayName", "email": "email"}


async def test_fields_can_say_the_room(reader, station):
    """As columns of a file can."""
    sync = await complete(reader, station, columns={"room": "customField1"})
    assert [recipient.room for recipient in sync.invited.recipients[:2]] == ["Conference room 2", "Conference room 1"]


async def test_what_holds_for_all(reader, station):
    """The same arguments as for files."""
    sync = await complete(reader, station, locale="de", role="Participant", room="Aula", valid_from="2030-07-01 09:00")
    (recipient, *_) = sync.invited.recipients
    assert (recipient.locale, recipient.role, recipient.room) == ("de", "Participant", "Aula")
    assert recipient.valid_from == datetime(2030, 7, 1, 7, 0, tzinfo=UTC)


async def test_companions_on_request_are_guests_of_their_own(reader, station):
    """One has the address of the guest who brings her: two guests, two links, and a warning that names her id."""
    sync = await complete(reader, station, companions=True)
    assert len(sync.invited.recipients) == 17
    joerg, lena = (recipient for recipient in sync.invited.recipients if recipient.email == "joerg.weiss@example.org")
    assert (joerg.display_name, lena.display_name) == ("Jörg Weiß", "Lena Weiß")
    assert joerg.key != lena.key
    assert lena.extra["parentId"] == joerg.key
    (warning,) = sync.invited.warnings
    assert (warning.line, warning.column) == (lena.line, "email")
    assert warning.reason == f"same address as line {joerg.line}: two guests, two links, two e-mails (guest {lena.key})"


@pytest.mark.parametrize(("state", "count"), [("unknown", 2), (RegistrationState.DEREGISTERED, 1), ("registered", 14)])
async def test_another_state_may_be_invited(reader, station, state, count):
    """Those who never answered, say, to watch from afar."""
    assert len((await complete(reader, station, state=state)).invited.recipients) == count


async def test_a_state_that_does_not_exist_is_refused_before_anything_is_sent(reader, station):
    """A slip would invite nobody, in silence."""
    with pytest.raises(errors.ConfigurationError, match="no state 'registred'"):
        await read_invitario(reader, state="registred")
    assert not station.sent


@pytest.mark.parametrize(
    "options", [{"timezone": "Mars"}, {"locale": "fr"}, {"valid_until": "2001-01-01"}, {"now": datetime(2026, 1, 1)}]  # noqa: DTZ001 - refused
)  # fmt: skip
async def test_arguments_that_cannot_work_are_refused_before_anything_is_sent(reader, station, options):
    """As for files."""
    with pytest.raises(errors.ConfigurationError):
        await read_invitario(reader, **options)
    assert not station.sent


async def test_a_column_that_no_guest_has_is_refused(reader, station):
    """Or all guests would come into the room for those who have none."""
    with pytest.raises(errors.ConfigurationError, match="customField99"):
        await complete(reader, station, columns={"room": "customField99"})


async def test_all_guests_that_cannot_be_invited_are_named_at_once(reader, station):
    """With their id, since nobody counts lines in Invitario."""
    guest_of(station, "Jörg").fields["email"] = "joerg.weiss@gmial.com"
    with pytest.raises(errors.RecipientsRejected) as caught:
        await read_invitario(reader)
    slip, missing = caught.value.problems
    ids = [guest_of(station, name).id for name in ("Jörg", MISSING)]
    assert [problem.line for problem in (slip, missing)] == [2, 14]
    assert [problem.column for problem in (slip, missing)] == ["email", "email"]
    assert (slip.value, slip.suggestion) == ("joerg.weiss@gmial.com", "joerg.weiss@gmail.com")
    assert all(f"(guest {guest_id})" in problem.reason for guest_id, problem in zip(ids, (slip, missing), strict=True))
    assert str(caught.value).startswith("Invitario event 4711: 2 of 14 rows cannot be used, nothing was sent: line")


async def test_good_guests_can_be_had_without_the_others(reader):
    """With the reasons against these."""
    invited = (await read_invitario(reader, skip_invalid=True)).invited
    assert (len(invited.recipients), len(invited.problems), invited.rows) == (13, 1, 14)


async def test_a_sync_brings_new_and_withdrawn_guests(reader, station):
    """Since the first reading: one added, one deleted, one deregistered, one back from that; nobody else."""
    first = await complete(reader, station)
    station.state.clock.advance(minutes=5)
    new = station.state.invite("4711", firstName="Zoë", lastName="Krüger", email="zoe@example.org")
    kaethe, jens = guest_of(station, "Käthe"), guest_of(station, "Jens")
    station.state.delete(kaethe)
    station.state.set_state(guest_of(station, "Emily"), "deregistered")
    station.state.set_state(jens, "registered")
    second = await read_invitario(reader, since=first.cursor)
    assert {recipient.key for recipient in second.invited.recipients} == {new.id, jens.id}
    assert second.withdrawn == (
        Withdrawn(key=kaethe.id, email="kaethe.groessl@example.org", deleted=True),
        Withdrawn(key=guest_of(station, "Emily").id, email="emily.clarke@example.com", deleted=False),
    )
    assert second.withdrawn_keys == {kaethe.id, guest_of(station, "Emily").id}
    assert datetime.fromisoformat(second.cursor) > datetime.fromisoformat(first.cursor)
    third = await read_invitario(reader, since=second.cursor, known={new.id, jens.id})
    assert third.invited.recipients == ()


async def test_a_guest_who_merely_changed_is_not_invited_again_when_known(reader, station):
    """A check-in is a change, too."""
    first = await complete(reader, station)
    station.state.clock.advance(minutes=5)
    guest = guest_of(station, "Anna")
    station.state.check_in(guest)
    assert [r.key for r in (await read_invitario(reader, since=first.cursor)).invited.recipients] == [guest.id]
    known = {recipient.key for recipient in first.invited.recipients}
    assert (await read_invitario(reader, since=first.cursor, known=known)).invited.recipients == ()


async def test_the_same_cursor_brings_the_same_again(reader, station):
    """Whoever dies before storing the next one loses nobody."""
    first = await complete(reader, station)
    station.state.clock.advance(minutes=5)
    station.state.invite("4711", email="zoe@example.org")
    station.state.delete(guest_of(station, "Anna"))
    again = [await read_invitario(reader, since=first.cursor) for _ in range(2)]
    assert len(again[0].invited.recipients) == len(again[0].withdrawn) == 1
    assert (again[0].invited, again[0].withdrawn) == (again[1].invited, again[1].withdrawn)


async def test_a_withdrawn_companion_is_told_of_even_if_companions_are_not_invited_now(reader, station):
    """An earlier reading may have invited them."""
    first = await complete(reader, station, companions=True)
    station.state.clock.advance(minutes=5)
    lena = guest_of(station, "Lena")
    station.state.delete(lena)
    assert (await read_invitario(reader, since=first.cursor)).withdrawn_keys == {lena.id}


async def test_whoever_is_to_be_invited_is_not_withdrawn(reader, station):
    """Those who have deregistered from the hall may be those who watch from afar."""
    sync = await complete(reader, station, state="deregistered")
    assert [guest.deleted for guest in sync.withdrawn] == [True]
    assert not sync.withdrawn_keys & {recipient.key for recipient in sync.invited.recipients}


async def test_nothing_new(reader, station):
    """An empty list, and a cursor to go on with."""
    first = await complete(reader, station)
    station.state.clock.advance(minutes=5)
    sync = await read_invitario(reader, since=first.cursor, columns={"room": "customField1"})
    assert (sync.invited.recipients, sync.invited.rows, sync.withdrawn) == ((), 0, ())
    assert sync.cursor > first.cursor


async def test_a_guest_who_comes_twice_is_one_guest(replay, sample):
    """Told apart by id, not by address; the later entry counts."""
    guest = sample("guest_list")["guests"][0] | {"deleteDateTime": None, "registrationState": "registered"}
    renamed = guest | {"fields": guest["fields"] | {"lastName": "Jones"}}
    other = guest | {"id": "other"}
    listed = sample("guest_list") | {"count": 3, "guests": [guest, other, renamed]}
    replay.on("guest/list/all", listed)
    async with replay.reader() as invitario:
        sync = await read_invitario(invitario, companions=True)
    assert [(recipient.key, recipient.display_name) for recipient in sync.invited.recipients] == [
        (guest["id"], "Dr John Jones, MSc"),
        ("other", "Dr John Smith, MSc"),
    ]


async def test_ids_from_a_hostile_server_steer_no_terminal(replay, sample):
    """They are shown in messages."""
    guest = sample("guest_list")["guests"][0] | {"id": "\x1b[31m", "deleteDateTime": None, "fields": {}}
    guest["registrationState"] = "registered"
    replay.on("guest/list/all", sample("guest_list") | {"guests": [guest]})
    async with replay.reader() as invitario:
        with pytest.raises(errors.RecipientsRejected) as caught:
            await read_invitario(invitario, companions=True)
    assert str(caught.value).isprintable()


async def test_the_example_event(replay):
    """Of its eight guests four can be invited, Lena since companions are asked for; Günter Vogt has no address."""
    replay.on("guest/list/all", json.loads(EXAMPLE.read_bytes()))
    async with replay.reader() as invitario:
        sync = await read_invitario(invitario, companions=True, skip_invalid=True)
    assert [(recipient.display_name, recipient.email) for recipient in sync.invited.recipients] == [
        ("Dr. Jörg Weiß", "joerg.weiss@example.org"),
        ("Lena Weiß", "lena.weiss@example.org"),
        ("Anna Schäfer", "anna.schaefer@example.org"),
        ("Emily Clarke", "emily.clarke@example.com"),
    ]
    (problem,) = sync.invited.problems
    assert (problem.line, problem.column) == (8, "email")
    assert [guest.email for guest in sync.withdrawn] == ["oliver.brown@example.com", "sofia.pena@example.com"]
    assert sync.cursor == "2029-12-24T18:30:00+01:00"
