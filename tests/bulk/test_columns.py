import pytest

from alfaview_async.bulk.columns import Columns, find_columns
from alfaview_async.bulk.sources import Row, Table
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
        find_columns(Table(name="gaeste.csv", header=("Name", "Firma", "Kontakt"), rows=(row,), delimiter=";"), {})
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
