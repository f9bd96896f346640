"""The four web backends, over HTTP and against the emulator: the same answers, whatever the framework."""

import asyncio

import aiohttp
import pytest

pytestmark = pytest.mark.usefixtures("surroundings")

CREATE = "guestService.v2/createGuestLinks"
FRAMEWORKS = ("fastapi", "litestar", "quart", "aiohttp")
ADA = {"email": "ada@example.org", "display_name": "Ada Lovelace"}
LIST = b"Name;Email\nAda Lovelace;ada@example.org\nGrace Hopper;grace@example.org\n"


@pytest.fixture(params=FRAMEWORKS)
async def site(request, example, listener, served):
    """Serve one of the backends, and yield a browser."""
    program = example("web", f"{request.param}_app", needs=request.param)
    app = program.make_app() if request.param == "aiohttp" else program.app
    async with served(app, listener) as browser:
        yield browser


async def test_a_guest_gets_one_link_however_often_it_is_asked_for(site, guests):
    """A second request, and the same address in other letters, are answered with the first link."""
    async with site.post("/rooms/Seminar A/guests", json=ADA) as answer:
        assert answer.status == 201
        link = (await answer.json())["join_link"]
    async with site.post("/rooms/Seminar A/guests", json=ADA | {"email": "Ada@Example.org"}) as answer:
        assert (await answer.json())["join_link"] == link
    assert link.startswith("https://app.alfaview.com/#/join/")
    assert guests() == ["ada@example.org"]


async def test_what_is_wrong_with_a_request_is_said(site, guests):
    """No such room is 404; no plain address, no address, no JSON are 422 or 400; nothing is made."""
    async with site.post("/rooms/Aula/guests", json=ADA) as answer:
        assert (answer.status, answer.content_type) == (404, "application/problem+json")
        assert "Aula" in (await answer.json(content_type=None))["detail"]
    for guest in ({"email": "ada"}, {"email": "ada@example.org, eve@example.org"}, {"name": "Ada"}, ["ada"]):
        async with site.post("/rooms/Seminar A/guests", json=guest) as answer:
            assert answer.status == 422, (guest, await answer.text())
    async with site.post("/rooms/Seminar A/guests", data=b"{", headers={"Content-Type": "application/json"}) as answer:
        assert answer.status in {400, 422}
    assert guests() == []


async def test_a_lost_answer_is_not_repeated_but_told(site, alfaview_emulator, guests):
    """409 with the advice not to send it again; later the same request finds the link."""
    alfaview_emulator.faults.add(CREATE, do="apply-then-reset", on="1")
    async with site.post("/rooms/Seminar A/guests", json=ADA) as answer:
        assert answer.status == 409
        assert "Do not send this again now" in (await answer.json(content_type=None))["detail"]
    async with site.post("/rooms/Seminar A/guests", json=ADA) as answer:
        assert answer.status == 201
    assert guests() == ["ada@example.org"]


async def test_too_many_requests_are_passed_on(site, alfaview_emulator):
    """503 with `Retry-After`."""
    alfaview_emulator.faults.add(CREATE, do="error", on="1", status="RESOURCE_EXHAUSTED")
    async with site.post("/rooms/Seminar A/guests", json=ADA) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


async def test_a_link_is_made_for_a_browser_that_goes_away(site, alfaview_emulator, guests):
    """The connection ends while the call is under way; it is not cancelled, and the next request finds its link."""
    alfaview_emulator.faults.add(CREATE, do="delay", on="1", seconds=0.3)
    with pytest.raises(TimeoutError):
        await site.post("/rooms/Seminar A/guests", json=ADA, timeout=aiohttp.ClientTimeout(total=0.2))
    async with site.post("/rooms/Seminar A/guests", json=ADA) as answer:
        assert answer.status == 201
    assert guests() == ["ada@example.org"]
    assert alfaview_emulator.requests.count(CREATE) == 1


async def shown(site, list_id):
    async with site.get(f"/guest-lists/{list_id}") as answer:
        return await answer.json()


async def test_a_list_is_accepted_and_worked_off(site, guests):
    """202 with an id, the same for the same list; then every guest has a link."""
    ids = []
    for _ in range(2):
        async with site.post("/rooms/Seminar A/guest-lists", data=LIST) as answer:
            assert answer.status == 202, await answer.text()
            ids.append((await answer.json())["id"])
    assert ids[0] == ids[1]
    rows = []
    async with asyncio.timeout(5):
        while {row["status"] for row in rows} != {"created"}:
            await asyncio.sleep(0.01)
            rows = await shown(site, ids[0])
    assert [row["email"] for row in rows] == guests() == ["ada@example.org", "grace@example.org"]
    assert all(row["join_link"].startswith("https://app.alfaview.com/#/join/") for row in rows)


async def test_a_list_that_cannot_be_used_is_not_accepted(site, guests):
    """422 with every bad row; 404 for a room or a list that is not there."""
    async with site.post("/rooms/Seminar A/guest-lists", data=b"Email\nada\neve@@example.org\n") as answer:
        assert answer.status == 422
        assert len((await answer.json(content_type=None))["problems"]) == 2
    async with site.post("/rooms/Aula/guest-lists", data=LIST) as answer:
        assert answer.status == 404
    for list_id in ("0" * 32, "..", "journal"):
        async with site.get(f"/guest-lists/{list_id}") as answer:
            assert answer.status == 404
    assert guests() == []
