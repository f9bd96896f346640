"""The effects of the operations of `userService`, and of `businessLogicService` but for whole companies."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from alfaview_async import AlreadyExists, InvalidArgument, NotFound, PermissionDenied
from alfaview_async.models import (
    AccountStatus,
    AuthenticationRequest,
    GroupLinkCreation,
    Locale,
    PermissionGroup,
    Permissions,
    TaskState,
    User,
    UserInvitation,
    UsernamePasswordCredentials,
    UserProfile,
)

pytestmark = pytest.mark.usefixtures("operations_of_docstring")

ADA = "0a7d4c55-6f0b-4c11-9d2e-5b1f7a3c8e64"
SEMINAR_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
SEMINAR_B = "e86b5a09-2f8e-4d55-b8a3-6f1d0c7e4a21"
MODERATOR = "1390a746-5fda-454a-9a10-b21af32e38ed"
PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"
GRACE = User(
    email="grace@example.org",
    user_profile=UserProfile(firstname="Grace", lastname="Hopper"),
    locale=Locale(ui_language="de"),
)


@pytest.fixture
async def grace(alfaview):
    """The id of a second user, who has a password."""
    login = AuthenticationRequest(
        username_password_credentials=UsernamePasswordCredentials(username="grace", password="navy")
    )
    with pytest.warns(DeprecationWarning, match="userService/create"):
        return (await alfaview.users.create(user=GRACE, authentication_request=login)).user_id


async def test_users_create(alfaview, grace, emulator):
    """`userService/create`: deprecated; a member who can log in, and no second one of the name."""
    user = emulator.state.users[grace]
    assert (user.username, user.company_ids) == ("grace", [emulator.company_id])
    reply = await alfaview.authentication.authenticate(
        username_password_credentials=UsernamePasswordCredentials(username="Grace", password="navy")
    )
    assert reply.user_id == grace
    with pytest.warns(DeprecationWarning, match="userService/create"), pytest.raises(InvalidArgument):
        await alfaview.users.create(user=User())


async def test_users_list(alfaview, grace):
    """`userService/list`: all, some, or their ids alone."""
    listed = await alfaview.users.list()
    assert listed.user_id_list == [ADA, grace]
    assert listed.users[grace].user_profile.lastname == "Hopper"
    assert (await alfaview.users.list(user_id_list=[grace, "nobody"])).users.keys() == {grace}
    ids = await alfaview.users.list(return_user_ids_only=True)
    assert (ids.user_id_list, ids.users) == ([ADA, grace], {})


async def test_users_invite(alfaview, emulator):
    """`userService/invite`: deprecated; somebody waits, and gets a mail in their language."""
    with pytest.warns(DeprecationWarning, match="userService/invite"):
        reply = await alfaview.users.invite(email="grace@example.org", locale=Locale(ui_language="de-AT"))
    user = emulator.state.users[reply.user_id]
    assert (user.invited_to, user.company_ids, user.account_status) == ([emulator.company_id], [], "PENDING")
    (mail,) = emulator.outbox
    assert (mail.to, mail.locale, mail.kind) == ("grace@example.org", "de", "invitation")
    assert mail.token in mail.text


async def test_users_accept_invitation(alfaview, emulator, app):
    """`userService/acceptInvitation`: whoever waited is a member then; the mail's token works once."""
    await alfaview.business.invite_users(user_invitations=[UserInvitation(user=GRACE)])
    (mail,) = emulator.outbox
    login = await app.log_in(activationTokenCredentials={"activationToken": mail.token})
    app.token = login.json["accessToken"]
    user = emulator.state.users[login.json["userId"]]
    assert user.account_status is AccountStatus.ACTIVATED
    assert (await app.ask("userService/acceptInvitation")).status == 200
    assert (user.company_ids, user.invited_to) == ([emulator.company_id], [])
    assert (await app.ask("userService/acceptInvitation")).error == (404, 5, "NOT_FOUND")
    again = await app.log_in(activationTokenCredentials={"activationToken": mail.token})
    assert again.error == (401, 16, "AUTHENTICATION_ERROR")


async def test_users_update(alfaview, grace, emulator):
    """`userService/update`: address, metadata and password change; what is not given stays."""
    login = AuthenticationRequest(username_password_credentials=UsernamePasswordCredentials(password="new"))
    changes = User(email="hopper@example.org", metadata={"team": "1"})
    await alfaview.users.update(user_id=grace, user=changes, authentication_request=login)
    user = emulator.state.users[grace]
    assert (user.profile.email, user.profile.metadata, user.password) == ("hopper@example.org", {"team": "1"}, "new")
    assert user.profile.user_profile.firstname == "Grace"


async def test_users_update_profile(alfaview, grace, emulator):
    """`userService/updateProfile`: a title more."""
    await alfaview.users.update_profile(user_id=grace, user_profile=UserProfile(title="Dr."))
    assert emulator.state.users[grace].display_name == "Dr. Grace Hopper"
    with pytest.raises(NotFound):
        await alfaview.users.update_profile(user_id="nobody", user_profile=UserProfile(title="Dr."))


async def test_users_destroy(alfaview, grace, emulator, company):
    """`userService/destroy`: gone, with the rights in rooms and the login."""
    company.rooms[SEMINAR_A].permissions[grace] = Permissions(join=True)
    with pytest.raises(PermissionDenied):
        await alfaview.users.destroy(user_id=grace, company_id="01EZYCFW9MJ10P15YJ63NZ8S47")
    await alfaview.users.destroy(user_id=grace)
    assert grace not in emulator.state.users
    assert company.rooms[SEMINAR_A].permissions == {}


