"""The developer handbook (February 2026), page by page: our client against a server that knows only the handbook.

What is sent is compared with the page's request, what comes back is the page's response.
"""

from datetime import UTC, datetime

import pytest

from alfaview_async import Alfaview, RefreshToken, UsernamePassword
from alfaview_async.errors import ServerTimeout, TokenOutdated
from alfaview_async.models import (
    GroupLinkCreation,
    GuestLinkCreation,
    GuestType,
    Permissions,
    Room,
    RoomMode,
    RoomQuotas,
    RoomType,
)
from alfaview_async.retry import RetryPolicy

OK = {"replyInfo": {"requestId": "z3ai9B11509", "statusMessage": "OK"}}
OUTDATED = {
    "code": 16,
    "message": "token expired",
    "details": [
        {
            "@type": "type.googleapis.com/common.ReplyInfo",
            "requestId": "tn5BoQ10239",
            "statusCode": "TOKEN_OUTDATED",
            "statusMessage": "token expired",
        }
    ],
}
LINK = "https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/4173dafb-5cde-5c85-95a3-20ebdf43698a/{key}/v2"
TOKEN = "dG9rZW4+/w=="


def sent(server, path):
    """Return the one body that was sent, checked for access info as the handbook shows it, without it."""
    (body,) = server.bodies(path)
    access = body.pop("accessInfo")
    assert access.pop("accessToken") == TOKEN
    assert access.pop("requestId")
    assert access == {}
    return body


async def test_api_access(plain_server, plain_client):
    """Everything is a POST below `/json/v1/`, service and operation in the path; also what no table knows."""
    plain_server.on("meetingService/list", OK | {"meetings": {"m": {}}})
    assert (await plain_client.call_raw("meetingService/list", {"limit": 1}))["meetings"] == {"m": {}}
    assert sent(plain_server, "meetingService/list") == {"limit": 1}


async def test_error_handling_token_expired(plain_server, plain_client):
    """On `token expired` one has to log in again: done, and the request sent once more."""
    plain_server.on("roomService/list", (401, OUTDATED), OK | {"rooms": {"r": {}}})
    assert list((await plain_client.rooms.list()).rooms) == ["r"]
    assert len(plain_server.bodies("authenticationService/authenticate")) == 2


async def test_error_handling_token_expired_for_good(plain_server, plain_client):
    """A server that calls every token expired gets no third try; the error has the page's data."""
    plain_server.on("roomService/list", (401, OUTDATED))
    with pytest.raises(TokenOutdated) as caught:
        await plain_client.rooms.list()
    assert (caught.value.status, caught.value.grpc_code, caught.value.http_status) == ("TOKEN_OUTDATED", 16, 401)
    assert len(caught.value.request_ids) == 2


async def test_error_handling_context_deadline_exceeded(plain_server):
    """After a timeout the request needs to be reissued: done for reads, until it is enough."""
    exceeded = {"code": 4, "message": "context deadline exceeded", "details": []}
    plain_server.on("roomService/list", (504, exceeded), (504, exceeded), OK | {"rooms": {}})
    credentials = UsernamePassword(username="ada", password="secret")
    patient, hasty = RetryPolicy(wait=0.001, attempts=3), RetryPolicy(attempts=1)
    async with Alfaview(credentials, base_url=plain_server.base_url, retry=patient) as alfaview:
        assert (await alfaview.rooms.list()).rooms == {}
    plain_server.on("roomService/list", (504, exceeded))
    async with Alfaview(credentials, base_url=plain_server.base_url, retry=hasty) as alfaview:
        with pytest.raises(ServerTimeout, match="context deadline exceeded"):
            await alfaview.rooms.list()


