"""Enumerations that outlive the server's next release, and the severity of status codes."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.models.common import Role
from alfaview_async.models.rooms import RoomMode, RoomType
from alfaview_async.models.status import StatusCode


def test_a_known_text_is_the_member() -> None:
    """Compared by identity or by text, as one likes."""
    assert RoomType.from_wire("ROOM_TYPE_MEETING") is RoomType.MEETING
    assert RoomType.from_wire("ROOM_TYPE_MEETING") == "ROOM_TYPE_MEETING"
    assert RoomType("ROOM_TYPE_ROOM") is RoomType.ROOM


def test_an_unknown_text_is_kept() -> None:
    """It is no member, but behaves like one."""
    webinar = RoomType.from_wire("ROOM_TYPE_WEBINAR")

    assert webinar == "ROOM_TYPE_WEBINAR"
    assert webinar == RoomType("ROOM_TYPE_WEBINAR")
    assert {webinar: 1}[RoomType("ROOM_TYPE_WEBINAR")] == 1
    assert isinstance(webinar, RoomType)
    assert webinar.name == webinar.value == str(webinar) == "ROOM_TYPE_WEBINAR"
    assert webinar.to_wire() == "ROOM_TYPE_WEBINAR"
    assert "ROOM_TYPE_WEBINAR" in repr(webinar)
    assert webinar not in list(RoomType)
    assert len(RoomType) == 4


def test_an_unknown_value_can_be_copied_and_pickled() -> None:
    """Replies travel between processes."""
    webinar = RoomType("ROOM_TYPE_WEBINAR")

    assert copy.deepcopy(webinar) == webinar
    restored = pickle.loads(pickle.dumps(webinar))  # noqa: S301 - made two words before
    assert restored == webinar
    assert type(restored) is RoomType


@pytest.mark.parametrize("nothing", [None, "", 0])
def test_nothing_is_the_first_member(nothing: object) -> None:
    """Zero is not sent on the wire."""
    assert Role.from_wire(nothing) is Role.CUSTOM


def test_a_number_is_kept_as_a_number() -> None:
    """Only the zero of most enumerations is published; the others come and go as numbers."""
    mode = RoomMode.from_wire(7)

    assert mode == "7"
    assert mode.number == 7
    assert mode.to_wire() == 7
    assert RoomMode.EXAM.number is None
    assert RoomMode.EXAM.to_wire() == "ROOM_MODE_EXAM"


@pytest.mark.parametrize("text", ["007", "9" * 11, "9" * 5000, "-7", "\u0667", "7.0", " 7", "1_0"])
def test_digits_that_are_no_number_of_protobuf_are_a_text(text: str) -> None:
    """They come back as they came, and always fit into JSON."""
    mode = RoomMode.from_wire(text)

    assert mode.number is None
    assert mode.to_wire() == text


@pytest.mark.parametrize("value", [True, False, 1.5, [], {}, b"ROOM_MODE_EXAM"])
def test_what_is_neither_text_nor_number_is_refused(value: object) -> None:
    """A flag is not taken for a number."""
    with pytest.raises(TypeError, match="expected a text or number of RoomMode, found"):
        RoomMode.from_wire(value)


@given(st.text() | st.integers(0, 2**31 - 1))
def test_any_text_or_number_survives(value: str | int) -> None:
    """Read and written, it is the same on the wire; nothing is the zero."""
    mode = RoomMode.from_wire(value)
    written = mode.to_wire()

    if not value:
        assert mode is RoomMode.KEEP
    else:
        assert str(written) == str(value)
        assert mode == str(value)


NUMBERS = {
    0: "OK",
    1: "PING",
    3: "ACCEPTED",
    5: "PARTIAL_ERROR",
    12: "USER_UPDATE",
    104: "HYDRA_STREAM_CLOSED",
    500: "SUBROOM_INVALID",
    501: "NOT_IMPLEMENTED",
    502: "GO_AWAY",
    1000: "INTERNAL_ERROR",
    1002: "AUTHENTICATION_ERROR",
    1003: "ACCOUNT_STATUS_ERROR",
    1006: "INSUFFICIENT_PERMISSIONS",
    1025: "ROOM_NOT_FOUND",
    1033: "OUT_OF_SLOTS_VIDEO",
    1049: "TOKEN_OUTDATED",
    1060: "QUOTA_EXCEEDED",
}


@pytest.mark.parametrize(("number", "text"), NUMBERS.items())
def test_published_status_numbers_are_read(number: int, text: str) -> None:
    """As the old proto files number them."""
    assert StatusCode.from_wire(number) is StatusCode(text)
    assert StatusCode.from_wire(number) == text


FINE = [
    *("OK", "ACCEPTED", "WELCOME", "PING", "PONG", "PARTIAL_ERROR", "USER_UPDATE", "USER_LEAVE"),
    *("HYDRA_STREAM_CLOSED", "HYDRA_STREAM_CREATED"),
]
WARNINGS = ["SUBROOM_INVALID", "DOWNGRADED"]


def test_severity_follows_the_published_rule() -> None:
    """Below 500 fine, to 999 a warning, then errors; the unnumbered codes of later versions are errors but one.

    NOT_IMPLEMENTED and GO_AWAY are numbered as warnings, but nothing was done.
    """
    assert {code.value for code in StatusCode if code.is_warning} == {*WARNINGS}
    assert {code.value for code in StatusCode if not code.is_error} == {*FINE, *WARNINGS}


@pytest.mark.parametrize(
    ("value", "is_error", "is_warning"),
    [
        (77, False, False),
        (499, False, False),
        (503, False, True),
        (999, False, True),
        (4711, True, False),
        ("0", False, False),
        ("BRAND_NEW", True, False),
        ("9" * 5000, True, False),
        (-1, True, False),
    ],
)
def test_severity_of_what_this_version_does_not_know(value: object, is_error: bool, is_warning: bool) -> None:  # noqa: FBT001 - columns of a table
    """By number, where there is one; an unknown text may be an error and so is one."""
    code = StatusCode.from_wire(value)

    assert (code.is_error, code.is_warning) == (is_error, is_warning)
