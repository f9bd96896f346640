"""The handbook's own JSON, page by page, without the emulator: what we send is what it asks for, what it shows we read.

Zeros need not be sent, since the wire cannot tell them from absence; nothing else may be left out.
"""

import json
from datetime import UTC, datetime

import orjson
import pytest
from handbook import ACCESS, MODERATOR, OK, PARTICIPANT, ROLES, assert_reads, assert_sends, parsed

from alfaview_async.client import BASE_URL
from alfaview_async.errors import ServerTimeout, TokenOutdated
from alfaview_async.models.common import Permissions, ReplyInfo
from alfaview_async.models.guests import (
    CreateGroupLinksReply,
    CreateGroupLinksRequest,
    CreateGuestLinksReply,
    CreateGuestLinksRequest,
    DeleteLinkReply,
    DeleteLinkRequest,
    GroupLink,
    GroupLinkCreation,
    GuestLink,
    GuestLinkCreation,
)
from alfaview_async.models.rooms import (
    Room,
    RoomCreateReply,
    RoomCreateRequest,
    RoomListReply,
    RoomMode,
    RoomQuotas,
    RoomType,
)
from alfaview_async.protocol import decode_reply, encode_request
from alfaview_async.services import operations
from alfaview_async.services.guests import GuestService
from alfaview_async.services.rooms import RoomService
from alfaview_async.wire import read


def test_handbook_api_access() -> None:
    """Base URL, services, and the constants for roles."""
    assert BASE_URL == "https://apis.alfaview.com/json/v1/"
    assert {row.path.partition("/")[0] for _, _, row in operations()} | {"meetingService"} == {
        *("authenticationService", "businessLogicService", "companyService", "guestService.v2"),
        *("meetingService", "quotaService", "roomService", "userService"),
    }
    assert {role: read(Permissions, parsed(role)) for role in ROLES} == ROLES


def test_handbook_error_handling_success() -> None:
    """A reply info without status code is a success."""
    sample = parsed("""
        {
          "replyInfo": {
            "requestId": "z3ai9B11509",
            "statusMessage": "OK"
          },
          ...
        }
    """)

    info = ReplyInfo(request_id="z3ai9B11509", status_message="OK")
    assert_reads(RoomService.list, sample, RoomListReply(info=info))


def test_handbook_error_handling_token_expired() -> None:
    """Printed with a backslash in the status code, and told by the status code rather than by the message."""
    printed = r"""
        {
          "code": 16,
          "message": "token expired",
          "details": [
            {
              "@type": "type.googleapis.com/common.ReplyInfo",
              "requestId": "tn5BoQ10239",
              "statusCode": "TOKEN\_OUTDATED",
              "statusMessage": "token expired"
            }
          ]
        }
    """

    for body in (orjson.dumps(parsed(printed)), printed.replace("\\", "\\\\").encode()):
        with pytest.raises(TokenOutdated, match="TOKEN_OUTDATED: token expired") as caught:
            decode_reply(RoomService.list, 401, {}, body)
        assert (caught.value.status, caught.value.grpc_code) == ("TOKEN_OUTDATED", 16)


def test_handbook_error_handling_context_deadline_exceeded() -> None:
    """The handbook names only the text."""
    with pytest.raises(ServerTimeout, match="context deadline exceeded"):
        decode_reply(RoomService.list, 504, {}, b'{"code": 4, "message": "context deadline exceeded"}')


def test_handbook_create_group_links_request() -> None:
    """Printed with a trailing comma."""
    sample = parsed("""
        {
          "accessInfo": {
            "requestId": "### REQUEST ID ###",
            "accessToken": "### ACCESS TOKEN ###"
          },
          "roomId": "### ROOM ID ###",
          "groupLinkCreations": [
            {
              "description": "### GROUP LINK TITLE ###",
              "validFrom": "2022-08-01T13:15:00Z",
              "validUntil": "2022-08-02T14:00:00Z",
              "permissionGroupId": "### PERMISSION GROUP ID ###",
            }
          ]
        }
    """)

    creation = GroupLinkCreation(
        description="### GROUP LINK TITLE ###",
        valid_from=datetime(2022, 8, 1, 13, 15, tzinfo=UTC),
        valid_until=datetime(2022, 8, 2, 14, tzinfo=UTC),
        permission_group_id="### PERMISSION GROUP ID ###",
    )
    request = CreateGroupLinksRequest(room_id="### ROOM ID ###", group_link_creations=[creation])
    assert_sends(GuestService.create_group_links, request, sample)


def test_handbook_create_group_links_response() -> None:
    """The print cuts the link off at the margin; what is left of it is read as it is."""
    link = "https://app.alfaview.com/#/join/01FHOEX0VQQ378MV7Z5NAGHESK/4173dafb-5cde5c85-9"
    sample = parsed(
        """
        {
          "replyInfo": {
            ...
            "statusMessage": "OK"
          },
          "groupLinks": [
            {
              ...
              "joinLink": "",
              "accessKey": "NcHef8FIc17a5jpiWy4fJ0cw2dCRpbFG"
            }
          ]
        }
        """,
        joinLink=link,
    )

    links = [GroupLink(join_link=link, access_key="NcHef8FIc17a5jpiWy4fJ0cw2dCRpbFG")]
    assert_reads(GuestService.create_group_links, sample, CreateGroupLinksReply(info=OK, group_links=links))