async def test_users_get_locale(alfaview, grace):
    """`userService/getLocale`: of a user, or of the caller."""
    assert (await alfaview.users.get_locale(user_id=grace)).locale == Locale(ui_language="de")
    assert (await alfaview.users.get_locale()).locale.spoken_languages == ["de", "en"]


async def test_invite_users(alfaview, emulator, company):
    """`businessLogicService/inviteUsers`: mails, rights and rooms; all or none."""
    role = {"room_ids": [SEMINAR_A], "permission_group_id": MODERATOR}
    alan = User(email="alan@example.org")
    people = [UserInvitation(user=GRACE, **role), UserInvitation(user=alan)]
    await alfaview.business.invite_users(user_invitations=people, user_permissions={"13": True}, company_name="NA")
    assert [(mail.to, mail.locale) for mail in emulator.outbox] == [
        ("grace@example.org", "de"),
        ("alan@example.org", "en"),
    ]
    assert "NA" in emulator.outbox[0].subject
    (grace_id,) = company.rooms[SEMINAR_A].permissions
    assert company.rooms[SEMINAR_A].permissions[grace_id].promote
    assert emulator.state.users[grace_id].permissions == {"13": True}
    member = UserInvitation(user=User(email=emulator.username))
    with pytest.raises(AlreadyExists):
        await alfaview.business.invite_users(user_invitations=[UserInvitation(user=User(email="x@y.org")), member])
    assert len(emulator.outbox) == 2


async def test_a_member_is_known_by_the_address_too(alfaview, grace, emulator):
    """`businessLogicService/inviteUsers`: also where the name for the login is another."""
    assert emulator.state.users[grace].username == "grace"
    with pytest.raises(AlreadyExists):
        await alfaview.business.invite_users(user_invitations=[UserInvitation(user=User(email="Grace@example.org"))])


async def test_favorites_update(alfaview, emulator):
    """`businessLogicService/favorites/update`: on, off, and other rooms stay."""
    await alfaview.business.favorites_update(room_ids={SEMINAR_A: True, SEMINAR_B: True})
    await alfaview.business.favorites_update(user_id=ADA, room_ids={SEMINAR_A: False})
    assert emulator.state.users[ADA].favorites == {emulator.company_id: [SEMINAR_B]}
    with pytest.raises(NotFound):
        await alfaview.business.favorites_update(room_ids={"nowhere": True})


async def test_favorites_list(alfaview, emulator, grace):
    """`businessLogicService/favorites/list`: each user's own, in order."""
    emulator.state.users[ADA].favorites[emulator.company_id] = [SEMINAR_B, SEMINAR_A]
    assert (await alfaview.business.favorites_list()).room_ids == [SEMINAR_B, SEMINAR_A]
    assert (await alfaview.business.favorites_list(user_id=grace)).room_ids == []


async def test_permission_groups_list(alfaview, company):
    """`businessLogicService/permissionGroups/list`: those of the company."""
    assert (await alfaview.business.permission_groups_list()).permission_groups == company.permission_groups


async def test_permission_groups_update(alfaview, company):
    """`businessLogicService/permissionGroups/update`: renamed, added, removed."""
    gone = PermissionGroup(permissions=Permissions(remove=True))
    groups = {MODERATOR: PermissionGroup(name="Trainer"), "new": PermissionGroup(name="Guest"), PARTICIPANT: gone}
    await alfaview.business.permission_groups_update(permission_groups=groups)
    assert [group.name for group in company.permission_groups.values()] == ["Trainer", "Spectator", "Guest"]
    assert company.permission_groups[MODERATOR].permissions.promote


async def test_a_group_with_links_stays(alfaview, company, emulator):
    """`businessLogicService/permissionGroups/update`: links always have a role."""
    creation = GroupLinkCreation(permission_group_id=PARTICIPANT)
    await alfaview.guests.create_group_links(room_id=emulator.room_id, group_link_creations=[creation])
    gone = PermissionGroup(permissions=Permissions(remove=True))
    with pytest.raises(InvalidArgument):
        await alfaview.business.permission_groups_update(permission_groups={PARTICIPANT: gone})
    assert PARTICIPANT in company.permission_groups


async def test_stream_task_progress(alfaview):
    """`businessLogicService/streamTaskProgress`: one frame for each state; a second look sees it done."""
    tracking = (await alfaview.business.invite_users(user_invitations=[UserInvitation(user=GRACE)])).tracking_info
    told = [frame.task_progress.state async for frame in alfaview.business.stream_task_progress(tracking_info=tracking)]
    assert told == [TaskState.QUEUED, TaskState.ASSIGNED, TaskState.DONE]
    (again,) = [frame async for frame in alfaview.business.stream_task_progress(tracking_info=tracking)]
    assert (again.task_progress.state, again.task_progress.progress) == (TaskState.DONE, 1.0)
    assert again.task_progress.tracking_info == tracking


async def test_a_stream_follows_the_clock(alfaview, emulator):
    """`businessLogicService/streamTaskProgress`: with a pace, nothing moves until the emulator's clock does."""
    emulator.clock.freeze(datetime.now(UTC))
    emulator.state.tasks.pace = timedelta(minutes=1)
    tracking = (await alfaview.business.invite_users(user_invitations=[UserInvitation(user=GRACE)])).tracking_info
    frames = alfaview.business.stream_task_progress(tracking_info=tracking)
    assert (await anext(frames)).task_progress.state is TaskState.QUEUED
    following = asyncio.ensure_future(anext(frames))
    done, _ = await asyncio.wait([following], timeout=0.1)
    assert not done
    emulator.clock.advance(minutes=2)
    assert (await following).task_progress.state is TaskState.DONE
