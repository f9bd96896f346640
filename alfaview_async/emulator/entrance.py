"""The usual way in: what a client needs to know of a seed to begin with."""

from attrs import field, frozen

from alfaview_async.emulator.state import Contents
from alfaview_async.models.rooms import RoomType


@frozen(kw_only=True)
class Entrance:
    """Whom to log in as, and where to go; texts are empty where the seed has nothing of the kind.

    Attributes:
        client_id: Alias of the first API key.
        code: Its secret.
        company_id: Its company; without key, the first one.
        username: Of the first user who has a password and may enter that company.
        password: Of that user.
        room_id: The first room of the company that is no department.
    """

    client_id: str = ""
    code: str = field(default="", repr=False)
    company_id: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    room_id: str = ""


def entrance_to(contents: Contents) -> Entrance:
    """Find the usual way in."""
    key = next(iter(contents.api_keys.values()), None)
    company_id = key.company_id if key else next(iter(contents.companies), "")
    user = next((user for user in contents.users.values() if user.password and company_id in user.company_ids), None)
    company = contents.companies.get(company_id)
    rooms = company.rooms if company else {}
    return Entrance(
        client_id=key.client_id if key else "",
        code=key.code if key else "",
        company_id=company_id,
        username=user.username if user else "",
        password=user.password if user else "",
        room_id=next((room_id for room_id, room in rooms.items() if room.type is not RoomType.DEPARTMENT), ""),
    )
