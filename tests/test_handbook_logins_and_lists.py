"""The handbook's own JSON, continued: the pages about logging in, and those about lists."""

import json
from datetime import UTC, datetime

import orjson
import pytest
from handbook import ACCESS, OK, PARTICIPANT, ROLES, SPECTATOR, Json, assert_reads, assert_sends, left_out, parsed

from alfaview_async.errors import BadReply
from alfaview_async.models.authentication import (
    Account,
    AuthenticationReply,
    AuthenticationRequest,
    AuthorizationCodeCredentials,
    RefreshTokenCredentials,
    UsernamePasswordCredentials,
)
from alfaview_async.models.business import PermissionGroup, PermissionGroupsListReply, PermissionGroupsListRequest
from alfaview_async.models.common import AccessInfo, Permissions
from alfaview_async.models.companies import Company, CompanyListReply, CompanyListRequest
from alfaview_async.models.guests import GuestAuthenticateReply, GuestAuthenticateRequest, GuestType, LinkInfo
from alfaview_async.models.rooms import Room, RoomListReply, RoomListRequest
from alfaview_async.protocol import decode_reply, decode_request, encode_request
from alfaview_async.refresh_cookie import received, sent
from alfaview_async.secret import Secret
from alfaview_async.services.authentication import AuthenticationService
from alfaview_async.services.business import BusinessService
from alfaview_async.services.companies import CompanyService
from alfaview_async.services.guests import GuestService
from alfaview_async.services.rooms import RoomService

LOGIN = AccessInfo(request_id="### REQUEST ID ###")
"""Before a login there is no token."""
LOGIN_RESPONSE = """
    {
      ...
      "accessToken": "...",
      "expiresAt": "...",
      ...
    }
"""


def test_handbook_initial_authentication_with_api_key_request() -> None:
    """Alias, secret and company of the key; the request id stands at the top."""
    sample = parsed("""
        {
          "requestId": "### REQUEST ID ###",
          "authorizationCodeCredentials": {
            "clientId": "### API KEY ALIAS ###",
            "code": "### API KEY SECRET ###",
            "companyId": "### COMPANY ID ###"
          }
        }
    """)

    credentials = AuthorizationCodeCredentials(
        client_id="### API KEY ALIAS ###", code="### API KEY SECRET ###", company_id="### COMPANY ID ###"
    )
    request = AuthenticationRequest(authorization_code_credentials=credentials)
    assert_sends(AuthenticationService.authenticate, request, sample, LOGIN)


def test_handbook_initial_authentication_response() -> None:
    """Printed with dots for values: a token, and unix seconds as text; dots themselves are no time."""
    sample = parsed(LOGIN_RESPONSE, accessToken="dG9rZW4+/w==", expiresAt="1668871095")

    reply = AuthenticationReply(access_token="dG9rZW4+/w==", expires_at=1668871095)
    assert_reads(AuthenticationService.authenticate, sample, reply)
    with pytest.raises(BadReply, match=r"\$\.expiresAt: expected a 64-bit integer, found text"):
        decode_reply(AuthenticationService.authenticate, 200, {}, orjson.dumps(parsed(LOGIN_RESPONSE)))


def test_handbook_initial_authentication_response_has_the_accessible_companies() -> None:
    """As the notes on the company id say; an OK without any status."""
    body = b'{"accessToken": "t", "companyId": "A", "accessibleAccounts": [{"companyId": "A"}, {"companyId": "B"}]}'

    reply = decode_reply(AuthenticationService.authenticate, 200, {}, body)

    assert reply.accessible_accounts == [Account(company_id="A"), Account(company_id="B")]
    assert reply.company_id == "A"


def test_handbook_initial_authentication_with_username_password_request() -> None:
    """With a company."""
    sample = parsed("""
        {
          "requestId": "### REQUEST ID ###",
          "usernamePasswordCredentials": {
            "username": "### USERNAME ###",
            "password": "### PASSWORD ###",
            "companyId": "### COMPANY ID ###"
          }
        }
    """)

    credentials = UsernamePasswordCredentials(
        username="### USERNAME ###", password="### PASSWORD ###", company_id="### COMPANY ID ###"
    )
    request = AuthenticationRequest(username_password_credentials=credentials)
    assert_sends(AuthenticationService.authenticate, request, sample, LOGIN)


