import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alfaview_async.bulk.reading import read_recipients
from alfaview_async.bulk.recipients import GuestList, RowProblem
from alfaview_async.errors import ConfigurationError, RecipientsRejected

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = "Vorname;Nachname;E-Mail;Sprache;Rolle;Raum;Gültig von;Gültig bis\n"


class Reader(Protocol):
    def __call__(self, text: str, /, **options: object) -> GuestList: ...


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def read_text(text: str, /, **options: object) -> GuestList:
        path = tmp_path / "gaeste.csv"
        path.write_bytes(text.encode())
        return read_recipients(path, **{"now": NOW, **options})  # type: ignore[arg-type] # the tests give the right ones

    return read_text


def rejected(read: Reader, text: str, **options: object) -> list[RowProblem]:
    with pytest.raises(RecipientsRejected) as caught:
        read(text, **options)
    problems = list(read(text, skip_invalid=True, **options).problems)
    assert problems == list(caught.value.problems)
    return problems


def test_all_bad_rows_are_reported_at_once(read: Reader) -> None:
    """Each with line, column as in the file, value, reason and suggestion; none is hidden behind another."""
    text = HEADER + (
        "Anna;Kruse;anna@firma,de;;;;;\n"
        "Ada;Lovelace;ada@example.org;;;;;\n"
        "Max;;max@@firma.de;;;;25.10.2027 02:30;31.10.2027 02:30\n"
        f"{'x' * 100};{'y' * 28};long@example.org;;;;;\n"
    )
    assert rejected(read, text) == [
        RowProblem(
            line=2,
            column="E-Mail",
            value="anna@firma,de",
            reason="comma in the domain",
            suggestion="anna@firma.de",
        ),
        RowProblem(line=4, column="E-Mail", value="max@@firma.de", reason='two "@"', suggestion="max@firma.de"),
        RowProblem(
            line=4,
            column="Gültig bis",
            value="31.10.2027 02:30",
            reason="exists twice that night (clock change); write 02:30+01:00 or +02:00",
        ),
        RowProblem(
            line=5,
            column="Vorname+Nachname",
            value=f"{'x' * 100} {'y' * 28}",
            reason="129 characters; a name has at most 128",
        ),
    ]


def test_the_message_counts_rows_and_shows_the_first_problems(read: Reader) -> None:
    """How many of how many, that nothing was sent, three problems, and how many more."""
    bad = "".join(f"a{n}@@example.org\n" for n in range(5))
    with pytest.raises(RecipientsRejected) as caught:
        read(f"E-Mail\nada@example.org\n{bad}")
    message = str(caught.value)
    assert message.startswith(
        'gaeste.csv: 5 of 6 rows cannot be used, nothing was sent: line 3, E-Mail "a0@@example.org"'
    )
    assert message.endswith("; and 2 more")
    assert "a2@@" in message
    assert "a3@@" not in message
    assert len(caught.value.problems) == 5


def test_a_list_with_broken_rows_only_is_not_called_empty(read: Reader) -> None:
    """The message names the quotes."""
    with pytest.raises(
        RecipientsRejected, match="1 of 1 rows cannot be used, nothing was sent: line 2: check the quotes"
    ):
        read('E-Mail;Firma\nada@example.org;"Foo" GmbH\n')


def test_skip_invalid_returns_the_good_rows(read: Reader) -> None:
    """And the reasons against the others."""
    guests = read("E-Mail\nada@example.org\nbroken\neve@example.org\n", skip_invalid=True)
    assert [(guest.email, guest.line) for guest in guests.recipients] == [
        ("ada@example.org", 2),
        ("eve@example.org", 4),
    ]
    assert [problem.line for problem in guests.problems] == [3]
    assert guests.rows == 3


def test_broken_quotes_are_never_skipped(read: Reader) -> None:
    """One open quote can swallow many guests, so the list is rejected, with the problems of other rows."""
    text = 'E-Mail;Firma\nnobody;x\nada@example.org;"open\neve@example.org;y\n'
    for skip_invalid in (False, True):
        with pytest.raises(RecipientsRejected, match="2 of 2 rows") as caught:
            read(text, skip_invalid=skip_invalid)
        assert [getattr(problem, "line", None) for problem in caught.value.problems] == [2, 3]


def test_columns_can_be_named(read: Reader) -> None:
    """For headers that nobody can guess."""
    guests = read("Kontakt;Rufname\nada@example.org;Ada\n", columns={"email": "Kontakt", "display_name": "Rufname"})
    assert (guests.recipients[0].email, guests.recipients[0].display_name) == ("ada@example.org", "Ada")
    assert guests.columns == {"email": "Kontakt", "display_name": "Rufname"}


