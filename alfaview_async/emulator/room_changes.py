"""How a room is made, and changed by what a request gives."""

from collections.abc import Mapping
from typing import TypeVar

from attrs import evolve

from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.state import Company, State
from alfaview_async.models.common import Permissions
from alfaview_async.models.enums import OpenEnum
from alfaview_async.models.quotas import QuotaResource
from alfaview_async.models.rooms import FeatureState, Room, RoomFeature, RoomMode, RoomQuotas, RoomType, SubRoom
from alfaview_async.models.status import StatusCode

Entry = TypeVar("Entry", Permissions, SubRoom)

_UINT32 = range(2**32)
USUAL_QUOTAS = RoomQuotas(active_participants=50, passive_participants=0, sub_rooms=10)


def make(state: State, company: Company, wanted: Room, creator_id: str, *, sub_rooms: bool = True) -> tuple[str, Room]:
    """Make a room or department, and return its id too.

    Args:
        state: Source of ids and time.
        company: Whose room it is.
        wanted: What is asked for.
        creator_id: Who asks.
        sub_rooms: Give it the company's usual sub-rooms.

    Raises:
        Refused: No name, one room too many, or as in `overwrite`.
    """
    if not wanted.display_name:
        raise Refused(StatusCode.INVALID_ARGUMENT, "room.displayName is required")
    room = Room(type=RoomType.ROOM, mode=RoomMode.NORMAL, quotas=evolve(USUAL_QUOTAS))
    overwrite(company, room, wanted)
    if room.type is not RoomType.DEPARTMENT:
        _refuse_one_too_many(company)
        for sort, name in enumerate(company.default_sub_rooms if sub_rooms else (), start=1):
            sub_room_id = state.ids.uuid()
            room.sub_rooms.setdefault(sub_room_id, SubRoom(id=sub_room_id, display_name=name, sort=sort))
    room.created_at, room.created_by = state.clock.now(), creator_id
    room_id = state.ids.uuid()
    company.rooms[room_id] = room
    return room_id, room


def rooms_in_use(company: Company) -> int:
    """Count the rooms that are no departments."""
    return sum(room.type is not RoomType.DEPARTMENT for room in company.rooms.values())


def _refuse_one_too_many(company: Company) -> None:
    limits = [quota.limit for quota in company.quotas if quota.resource is QuotaResource.ROOM_LIMIT]
    if any(rooms_in_use(company) >= limit for limit in limits):
        raise Refused(StatusCode.QUOTA_EXCEEDED, "the contract allows no more rooms")


def overwrite(company: Company, room: Room, wanted: Room) -> None:
    """Take over what is given; a zero cannot be told from absence and changes nothing.

    Raises:
        Refused: A value of no known kind or size, or no such parent; then the room stays as it was.
    """
    _refuse_unknown(wanted.type, "room.type")
    _refuse_unknown(wanted.mode, "room.mode")
    _refuse_large(wanted)
    if wanted.parent_id and wanted.parent_id not in company.rooms:
        raise Refused(StatusCode.ROOM_NOT_FOUND, "room.parentId: no such room in this company")
    room.type = wanted.type if wanted.type is not RoomType.KEEP else room.type
    room.mode = wanted.mode if wanted.mode is not RoomMode.KEEP else room.mode
    room.display_name = wanted.display_name or room.display_name
    room.parent_id = wanted.parent_id or room.parent_id
    room.allow_spectators = wanted.allow_spectators or room.allow_spectators
    room.sort = wanted.sort or room.sort
    room.default_permissions = wanted.default_permissions or room.default_permissions
    room.quotas = _quotas(wanted.quotas or RoomQuotas(), room.quotas or RoomQuotas())
    room.metadata |= wanted.metadata
    room.permissions = _merged(room.permissions, wanted.permissions)
    room.sub_rooms = _merged(room.sub_rooms, wanted.sub_rooms)
    room.features = _features(room.features, wanted.features)


def _quotas(wanted: RoomQuotas, present: RoomQuotas) -> RoomQuotas:
    return RoomQuotas(
        name=wanted.name or present.name,
        active_participants=wanted.active_participants or present.active_participants,
        passive_participants=wanted.passive_participants or present.passive_participants,
        sub_rooms=wanted.sub_rooms or present.sub_rooms,
    )


def _merged(present: Mapping[str, Entry], wanted: Mapping[str, Entry]) -> dict[str, Entry]:
    return {key: entry for key, entry in {**present, **wanted}.items() if not entry.remove}


def _features(present: list[RoomFeature], wanted: list[RoomFeature]) -> list[RoomFeature]:
    features = {feature.id: feature for feature in present}
    for feature in wanted:
        if feature.remove:
            features.pop(feature.id, None)
        elif feature.state is not FeatureState.UNCHANGED:
            features[feature.id] = feature
    return list(features.values())


def _refuse_unknown(value: OpenEnum, place: str) -> None:
    if value not in set(type(value)):
        raise Refused(StatusCode.INVALID_ARGUMENT, f"{place}: unknown value; known are {', '.join(type(value))}")


def _refuse_large(wanted: Room) -> None:
    """Refuse numbers that do not travel: they are 32 bits wide."""
    quotas = wanted.quotas or RoomQuotas()
    numbers = [quotas.active_participants, quotas.passive_participants, quotas.sub_rooms]
    if any(number not in _UINT32 for number in [*numbers, *(room.sort for room in wanted.sub_rooms.values())]):
        raise Refused(StatusCode.INVALID_ARGUMENT, "quotas and sorts must be numbers from 0 to 4294967295")