def test_handbook_create_guest_links_request() -> None:
    """Milliseconds, and a flag that is false and so need not be sent."""
    sample = parsed("""
        {
          "accessInfo": {
            "requestId": "### REQUEST ID ###",
            "accessToken": "### ACCESS TOKEN ###"
          },
          "roomId": "### ROOM ID ###",
          "guestLinkCreations": [
            {
              "email": "### GUEST EMAIL ###",
              "displayName": "### GUEST NAME ###",
              "validFrom": "2022-07-25T07:25:48.057Z",
              "validUntil": "2022-07-25T07:25:48.057Z",
              "locale": "### GUEST LOCALE ###",
              "sendEmail": true,
              "permissionGroupId": "### PERMISSION GROUP ID ###",
              "skipRoomPermissionsUpdate": false
            }
          ]
        }
    """)

    creation = GuestLinkCreation(
        email="### GUEST EMAIL ###",
        display_name="### GUEST NAME ###",
        valid_from=datetime(2022, 7, 25, 7, 25, 48, 57_000, tzinfo=UTC),
        valid_until=datetime(2022, 7, 25, 7, 25, 48, 57_000, tzinfo=UTC),
        locale="### GUEST LOCALE ###",
        send_email=True,
        permission_group_id="### PERMISSION GROUP ID ###",
        skip_room_permissions_update=False,
    )
    request = CreateGuestLinksRequest(room_id="### ROOM ID ###", guest_link_creations=[creation])
    assert_sends(GuestService.create_guest_links, request, sample)


def test_handbook_create_guest_links_response() -> None:
    """The link of the public page, where a hyphen became the control character U+0002: kept as it came."""
    link = (
        "https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/4173dafb-5cde\x025c85-95a3-20ebdf43698a/"
        "PHLlurwVkiY91KAlXVc8WtNsKBoRwStK/v2"
    )
    sample = parsed(
        """
        {
          "replyInfo": {
            ...
            "statusMessage": "OK"
          },
          "guestLinks": [
            {
              ...
              "joinLink": "",
              "accessKey": "PHLlurwVkiY91KAlXVc8WtNsKBoRwStK"
            }
          ]
        }
        """,
        joinLink=link,
    )

    links = [GuestLink(join_link=link, access_key="PHLlurwVkiY91KAlXVc8WtNsKBoRwStK")]
    assert_reads(GuestService.create_guest_links, sample, CreateGuestLinksReply(info=OK, guest_links=links))


def test_handbook_create_rooms_and_departments_request() -> None:
    """Roles stand for the permission sets of the page "API access"; the three user ids are told apart here."""
    printed = r"""
        {
          "accessInfo": {
            "requestId": "### REQUEST ID ###",
            "accessToken": "### ACCESS TOKEN ###"
          },
          "room": {
            "displayName": "Conference Room 1",
            "mode": "ROOM\_MODE\_SPECTATOR",
            "type": "ROOM\_TYPE\_ROOM",
            "quotas": {
              "name": "### QUOTA NAME ###"
            },
            "permissions": {
              "### USER ID 1 ###": "### MODERATOR ROLE ###",
              "### USER ID 2 ###": "### PARTICIPANT ROLE ###",
              "### USER ID 3 ###": "### PARTICIPANT ROLE ###",
              ...
            },
            "defaultPermissions": "### PARTICIPANT ROLE ###",
            ...
          }
        }
    """
    printed = printed.replace('"### MODERATOR ROLE ###"', MODERATOR).replace('"### PARTICIPANT ROLE ###"', PARTICIPANT)

    room = Room(
        display_name="Conference Room 1",
        mode=RoomMode.SPECTATOR,
        type=RoomType.ROOM,
        quotas=RoomQuotas(name="### QUOTA NAME ###"),
        permissions={
            "### USER ID 1 ###": ROLES[MODERATOR],
            "### USER ID 2 ###": ROLES[PARTICIPANT],
            "### USER ID 3 ###": ROLES[PARTICIPANT],
        },
        default_permissions=ROLES[PARTICIPANT],
    )
    assert_sends(RoomService.create, RoomCreateRequest(room=room), parsed(printed))


def test_handbook_create_rooms_and_departments_response() -> None:
    """The id of the new room."""
    sample = parsed("""
        {
        ...
        "roomId": "b00430bd-a7ba-59db-aad9-2034464e92b9",
        ...
        }
    """)

    assert_reads(RoomService.create, sample, RoomCreateReply(room_id="b00430bd-a7ba-59db-aad9-2034464e92b9"))


def test_handbook_create_rooms_and_departments_notes() -> None:
    """Departments, rooms without spectators, a parent, and quotas in numbers."""
    room = Room(
        type=RoomType.DEPARTMENT,
        mode=RoomMode.NORMAL,
        parent_id="p",
        quotas=RoomQuotas(active_participants=50, passive_participants=0, sub_rooms=10),
    )

    body = json.loads(encode_request(RoomCreateRequest(room=room), ACCESS))
    assert body["room"] == {
        "type": "ROOM_TYPE_DEPARTMENT",
        "mode": "ROOM_MODE_NORMAL",
        "parentId": "p",
        "quotas": {"activeParticipants": 50, "subRooms": 10},
    }


def test_handbook_delete_guest_and_group_links() -> None:
    """One link at a time, of either kind."""
    request = parsed("""
        {
          "accessInfo": {
            "requestId": "### REQUEST ID ###",
            "accessToken": "### ACCESS TOKEN ###"
          },
          "roomId": "### ROOM ID ###",
          "id": "### GUEST / GROUP LINK ID ###",
          "skipRoomPermissionsUpdate": false
        }
    """)
    response = parsed("""
        {
          "replyInfo": {
            ...
            "statusMessage": "OK"
          }
        }
    """)

    deletion = DeleteLinkRequest(room_id="### ROOM ID ###", id="### GUEST / GROUP LINK ID ###")
    assert_sends(GuestService.delete_link, deletion, request)
    assert_reads(GuestService.delete_link, response, DeleteLinkReply(info=OK))