def test_handbook_initial_authentication_with_username_password_needs_no_company() -> None:
    """It is optional, and so left out."""
    credentials = UsernamePasswordCredentials(username="u", password="p")

    body = json.loads(encode_request(AuthenticationRequest(username_password_credentials=credentials), LOGIN))

    assert body["usernamePasswordCredentials"] == {"username": "u", "password": "p"}


def test_handbook_subsequent_authentication_with_refresh_token() -> None:
    """The token comes in a header, goes in a cookie, and the body has only the company (and a trailing comma)."""
    header = (
        "auth=XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX; Path=/; Domain=app.alfaview.com; "
        "Expires=Sat, 19 Nov 2022 15:18:15 GMT; HttpOnly; Secure"
    )
    sample = parsed("""
        {
          "requestId": "### REQUEST ID ###",
          "refreshTokenCredentials": {
            "companyId": "### COMPANY ID ###",
          }
        }
    """)

    cookie = received([header], datetime(2022, 11, 1, tzinfo=UTC))
    assert cookie is not None
    assert cookie.expires_at == datetime(2022, 11, 19, 15, 18, 15, tzinfo=UTC)
    assert sent(Secret(cookie.value)).reveal() == "auth=XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"
    request = AuthenticationRequest(refresh_token_credentials=RefreshTokenCredentials(company_id="### COMPANY ID ###"))
    assert_sends(AuthenticationService.authenticate, request, sample, LOGIN)


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (
            AuthenticationRequest(
                username_password_credentials=UsernamePasswordCredentials(username="u", password="p", company_id="B")
            ),
            "usernamePasswordCredentials",
        ),
        (
            AuthenticationRequest(refresh_token_credentials=RefreshTokenCredentials(company_id="B")),
            "refreshTokenCredentials",
        ),
    ],
)
def test_handbook_switch_company(request_: AuthenticationRequest, key: str) -> None:
    """Log in again with the company wanted: by user name and password or by refresh token."""
    body = json.loads(encode_request(request_, LOGIN))

    assert body[key]["companyId"] == "B"


def test_handbook_generate_join_url_from_group_link_request() -> None:
    """Without a token: the access info that we add has just a request id."""
    sample = parsed("""
        {
          "companyId": "string", // extracted companyId
          "roomId": "string", // extracted roomId
          "accessKey": "string", // extracted accessKey
          "displayName": "string", // guest name
          "externalId": "string" - // optional, can be used to derive a
          // reproducible userId for groupLinks to prevent simultaneous use.
          // The caller is responsible to provide a unique value per user;
          // validate="optional,min=32,max=256"
        }
    """)

    request = GuestAuthenticateRequest(
        company_id="string", room_id="string", access_key="string", display_name="string", external_id="string"
    )
    body: Json = json.loads(encode_request(request, LOGIN))
    assert body.pop("accessInfo") == {"requestId": "### REQUEST ID ###"}
    assert left_out(sample, body) == []
    assert decode_request(GuestService.authenticate, orjson.dumps(sample)) == (request, AccessInfo())


def test_handbook_generate_join_url_from_group_link_response() -> None:
    """Here the expiry is a date, unlike that of a login."""
    sample = parsed(
        r"""
        {
          "replyInfo": {
            "statusMessage": "OK"
          },
          "accessToken": "string", // use this to assemble the join url
          "tokenExpiresAt": "string", // expires 12 hours after creation
          "userId": "string",
          "linkInfo": {
            "type": "TYPE\_GROUP\_LINK"
          }
        }
        """,
        tokenExpiresAt="2026-02-19T21:00:00Z",
    )

    reply = GuestAuthenticateReply(
        info=OK,
        access_token="string",
        token_expires_at=datetime(2026, 2, 19, 21, tzinfo=UTC),
        user_id="string",
        link_info=LinkInfo(type=GuestType.GROUP_LINK),
    )
    assert_reads(GuestService.authenticate, sample, reply)