@pytest.mark.parametrize(
    "options",
    [
        {"locale": "fr"},
        {"room": "Seminar\0"},
        {"valid_from": "morgen"},
        {"valid_from": datetime(2027, 1, 1)},  # noqa: DTZ001 - the point of it
        {"valid_until": "2026-11-21"},
        {"valid_from": "2027-01-02", "valid_until": "2027-01-01"},
        {"valid_from": "28.03.2027 02:30"},
        {"sheet": "Gäste"},
        {"timezone": "Mars"},
        {"date_format": "%H"},
        {"now": NOW.replace(tzinfo=None)},
        {"columns": {"x": "y"}},
    ],
    ids=str,
)
def test_arguments_that_cannot_work_are_refused(read: Reader, options: dict[str, object]) -> None:
    """As configuration errors, also with an otherwise good list."""
    with pytest.raises(ConfigurationError):
        read("E-Mail\nada@example.org\n", **options)


def test_titles_above_the_header_are_skipped(read: Reader) -> None:
    """Excel saves them with the delimiters of the widest row; lines are counted from the top of the file."""
    text = "Herbstseminar;;\n\nVorname;Nachname;E-Mail\nAda;Lovelace;ada@example.org\n;;broken\n"
    guests = read(text, skip_invalid=True)
    assert (guests.header_line, guests.rows) == (3, 2)
    assert [(guest.line, guest.display_name) for guest in guests.recipients] == [(4, "Ada Lovelace")]
    assert [problem.line for problem in guests.problems] == [5]


def test_addresses_for_tests(read: Reader) -> None:
    """Refused in a list of people, accepted for the emulator."""
    assert len(rejected(read, "E-Mail\nada@example.test\n")) == 1
    assert len(read("E-Mail\nada@example.test\n", test_environment=True).recipients) == 1


def test_a_guest_costs_little_memory(read: Reader) -> None:
    """F120: what is kept of 50,000 guests with ten columns must leave room in 150 MB, so less than 1.1 kB for each."""
    header = "ID;Vorname;Nachname;E-Mail;Rolle;Raum;von;bis;Firma;Notiz"
    times = "14.01.2030 08:30;18.01.2030 17:00"
    rows = (
        f"K-{n:06};Jörg;Nachname{n};vorname.nachname{n}@example.org;Gast;Nord {n % 9};{times};Bäckerei {n % 99};Zug {n}"
        for n in range(2000)
    )
    text = "\n".join([header, *rows])
    tracemalloc.start()
    try:
        guests = read(text)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept / len(guests.recipients) < 1100


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a directory and an impossible path are named with the reason."""
    for source in (tmp_path / "none.csv", tmp_path, "a\0b"):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_recipients(source)


@pytest.mark.parametrize("text", ["", "E-Mail;Name\n", "Name;Firma\nAda;Engines\n", "E-Mail;Mail\na@example.org;\n"])
def test_what_is_no_guest_list_is_rejected_even_when_skipping(read: Reader, text: str) -> None:
    """Empty, no guests, no addresses, two columns of addresses: there is nothing to skip to."""
    with pytest.raises(RecipientsRejected, match=r"gaeste\.csv"):
        read(text, skip_invalid=True)


CELLS = st.sampled_from(
    [
        "a@example.org",
        "A <a@example.org>",
        "28.03.2027 02:30",
        "2027-01-01",
        "de",
        '"',
        '"x"y',
        "\r\n",
        "\0",
        ";",
        "\x81",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)  # the file is written anew
@given(
    st.binary()
    | st.text().map(lambda text: f"E-Mail;Gültig bis\n{text}".encode())
    | st.lists(CELLS | st.text()).map(lambda cells: (HEADER + ";".join(cells)).encode("utf-8", "replace"))
    | st.lists(CELLS).map(lambda cells: (HEADER + "".join(cells)).encode("cp1252", "replace"))
)
def test_any_bytes_are_a_guest_list_or_our_error(tmp_path: Path, data: bytes) -> None:
    """With consistent counts: every row is a recipient or has a problem, and only one of both."""
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    try:
        guests = read_recipients(path, skip_invalid=True, now=NOW)
    except RecipientsRejected:
        return
    good = {guest.line for guest in guests.recipients}
    bad = {problem.line for problem in guests.problems}
    assert not good & bad
    assert len(good) + len(bad) == guests.rows
    assert {warning.line for warning in guests.warnings} <= good | bad
