"""What comes not from alfaview but from what stands before it: routing errors, redirects, missing routes."""

import pytest

LIST = "roomService/list"


async def test_unknown_paths_of_a_newer_gateway(app, emulator):
    """grpc-gateway v2 answers in JSON, with the gRPC code."""
    emulator.habits.gateway_v2 = True
    answer = await app.post("roomService/lists", {})
    assert (answer.status, answer.json) == (404, {"code": 5, "message": "Not Found", "details": []})
    assert answer.headers["Content-Type"] == "application/json"


async def test_other_methods_of_a_newer_gateway(http, emulator):
    """grpc-gateway v2 makes 501 of 405, code 12."""
    emulator.habits.gateway_v2 = True
    async with http.get(emulator.base_url + LIST) as response:
        found = (response.status, await response.json())
    assert found == (501, {"code": 12, "message": "Method Not Allowed", "details": []})


async def test_redirect(app, emulator):
    """HTTP 307 to another host, for the same path, and nothing is done."""
    emulator.faults.add("roomService/create", do="redirect")
    rooms = len(emulator.state.companies[emulator.company_id].rooms)
    await app.log_in_with_key()
    answer = await app.post("roomService/create", {"room": {"displayName": "x"}}, allow_redirects=False)
    assert answer.status == 307
    assert answer.headers["Location"] == "https://elsewhere.invalid/json/v1/roomService/create"
    assert len(emulator.state.companies[emulator.company_id].rooms) == rooms


async def test_redirect_to_a_place_of_ones_own(app, emulator):
    """A test may listen there, to prove that nothing arrives."""
    emulator.faults.add(LIST, do="redirect", location="http://127.0.0.1:9/trap")
    answer = await app.post(LIST, {}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"], answer.text) == (307, "http://127.0.0.1:9/trap", "")
    assert emulator.requests[-1].status == 307


@pytest.mark.parametrize(
    ("gateway_v2", "kind", "text"),
    [
        (False, "text/plain; charset=utf-8", "Not Found"),
        (True, "application/json", '{"code":5,"message":"Not Found","details":[]}'),
    ],
)
async def test_no_route(app, emulator, gateway_v2, kind, text):
    """A known operation that this server does not have, in the words of both gateways."""
    emulator.habits.gateway_v2 = gateway_v2
    emulator.faults.add(LIST, do="no-route", on="1")
    answer = await app.post(LIST, {})
    assert (answer.status, answer.headers["Content-Type"], answer.text) == (404, kind, text)
    assert (await app.ask(LIST)).status == 200
