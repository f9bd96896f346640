"""`alfactl user`: people with an account."""

from typing import Any

import click

from alfaview_async.cli.arguments.checked_values import checked_address
from alfaview_async.cli.arguments.finding import Rooms, find_role, find_room
from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.links.refusals import refusals
from alfaview_async.cli.logins.client import client
from alfaview_async.models.business import UserInvitation
from alfaview_async.models.users import Locale, User, UserProfile

_COLUMNS = ("id", "email", "firstname", "lastname", "title", "managed")
_INVITED = ("email", "task_id")


@click.group(cls=Group)
def user() -> None:
    """People with an account. Guests need none: alfactl guest."""


@user.command("list", epilog=example("alfactl user list -o csv"))
@asynchronous
async def list_users(invocation: Invocation) -> None:
    """List the users of the company, also those who are invited and have not answered."""
    async with client(invocation) as alfaview:
        rows = [_row(user_id, found) async for user_id, found in alfaview.users.all()]
        invocation.show(sorted(rows, key=lambda row: row["email"].casefold()), _COLUMNS)


@user.command(epilog=example('alfactl user invite joerg@example.org --room "Seminar A" --role Moderator --yes'))
@click.argument("email")
@click.option("--firstname", default="", help="First name.")
@click.option("--lastname", default="", help="Last name.")
@click.option("--title", default="", help="Academic title.")
@click.option("--locale", type=click.Choice(["de", "en"]), help="Language of the user.")
@click.option("--room", "rooms", multiple=True, metavar="ROOM", help="A room to give access to; may be repeated.")
@click.option("--role", default="", metavar="ROLE", help="Role in those rooms: id, name or German/English alias.")
@asynchronous
async def invite(
    invocation: Invocation,
    email: str,
    *,
    firstname: str,
    lastname: str,
    title: str,
    locale: str | None,
    rooms: tuple[str, ...],
    role: str,
) -> None:
    """Invite somebody as a user of the company. alfaview e-mails them, so this asks first."""
    invocation.check_fields(_INVITED)
    address = checked_address(invocation, email)
    async with client(invocation) as alfaview:
        room_ids, role_id = [], ""
        if rooms:
            known = await Rooms.of(alfaview)
            room_ids = [(await find_room(invocation, alfaview, known, room))[0] for room in rooms]
            groups = (await alfaview.business.permission_groups_list()).permission_groups
            role_id, _ = find_role(invocation, groups, role)
        if not invocation.may("invite-user", email=address):
            return
        profile = UserProfile(firstname=firstname, lastname=lastname, title=title)
        invited = User(email=address, user_profile=profile, locale=Locale(ui_language=locale) if locale else None)
        invitation = UserInvitation(user=invited, room_ids=room_ids, permission_group_id=role_id)
        with refusals(invocation, ", ".join(rooms), "alfactl user list"):
            reply = await alfaview.business.invite_users(user_invitations=[invitation])
        task_id = reply.tracking_info.task_id if reply.tracking_info else ""
        invocation.show_record({"email": address, "task_id": task_id}, _INVITED)


def _row(user_id: str, found: User) -> dict[str, Any]:
    profile = found.user_profile or UserProfile()
    return {
        "id": user_id,
        "email": found.email,
        "firstname": profile.firstname,
        "lastname": profile.lastname,
        "title": profile.title,
        "managed": found.managed,
    }
