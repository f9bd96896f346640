"""What the built-in seeds are made of."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from alfaview_async.emulator.founding import usual_quotas, usual_room_types
from alfaview_async.emulator.state import Company
from alfaview_async.models import companies
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.rooms import Room, RoomMode, RoomQuotas, RoomType

CREATED_AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def id_of(*names: str) -> str:
    """Make the id of something from where it stands: the same one each time."""
    return str(uuid5(NAMESPACE_URL, "/".join(names)))


def company(company_id: str, name: str, owner_id: str, groups: dict[str, PermissionGroup]) -> Company:
    """Build a company without rooms."""
    profile = companies.Company(display_name=name, owner_id=owner_id, created_at=int(CREATED_AT.timestamp()))
    return Company(
        id=company_id,
        profile=profile,
        permission_groups=groups,
        quotas=usual_quotas(),
        room_types=usual_room_types(),
    )


def department(name: str, owner_id: str, parent_id: str = "") -> Room:
    """Build a department."""
    return Room(
        display_name=name, parent_id=parent_id, type=RoomType.DEPARTMENT, created_at=CREATED_AT, created_by=owner_id
    )


def room(name: str, owner_id: str, parent_id: str = "") -> Room:
    """Build a room of the usual size."""
    return Room(
        display_name=name,
        parent_id=parent_id,
        type=RoomType.ROOM,
        mode=RoomMode.SPECTATOR,
        quotas=RoomQuotas(active_participants=50, sub_rooms=10),
        created_at=CREATED_AT,
        created_by=owner_id,
    )
