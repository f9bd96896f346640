"""The seed `training-centre`: what a school that uses alfaview looks like, with names that make programs stumble."""

from datetime import UTC, datetime

from alfaview_async.emulator.founding import RIGHTS
from alfaview_async.emulator.links import join_link
from alfaview_async.emulator.seeds.parts import CREATED_AT, department, id_of, room
from alfaview_async.emulator.seeds.standard import (
    COMPANY_ID,
    PARTICIPANT_ID,
    ROOM_ID,
    SECOND_COMPANY_ID,
    USER_ID,
    standard,
)
from alfaview_async.emulator.state import Company, Contents, User
from alfaview_async.models import users
from alfaview_async.models.authentication import AccountStatus
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.common import Permissions
from alfaview_async.models.guests import GroupLink, GuestLink

_SUED_ID = id_of("training-centre", "Süd")
_LANGUAGES_ID = id_of("training-centre", "Süd", "Sprachen")
_TRAINER_ID = id_of("training-centre", "Trainer")
_GRACE_ID = id_of("training-centre", "grace@example.org")
_PLACES = {
    _SUED_ID: ("Seminar A", "Seminar B"),
    _LANGUAGES_ID: ("Deutsch B1, Gruppe „Spätzünder“", "Español A2"),
    "": ("Lehrerzimmer",),
}
_LONG_AGO, _LATER = datetime(2026, 1, 31, 17, 0, tzinfo=UTC), datetime(2040, 1, 1, 8, 0, tzinfo=UTC)


def training_centre() -> Contents:
    """Build the standard seed with more: 14 rooms and departments in all, and "Seminar A" twice.

    There are a department in a department, a fourth role, somebody who is invited but has not answered yet, a group
    link, and guest links that are good for ever, over, and yet to come.
    """
    contents = standard()
    nord, sued = contents.companies[COMPANY_ID], contents.companies[SECOND_COMPANY_ID]
    nord.rooms[_SUED_ID] = department("Süd", USER_ID)
    nord.rooms[_LANGUAGES_ID] = department("Sprachen", USER_ID, _SUED_ID)
    for parent_id, names in _PLACES.items():
        for name in names:
            nord.rooms[id_of("training-centre", parent_id, name)] = room(name, USER_ID, parent_id)
    for group_id, company in ((_TRAINER_ID, nord), (id_of("training-centre", "Trainer", sued.id), sued)):
        company.permission_groups[group_id] = _trainers(len(company.permission_groups) + 1)
    for user in (_grace(), _alan()):
        contents.users[user.id] = user
    _add_links(nord)
    return contents


def _trainers(order: int) -> PermissionGroup:
    may = Permissions(voice=True, video=True, promote=True, join=True, screen=True, chat=True)
    return PermissionGroup(name="Trainer", order=order, permissions=may)


def _grace() -> User:
    return User(
        id=_GRACE_ID,
        username="grace@example.org",
        password="demo-password",  # noqa: S106 - as public as the rest of this file
        profile=_profile("grace@example.org", "Grace", "Süd", "en"),
        company_ids=[COMPANY_ID],
        permissions={"13": True},
        favorites={COMPANY_ID: [ROOM_ID]},
    )


def _alan() -> User:
    return User(
        id=id_of("training-centre", "alan@example.org"),
        username="alan@example.org",
        password="",
        profile=_profile("alan@example.org", "Alan", "West", "en"),
        company_ids=[],
        permissions=dict.fromkeys(RIGHTS[:4], True),
        invited_to=[COMPANY_ID],
        account_status=AccountStatus.PENDING,
    )


def _profile(email: str, firstname: str, lastname: str, language: str) -> users.User:
    return users.User(
        email=email,
        user_profile=users.UserProfile(firstname=firstname, lastname=lastname),
        locale=users.Locale(ui_language=language, spoken_languages=[language]),
    )


def _add_links(company: Company) -> None:
    """Add links to "Nord/Seminar A", and let their bearers in."""
    links: list[GroupLink | GuestLink] = [
        GroupLink(description="Kurs Projektmanagement", origin="seed"),
        GuestLink(display_name="Jörg Weiß", email="joerg@example.org", locale="de", origin="seed"),
        GuestLink(display_name="Zoë O'Hara", email="zoe@example.org", locale="en", valid_until=_LONG_AGO),
        GuestLink(display_name="Kim Süß", email="kim@example.org", locale="de", valid_from=_LATER),
    ]
    may = company.permission_groups[PARTICIPANT_ID].permissions or Permissions()
    for number, link in enumerate(links):
        link.id = id_of("training-centre", "link", str(number))
        link.access_key = id_of("training-centre", "key", str(number)).replace("-", "")
        link.room_id, link.permission_group_id = ROOM_ID, PARTICIPANT_ID
        link.join_link = join_link(company.id, ROOM_ID, link.access_key)
        link.created_by, link.created_at = USER_ID, CREATED_AT
        company.links[link.id] = link
        company.rooms[ROOM_ID].permissions[link.id] = may
