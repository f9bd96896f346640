import json
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alfaview_async.bulk.reading import read_recipients
from alfaview_async.bulk.recipients import RowProblem
from alfaview_async.bulk.sources import Row
from alfaview_async.bulk.sources.jsonl import read_json
from alfaview_async.errors import AlfaviewError, RecipientsRejected


def read(text: str | bytes) -> tuple[tuple[str, ...], list[Row | RowProblem]]:
    table = read_json(text if isinstance(text, bytes) else text.encode(), "guests.jsonl")
    return table.header, list(table.rows)


def lines_and_cells(text: str | bytes) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in read(text)[1] if isinstance(row, Row)]


LINES = (
    '{"email": "ada@example.org", "name": "Ada"}\n\n{"name": "Eve", "room": null, "email": "eve@example.org"}\r\n'
    '{"email": "  "}\n{"email": "x@example.org"}'
)
ARRAY = '[\n{"email": "ada@example.org"},\n\n  {"email":\n"eve@example.org"}, {"email": "x@example.org"}\n]\n'


def test_one_object_per_line() -> None:
    """The header is every name that occurs; blank lines, blank objects and `null` have no content."""
    header, _ = read(LINES)
    assert header == ("email", "name", "room")
    assert lines_and_cells(LINES) == [
        (1, ("ada@example.org", "Ada")),
        (3, ("eve@example.org", "Eve", "")),
        (5, ("x@example.org",)),
    ]


def test_one_array_of_objects() -> None:
    """Each with the line in which it begins."""
    assert lines_and_cells(ARRAY) == [
        (2, ("ada@example.org",)),
        (4, ("eve@example.org",)),
        (5, ("x@example.org",)),
    ]


def test_objects_over_several_lines() -> None:
    """As `jq .` writes them, one after the other."""
    assert lines_and_cells('{\n"email":"a@example.org"\n}\n{\n"email":"b@example.org"\n}') == [
        (1, ("a@example.org",)),
        (4, ("b@example.org",)),
    ]


def test_values_become_texts() -> None:
    """Numbers as they are written, without a needless `.0`; nested objects as columns, lists with commas."""
    guest = (
        '{"id": 12345678901234567890123, "n": 1.0, "m": 0.10, "yes": true, "no": false, "fields": {"email": "a@x.de", '
        '"customField47": ["vegetarian", "vegan"], "a": {"b": {"c": {"d": 1}}}}, "companions": [{"id": 7}], "none": []}'
    )
    header, rows = read(guest)
    (row,) = rows
    assert isinstance(row, Row)
    assert dict(zip(header, row.cells, strict=True)) == {
        "id": "12345678901234567890123",
        "n": "1",
        "m": "0.10",
        "yes": "true",
        "no": "false",
        "fields.email": "a@x.de",
        "fields.customField47": "vegetarian, vegan",
        "fields.a.b.c": '{"d": "1"}',
        "companions": '[{"id": "7"}]',
        "none": "",
    }


def test_nested_names_are_understood_as_fields() -> None:
    """`fields.firstName`, as in Invitario's guests; the key is the caller's own id before any other."""
    fields = {
        "titlePrefix": "Dr",
        "firstName": "John",
        "lastName": "Smith",
        "email": "j@example.org",
        "externalId": "9",
    }
    guest = {"id": "2e1a7138", "fields": fields}
    (found,) = read_recipients(BytesIO(json.dumps([guest]).encode())).recipients
    assert (found.email, found.display_name, found.key) == ("j@example.org", "Dr John Smith", "9")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "no JSON: Expecting value: nonsense"),
        ('{"email": "a@example.org"', 'no JSON: Expecting \',\' delimiter: {"email": "a@example.org"'),
        ('{"a": NaN}', 'no JSON: nested too deeply or no number: {"a": NaN}'),
        ("17", "no JSON object; each guest must be one, in { }"),
        ('["a@example.org"]', "no JSON object; each guest must be one, in { }"),
        ('{"email": "a@example.org", "email": "b@example.org"}', '"email" is there twice'),
        ('{"f": {"email": "a@example.org"}, "f.email": "b@example.org"}', '"f.email" is there twice'),
    ],
)
def test_a_line_that_is_no_object_costs_one_guest(line: str, reason: str) -> None:
    """It is named, and the lines around it are read."""
    text = f'{{"email": "ada@example.org"}}\n{line}\n{{"email": "eve@example.org"}}\n'
    guests = read_recipients(BytesIO(text.encode()), skip_invalid=True)
    assert [guest.line for guest in guests.recipients] == [1, 3]
    assert [(problem.line, problem.column, problem.reason) for problem in guests.problems] == [(2, "", reason)]


