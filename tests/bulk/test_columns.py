import pytest

from alfaview_async.bulk.columns import Columns, find_columns
from alfaview_async.bulk.recipients import RowProblem
from alfaview_async.bulk.sources import Row, Table
from alfaview_async.bulk.titles import below_titles
from alfaview_async.errors import ConfigurationError, RecipientsRejected


def columns_of(*header: str, **chosen: str) -> Columns:
    return find_columns(Table(name="gaeste.csv", header=header, rows=(), delimiter=";"), chosen)


def test_the_template_is_understood() -> None:
    """The header of the German template, with every field."""
    header = ("Vorname", "Nachname", "E-Mail", "Sprache", "Rolle", "Raum", "Gültig von", "Gültig bis")
    assert columns_of(*header).described() == {
        "display_name": "Vorname+Nachname",
        "email": "E-Mail",
        "locale": "Sprache",
        "role": "Rolle",
        "room": "Raum",
        "valid_from": "Gültig von",
        "valid_until": "Gültig bis",
    }


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-Mail", "email"),
        ("e mail", "email"),
        ("E_MAIL", "email"),
        ("Mail", "email"),
        ("E-Mail-Adresse", "email"),
        ("EmailAddress", "email"),
        ("fields.email", "email"),
        ("Anzeigename", "display_name"),
        ("Teilnehmer", "display_name"),
        ("Teilnehmer/in", "display_name"),
        ("displayName", "display_name"),
        ("fields.firstName", "first_name"),
        ("fields.lastName", "last_name"),
        ("Titel", "title"),
        ("Language", "locale"),
        ("SPRACHE", "locale"),
        ("Berechtigung", "role"),
        ("Kurs", "room"),
        ("Seminar", "room"),
        ("gültig-von", "valid_from"),
        ("GUELTIG VON", "valid_from"),
        ("Gu\u0308ltig  von:", "valid_from"),
        ("validFrom", "valid_from"),
        ("Start", "valid_from"),
        ("Ende", "valid_until"),
        ("valid_until", "valid_until"),
        ("Zeitzone", "timezone"),
        ("Time zone", "timezone"),
        ("coHost", "co_host"),
        ("Co-Host", "co_host"),
        ("Panelist", "panelist"),
        ("ID", "key"),
        ("Schlüssel", "key"),
        ("externalId", "key"),
        ("Teilnehmer-ID", "key"),
        ("UUID", "key"),
        ("fields.titlePrefix", "title"),
    ],
)
def test_spelling_does_not_matter(header: str, field: str) -> None:
    """Case, accents, spaces, hyphens, underscores; German and English."""
    address = () if field == "email" else ("E-Mail",)
    assert columns_of("Firma", header, *address).position[field] == 1


def test_first_name_beside_name_makes_it_the_surname() -> None:
    """`Vorname;Name` is the usual German pair; without a first name, or beside a surname, Name is the whole name."""
    assert columns_of("Name", "Vorname", "E-Mail").described()["display_name"] == "Vorname+Name"
    assert columns_of("Name", "E-Mail").position["display_name"] == 0
    assert columns_of("Name", "Vorname", "Nachname", "E-Mail").position["display_name"] == 0


@pytest.mark.parametrize("header", ["Kontakt", "Geburtsdatum", "Firma", "Status", "Anrede"])
def test_other_columns_are_not_claimed(header: str) -> None:
    """What is not surely one of the fields stays an ordinary column."""
    assert dict(columns_of("E-Mail", header).position) == {"email": 0}


def test_a_missing_address_column_says_what_was_found_and_what_to_do() -> None:
    """The error lists the headers and the column whose cells look like addresses."""
    row = Row(line=2, cells=("Ada", "Engines", "ada@example.org"))
    with pytest.raises(RecipientsRejected) as caught:
        find_columns(Table(name="gaeste.csv", header=("Name", "Firma", "Kontakt"), rows=(), delimiter=";"), {}, [row])
    assert str(caught.value) == (
        "gaeste.csv has no column for the e-mail address; found: Name; Firma; Kontakt; "
        "name it, e.g. columns={'email': 'Kontakt'} (--map email=Kontakt)"
    )


def test_a_list_without_header_is_recognised() -> None:
    """A first line with an address is a guest, who must not be lost."""
    with pytest.raises(RecipientsRejected, match="line 1 looks like a guest, so put a header line above it"):
        columns_of("Ada", "ada@example.org")


def test_two_columns_for_one_field_are_refused_until_one_is_chosen() -> None:
    """Nobody guesses which of two addresses is meant; the remedy in the message works."""
    with pytest.raises(RecipientsRejected, match='"E-Mail" and "Mail" both look like the column for email'):
        columns_of("E-Mail", "Mail")
    assert columns_of("E-Mail", "Mail", email="Mail").position["email"] == 1


