"""Habits over the admin API, and those of the emulator in Python."""

import json

import pytest

from alfaview_async.emulator import Cookie, Emulator, ExplicitOk, Habits
from alfaview_async.errors import ConfigurationError

HEADERS = {"Content-Type": "application/json"}
OFF = {
    "emitDefaults": False,
    "numericStatus": False,
    "explicitOk": None,
    "bareInfo": False,
    "errorsInOk": False,
    "errorKey": False,
    "numericInt64": False,
    "nanoseconds": False,
    "unknownEnums": False,
    "unknownFields": False,
    "cookie": "as ruled",
    "wrongCompany": False,
    "gatewayV2": False,
    "unsteadyRooms": False,
}


@pytest.fixture
def ask(http, emulator):
    async def ask(method, path, body=None):
        data = None if body is None else json.dumps(body)
        async with http.request(method, emulator.page_url + path, data=data, headers=HEADERS) as answer:
            return answer.status, await answer.json()

    return ask


async def test_habits_are_told(ask):
    """All are off, and what each can be is told too."""
    status, found = await ask("GET", "habits")
    assert (status, found["habits"]) == (200, OFF)
    assert found["choices"].keys() == OFF.keys()
    assert found["choices"]["cookie"] == ["as ruled", "rotated", "kept", "cleared"]
    assert found["choices"]["explicitOk"] == [None, "OK", 0]
    assert found["choices"]["bareInfo"] == [False, True]


async def test_habits_are_changed(ask, emulator, app):
    """What is named changes and shows on the wire, the rest stays; a reset turns all off."""
    status, found = await ask("POST", "habits", {"explicitOk": "OK", "emitDefaults": True})
    assert (status, found["habits"]) == (200, OFF | {"explicitOk": "OK", "emitDefaults": True})
    assert emulator.habits.explicit_ok is ExplicitOk.TEXT
    assert (await app.ask("roomService/list")).json["replyInfo"]["statusCode"] == "OK"
    await ask("POST", "habits", {"cookie": "cleared", "emitDefaults": False})
    assert (emulator.habits.cookie, emulator.habits.explicit_ok) == (Cookie.CLEARED, ExplicitOk.TEXT)
    assert (await ask("GET", "state"))[1]["habits"] == 2
    await ask("POST", "reset")
    assert (await ask("GET", "habits"))[1]["habits"] == OFF


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"emitZeros": True}, "no habit 'emitZeros'"),
        ({"emitDefaults": "false"}, "emit_defaults must be one of False, True, not 'false'"),
        ({"emitDefaults": 1}, "emit_defaults must be"),
        ({"explicitOk": False}, "explicit_ok must be one of None, 'OK', 0"),
        ({"cookie": "eaten"}, "cookie must be"),
        ({"bareInfo": True, "cookie": []}, "cookie must be"),
    ],
)
async def test_mistakes(ask, body, problem):
    """Each is explained, and changes nothing."""
    status, found = await ask("POST", "habits", body)
    assert status == 400
    assert problem in found["error"]
    assert (await ask("GET", "habits"))[1]["habits"] == OFF


def test_habits_in_python():
    """Attributes, or several at once by `change`; what differs from the handbook is told."""
    emulator = Emulator()
    assert emulator.habits is emulator.state.habits
    emulator.habits.nanoseconds = True
    emulator.habits.change(cookie="rotated", explicit_ok=ExplicitOk.NUMBER)
    assert emulator.habits.on == {
        "nanoseconds": True,
        "cookie": Cookie.ROTATED,
        "explicit_ok": ExplicitOk.NUMBER,
    }
    with pytest.raises(ConfigurationError, match="no habit"):
        emulator.habits.change(nanosecond=True)
    emulator.habits.clear()
    assert emulator.habits == Habits()
