"""Slicing changes nothing: what is parsed slice by slice is what parsing it whole gives."""

from collections.abc import Generator
from typing import Any, TypeVar

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alfaview_async import slices
from alfaview_async.slices import NotSliceableError, sliced

T = TypeVar("T")

nasty_texts = st.text(st.sampled_from('{}[],:"\\\n\u00e9\u20ac\U0001f600 x'), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | nasty_texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(nasty_texts, inner, max_size=6),
    max_leaves=40,
)
objects = st.dictionaries(nasty_texts, values, max_size=5)
spaces = st.text(st.sampled_from(" \t\r\n"), max_size=3)


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes a slice, so that every document has many cuts, and guesses that go wrong."""
    monkeypatch.setattr(slices, "_SLICE", 7)
    monkeypatch.setattr(slices, "_SHORT", 3)


def run(steps: Generator[None, None, T]) -> tuple[T, int]:
    """Return the result of the steps, and how many there were."""
    count = 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value, count
        count += 1


def whole(text: bytes) -> Any:
    """Parse in one go, and tell a failure from every JSON value."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return NotSliceableError


def by_slices(text: bytes) -> Any:
    """Parse in slices: plain members and read ones together."""
    try:
        found, _ = run(sliced(text, {}))
    except NotSliceableError:
        return NotSliceableError
    assert found.read == {}
    return found.plain


def dumped(value: object, data: st.DataObject) -> str:
    """Write JSON with white space wherever it is allowed, which JSON libraries do not."""

    def gap() -> str:
        return data.draw(spaces)

    if isinstance(value, list):
        return f"[{gap()}" + f"{gap()},{gap()}".join(dumped(item, data) for item in value) + f"{gap()}]"
    if isinstance(value, dict):
        pairs = (orjson.dumps(key).decode() + gap() + ":" + gap() + dumped(item, data) for key, item in value.items())
        return f"{{{gap()}" + f"{gap()},{gap()}".join(pairs) + f"{gap()}}}"
    return orjson.dumps(value).decode() if not isinstance(value, int) or isinstance(value, bool) else str(value)


many = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(value=objects, data=st.data())
def test_slices_of_any_object_give_the_whole(value: dict[str, Any], data: st.DataObject) -> None:
    """Brackets and quotes in texts, escapes, nesting, white space: nothing is lost, moved or changed."""
    text = dumped(value, data).encode()
    expected = orjson.loads(text)

    found = by_slices(text)

    assert found in (expected, NotSliceableError)
    assert found is not NotSliceableError or value == {}
    assert value == {} or [*found] == [*expected]


@many
@given(value=objects, data=st.data())
def test_a_damaged_object_is_never_taken_for_a_sound_one(value: dict[str, Any], data: st.DataObject) -> None:
    """Bytes inserted, removed or exchanged: what is still sliced is what parsing it whole gives."""
    text = bytearray(orjson.dumps(value, default=str) if _fits(value) else b'{"a": [{}, {}]}')
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        text[place : place + data.draw(st.integers(0, 2))] = data.draw(st.sampled_from([b"", *ODD]))

    found = by_slices(bytes(text))

    assert found is NotSliceableError or found == whole(bytes(text))


ODD = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"\\",
    b'":',
    b"},{",
    b"],[",
    b"}],[{",
    b"}},{",
    b"1",
    b"\xff",
    b"\x0b",
]