def test_chosen_columns_win() -> None:
    """Also over what a header seems to say, which then is claimed for nothing else."""
    columns = columns_of("Start", "Kontakt", "Mail", email="kontakt", room="Start")
    assert dict(columns.position) == {"room": 0, "email": 1}


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"mail": "Kontakt"}, "there is no field 'mail'; the fields are email"),
        ({"email": "Kontact"}, "gaeste.csv has no column called 'Kontact'; found: Kontakt; Name; Na-me"),
        ({"role": "NAME"}, "gaeste.csv has 2 columns called 'NAME'"),
    ],
)
def test_impossible_choices_are_refused(chosen: dict[str, str], reason: str) -> None:
    """An unknown field, an unknown header, a header that is there twice."""
    with pytest.raises(ConfigurationError) as caught:
        columns_of("Kontakt", "Name", "Na-me", **chosen)
    assert str(caught.value).startswith(reason)


def test_every_column_has_its_own_key() -> None:
    """Repeated and unnamed headers are numbered, delimiters at the line's end make no column."""
    header = ("E-Mail", "Notiz", "", "Notiz", " Notiz (2) ", "Zeile\n2", "", " ")
    assert columns_of(*header).header == ("E-Mail", "Notiz", "column 3", "Notiz (2)", "Notiz (2) (2)", "Zeile 2")


@pytest.mark.parametrize(
    ("header", "claimed"),
    [(("ID", "externalId", "E-Mail"), 1), (("uuid", "ID", "E-Mail"), 1), (("ID", "Schlüssel", "E-Mail"), 1)],
)
def test_of_several_ids_the_callers_own_is_the_key(header: tuple[str, ...], claimed: int) -> None:
    """Lists from other systems often have both; unlike two addresses, none of them would reach a wrong person."""
    assert columns_of(*header).position["key"] == claimed


def test_a_column_can_be_left_alone() -> None:
    """For a header that says one thing and means another: the ID of the course, not of the guest."""
    assert dict(columns_of("ID", "E-Mail", key="").position) == {"email": 1}


def test_too_many_columns_are_refused() -> None:
    """No list has a thousand; a damaged or hostile file may have millions."""
    with pytest.raises(RecipientsRejected, match="has 1002 columns; at most 1000 are read"):
        columns_of("E-Mail", *map(str, range(1001)))


def titled(*rows: tuple[str, ...], **chosen: str) -> tuple[int, tuple[str, ...], list[int]]:
    numbered = [Row(line=line, cells=cells) for line, cells in enumerate(rows[1:], 2)]
    table = below_titles(Table(name="gaeste.csv", header=rows[0], rows=numbered), chosen)
    return table.header_line, table.header, [row.line for row in table.rows]


def test_titles_above_the_header_are_skipped() -> None:
    """The header is the first row with a column for the address, also for one that was chosen."""
    title, date, header, guest = ("Herbstseminar",), ("Stand:", "1.9."), ("Name", "E-Mail"), ("Ada", "ada@example.org")
    assert titled(title, date, header, guest) == (3, header, [4])
    assert titled(header, guest, ("Mail", "x")) == (1, header, [2, 3])
    assert titled(title, ("Name", "Kontakt"), guest, email="Kontakt") == (2, ("Name", "Kontakt"), [3])


def test_a_guest_is_never_taken_for_a_title() -> None:
    """Above the header or without one, a row with an address stays, and so does a list without any header."""
    header, guest = ("Name", "E-Mail"), ("Ada", "ada@example.org")
    assert titled(guest, header) == (1, guest, [2])
    assert titled(("Gäste",), guest, header) == (1, ("Gäste",), [2, 3])
    assert titled(("Kontaktart", "Kontakt"), ("E-Mail", "ada@example.org")) == (1, ("Kontaktart", "Kontakt"), [2])
    assert titled(("Gäste",), ("Ada",)) == (1, ("Gäste",), [2])
    rows = [*[("Titel",)] * 25, header]
    assert titled(*rows) == (1, ("Titel",), list(range(2, 27)))


def test_damage_above_the_header_ends_the_search() -> None:
    """What a broken row said, nobody knows: it may have been the header."""
    damage = RowProblem(line=2, column="", value="", reason="check the quotes")
    table = below_titles(Table(name="l", header=("Gäste",), rows=[damage, Row(line=3, cells=("E-Mail",))]), {})
    assert table.header == ("Gäste",)
    assert len(list(table.rows)) == 2
