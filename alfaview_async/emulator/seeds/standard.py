"""The seeds `standard` and `empty`: two invented companies, one user, one API key. Ids are the handbook's samples'."""

from alfaview_async.emulator.founding import RIGHTS, permission_groups
from alfaview_async.emulator.seeds.parts import company, department, room
from alfaview_async.emulator.state import ApiKey, Contents, User
from alfaview_async.models import users
from alfaview_async.models.authentication import IdentityProvider

COMPANY_ID = "01FH0EX2VQQ378MV7Z5NAGHESK"
SECOND_COMPANY_ID = "01EZYCFW9MJ10P15YJ63NZ8S47"
USER_ID = "0a7d4c55-6f0b-4c11-9d2e-5b1f7a3c8e64"
DEPARTMENT_ID = "7c9d3d4e-3b52-4f0e-8a57-0f6f1c2b9d10"
ROOM_ID = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
PARTICIPANT_ID = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"
_USERNAME, _PASSWORD = "ada@example.org", "demo-password"
_CLIENT_ID, _CODE = "demo", "demo-secret"
_TOP_ROOMS = {
    "c134df6f-990a-4f99-8020-8290295e840f": "Conference room 1",
    "2bed6af5-51b9-4188-be98-25b6623b7a0f": "Conference room 2",
    "b495c2b7-7f43-49c5-81b2-e44d429bb215": "Conference room 3",
}
_SEMINAR_ROOMS = {ROOM_ID: "Seminar A", "e86b5a09-2f8e-4d55-b8a3-6f1d0c7e4a21": "Seminar B"}
_GROUP_IDS = ("1390a746-5fda-454a-9a10-b21af32e38ed", PARTICIPANT_ID, "885e356d-02dd-4eec-960c-cd647f4b859a")
_SECOND_GROUP_IDS = (
    "c2b7f0de-51a4-4f3c-8b0a-9b6f5a1d7e01",
    "d9e3a1c4-7b28-4e6d-9f15-2c8a4b6d7e02",
    "f4a6c8e0-1d3b-4579-8bdf-0e2c4a6b8e03",
)


def standard() -> Contents:
    """Build two companies: one with a department of two rooms and three more rooms, one with one room."""
    contents = empty()
    nord, sued = contents.companies.values()
    nord.rooms = {
        DEPARTMENT_ID: department("Nord", USER_ID),
        **{room_id: room(name, USER_ID, DEPARTMENT_ID) for room_id, name in _SEMINAR_ROOMS.items()},
        **{room_id: room(name, USER_ID) for room_id, name in _TOP_ROOMS.items()},
    }
    sued.rooms = {"5726d492-6eb2-5f59-9ee8-203181250dc4": room("Aula", USER_ID)}
    return contents


def empty() -> Contents:
    """Build the same without rooms."""
    ada, key = login([COMPANY_ID, SECOND_COMPANY_ID])
    return Contents(
        companies={
            COMPANY_ID: company(COMPANY_ID, "Nordlicht Akademie", USER_ID, permission_groups(_GROUP_IDS)),
            SECOND_COMPANY_ID: company(
                SECOND_COMPANY_ID, "Südwind Institut", USER_ID, permission_groups(_SECOND_GROUP_IDS)
            ),
        },
        users={ada.id: ada},
        api_keys={key.client_id: key},
        identity_providers={
            "nordlicht.example": [
                IdentityProvider(id="nordlicht", url="https://login.nordlicht.example/", label="Nordlicht")
            ]
        },
    )


def login(company_ids: list[str]) -> tuple[User, ApiKey]:
    """Build the usual way in: a user who may do everything in these companies, and an API key for the first."""
    user = User(
        id=USER_ID,
        username=_USERNAME,
        password=_PASSWORD,
        profile=users.User(
            email=_USERNAME,
            user_profile=users.UserProfile(firstname="Ada", lastname="Nord"),
            locale=users.Locale(ui_language="de", spoken_languages=["de", "en"]),
        ),
        company_ids=company_ids,
        permissions=dict.fromkeys(RIGHTS, True),
    )
    return user, ApiKey(client_id=_CLIENT_ID, code=_CODE, company_id=company_ids[0], user_id=USER_ID)
