"""The names of files that belong to one guest each."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.bulk import Recipient, RowResult, RowStatus
from alfaview_async.bulk.outputs.file_names import with_links

GUESTS = st.lists(st.tuples(st.integers(0, 3) | st.integers(0), st.text() | st.sampled_from(["a", "A", "a-2", "ä"])))


def created(line, name, **changes):
    guest = Recipient(email="a@example.org", line=line, display_name=name)
    return RowResult(recipient=guest, **{"status": RowStatus.CREATED, "join_link": "https://a.example/", **changes})


def stems(*guests):
    return [stem for stem, _ in with_links(created(*guest) for guest in guests)]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Jörg Weiß", "00017-joerg-weiss"),
        ("Dr. Renée  O'Neill", "00017-dr-renee-o-neill"),
        ("Łukasz Żółć", "00017-lukasz-zolc"),
        ("ÄÖÜẞ", "00017-aeoeuess"),
        ("A\u0308mter", "00017-aemter"),
        ("../../etc/passwd", "00017-etc-passwd"),
        ("CON", "00017-con"),
        ("木村", "00017"),
        ("", "00017"),
        ("x" * 100, "00017-" + "x" * 40),
    ],
)
def test_names_are_written_so_that_every_system_takes_them(name, stem):
    """Umlauts as Germans write them without; what has no Latin letters goes by its number."""
    assert stems((17, name)) == [stem]


def test_guests_without_a_line_are_counted():
    """Recipients made by hand have none."""
    assert stems((0, "Ada"), (0, "Ada"), (0, "Bob")) == ["00001-ada", "00002-ada", "00003-bob"]


def test_only_links_that_open_the_room_count():
    """No link, or one that was deleted again, makes no file; the numbers of the others do not move."""
    results = [
        created(0, "Ada", status=RowStatus.FAILED, join_link=""),
        created(0, "Bob", status=RowStatus.EXISTING),
        created(0, "Cyd", status=RowStatus.WITHDRAWN),
        created(0, "Dan"),
    ]
    assert list(with_links(iter(results))) == [("00002-bob", results[1]), ("00004-dan", results[3])]


def test_the_same_line_twice_is_told_apart():
    """Two lists written into one directory of names."""
    assert stems((2, "Ada"), (2, "Ada"), (2, "Ada-2"), (2, "ada 2")) == [
        "00002-ada",
        "00002-ada-2",
        "00002-ada-2-2",
        "00002-ada-2-3",
    ]


@given(GUESTS)
def test_any_names_are_safe_and_different(guests):
    """ASCII letters, digits and hyphens, beginning with a digit, and never twice, whatever the case."""
    found = stems(*guests)
    assert len({stem.casefold() for stem in found}) == len(guests)
    for stem in found:
        assert re.fullmatch(r"[0-9]{5,}(-[a-z0-9]+)*", stem)
        assert stem == stems(*guests)[found.index(stem)]
