"""A running emulator, and an application that knows HTTP and JSON and never heard of our models."""

import json
import re

import aiohttp
import pytest
import waiting
from attrs import define, frozen
from multidict import CIMultiDictProxy

from alfaview_async import Alfaview, ApiKey, RetryPolicy, UsernamePassword
from alfaview_async.emulator import Emulator

PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"


@frozen
class Answer:
    status: int
    headers: CIMultiDictProxy[str]
    text: str

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def error(self):
        """HTTP status, gRPC code and status code."""
        return self.status, self.json["code"], self.json["details"][0]["statusCode"]


@define
class PlainApp:
    http: aiohttp.ClientSession
    emulator: Emulator
    token: str = ""

    async def post(self, path, body, **options):
        data = json.dumps(body) if isinstance(body, dict) else body
        async with self.http.post(self.emulator.base_url + path, data=data, **options) as response:
            return Answer(response.status, response.headers, await response.text())

    async def log_in(self, cookie="", **credentials):
        headers = {"Cookie": f"auth={cookie}"} if cookie else {}
        body = {"requestId": "login", **credentials}
        return await self.post("authenticationService/authenticate", body, headers=headers)

    async def log_in_with_key(self):
        key = {"clientId": "demo", "code": "demo-secret", "companyId": "01FH0EX2VQQ378MV7Z5NAGHESK"}
        return await self.log_in(authorizationCodeCredentials=key)

    async def ask(self, path, **fields):
        """Send a request in the name of the API key."""
        self.token = self.token or (await self.log_in_with_key()).json["accessToken"]
        access = {"requestId": "ask", "accessToken": self.token}
        return await self.post(path, {"accessInfo": access, **fields})

    async def guest_links(self, *creations, **fields):
        creations = [{"permissionGroupId": PARTICIPANT, **creation} for creation in creations]
        room = {"roomId": self.emulator.room_id} | fields
        return await self.ask("guestService.v2/createGuestLinks", guestLinkCreations=creations, **room)

    async def group_links(self, *creations, **fields):
        creations = [{"permissionGroupId": PARTICIPANT, **creation} for creation in creations]
        room = {"roomId": self.emulator.room_id} | fields
        return await self.ask("guestService.v2/createGroupLinks", groupLinkCreations=creations, **room)

    async def enter(self, link, **fields):
        """Enter with a join link, taken apart as the handbook does."""
        company, room, key, _ = link["joinLink"].partition("#/join/")[2].split("/")
        body = {"companyId": company, "roomId": room, "accessKey": key, "displayName": "Ada", **fields}
        return await self.post("guestService.v2/authenticate", body)


@pytest.fixture
async def emulator():
    async with Emulator() as running:
        yield running


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
def app(http, emulator):
    return PlainApp(http, emulator)


@pytest.fixture
def app_for(http):
    """An application for an emulator with options of its own."""
    return lambda emulator: PlainApp(http, emulator)


@pytest.fixture
def until():
    """Wait for something that the emulator has no events for; fails after five seconds."""
    return waiting.until


@pytest.fixture
async def alfaview(emulator):
    key = ApiKey(client_id=emulator.client_id, code=emulator.code, company_id=emulator.company_id)
    async with Alfaview(key, base_url=emulator.base_url, timeout=2.0, retry=RetryPolicy(wait=0.001)) as client:
        yield client


@pytest.fixture
async def ada(emulator):
    """The user, who may enter both companies."""
    user = UsernamePassword(username=emulator.username, password=emulator.password)
    async with Alfaview(user, base_url=emulator.base_url, timeout=2.0) as client:
        yield client


@pytest.fixture
def company(emulator):
    """What the emulator knows of the company of the API key."""
    return emulator.state.companies[emulator.company_id]


@pytest.fixture
def operations_of_docstring(request, emulator):
    """Check that a test has sent what its docstring names before the colon."""
    yield
    for path in re.findall(r"`([^`]+)`", request.function.__doc__.partition(":")[0]):
        assert emulator.requests.count(path), f"{request.function.__name__} never asked for {path}"
