"""What in a seed points to something that is not there."""

from collections.abc import Container, Iterator

from alfaview_async.emulator.state import Company, Contents
from alfaview_async.models.rooms import Room


def dangling(contents: Contents) -> Iterator[str]:
    """Tell each reference that leads nowhere, with its place and what to do."""
    for key, company in contents.companies.items():
        place = f"companies.{key}"
        yield from _same(key, company.id, f"{place}.id")
        yield from _of_company(company, place)
    names: dict[str, str] = {}
    for key, user in contents.users.items():
        place = f"users.{key}"
        yield from _same(key, user.id, f"{place}.id")
        for company_id in user.company_ids:
            yield from _known(contents.companies, company_id, f"{place}.companyIds", "companies")
        for company_id in user.invited_to:
            yield from _known(contents.companies, company_id, f"{place}.invitedTo", "companies")
        other = names.setdefault(user.username.strip().casefold(), key)
        if other != key:
            yield f"{place}.username: {user.username!r} is the name of {other} too; each user needs one of their own"
    for key, api_key in contents.api_keys.items():
        place = f"apiKeys.{key}"
        yield from _same(key, api_key.client_id, f"{place}.clientId")
        yield from _known(contents.companies, api_key.company_id, f"{place}.companyId", "companies", required=True)
        yield from _known(contents.users, api_key.user_id, f"{place}.userId", "users", required=True)


def _of_company(company: Company, place: str) -> Iterator[str]:
    for room_id, room in company.rooms.items():
        above = f"{place}.rooms.{room_id}.parentId"
        yield from _known(company.rooms, room.parent_id, above, f"{place}.rooms")
        if _stands_below_itself(company.rooms, room_id):
            yield f"{above}: the room stands below itself; give one of these rooms another parent, or none"
    for link_id, link in company.links.items():
        below = f"{place}.links.{link_id}"
        yield from _same(link_id, link.id, f"{below}.id")
        yield from _known(company.rooms, link.room_id, f"{below}.roomId", f"{place}.rooms", required=True)
        yield from _known(
            company.permission_groups,
            link.permission_group_id,
            f"{below}.permissionGroupId",
            f"{place}.permissionGroups",
            required=True,
        )


def _stands_below_itself(rooms: dict[str, Room], room_id: str) -> bool:
    seen, above = set(), rooms[room_id].parent_id
    while above in rooms and above not in seen:
        seen.add(above)
        above = rooms[above].parent_id
    return room_id in seen


def _known(known: Container[str], wanted: str, place: str, home: str, *, required: bool = False) -> Iterator[str]:
    if (wanted or required) and wanted not in known:
        yield f"{place}: {wanted!r} is not in the seed; name an entry of {home}"


def _same(key: str, named: str, place: str) -> Iterator[str]:
    if key != named:
        yield f"{place}: {named!r} is not the key of the entry, {key!r}; make them one, or leave it out"
