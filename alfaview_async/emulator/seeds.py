"""The built-in data: two invented companies, one user, one API key. Ids are those of the handbook's samples."""

from datetime import UTC, datetime

from alfaview_async.emulator.founding import RIGHTS, permission_groups, usual_quotas, usual_room_types
from alfaview_async.emulator.state import ApiKey, Company, State, User
from alfaview_async.models import companies, users
from alfaview_async.models.authentication import IdentityProvider
from alfaview_async.models.rooms import Room, RoomMode, RoomQuotas, RoomType

COMPANY_ID = "01FH0EX2VQQ378MV7Z5NAGHESK"
SECOND_COMPANY_ID = "01EZYCFW9MJ10P15YJ63NZ8S47"
USER_ID = "0a7d4c55-6f0b-4c11-9d2e-5b1f7a3c8e64"
USERNAME, PASSWORD = "ada@example.org", "demo-password"
CLIENT_ID, CODE = "demo", "demo-secret"
DEPARTMENT_ID = "7c9d3d4e-3b52-4f0e-8a57-0f6f1c2b9d10"
ROOM_ID = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
_CREATED_AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_TOP_ROOMS = {
    "c134df6f-990a-4f99-8020-8290295e840f": "Conference room 1",
    "2bed6af5-51b9-4188-be98-25b6623b7a0f": "Conference room 2",
    "b495c2b7-7f43-49c5-81b2-e44d429bb215": "Conference room 3",
}
_SEMINAR_ROOMS = {ROOM_ID: "Seminar A", "e86b5a09-2f8e-4d55-b8a3-6f1d0c7e4a21": "Seminar B"}
_GROUP_IDS = (
    "1390a746-5fda-454a-9a10-b21af32e38ed",
    "6067b76c-5450-4fab-b70d-c7ba99eddcf2",
    "885e356d-02dd-4eec-960c-cd647f4b859a",
)
_SECOND_GROUP_IDS = (
    "c2b7f0de-51a4-4f3c-8b0a-9b6f5a1d7e01",
    "d9e3a1c4-7b28-4e6d-9f15-2c8a4b6d7e02",
    "f4a6c8e0-1d3b-4579-8bdf-0e2c4a6b8e03",
)


def plant(state: State) -> None:
    """Fill an empty state."""
    nord = Room(display_name="Nord", type=RoomType.DEPARTMENT, created_at=_CREATED_AT, created_by=USER_ID)
    state.companies |= {
        COMPANY_ID: Company(
            id=COMPANY_ID,
            profile=_profile("Nordlicht Akademie"),
            rooms={
                DEPARTMENT_ID: nord,
                **{room_id: _room(name, DEPARTMENT_ID) for room_id, name in _SEMINAR_ROOMS.items()},
                **{room_id: _room(name) for room_id, name in _TOP_ROOMS.items()},
            },
            permission_groups=permission_groups(_GROUP_IDS),
            quotas=usual_quotas(),
            room_types=usual_room_types(),
        ),
        SECOND_COMPANY_ID: Company(
            id=SECOND_COMPANY_ID,
            profile=_profile("Südwind Institut"),
            rooms={"5726d492-6eb2-5f59-9ee8-203181250dc4": _room("Aula")},
            permission_groups=permission_groups(_SECOND_GROUP_IDS),
            quotas=usual_quotas(),
            room_types=usual_room_types(),
        ),
    }
    state.users[USER_ID] = User(
        id=USER_ID,
        username=USERNAME,
        password=PASSWORD,
        profile=users.User(
            email=USERNAME,
            user_profile=users.UserProfile(firstname="Ada", lastname="Nord"),
            locale=users.Locale(ui_language="de", spoken_languages=["de", "en"]),
        ),
        company_ids=[COMPANY_ID, SECOND_COMPANY_ID],
        permissions=dict.fromkeys(RIGHTS, True),
    )
    state.api_keys[CLIENT_ID] = ApiKey(client_id=CLIENT_ID, code=CODE, company_id=COMPANY_ID, user_id=USER_ID)
    state.identity_providers["nordlicht.example"] = [
        IdentityProvider(id="nordlicht", url="https://login.nordlicht.example/", label="Nordlicht")
    ]


def _profile(name: str) -> companies.Company:
    return companies.Company(display_name=name, owner_id=USER_ID, created_at=int(_CREATED_AT.timestamp()))


def _room(name: str, parent_id: str = "") -> Room:
    return Room(
        display_name=name,
        parent_id=parent_id,
        type=RoomType.ROOM,
        mode=RoomMode.SPECTATOR,
        quotas=RoomQuotas(active_participants=50, sub_rooms=10),
        created_at=_CREATED_AT,
        created_by=USER_ID,
    )
