r"""A client of somebody else's: requests letter for letter as the vendor's PHP SDK 2.4 for `/json/v1` sends them.

Its convenience class sends no request id with logins, 13 hexadecimal digits elsewhere, empty texts where nothing is
set, a limit of 1,000 for rooms with both room types named, and times with `+00:00`. PHP writes JSON with `\/` and
`\u00fc`. It takes a reply for good if its status code is null or `OK`, and reads `code` and `message` of others.
"""

import hashlib
import http.client
import itertools
import json
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.alfaview(seed="training-centre")

SEMINAR_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": "Swagger-Codegen/1.0.0/php",
}
KEY = {"clientId": "demo", "code": "demo-secret", "companyId": COMPANY}


class PhpError(Exception):
    """What the SDK makes of an answer that is none of 2xx: the code and message of its body."""


class PhpSdk:
    """The SDK's convenience class, call for call."""

    def __init__(self, host):
        self.host = urlsplit(host)
        self.token = None
        self._ids = itertools.count(0x6740D5F1A2B3C)

    def post(self, path, body):
        encoded = json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")
        connection = http.client.HTTPConnection(self.host.netloc, timeout=10)
        connection.request("POST", f"{self.host.path}/{path}", encoded, HEADERS)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        if not 200 <= answer.status <= 299:
            raise PhpError(said["code"], said["message"])
        status = said.get("replyInfo", {}).get("statusCode")
        assert status in (None, "OK")
        return said

    def ask(self, path, **fields):
        access = {"requestId": f"{next(self._ids):013x}", "accessToken": self.token}
        return self.post(path, {"accessInfo": access, **fields})

    def authenticate(self, **credentials):
        self.token = self.post("authenticationService/authenticate", credentials)["accessToken"]

    def room_list(self):
        types = ["ROOM_TYPE_DEPARTMENT", "ROOM_TYPE_ROOM"]
        return self.ask("roomService/list", filterRoomTypes=types, limit=1000)["rooms"]

    def permission_group_id(self, name):
        groups = self.ask("businessLogicService/permissionGroups/list")["permissionGroups"]
        return next(group_id for group_id, group in groups.items() if group["name"] == name)

    def guest_authenticate(self, link, display_name="", external_id=""):
        company, room, key, _ = link.partition("#/join/")[2].split("/")
        person = {"displayName": display_name, "externalId": external_id}
        ids = {"companyId": company, "roomId": room, "accessKey": key}
        return self.post("guestService.v2/authenticate", ids | person)


@pytest.fixture
def emulator(alfaview_emulator):
    """In a thread: the client waits for its answers."""
    return alfaview_emulator


@pytest.fixture
def sdk(emulator):
    sdk = PhpSdk(emulator.base_url.rstrip("/"))
    sdk.authenticate(authorizationCodeCredentials=KEY)
    return sdk


@pytest.fixture(params=[False, True], ids=["gateway v1", "gateway v2"])
def gateway(request, emulator):
    """Both generations of the gateway, as nobody knows which one runs at alfaview."""
    emulator.habits.change(gateway_v2=request.param, emit_defaults=request.param)


@pytest.mark.usefixtures("gateway")
def test_logins(sdk):
    """By user without company, which leads to the first; the token is good, said by a bare reply info."""
    sdk.authenticate(usernamePasswordCredentials={"username": "ada@example.org", "password": "demo-password"})
    body = {"requestId": "6740d5f1a2b3c", "accessToken": sdk.token}
    reply = sdk.post("authenticationService/isAuthenticated", body)
    assert (reply["requestId"], reply["statusMessage"]) == ("6740d5f1a2b3c", "OK")
    assert sdk.ask("authenticationService/accessTokenInformation")["companyId"] == COMPANY


@pytest.mark.usefixtures("gateway")
def test_rooms(sdk):
    """The whole life of a room, made of a name and quotas alone, as the SDK's own tests do."""
    room = {"displayName": "PHP \u00fcber /json/v1", "quotas": {"activeParticipants": 5}}
    room_id = sdk.ask("roomService/create", room=room)["roomId"]
    assert sdk.room_list()[room_id]["displayName"] == "PHP über /json/v1"
    assert sdk.room_list()[room_id]["quotas"]["activeParticipants"] == 5
    renamed = sdk.ask("roomService/update", roomId=room_id, room={"displayName": "PHP"})["room"]
    assert renamed["displayName"] == "PHP"
    assert "alfaview" in sdk.ask("roomService/createJoinLink", roomId=room_id)["joinLink"]
    assert sdk.ask("roomService/status", roomIds=[room_id])["replyInfo"]["statusMessage"] == "OK"
    assert len(sdk.ask("roomService/availableTypes")["roomTypes"]) == 1
    sdk.ask("roomService/destroy", roomId=room_id)
    assert room_id not in sdk.room_list()


@pytest.mark.usefixtures("gateway")
def test_group_links(sdk):
    """One person by an external id of 32 digits is one guest, with two names; without it each is another."""
    creation = {
        "description": "PHP",
        "permissionGroupId": sdk.permission_group_id("Participant"),
        "validUntil": "2030-12-24T18:00:00+00:00",
    }
    (link,) = sdk.ask("guestService.v2/createGroupLinks", groupLinkCreations=[creation], roomId=SEMINAR_A)["groupLinks"]
    external_id = hashlib.md5(b"user 4711").hexdigest()  # noqa: S324 - as the SDK's README makes it
    ada, again = (sdk.guest_authenticate(link["joinLink"], name, external_id) for name in ("Ada", "Ada L."))
    assert ada["userId"] == again["userId"]
    assert ada["accessToken"] != again["accessToken"]
    assert sdk.guest_authenticate(link["joinLink"])["userId"] != ada["userId"]
    listed = sdk.ask("guestService.v2/listGroupLinks", roomId="")["groupLinks"]
    assert link["id"] in [found["id"] for found in listed]
    found = sdk.ask("guestService.v2/getLink", id=link["id"])["groupLink"]
    assert (found["description"], found["validUntil"]) == ("PHP", "2030-12-24T18:00:00Z")


@pytest.mark.usefixtures("gateway")
def test_guest_links(sdk, emulator):
    """A link with a mail in the locale of the vendor's own test, found by its room and by its id."""
    creation = {
        "displayName": "Zo\u00eb",
        "email": "zoe@example.org",
        "locale": "en-US",
        "sendEmail": True,
        "permissionGroupId": sdk.permission_group_id("Moderator"),
    }
    made = sdk.ask("guestService.v2/createGuestLinks", guestLinkCreations=[creation], roomId=SEMINAR_A)
    (link,) = made["guestLinks"]
    assert made["trackingInfo"]["taskId"]
    assert [(mail.to, mail.locale) for mail in emulator.outbox] == [("zoe@example.org", "en")]
    assert sdk.guest_authenticate(link["joinLink"])["accessToken"]
    listed = sdk.ask("guestService.v2/listGuestLinks", roomId=SEMINAR_A)["guestLinks"]
    assert link["id"] in [found["id"] for found in listed]
    assert sdk.ask("guestService.v2/getLink", id=link["id"])["guestLink"]["displayName"] == "Zoë"


@pytest.mark.usefixtures("gateway")
def test_errors(sdk, emulator):
    """Code and message stand in the body, where the SDK looks for them."""
    emulator.expire_tokens()
    with pytest.raises(PhpError) as raised:
        sdk.room_list()
    assert raised.value.args == (16, "token expired")
    with pytest.raises(PhpError) as raised:
        sdk.authenticate(authorizationCodeCredentials=KEY | {"code": "wrong"})
    assert raised.value.args[0] == 16
