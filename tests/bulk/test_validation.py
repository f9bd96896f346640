import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.bulk.validation import CellError, display_name, language, visible_text, yes


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Ada\u00a0Lovelace", "Ada Lovelace"),
        ("Ada\r\nLovelace\t", "Ada Lovelace"),
        ("Ju\u0308rgen", "Jürgen"),
        ("\ufeffAda\u200b", "Ada"),
        ("O'Connor-Weiß, Dr.", "O'Connor-Weiß, Dr."),
        ("", ""),
    ],
)
def test_text_is_normalised(cell: str, text: str) -> None:
    """NFC, single spaces, nothing invisible."""
    assert visible_text(cell) == text


@pytest.mark.parametrize("cell", ["Ada\0", "\x1b[31mAda", "Ada\x7f", "Ada\x85", "Ada\ud800", "Ada\u202egnp.exe"])
def test_control_characters_are_refused(cell: str) -> None:
    """A name can neither drive a terminal nor turn the text around it."""
    with pytest.raises(CellError, match=r"U\+"):
        display_name(cell)


def test_a_name_has_at_most_128_characters() -> None:
    """128 pass, 129 do not, and spaces around do not count."""
    assert display_name(f" {'ä' * 128} ") == "ä" * 128
    with pytest.raises(CellError, match="129 characters; a name has at most 128"):
        display_name("ä" * 129)


@given(st.text())
def test_text_is_stable_or_refused(cell: str) -> None:
    """Whatever comes in, what comes out is NFC, free of control characters, and comes out the same again."""
    try:
        text = visible_text(cell)
    except CellError:
        return
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)
    assert visible_text(text) == text


@pytest.mark.parametrize("cell", ["de", "DE", " Deutsch ", "de-AT", "de_CH", "German", "deutsch (Österreich)", "DEU"])
def test_german_in_many_spellings(cell: str) -> None:
    """Names, codes and regions of German are `de`."""
    assert language(cell) == "de"


@pytest.mark.parametrize("cell", ["en", "EN", "Englisch", "English", "en-US", "en_GB"])
def test_english_in_many_spellings(cell: str) -> None:
    """Names, codes and regions of English are `en`."""
    assert language(cell) == "en"


@pytest.mark.parametrize("cell", ["fr", "Français", "Dänisch", "danish", "-", "日本語"])
def test_other_languages_are_told_apart_from_none(cell: str) -> None:
    """A language alfaview does not write in is not mistaken for an empty cell, nor for German."""
    assert language(cell) is None
    assert language("  ") == ""


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("Ja", True), ("yes", True), (" X ", True), ("WAHR", True), ("1", True), ("", False), ("nein", False)],
)
def test_yes_and_no(cell: str, answer: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """In German and English, as spreadsheets write it, or ticked with an x; empty is no."""
    assert yes(cell) is answer


def test_neither_yes_nor_no_is_refused() -> None:
    """Rather than taken for no: perhaps the column means something else."""
    with pytest.raises(CellError, match="neither yes nor no"):
        yes("Moderator")