async def test_create_group_links(plain_server, plain_client):
    """Title, time frame and permission group go out; join link and access key come back."""
    key = "NcHef8FIc17a5jpiWy4fJ0cw2dCRpbFG"
    link = {"joinLink": LINK.format(key=key), "accessKey": key}
    plain_server.on("guestService.v2/createGroupLinks", OK | {"groupLinks": [link]})
    creation = GroupLinkCreation(
        description="Title",
        valid_from=datetime(2022, 8, 1, 13, 15, tzinfo=UTC),
        valid_until=datetime(2022, 8, 2, 14, 0, tzinfo=UTC),
        permission_group_id="group",
    )
    reply = await plain_client.guests.create_group_links(room_id="room", group_link_creations=[creation])
    assert sent(plain_server, "guestService.v2/createGroupLinks") == {
        "roomId": "room",
        "groupLinkCreations": [
            {
                "description": "Title",
                "validFrom": "2022-08-01T13:15:00Z",
                "validUntil": "2022-08-02T14:00:00Z",
                "permissionGroupId": "group",
            }
        ],
    }
    assert (reply.group_links[0].access_key, reply.group_links[0].join_link) == (key, LINK.format(key=key))


async def test_create_guest_links(plain_server, plain_client):
    """A guest with name, language and mail; `skipRoomPermissionsUpdate` false is the same as absent."""
    key = "PHLlurwVkiY91KA1XVc8WtNsKBoRwStK"
    link = {"joinLink": LINK.format(key=key), "accessKey": key}
    plain_server.on("guestService.v2/createGuestLinks", OK | {"guestLinks": [link]})
    moment = datetime(2022, 7, 25, 7, 25, 48, 57000, tzinfo=UTC)
    creation = GuestLinkCreation(
        email="guest@example.org",
        display_name="Guest",
        valid_from=moment,
        valid_until=moment,
        locale="de",
        send_email=True,
        permission_group_id="group",
        skip_room_permissions_update=False,
    )
    reply = await plain_client.guests.create_guest_links(room_id="room", guest_link_creations=[creation])
    assert sent(plain_server, "guestService.v2/createGuestLinks") == {
        "roomId": "room",
        "guestLinkCreations": [
            {
                "email": "guest@example.org",
                "displayName": "Guest",
                "validFrom": "2022-07-25T07:25:48.057Z",
                "validUntil": "2022-07-25T07:25:48.057Z",
                "locale": "de",
                "sendEmail": True,
                "permissionGroupId": "group",
            }
        ],
    }
    assert (reply.guest_links[0].access_key, reply.guest_links[0].join_link) == (key, LINK.format(key=key))


async def test_create_rooms_and_departments(plain_server, plain_client):
    """Name, mode, type, quota set, permissions by user, and what everybody may do."""
    plain_server.on("roomService/create", OK | {"roomId": "b00430bd-a7ba-59db-aad9-2034464e92b9"})
    moderator = Permissions(voice=True, video=True, promote=True, join=True, screen=True)
    participant = Permissions(voice=True, video=True, join=True, screen=True, chat=True)
    reply = await plain_client.rooms.create(
        room=Room(
            display_name="Conference Room 1",
            mode=RoomMode.SPECTATOR,
            type=RoomType.ROOM,
            quotas=RoomQuotas(name="quota"),
            permissions={"user-1": moderator},
            default_permissions=participant,
        )
    )
    assert reply.room_id == "b00430bd-a7ba-59db-aad9-2034464e92b9"
    assert sent(plain_server, "roomService/create") == {
        "room": {
            "displayName": "Conference Room 1",
            "mode": "ROOM_MODE_SPECTATOR",
            "type": "ROOM_TYPE_ROOM",
            "quotas": {"name": "quota"},
            "permissions": {"user-1": {"voice": True, "video": True, "promote": True, "join": True, "screen": True}},
            "defaultPermissions": {"voice": True, "video": True, "join": True, "screen": True, "chat": True},
        }
    }


async def test_delete_guest_and_group_links(plain_server, plain_client):
    """Room and link id, one link a call."""
    plain_server.on("guestService.v2/deleteLink", OK)
    await plain_client.guests.delete_link(room_id="room", id="link")
    assert sent(plain_server, "guestService.v2/deleteLink") == {"roomId": "room", "id": "link"}