def _fits(value: object) -> bool:
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2, 3, 4, 5, 6, 7, 8, 9]}',
        '{"a": ["}", "{", "]", "\\"", "\\\\", "},{", "{}{}{}{}{}{"]}',
        '{"a": [{"b": "}"}, {"b": "},{"}, {"b": "\\"},{\\""}, {"b": "{"}, {"b": ""}]}',
        '{"a": {"b": {"c": [{}, {}, {}, {}], "d": {}}, "e": {"f": {"g": {}}}}, "h": 1}',
        '{"a": [[[[[[[[1], [2]], [[3]]]]]]], [], [[]]], "b": "x"}',
        '{"a": {"k": 1, "k": 2, "k": 3, "l": 4, "k": 5}, "a": {"m": 6, "n": 777777}}',
        '{"a": [1, 2, 3, 4, 5, 6], "a": null}',
        '{"a": 1, "a": [1, 2, 3, 4, 5, 6], "b": {}}',
        '{"a": [                              ]}',
        '{"\\u0061": [1, 2, 3, 4, 5, 6], "a": [7, 8, 9, 10, 11, 12]}',
        '\ufeff {"a": [1, 2, 3, 4, 5, 6, 7]} \n',
        '{"a": [18446744073709551616, 1e400, -0.0, 1.0, 12345678901234567890123]}',
    ],
)
def test_odd_objects_are_sliced_right(text: str) -> None:
    """Texts full of brackets, keys said twice, lists of numbers, a byte order mark."""
    expected = whole(text.encode().removeprefix(b"\xef\xbb\xbf"))

    assert by_slices(text.encode()) == expected
    assert expected is NotSliceableError or [*by_slices(text.encode())] == [*expected]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2, 3, 4,, 5, 6]}',
        '{"a": [, 1, 2, 3, 4, 5, 6]}',
        '{"a": [1, 2, 3, 4, 5, 6,]}',
        '{"a": [{}, {}, {}, {}, ]}',
        '{"a": {"b": 1, "c": 2, "d": 3, }}',
        '{"a": [1, 2, 3, 4, 5, 6}}',
        '{"a": [{}], [{}], [{}], [{}]}',
        '{"a": {"b": {}}, {"c": {}}, {"d": {}}}',
        '{"a": [1, 2, 3, 4, 5, 6]} {}',
        '{"a": [1, 2, 3, 4, 5, 6]',
        '{"a": [1, 2, 3, 4, 5, "6]}',
        '{"a": [1, 2, 3, 4, 5, 6], }',
        '{"a": [1, 2, 3, 4, 5, 6] "b": 1}',
        '{"a" [1, 2, 3, 4, 5, 6]}',
        '{"a": [1, 2, 3, 4, 5, \x0b 6]}',
        '{"a": ["\n", 2, 3, 4, 5, 6]}',
        '{"a": ["' + '\\"' * 100_000,
        '{"a": ["' + '\\"' * 100_000 + "\\",
        '[{"a": 1}]',
        "null",
        "",
    ],
)
def test_what_is_no_json_object_is_not_sliced(text: str) -> None:
    """However well its slices look one by one."""
    expected = whole(text.encode())

    assert expected is NotSliceableError or not isinstance(expected, dict)
    assert by_slices(text.encode()) is NotSliceableError


@pytest.mark.parametrize("depth", [1021, 1022, 1023, 1024, 1025])
def test_the_limit_of_depth_is_that_of_the_whole(depth: int) -> None:
    """The parser refuses to go too deep; a slice is as deep as it was where it came from."""
    text = b'{"a": [' + b"[" * depth + b"]" * depth + b", 1, 2, 3]}"

    assert (by_slices(text) is NotSliceableError) == (whole(text) is NotSliceableError) == (depth > DEEPEST)


DEEPEST = 1022
"""Lists in the list in the object, of the 1024 levels that orjson allows."""


@given(st.lists(st.dictionaries(nasty_texts, nasty_texts, max_size=3), min_size=4))
@example([{"a": "}" * 50}] * 20)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_elements_are_read_in_order_and_in_slices(elements: list[dict[str, str]]) -> None:
    """A reader gets a few of them at a time, all of them, each once; other members are left alone."""
    met: list[object] = []

    def reader(some: list[object]) -> list[object]:
        met.extend(some)
        return [repr(element) for element in some]

    found, steps = run(sliced(orjson.dumps({"x": 1, "many": elements, "y": elements}), {"many": reader}))

    assert met == elements
    assert found.read == {"many": [repr(element) for element in elements]}
    assert found.plain == {"x": 1, "y": elements}
    assert steps > 1


def test_slices_are_small_whatever_the_texts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Braces in texts mislead the guess where to cut; the cut is then found exactly, not much further on."""
    monkeypatch.setattr(slices, "_SLICE", 32 * 1024)
    sizes: list[int] = []

    def reader(some: list[object]) -> list[object]:
        sizes.append(len(orjson.dumps(some)))
        return some

    for name in ("Ada", ":-}", "{{{", '"},{"'):
        elements: list[object] = [{"name": name, "number": number, "more": [{"deep": {}}]} for number in range(10_000)]
        found, steps = run(sliced(orjson.dumps({"many": elements}), {"many": reader}))
        assert found.read == {"many": elements}
        assert steps > 10

    assert max(sizes) < 2 * 32 * 1024
