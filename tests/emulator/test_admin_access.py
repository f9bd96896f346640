"""Who may use the admin API: this machine's programs and the emulator's own page, no other machine or web site."""

import io
import json
import socket

import aiohttp
import pytest

from alfaview_async.emulator import Emulator

JSON = {"Content-Type": "application/json"}


async def ask(http, emulator, method="GET", path="state", **headers):
    async with http.request(method, emulator.page_url + path, headers=headers) as answer:
        assert answer.content_type == "application/json"
        return answer.status, await answer.json()


async def test_foreign_origin(http, emulator):
    """A web site that the browser shows may neither read nor change anything, another port of this machine included."""
    port = emulator.page_url.split(":")[2].split("/")[0]
    for origin in ("https://example.org", "null", "http://127.0.0.1:1", f"https://127.0.0.1:{port}"):
        for method, path in (("GET", "state"), ("POST", "reset"), ("DELETE", "outbox")):
            status, found = await ask(http, emulator, method, path, Origin=origin, **JSON)
            assert (status, found["error"]) == (403, "the admin API answers no other web site")
    assert (await ask(http, emulator, "POST", "reset", Origin=f"http://127.0.0.1:{port}", **JSON))[0] == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.1.2.3:80", 200),
        ("[::1]:8080", 200),
        ("[::ffff:127.0.0.1]", 200),
        ("alfaview.example.org", 403),
        ("localhost.example.org", 403),
        ("192.168.1.10:8080", 403),
        ("10.0.0.1", 403),
        ("[", 403),
    ],
)
async def test_host(http, emulator, host, status):
    """A web site whose name was made to point here does not get in."""
    assert (await ask(http, emulator, Host=host))[0] == status


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize(("method", "path"), [("POST", "reset"), ("POST", "clock"), ("DELETE", "faults")])
async def test_content_type(http, emulator, method, path, kind):
    """What a form of any web site can send changes nothing."""
    status, found = await ask(http, emulator, method, path, **{"Content-Type": kind})
    assert status == 403
    assert found["error"] == f"{method} needs the header Content-Type: application/json"


async def test_other_machines():
    """Bound to every address, the operations are for all, the admin API for this machine only."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, but finds the address towards other machines
        except OSError:
            pytest.skip("this machine has no address but loopback")
        address = probe.getsockname()[0]
    connector = aiohttp.TCPConnector(local_addr=(address, 0))
    async with (
        Emulator(host="0.0.0.0") as emulator,  # noqa: S104 - the very case
        aiohttp.ClientSession(connector=connector) as http,
    ):
        for path in ("", "state", "outbox", "events", "page.js"):
            status, found = await ask(http, emulator, path=path)
            assert (status, found["error"]) == (403, "the admin API answers this machine only")
        async with http.post(emulator.base_url + "roomService/list", json={}) as answer:
            assert (await answer.json())["details"][0]["statusCode"] == "ACCESS_INFO_MISSING"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("GET", "page.py", 404),
        ("GET", "..%2Femulator.py", 404),
        ("GET", "a/b", 404),
        ("GET", "outbox/1", 404),
        ("PUT", "state", 405),
        ("POST", "state", 405),
        ("GET", "reset", 404),
    ],
)
async def test_lost(http, emulator, method, path, status):
    """Mistakes are answered as JSON; files outside the page are not served, and no admin request is logged."""
    found = await ask(http, emulator, method, path, **JSON)
    assert found[0] == status
    assert list(found[1]) == ["error"]
    assert len(emulator.requests) == 0


@pytest.mark.parametrize("body", ["{", "[]", "3", "\ud800", '{"speed": 3}'])
async def test_bodies(http, emulator, body):
    """No JSON object, or one with other keys."""
    data = body.encode("utf-8", "surrogatepass")
    async with http.post(emulator.page_url + "clock", data=data, headers=JSON) as answer:
        assert answer.status == 400
        assert list(await answer.json()) == ["error"]


@pytest.mark.parametrize("digits", ["9" * 5000, "000000001" + "9" * 4], ids=["thousands", "thirteen"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "requests?limit=", 400), ("GET", "outbox?since=", 400), ("DELETE", "faults?id=", 404)],
)
async def test_many_digits(http, emulator, method, path, status, digits):
    """A number that Python refuses to read, or that is read in part, is a mistake like others."""
    assert (await ask(http, emulator, method, path + digits, **JSON))[0] == status


async def test_many_digits_in_a_fault(http, emulator):
    """It is refused, instead of striking every request of the operation with an error of the emulator's own."""
    data = json.dumps({"match": "roomService/list", "do": "error", "on": "9" * 5000})
    async with http.post(emulator.page_url + "faults", data=data, headers=JSON) as answer:
        assert answer.status == 400
    assert len(emulator.faults) == 0


async def test_a_large_seed_fits(http, emulator):
    """Beyond the four megabytes of an operation."""
    seed = emulator.export()
    rooms = seed["companies"][emulator.company_id]["rooms"]
    rooms |= {f"room-{number}": {"displayName": "x" * 1000} for number in range(5000)}
    data = json.dumps(seed).encode()
    assert len(data) > 5_000_000
    async with http.post(emulator.page_url + "seed", data=io.BytesIO(data), headers=JSON) as answer:
        assert answer.status == 200
    assert len(emulator.state.companies[emulator.company_id].rooms) == 5006


async def test_headers_of_the_page(http, emulator):
    """Nothing from elsewhere, nothing inline, no page around it, nothing kept."""
    async with http.get(emulator.page_url) as answer:
        assert answer.status == 200
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        text = await answer.text()
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "//" not in text.replace("<!doctype html>", "")
    assert " on" not in text.replace(" on ", "").split("<body>")[0]


async def test_the_page_without_its_slash(http, emulator):
    """People type it so."""
    async with http.get(emulator.page_url.rstrip("/")) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert str(answer.url) == emulator.page_url