async def test_initial_authentication_with_api_key(plain_server, plain_client):
    """Alias, secret and company; the request id stands at the top."""
    plain_server.on("authenticationService/isAuthenticated", {"statusMessage": "OK"})
    await plain_client.authentication.is_authenticated()
    (body,) = plain_server.bodies("authenticationService/authenticate")
    assert body.pop("requestId")
    assert body == {"authorizationCodeCredentials": {"clientId": "alias", "code": "secret", "companyId": "company-1"}}
    assert plain_server.bodies("authenticationService/isAuthenticated")[0]["accessToken"] == TOKEN


async def test_initial_authentication_with_username_password(plain_server):
    """User name and password; the company is optional."""
    plain_server.on("roomService/list", OK)
    for company_id in ("", "company-1"):
        credentials = UsernamePassword(username="ada", password="secret", company_id=company_id)
        async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
            await alfaview.rooms.list()
    without, with_company = plain_server.bodies("authenticationService/authenticate")
    assert without["usernamePasswordCredentials"] == {"username": "ada", "password": "secret"}
    assert with_company["usernamePasswordCredentials"] == {
        "username": "ada",
        "password": "secret",
        "companyId": "company-1",
    }


async def test_list_companies(plain_server, plain_client):
    """The ids of the login, translated into names."""
    login = plain_server.answers["authenticationService/authenticate"][0]
    accounts = [{"companyId": "A1B2C3D4E5F6G7H8I9J0"}]
    plain_server.on("authenticationService/authenticate", login | {"accessibleAccounts": accounts})
    plain_server.on("companyService/list", OK | {"companies": {"A1B2C3D4E5F6G7H8I9J0": {"displayName": "My Company"}}})
    companies = await plain_client.accessible_companies()
    assert sent(plain_server, "companyService/list") == {"companyIdList": ["A1B2C3D4E5F6G7H8I9J0"]}
    assert companies["A1B2C3D4E5F6G7H8I9J0"].display_name == "My Company"


async def test_list_permission_groups(plain_server, plain_client):
    """Under the path that ends in `/list`; ids are the keys."""
    group = {
        "name": "Moderator",
        "order": 1,
        "permissions": {
            "voice": True,
            "video": True,
            "promote": True,
            "join": True,
            "screen": True,
            "chat": True,
            "chatBroadcast": True,
        },
    }
    path = "businessLogicService/permissionGroups/list"
    plain_server.on(path, OK | {"permissionGroups": {"1390a746-5fda-454a-9a10-b21af32e38ed": group}})
    group_id, found = await plain_client.business.permission_group("moderator")
    assert sent(plain_server, path) == {}
    assert (group_id, found.name, found.order) == ("1390a746-5fda-454a-9a10-b21af32e38ed", "Moderator", 1)
    assert found.permissions == Permissions(
        voice=True, video=True, promote=True, join=True, screen=True, chat=True, chat_broadcast=True
    )


async def test_list_rooms(plain_server, plain_client):
    """Limit, offset and a filter; rooms by id, in no order."""
    rooms = {
        "2bed6af5-51b9-4188-be98-25b6623b7a0f": {"displayName": "Conference room 2"},
        "b495c2b7-7f43-49c5-81b2-e44d429bb215": {"displayName": "Conference room 3"},
    }
    plain_server.on("roomService/list", OK | {"rooms": rooms})
    reply = await plain_client.rooms.list(limit=50, offset=10, filter_room_ids=["x"])
    assert sent(plain_server, "roomService/list") == {"limit": 50, "offset": 10, "filterRoomIds": ["x"]}
    assert {room_id: room.display_name for room_id, room in reply.rooms.items()} == {
        "2bed6af5-51b9-4188-be98-25b6623b7a0f": "Conference room 2",
        "b495c2b7-7f43-49c5-81b2-e44d429bb215": "Conference room 3",
    }


