"""A new company: its id, its owner, the three groups of the handbook, what its contract allows."""

from attrs import evolve

from alfaview_async.emulator.state import Company, State, User
from alfaview_async.models import companies
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.common import Permissions
from alfaview_async.models.quotas import Quota, QuotaResource
from alfaview_async.models.rooms import AvailableRoomType, RoomQuotas

RIGHTS = ("1", "2", "3", "4", "5", "6", "10", "13", "15", "16")
"""Users, grants, rooms and the company: what the creator of an API key for this library should have."""
_MOST_ROOMS = 10_000
_MOST_SEATS = 50
_MOST_SUB_ROOMS = 10


def found(state: State, profile: companies.Company, owner: User | None) -> Company:
    """Make a company; the owner becomes its first member, with all rights that there are."""
    company = Company(
        id=state.ids.company_id(),
        profile=evolve(
            profile,
            created_at=int(state.clock.now().timestamp()),
            owner_id=owner.id if owner else profile.owner_id,
            metadata=dict(profile.metadata),
        ),
        permission_groups=permission_groups((state.ids.uuid(), state.ids.uuid(), state.ids.uuid())),
        quotas=usual_quotas(),
        room_types=usual_room_types(),
    )
    state.companies[company.id] = company
    if owner:
        owner.permissions |= dict.fromkeys(RIGHTS, True)
    return company


def dissolve(state: State, company_id: str) -> None:
    """Delete a company with its rooms and links; users without another company go too."""
    del state.companies[company_id]
    state.tokens.forget(company_id=company_id)
    for alias in [key.client_id for key in state.api_keys.values() if key.company_id == company_id]:
        del state.api_keys[alias]
    for user in [user for user in state.users.values() if user.belongs_to(company_id)]:
        user.leave(company_id)
        if not user.company_ids and not user.invited_to:
            del state.users[user.id]


def permission_groups(ids: tuple[str, str, str]) -> dict[str, PermissionGroup]:
    """Build the three groups of the handbook's page "List permission groups"."""
    spectator = Permissions(join=True, chat=True)
    participant = Permissions(voice=True, video=True, join=True, screen=True, chat=True)
    moderator = Permissions(
        voice=True, video=True, promote=True, join=True, screen=True, chat=True, chat_broadcast=True
    )
    groups = {"Moderator": moderator, "Participant": participant, "Spectator": spectator}
    return {
        group_id: PermissionGroup(name=name, order=order, permissions=permissions)
        for order, (group_id, (name, permissions)) in enumerate(zip(ids, groups.items(), strict=True), start=1)
    }


def usual_quotas() -> list[Quota]:
    """Build the limits of an invented contract."""
    return [
        Quota(name="rooms", resource=QuotaResource.ROOM_LIMIT, limit=_MOST_ROOMS),
        Quota(name="participants", resource=QuotaResource.ROOM_PARTICIPANTS, limit=_MOST_SEATS),
        Quota(name="sub-rooms", resource=QuotaResource.ROOM_SUBROOM_LIMIT, limit=_MOST_SUB_ROOMS),
    ]


def usual_room_types() -> list[AvailableRoomType]:
    """Build the one size of room of an invented contract; 50 seats and 10 sub-rooms are alfaview's own defaults."""
    size = RoomQuotas(name="standard", active_participants=_MOST_SEATS, sub_rooms=_MOST_SUB_ROOMS)
    return [AvailableRoomType(limit=_MOST_ROOMS, quota=size)]
