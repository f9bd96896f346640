"""Faults by pattern, by name, as text and over HTTP."""

import json

import aiohttp
import pytest

from alfaview_async.emulator.faults import Faults
from alfaview_async.errors import ConfigurationError

LIST = "roomService/list"
STREAM = "businessLogicService/streamTaskProgress"
CREATE = "guestService.v2/createGuestLinks"


@pytest.fixture
def faults():
    return Faults(seed=0)


@pytest.fixture
def call(http, emulator):
    """Ask the admin API for its faults."""

    async def ask(method, body=None, query=""):
        headers = {"Content-Type": "application/json"}
        url = emulator.page_url + "faults" + query
        data = json.dumps(body) if body is not None else None
        async with http.request(method, url, data=data, headers=headers) as answer:
            return answer.status, await answer.json()

    return ask


def test_last_part_of_a_path(faults):
    """`createGuestLinks` is one operation; `list` is one of several, and the message names them."""
    assert faults.add("createGuestLinks", do="error").operation == CREATE
    with pytest.raises(ConfigurationError, match=r"'list' may be .*companyService/list or .*roomService/list"):
        faults.add("list", do="error")


def test_patterns(faults):
    """A pattern counts the requests of all operations that it fits, together."""
    fault = faults.add("roomService/*", do="error", on="2")
    assert [faults.due(path) for path in (LIST, CREATE, "roomService/create", LIST)] == [None, None, fault, None]
    everything = faults.add("*", do="reset", times=1)
    assert faults.due(CREATE) is everything
    with pytest.raises(ConfigurationError, match="no operation 'roomsService/"):
        faults.add("roomsService/*", do="error")
    with pytest.raises(ConfigurationError, match="takes no list of items"):
        faults.add("*", do="partial")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("createGuestLinks@2:apply-then-timeout", (CREATE, "2", "apply-then-timeout")),
        ("roomService/list@2-4:reset", (LIST, "2-4", "reset")),
        ("guestService.v2/*@10%:error", ("guestService.v2/*", "10%", "error")),
        ("*:delay", ("*", "", "delay")),
    ],
)
def test_as_text(faults, text, expected):
    """One line, for marks and command lines."""
    fault = faults.add_text(text)
    assert (fault.operation, fault.on, fault.do) == expected


@pytest.mark.parametrize("text", ["", "createGuestLinks", "createGuestLinks@:error", "@2:error", ":error", "*@2:"])
def test_malformed_text(faults, text):
    """Half a fault is none."""
    with pytest.raises(ConfigurationError, match="is written like"):
        faults.add_text(text)


async def test_truncated_stream(app, emulator):
    """The stream of a task ends in the middle of its first line."""
    task = (await app.guest_links({"displayName": "Ada"})).json["trackingInfo"]
    whole = (await app.ask(STREAM, trackingInfo=task)).text
    emulator.faults.add(STREAM, do="truncate")
    await app.ask(LIST)
    access = {"requestId": "cut", "accessToken": app.token}
    body = json.dumps({"accessInfo": access, "trackingInfo": task})
    async with app.http.post(emulator.base_url + STREAM, data=body) as answer:
        first = await answer.content.readany()
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.content.read()
    line = whole.splitlines(keepends=True)[0]
    assert 0 < len(first) < len(line)


async def test_over_http(call, app, emulator):
    """Added, seen to strike, taken back one by one or all."""
    status, added = await call("POST", {"match": LIST, "do": "error", "status": "QUOTA_EXCEEDED", "times": 1})
    assert status == 201
    assert (added["id"], added["match"], added["do"], added["times"]) == (1, LIST, "error", 1)
    assert (await call("POST", {"match": "createGuestLinks@2:apply-then-timeout"}))[1]["on"] == "2"
    assert (await app.ask(LIST)).error[2] == "QUOTA_EXCEEDED"
    _, found = await call("GET")
    assert [(fault["id"], fault["seen"], fault["fired"]) for fault in found["faults"]] == [(1, 1, 1), (2, 0, 0)]
    assert CREATE in found["operations"]
    assert "apply-then-timeout" in found["do"]
    assert (await call("DELETE", query="?id=1"))[0] == 200
    assert [fault.operation for fault in emulator.faults] == [CREATE]
    assert (await call("DELETE", query="?id=1"))[0] == 404
    assert (await call("DELETE", query="?id=x"))[0] == 404
    assert (await call("DELETE"))[0] == 200
    assert len(emulator.faults) == 0


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"match": 3, "do": "error"},
        {"match": LIST},
        {"match": LIST, "do": "explode"},
        {"match": LIST, "do": ["error"]},
        {"match": LIST, "do": "error", "on": 2},
        {"match": LIST, "do": "error", "on": None},
        {"match": LIST, "do": "error", "times": "2"},
        {"match": LIST, "do": "error", "times": True},
        {"match": LIST, "do": "error", "status": 3},
        {"match": LIST, "do": "status", "http": "502"},
        {"match": LIST, "do": "delay", "seconds": "2"},
        {"match": LIST, "do": "delay", "seconds": 1e9},
        {"match": LIST, "do": "error", "often": True},
    ],
)
async def test_mistakes_over_http(call, emulator, wanted):
    """Each is told, none leaves half a fault behind."""
    status, found = await call("POST", wanted)
    assert status == 400
    assert list(found) == ["error"]
    assert len(emulator.faults) == 0