async def test_subsequent_authentication_with_refresh_token(plain_server):
    """The token goes back as the cookie `auth`, the company in the body; a new token replaces it."""
    cookie = "auth={}; Path=/; Domain=app.alfaview.com; Expires=Sat, 19 Nov 2050 15:18:15 GMT; HttpOnly; Secure"
    path = "authenticationService/authenticate"
    plain_server.on(path, *plain_server.answers[path], headers={"Set-Cookie": cookie.format("second-token")})
    plain_server.on("roomService/list", OK, (401, OUTDATED), OK)
    credentials = RefreshToken(refresh_token="first-token", company_id="company-1")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        await alfaview.rooms.list()
        await alfaview.rooms.list()
    assert plain_server.cookies(path) == ["auth=first-token", "auth=second-token"]
    assert plain_server.cookies("roomService/list") == [None] * 3
    for body in plain_server.bodies(path):
        assert body.pop("requestId")
        assert body == {"refreshTokenCredentials": {"companyId": "company-1"}}


async def test_switch_company(plain_server):
    """One authenticates again, with the id of the desired company."""
    path = "authenticationService/authenticate"
    login = plain_server.answers[path][0]
    plain_server.on(path, login, login | {"companyId": "company-2"})
    plain_server.on("roomService/list", OK)
    credentials = UsernamePassword(username="ada", password="secret")
    async with Alfaview(credentials, base_url=plain_server.base_url) as alfaview:
        await alfaview.rooms.list()
        other = await alfaview.switch_company("company-2")
        await other.rooms.list()
    first, second = plain_server.bodies(path)
    assert "companyId" not in first["usernamePasswordCredentials"]
    assert second["usernamePasswordCredentials"]["companyId"] == "company-2"


async def test_generate_join_url_from_group_link(plain_server, plain_client):
    """The parts of the link and a name go out, never our token; the launch URL has the page's form."""
    path = "guestService.v2/authenticate"
    answer = OK | {
        "accessToken": "IRXPAVVc1nZC0u5+mKTfXeUQr5bf/C1b",
        "tokenExpiresAt": "2026-11-23T04:00:00Z",
        "userId": "user",
        "linkInfo": {"type": "TYPE_GROUP_LINK"},
    }
    plain_server.on(path, answer)
    link = (
        "https://app.alfaview.com/#/join/01EZYCFW9MJ10P15YJ63NZ8S47/5726d492-6eb2-5f59-9ee8-203181250dc4"
        "/rgOUSiy2pFWkRFNfnkXuJRVXcD72Go0b/v2"
    )
    launch = await plain_client.guests.launch_url(link, display_name="Ada", external_id="x" * 32)
    (body,) = plain_server.bodies(path)
    assert body.pop("accessInfo").keys() == {"requestId"}
    assert body == {
        "companyId": "01EZYCFW9MJ10P15YJ63NZ8S47",
        "roomId": "5726d492-6eb2-5f59-9ee8-203181250dc4",
        "accessKey": "rgOUSiy2pFWkRFNfnkXuJRVXcD72Go0b",
        "displayName": "Ada",
        "externalId": "x" * 32,
    }
    assert plain_server.bodies("authenticationService/authenticate") == []
    native = (
        "alfaview://apis.alfaview.com:443?companyId=01EZYCFW9MJ10P15YJ63NZ8S47"
        "&roomId=5726d492-6eb2-5f59-9ee8-203181250dc4&token=IRXPAVVc1nZC0u5%2BmKTfXeUQr5bf%2FC1b"
    )
    assert launch.native == native
    assert launch.web == f"https://webclient.alfaview.com/?--url={native}"
    entered = await plain_client.guests.authenticate(company_id="c", room_id="r", access_key="k")
    assert entered.link_info.type == GuestType.GROUP_LINK
    assert entered.token_expires_at == datetime(2026, 11, 23, 4, tzinfo=UTC)
