"""What is wrong with rows, in German: no reason that a list can give is left in English."""

import re
import tomllib
from importlib.resources import files

import pytest

from alfaview_async.bulk import read_recipients
from alfaview_async.cli.library_words import described, translated
from alfaview_async.errors import OutcomeUnknown, RecipientsRejected

LONG = "n" * 130
MISTAKES = (
    # every line another one; only line 2 is right
    "E-Mail;Name;Gültig von;Gültig bis;Sprache;coHost;panelist;Zeitzone\n"
    "ada@example.org;Ada;;;fr;;;\n"
    ";Ohne;;;;;;\n"
    "a@example.org b@example.org;Zwei;;;;;;\n"
    "ada@gmial.com;Versehen;;;;;;\n"
    "ada(at)example.org;At;;;;;;\n"
    "ada@@example.org;Zwei @;;;;;;\n"
    "ada @example.org;Leer;;;;;;\n"
    "ada@example.org,;Ende;;;;;;\n"
    "ada@example,org;Komma;;;;;;\n"
    "ada@example..org;Punkte;;;;;;\n"
    "ada@example;Endung;;;;;;\n"
    "ada;Ohne;;;;;;\n"
    f"lang@example.org;{LONG};;;;;;\n"
    f"lang2@example.org;{LONG[:70]};;;;;;\n"
    "ja@example.org;Ja;;;;vielleicht;;\n"
    "zwei@example.org;Zwei;;;;ja;ja;\n"
    "t1@example.org;T;31.03.2030 02:30;;;;;\n"
    "t2@example.org;T;27.10.2030 02:30;;;;;\n"
    "t3@example.org;T;31.02.2030;;;;;\n"
    "t4@example.org;T;03/04/2030;;;;;\n"
    "t5@example.org;T;bald;;;;;\n"
    "t6@example.org;T;02.01.2030 10:00;01.01.2030 10:00;;;;\n"
    "t7@example.org;T;02.01.2030 10:00;02.01.2030 10:00;;;;\n"
    "t8@example.org;T;;01.01.2020;;;;\n"
    "t9@example.org;T;;;;;;MEZ\n"
    "ada@example.org;Noch einmal;;;;;;\n"
    "Ada <ada2@example.org>;;;;;;;\n"
    "viele@example.org;Zellen;;;;;;;zu viel\n"
)
SAME_KEY = "ID;E-Mail\n1;ada@example.org\n1;bob@example.org\n"


@pytest.mark.parametrize("text", [MISTAKES, SAME_KEY])
def test_every_reason_of_a_list_is_translated(tmp_path, text):
    """Errors and warnings alike; in English the library's words, with options in place of the names of Python."""
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    found = read_recipients(tmp_path / "list.csv", skip_invalid=True)
    reasons = [problem.reason for problem in (*found.problems, *found.warnings)]
    assert len(reasons) >= text.count("\n") - 2
    assert [reason for reason in reasons if translated("de", reason) == reason] == []
    english = [translated("en", reason) for reason in reasons]
    other = [(reason, said) for reason, said in zip(reasons, english, strict=True) if reason != said]
    assert [("date_format" in reason or "columns=" in reason, "--" in said) for reason, said in other] == [(True, True)]
    assert not [said for said in english if "date_format" in said or "={" in said]


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"", b"E-Mail\n", b"a\x00b"])
def test_files_that_are_no_lists_are_refused_in_german(tmp_path, data):
    """The message names the file and what to do."""
    (tmp_path / "liste.csv").write_bytes(data)
    with pytest.raises(RecipientsRejected) as caught:
        read_recipients(tmp_path / "liste.csv")
    german = translated("de", caught.value.message)
    assert german != caught.value.message
    assert german.startswith("liste.csv ")


@pytest.mark.parametrize("language", ["en", "de"])
def test_both_sides_have_the_same_places(language):
    """A place that only one of them has would never be filled."""
    source = files("alfaview_async.cli.texts") / f"reasons_{language}.toml"
    pairs = tomllib.loads(source.read_text(encoding="utf-8"))["reasons"]
    places = re.compile(r"\{\w+\}")
    assert [pair for pair in pairs if set(places.findall(pair[0])) != set(places.findall(pair[1]))] == []


def test_what_nobody_has_translated_stays():
    """Better in English than not at all; several reasons are translated one by one, one within another too."""
    assert translated("de", "something new") == "something new"
    assert translated("de", 'two "@", comma in the domain') == 'zwei "@", Komma in der Domain'
    assert translated("de", "no address (guest 17)") == "keine Adresse (Gast 17)"


def test_an_error_is_described_with_its_call_and_its_requests():
    """As the library does in English; in German with the reason of a lost answer too."""
    why = "it may or may not have been carried out (h:1 did not answer within 30 s); find out before you send it again"
    error = OutcomeUnknown(why, operation="roomService/create", request_ids=["a1", "b2"])
    assert described("en", error) == str(error)
    assert described("de", error) == (
        "roomService/create: niemand weiß, ob es geschehen ist (h:1 hat nicht innerhalb von 30 s geantwortet); "
        "nachsehen, bevor es noch einmal geschickt wird (Anfrage a1, b2)"
    )
