"""What a seed need not say: ids that stand before the entry, the usual roles, and a way in."""

from typing import Any

from alfaview_async.emulator.founding import RIGHTS, permission_groups, usual_quotas, usual_room_types
from alfaview_async.emulator.links import join_link
from alfaview_async.emulator.room_changes import USUAL_QUOTAS
from alfaview_async.emulator.seeds.parts import id_of
from alfaview_async.emulator.seeds.standard import login
from alfaview_async.models.rooms import RoomMode, RoomType
from alfaview_async.wire import write

Json = dict[str, Any]

ROLES = ("moderator", "participant", "spectator")
"""Ids of the usual roles in a company whose seed names no roles."""


def completed(data: Json) -> Json:
    """Add to a seed what it leaves out; what it says, also that something is empty, stays.

    - The id of a company, user or link, and the alias of an API key, is the key of its entry.
    - A company has the roles `moderator`, `participant` and `spectator`, and the usual quotas and sizes of room.
    - A room is of the usual kind and size. A link has a key, a join link, and the rights of its role in the room.
    - A user is called by their address, may do everything, and is in all companies unless they are only invited.
    - An API key is for the first company and belongs to the first user.
    - Without any users and API keys, there are the built-in ones, for all companies.
    """
    companies = _entries(data, "companies")
    if companies and data.get("users") is None and data.get("apiKeys") is None:
        _add_login(data, list(companies))
    for key, company in companies.items():
        _complete_company(key, company)
    for key, user in _entries(data, "users").items():
        _fill(user, id=key, permissions=dict.fromkeys(RIGHTS, True), password="")
        _fill(user, companyIds=[] if user.get("invitedTo") else list(companies))
        profile = user.get("profile")
        address = profile.get("email") if isinstance(profile, dict) else None
        _fill(user, username=address or key)
    first_user, first_company = next(iter(_entries(data, "users")), ""), next(iter(companies), "")
    for key, api_key in _entries(data, "apiKeys").items():
        _fill(api_key, clientId=key, companyId=first_company, userId=first_user)
    return data


def _add_login(data: Json, company_ids: list[str]) -> None:
    user, key = login(company_ids)
    data["users"] = {user.id: {"username": user.username, "password": user.password, "profile": write(user.profile)}}
    data["apiKeys"] = {key.client_id: {"code": key.code}}


def _complete_company(key: str, company: Json) -> None:
    _fill(
        company,
        id=key,
        profile={"displayName": key},
        permissionGroups={group_id: write(group) for group_id, group in permission_groups(ROLES).items()},
        quotas=[write(quota) for quota in usual_quotas()],
        roomTypes=[write(size) for size in usual_room_types()],
    )
    rooms, groups = _entries(company, "rooms"), _entries(company, "permissionGroups")
    for room in rooms.values():
        _fill(room, type=RoomType.ROOM.value)
        if room["type"] != RoomType.DEPARTMENT:
            _fill(room, mode=RoomMode.NORMAL.value, quotas=write(USUAL_QUOTAS))
    for link_id, link in _entries(company, "links").items():
        _fill(link, id=link_id)
        place, group = rooms.get(str(link.get("roomId"))), groups.get(str(link.get("permissionGroupId")))
        if place is not None and group is not None and not link.get("accessKey"):
            access_key = id_of(key, link_id).replace("-", "")
            _fill(link, accessKey=access_key, joinLink=join_link(key, str(link["roomId"]), access_key))
            _fill(place, permissions={})
            _fill(place["permissions"], **{link_id: group.get("permissions")})


def _entries(data: Json, name: str) -> dict[str, Json]:
    """Return the entries that can be completed; what else there is will be told as a mistake."""
    found = data.get(name)
    return {key: item for key, item in found.items() if isinstance(item, dict)} if isinstance(found, dict) else {}


def _fill(entry: object, **usual: object) -> None:
    if isinstance(entry, dict):
        entry.update({key: value for key, value in usual.items() if entry.get(key) is None})