@pytest.mark.parametrize(
    "text",
    [
        '[{"email": "a@example.org"}, {"email": ',
        '[{"email": "a@example.org"} {"email": "b@example.org"}]',
        '[{"email": "a@example.org"},]',
    ],
)
def test_a_damaged_array_is_never_skipped(text: str) -> None:
    """What follows the damage is lost, and nobody knows how many guests that are."""
    with pytest.raises(RecipientsRejected, match="cannot be used, nothing was sent: line 1: no JSON"):
        read_recipients(BytesIO(text.encode()), skip_invalid=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "guests.jsonl is empty"),
        ("[]", "guests.jsonl is empty"),
        (" \n ", "guests.jsonl is empty"),
        ("[1, 2]", "line 1: no JSON object"),
        ('{"guests"', "line 1: no JSON: Expecting ':' delimiter"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        (json.dumps({str(number): 1 for number in range(1001)}), "more than 1000 columns"),
    ],
)
def test_what_holds_no_guests_is_refused(text: str, reason: str) -> None:
    """Also when bad rows are skipped: there is nothing to skip to."""
    with pytest.raises(RecipientsRejected) as caught:
        read(text)
    assert reason in str(caught.value)


def test_half_a_character_is_an_error_where_it_matters() -> None:
    r"""JSON can write `\ud800` alone, which no file and no server takes; elsewhere it becomes U+FFFD."""
    first = '{"email": "a@example.org", "name": "\\ud83d", "note": "\\ud83d"}'
    text = f'{first}\n{{"email": "b@example.org", "note": "\\ud83d"}}'
    guests = read_recipients(BytesIO(text.encode()), skip_invalid=True)
    assert [(problem.line, problem.column) for problem in guests.problems] == [(1, "name")]
    assert [dict(guest.extra)["note"] for guest in guests.recipients] == ["\ufffd"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    """As for CSV: by the mark, else UTF-8, else cp1252."""
    assert lines_and_cells('{"name": "Jörg"}\n'.encode(encoding)) == [(1, ("Jörg",))]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None)
@given(
    st.lists(st.dictionaries(TEXTS.filter(lambda name: "." not in name), TEXTS, min_size=1), min_size=1),
    st.booleans(),
    st.booleans(),
)
def test_what_is_written_is_read_back(guests: list[dict[str, str]], as_array: bool, ascii_only: bool) -> None:  # noqa: FBT001
    """Any names and texts, as lines or as an array."""
    dumped = [json.dumps(guest, ensure_ascii=ascii_only) for guest in guests]
    header, rows = read(f"[{','.join(dumped)}]" if as_array else "\n".join(dumped))
    found = [dict(zip(header, row.cells, strict=False)) for row in rows if isinstance(row, Row)]
    expected = [guest for guest in guests if any(map(str.strip, guest.values()))]
    assert [{name: cell for name, cell in cells.items() if cell} for cells in found] == [
        {name: cell for name, cell in guest.items() if cell} for guest in expected
    ]


JSON_LIKE = st.text('[]{},:"\\ud8e1.0- \n\ttrfalsn')


@settings(deadline=None)
@given(
    st.binary()
    | st.text().map(str.encode)
    | JSON_LIKE.map(str.encode)
    | JSON_LIKE.map(lambda text: f'[{{"email":{text}'.encode())
)
def test_any_bytes_are_a_table_or_our_error(data: bytes) -> None:
    """Nothing of the json module gets through, and every row has content or says why not."""
    with suppress(AlfaviewError):
        for row in read(data)[1]:
            assert isinstance(row, RowProblem) or row.refusal or row.unreadable or any(map(str.strip, row.cells))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(['{"email":', '"a@example.org"', ',"from":', '"29.02.2027"', "}", "{}", "\n", "[", "]", "1"])
    )
)
def test_any_json_is_a_guest_list_or_our_error(pieces: list[str]) -> None:
    """From the first byte to the last check, and every row is a guest or has a problem."""
    with suppress(RecipientsRejected):
        guests = read_recipients(BytesIO("".join(pieces).encode()), format="json", skip_invalid=True)
        assert len(guests.recipients) + len(guests.problems) >= guests.rows
