"""From the parsed JSON of a list to guests: strict about what they stand on, forgiving about all else.

Not read by the converter of alfaview's models, since the fields of a guest have no fixed names and several types.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import orjson

from alfaview_async.invitario.guests import FieldValue, Guest, GuestFields, Guests, RegistrationState
from alfaview_async.wire import UnreadableError

_KNOWN = frozenset(
    {
        "id",
        "parentId",
        "accessCode",
        "clientUpdateDateTime",
        "serverUpdateDateTime",
        "checkInDateTime",
        "checkOutDateTime",
        "deleteDateTime",
        "registrationState",
        "highlightColor",
        "fields",
        "companions",
    }
)


def guests_of(raw: Mapping[str, object]) -> Guests:
    """Read the reply of a list.

    Raises:
        UnreadableError: Something is not as documented, or the list is not complete; says where, without the value.
    """
    entries = _items(raw.get("guests"), "$.guests")
    if raw.get("count") != len(entries):
        raise UnreadableError(f"$.count: not the number of guests that came, {len(entries)}")
    cursor = _text(raw, "dateTime", "$")
    if not is_moment(cursor):
        raise UnreadableError("$.dateTime: no moment with an offset, so nobody could ask for later changes")
    guests = tuple(_guest(entry, f"$.guests[{number}]") for number, entry in enumerate(entries))
    return Guests(guests=guests, cursor=cursor)


def is_moment(text: str) -> bool:
    """Tell whether a text is a moment with its offset, as Invitario writes them: `2018-01-01T18:30:00+02:00`."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _guest(entry: object, place: str) -> Guest:
    raw = _object(entry, place)
    guest_id = _text(raw, "id", place)
    if not guest_id:
        raise UnreadableError(f"{place}: a guest without id")
    companions = _items(raw.get("companions"), f"{place}.companions")
    return Guest(
        id=guest_id,
        parent_id=_text(raw, "parentId", place),
        access_code=_text(raw, "accessCode", place),
        client_updated_at=_moment(raw, "clientUpdateDateTime", place),
        server_updated_at=_moment(raw, "serverUpdateDateTime", place),
        checked_in_at=_moment(raw, "checkInDateTime", place),
        checked_out_at=_moment(raw, "checkOutDateTime", place),
        deleted_at=_moment(raw, "deleteDateTime", place),
        registration_state=RegistrationState(_text(raw, "registrationState", place) or RegistrationState.UNKNOWN),
        highlight_color=_text(raw, "highlightColor", place),
        fields=_fields(raw.get("fields"), f"{place}.fields"),
        companion_ids=tuple(_text(_object(item, f"{place}.companions"), "id", place) for item in companions),
        unknown={key: value for key, value in raw.items() if key not in _KNOWN},
    )


def _fields(value: object, place: str) -> GuestFields:
    if value is None or value == []:  # PHP writes an empty map as an empty list
        return GuestFields()
    return GuestFields({name: _answer(answer) for name, answer in _object(value, place).items()})


def _answer(value: object) -> FieldValue:
    if value is None or isinstance(value, str):
        return value
    return [_as_text(item) for item in value] if isinstance(value, list) else _as_text(value)


def _as_text(value: object) -> str:
    """Keep what no page tells of, such as a number, as its JSON: an odd field must not cost the guest."""
    try:
        return value if isinstance(value, str) else orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # nested too deeply to be written again
        return "..."


def _text(raw: Mapping[str, object], key: str, place: str) -> str:
    value = raw.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnreadableError(f"{place}.{key}: no text")
    return value


def _moment(raw: Mapping[str, object], key: str, place: str) -> datetime | None:
    text = _text(raw, key, place)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # told below, without the value
    raise UnreadableError(f"{place}.{key}: no moment with an offset")


def _items(value: object, place: str) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadableError(f"{place}: no list")
    return value


def _object(value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise UnreadableError(f"{place}: no object")
    return value
