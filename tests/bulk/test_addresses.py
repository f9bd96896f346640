import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.bulk.addresses import read_address
from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.validation import CellError
from alfaview_async.errors import ConfigurationError


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("ada@example.org", "ada@example.org"),
        ("Ada.Lovelace+news@EXAMPLE.com", "Ada.Lovelace+news@example.com"),
        (" \u00a0ada@example.org\u200b\ufeff\t", "ada@example.org"),
        ("ada@bücher.example.org", "ada@xn--bcher-kva.example.org"),
        ("ada@xn--bcher-kva.example.org", "ada@xn--bcher-kva.example.org"),
        ("o'connor@example.org", "o'connor@example.org"),
        ("<ada@example.org>", "ada@example.org"),
        ("'ada@example.org' <Ada@example.org>", "Ada@example.org"),
    ],
)
def test_good_addresses(cell: str, email: str) -> None:
    """The local part keeps its case; the domain is lower-case ASCII."""
    address = read_address(cell)
    assert (address.email, address.name, address.warnings) == (email, "", ())


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Jörg Weiß <joerg@example.org>", "Jörg Weiß"),
        ('"Weiß, Jörg" <joerg@example.org>', "Weiß, Jörg"),
        ("Jo\u0308rg<joerg@example.org>", "Jörg"),
    ],
)
def test_name_and_address_are_split_with_a_warning(cell: str, name: str) -> None:
    """As copied from a mail program."""
    address = read_address(cell)
    assert (address.email, address.name) == ("joerg@example.org", name)
    assert address.warnings == (f'read as the name "{name}" and the address joerg@example.org',)


def test_special_characters_before_the_at_are_pointed_out() -> None:
    """Such an address has no ASCII form (RFC 6531), so not every server takes it."""
    address = read_address("jo\u0308rg@example.org")
    assert address.email == "jörg@example.org"
    assert len(address.warnings) == 1
    assert "before the @" in address.warnings[0]


@pytest.mark.parametrize(
    ("cell", "reason", "suggestion"),
    [
        ("anna@firma,de", "comma in the domain", "anna@firma.de"),
        ("max@@firma.de", 'two "@"', "max@firma.de"),
        ("max@ @firma.de", 'two "@"', "max@firma.de"),
        ("anna@firma.de.", "punctuation at the end", "anna@firma.de"),
        ("anna@firma.de;", "punctuation at the end", "anna@firma.de"),
        ("anna@firma..de", "two dots in a row", "anna@firma.de"),
        ("anna @ firma .de", "space in the address", "anna@firma.de"),
        ("anna(at)firma.de", '"@" is spelt out', "anna@firma.de"),
        ("max@@firma,de.", 'two "@", punctuation at the end, comma in the domain', "max@firma.de"),
        ("anna@gmial.com", "gmial.com looks like a slip of gmail.com", "anna@gmail.com"),
        ("Anna@GMIAL.com", "gmial.com looks like a slip of gmail.com", "Anna@gmail.com"),
        ("anna@firma.con", "firma.con looks like a slip of firma.com", "anna@firma.com"),
        ("anna@gmail", "the domain has no ending such as .de", "anna@gmail.com"),
        ("anna@GMAIL", "the domain has no ending such as .de", "anna@gmail.com"),
        (f"{'a' * 246}@firma.de", "255 characters; an address has at most 254", ""),
        ("anna@firma", "the domain has no ending such as .de", ""),
        ("anna@b@firma.de", 'two "@"', ""),
        ("anna@firma.de\n", "line break in the address", "anna@firma.de"),
        ("", "no address", ""),
        (" \u00a0", "no address", ""),
    ],
)
def test_slips_are_named_and_the_meant_address_suggested(cell: str, reason: str, suggestion: str) -> None:
    """A suggestion is itself a good address; without a good one there is none."""
    with pytest.raises(CellError) as caught:
        read_address(cell)
    assert (caught.value.reason, caught.value.suggestion) == (reason, suggestion)


@pytest.mark.parametrize(
    "cell",
    [
        "ada@example.org, eve@example.org",
        "ada@example.org;eve@example.org",
        "ada@example.org eve@example.org",
        "ada@example.org/eve@example.org",
        "eve@example.org <ada@example.org>",
        "Ada <ada@example.org>, Eve <eve@example.org>",
    ],
)
def test_two_addresses_in_a_cell_are_refused(cell: str) -> None:
    """Nobody guesses which of two people shall get the personal link."""
    with pytest.raises(CellError, match="two addresses in one cell"):
        read_address(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada\n@example.org",
        "ada@example.org\r",
        "ada\0@example.org",
        "ada@example.org\x1b",
        "ada@example.org\u2028x",
    ],
)
def test_control_characters_are_refused(cell: str) -> None:
    """F131: nothing that could end a mail header."""
    with pytest.raises(CellError, match=r"line break|control character"):
        read_address(cell)


@pytest.mark.parametrize(
    "cell", ["Anna Kruse", "anna@example.test", ".anna@firma.de", "a@-firma.de", f"{'a' * 260}@x.de"]
)
def test_what_is_no_address_is_refused(cell: str) -> None:
    """With a reason, and without a suggestion where nobody can tell."""
    with pytest.raises(CellError) as caught:
        read_address(cell)
    assert caught.value.reason
    assert caught.value.suggestion == ""


@given(
    st.text(alphabet=st.characters() | st.sampled_from('@.,; <>"\r\n'), max_size=40).map(
        lambda text: f"a{text}@example.org"
    )
)
def test_what_passes_is_fit_to_be_sent(cell: str) -> None:
    """What a cell gives, or what is suggested in its place, is one plain address and good itself."""
    try:
        email = read_address(cell).email
    except CellError as error:
        email = error.suggestion
    if email:
        assert Recipient(email=email).email == read_address(email).email


def test_domains_for_tests_are_accepted_when_told_so() -> None:
    """`.test` belongs to nobody (RFC 2606): right for the emulator, wrong in a list of people."""
    assert read_address("ada@example.test", test_environment=True).email == "ada@example.test"
    with pytest.raises(CellError, match="special-use or reserved"):
        read_address("ada@example.test")


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra `cli` the error says what to install."""
    monkeypatch.setitem(sys.modules, "email_validator", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'alfaview-async\[cli\]'"):
        read_address("ada@example.org")