def test_handbook_list_companies() -> None:
    """Ids in, names out."""
    request = parsed("""
        {
          "accessInfo": {
            "requestId": "### REQUEST ID ###",
            "accessToken": "### ACCESS TOKEN ###"
          },
          "companyIdList": [
            "### COMPANY ID ###"
          ]
        }
    """)
    response = parsed("""
        {
          ...
          "companies": {
            "A1B2C3D4E5F6G7H8I9J0": {
              "displayName": "My Company",
              ...
            }
          },
          ...
        }
    """)

    assert_sends(CompanyService.list, CompanyListRequest(company_id_list=["### COMPANY ID ###"]), request)
    companies = {"A1B2C3D4E5F6G7H8I9J0": Company(display_name="My Company")}
    assert_reads(CompanyService.list, response, CompanyListReply(companies=companies))


def test_handbook_list_permission_groups() -> None:
    """The request is the access info alone; the groups come by id, with the flags that are true."""
    request = parsed("""
        {
          "accessInfo": {
            "requestId": "### REQUEST ID ###",
            "accessToken": "### ACCESS TOKEN ###"
          }
        }
    """)
    response = parsed("""
        {
          "replyInfo": {
            "statusMessage": "OK"
          },
          "permissionGroups": {
            "1390a746-5fda-454a-9a10-b21af32e38ed": {
              "name": "Moderator",
              "order": 1,
              "permissions": {
                "voice": true,
                "video": true,
                "promote": true,
                "join": true,
                "screen": true,
                "chat": true,
                "chatBroadcast": true
              }
            },
            "6067b76c-5450-4fab-b70d-c7ba99eddcf2": {
              "name": "Participant",
              "order": 2,
              "permissions": {
                "voice": true,
                "video": true,
                "join": true,
                "screen": true,
                "chat": true
              }
            },
            "885e356d-02dd-4eec-960c-cd647f4b859a": {
              "name": "Spectator",
              "order": 3,
              "permissions": {
                "join": true,
                "chat": true
              }
            },
            ...
          }
        }
    """)

    moderator = Permissions(
        voice=True, video=True, promote=True, join=True, screen=True, chat=True, chat_broadcast=True
    )
    groups = {
        "1390a746-5fda-454a-9a10-b21af32e38ed": PermissionGroup(name="Moderator", order=1, permissions=moderator),
        "6067b76c-5450-4fab-b70d-c7ba99eddcf2": PermissionGroup(
            name="Participant", order=2, permissions=ROLES[PARTICIPANT]
        ),
        "885e356d-02dd-4eec-960c-cd647f4b859a": PermissionGroup(
            name="Spectator", order=3, permissions=ROLES[SPECTATOR]
        ),
    }
    row = BusinessService.permission_groups_list
    assert row.path == "businessLogicService/permissionGroups/list"
    assert_sends(row, PermissionGroupsListRequest(), request)
    assert_reads(row, response, PermissionGroupsListReply(info=OK, permission_groups=groups))


def test_handbook_list_rooms() -> None:
    """Limit and offset are zero in the sample, which means the defaults."""
    request = parsed("""
        {
          "accessInfo": {
            "requestId": "### REQUEST ID ###",
            "accessToken": "### ACCESS TOKEN ###"
          },
          "limit": 0,
          "offset": 0,
          "filterRoomIds": [
            "### ROOM ID ###"
          ]
        }
    """)
    response = parsed("""
        {
          ...
          "rooms": {
            "2bed6af5-51b9-4188-be98-25b6623b7a0f": {
              "displayName": "Conference room 2",
              ...
            },
            "b495c2b7-7f43-49c5-81b2-e44d429bb215": {
              "displayName": "Conference room 3",
              ...
            },
            "c134df6f-990a-4f99-8020-8290295e840f": {
              "displayName": "Conference room 1",
              ...
            }
          }
        }
    """)

    assert_sends(RoomService.list, RoomListRequest(limit=0, offset=0, filter_room_ids=["### ROOM ID ###"]), request)
    rooms = {
        "2bed6af5-51b9-4188-be98-25b6623b7a0f": Room(display_name="Conference room 2"),
        "b495c2b7-7f43-49c5-81b2-e44d429bb215": Room(display_name="Conference room 3"),
        "c134df6f-990a-4f99-8020-8290295e840f": Room(display_name="Conference room 1"),
    }
    assert_reads(RoomService.list, response, RoomListReply(rooms=rooms))
    paged = json.loads(encode_request(RoomListRequest(limit=1000, offset=2000), ACCESS))
    assert (paged["limit"], paged["offset"]) == (1000, 2000)
