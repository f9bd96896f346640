"""The page at `/_emulator/` in a real browser."""

from datetime import UTC, datetime, timedelta

import pytest
from chromium import browser, tab_of

from alfaview_async.bulk import Recipient, invite
from alfaview_async.bulk.destinations.guest_links import GuestLinks
from alfaview_async.emulator import Emulator

SEMINAR_A = "4173dafb-5cde-5c85-95a3-20ebdf43698a"
HOSTILE = "<img src=x onerror=document.title='broken'>"
CREATE = "guestService.v2/createGuestLinks"
FOCUSED = "(e => e === document.body ? 'BODY' : e.id || e.innerText.replaceAll('\\n', ''))(document.activeElement)"
CONTROLS = (
    "freeze",
    "+1 h",
    "+12 h",
    "reset",
    "empty",
    "seed",
    "Export",
    "faults-open",
    "expire",
    "Nord",
    "Seminar A1",
)
CONTROLS += ("Conference room 3", "Aula", "Show", "Copy", "Open", "clear-outbox")
CARDS = "[...document.querySelectorAll('#links > li')]"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as address:
        yield address


@pytest.fixture
async def tab(emulator, address):
    """The page, live; at the end nobody has complained and nothing was asked of anybody but the emulator."""
    origin = emulator.page_url.removesuffix("_emulator/")
    async with tab_of(address) as tab:
        await tab.go(emulator.page_url)
        await tab.until("document.querySelector('#live').dataset.live === 'true'")
        await tab.until("document.querySelector('.room')")
        yield tab
        assert tab.complaints == []
        assert tab.requests
        assert [url for url in tab.requests if not url.startswith((origin, "about:", "data:"))] == []


def recipients(*names, **fields):
    return [
        Recipient(email=f"guest{number}@example.org", display_name=name, line=number, **fields)
        for number, name in enumerate(names, 1)
    ]


async def run(alfaview, rows, **options):
    destination = GuestLinks(alfaview, room=SEMINAR_A, role="Participant", send_email=True, **options)
    return [result async for result in invite(destination, rows)]


async def test_tree_shows_the_seed(tab):
    """Both companies with their rooms, the department around its rooms, and nothing hidden in markup."""
    tree = await tab.evaluate("document.querySelector('#tree').innerText")
    for name in (
        "Nordlicht Akademie",
        "Nord",
        "Seminar A",
        "Seminar B",
        "Conference room 3",
        "Südwind Institut",
        "Aula",
    ):
        assert name in tree
    department = "document.querySelector('[data-type=department][data-name=Nord]')"
    assert await tab.evaluate(f"{department}.querySelectorAll('[data-type=room]').length") == 2
    assert await tab.evaluate("document.querySelector('#links').children.length") == 0


async def test_bulk_run_appears_and_links_expire(tab, alfaview, emulator):
    """Without reload: links, counts, mails with their join link; twelve hours later, links that have ended are grey."""
    await tab.evaluate("window.sameDocument = true")
    await tab.click(f"[data-room-id='{SEMINAR_A}'] button")
    await tab.until("document.querySelector('#room-name').textContent === 'Seminar A'")
    soon = datetime.now(UTC) + timedelta(hours=2)
    await run(alfaview, recipients("Jörg Weiß", HOSTILE, locale="de", valid_until=soon))
    await run(alfaview, [Recipient(email="grace@example.org", display_name="Grace")])
    await tab.until(f"{CARDS}.length === 3 && document.querySelectorAll('#mails > li').length === 3")
    await tab.until(f"document.querySelector('[data-room-id=\"{SEMINAR_A}\"]').dataset.links === '3'")
    assert await tab.evaluate(f"{CARDS}.map(card => card.dataset.name)") == ["Grace", HOSTILE, "Jörg Weiß"]
    assert await tab.evaluate(f"{CARDS}.map(card => card.dataset.state)") == ["valid", "valid", "valid"]
    assert await tab.evaluate("document.querySelectorAll('main img').length") == 0

    await tab.click("#mails > li:last-child button")
    await tab.until("document.querySelector('#mail').hidden === false")
    mail = emulator.outbox[0]
    assert mail.to == "guest1@example.org"
    await tab.until_text(mail.join_link)

    await tab.click(".advance[data-hours='12']")
    await tab.until(f"{CARDS}.map(card => card.dataset.state).join() === 'valid,expired,expired'")
    await tab.until(
        "new Set([...document.querySelectorAll('#links > li')].map(c => getComputedStyle(c).color)).size === 2"
    )
    assert emulator.clock.now() > soon
    assert await tab.evaluate("window.sameDocument && document.title") == "alfaview emulator"


async def test_join_links_are_masked_until_asked_for(tab, alfaview, emulator):
    """A key to a room does not stand on a shared screen; Show reveals it, Copy does not need to."""
    await run(alfaview, recipients("Grace"))
    await tab.until(f"{CARDS}.length === 1")
    (link,) = emulator.state.companies[emulator.company_id].links.values()
    listed = "document.querySelector('#links')"
    assert link.access_key not in await tab.evaluate(f"{listed}.outerHTML")
    await tab.click("#links .actions button")
    assert await tab.evaluate(f"{listed}.querySelector('.secret').textContent") == link.join_link
    assert await tab.evaluate(f"{listed}.firstElementChild.dataset.joinLink") == link.join_link
    await tab.click("#links .actions button")
    assert link.access_key not in await tab.evaluate(f"{listed}.outerHTML")
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    await tab.send("Browser.grantPermissions", session=None, permissions=permissions, browserContextId=tab.context)
    await tab.click("#links .actions button:nth-child(2)")
    await tab.until(f"{listed}.querySelectorAll('.actions button')[1].textContent === 'Copied'")
    assert await tab.evaluate("navigator.clipboard.readText()") == link.join_link


async def test_switches(tab, alfaview, emulator):
    """Clock, faults, reset: what is pressed happens, and what Python does shows."""
    await tab.click("#freeze")
    await tab.until("document.querySelector('#clock').dataset.frozen === 'true'")
    assert emulator.clock.is_frozen
    await tab.click("#faults-open")
    await tab.click(".presets [data-status=QUOTA_EXCEEDED]")
    await tab.until("document.querySelector('#fault-count').textContent === '1'")
    (fault,) = emulator.faults
    assert (fault.operation, fault.do, fault.status) == (CREATE, "error", "QUOTA_EXCEEDED")
    emulator.faults.add("roomService/list", do="delay", seconds=0.1)
    await tab.until("document.querySelectorAll('#fault-list > li').length === 2")
    await tab.click(".presets [data-status=QUOTA_EXCEEDED]")
    await tab.until("document.querySelectorAll('#fault-list > li').length === 1")
    await alfaview.rooms.list()
    await tab.until("document.querySelector('#request-count').textContent === '2'")
    await tab.click("#empty")
    await tab.until("document.querySelectorAll('.room').length === 0")
    await tab.click("#reset")
    await tab.until("document.querySelectorAll('.room').length === 6")
    assert not emulator.clock.is_frozen


async def test_habits(tab, app, emulator):
    """What is pressed or chosen shows on the wire; what Python or a reset does shows on the page."""
    await tab.click("#faults-open")
    assert await tab.evaluate("document.querySelectorAll('#habits [data-habit]').length") == 14
    await tab.click("[data-habit=emitDefaults]")
    await tab.until("document.querySelector('[data-habit=emitDefaults]').getAttribute('aria-pressed') === 'true'")
    choose = "(s => { s.value = JSON.stringify('cleared'); s.dispatchEvent(new Event('change')); })"
    await tab.evaluate(f"{choose}(document.querySelector('[data-habit=cookie]'))")
    await tab.until("document.querySelector('[data-habit=cookie]').dataset.value === JSON.stringify('cleared')")
    assert emulator.habits.on.keys() == {"emit_defaults", "cookie"}
    assert (await app.ask("roomService/list")).json["replyInfo"]["statusCode"] == "OK"
    emulator.habits.nanoseconds = True
    await tab.until("document.querySelector('[data-habit=nanoseconds]').getAttribute('aria-pressed') === 'true'")
    await tab.click("#reset")
    await tab.until("document.querySelector('[data-habit=emitDefaults]').getAttribute('aria-pressed') === 'false'")
    assert await tab.evaluate("document.querySelector('[data-habit=cookie]').value") == '"as ruled"'
    assert emulator.habits.on == {}


async def test_seed_file_and_mistakes(tab, emulator, tmp_path):
    """A file from Export comes back by Seed; one that does not fit is explained on the page and changes nothing."""
    whole = await tab.evaluate("fetch('export').then(answer => answer.text())")
    changed = tmp_path / "seed.json"
    changed.write_text(whole.replace("Nordlicht Akademie", "Abendschule"), encoding="utf-8")
    await tab.choose_file("#seed-file", changed)
    await tab.until("document.querySelector('.company h3 span').textContent === 'Abendschule'")
    changed.write_text('{"towns": {}}', encoding="utf-8")
    await tab.choose_file("#seed-file", changed)
    await tab.until("document.querySelector('#notice').textContent.startsWith('the seed: towns: unknown')")
    (complaint,) = tab.complaints  # Chromium itself notes every HTTP error in the console
    assert "400" in complaint["text"]
    tab.complaints.clear()
    assert len(emulator.state.companies) == 2


async def test_page_comes_back_after_a_restart(tab, emulator):
    """The page says that the emulator is gone; it is live again, with the news, when the emulator is back."""
    port = int(emulator.base_url.split(":")[2].split("/")[0])
    await emulator.stop()
    await tab.until("document.querySelector('#live').dataset.live === 'false'")
    async with Emulator(port=port) as other:
        other.reset("empty")
        await tab.until("document.querySelector('#live').dataset.live === 'true'")
        await tab.until("document.querySelectorAll('.room').length === 0")
        await tab.go("about:blank")  # or it would complain of the end of this emulator, too
        tab.complaints.clear()


async def test_keyboard(tab, alfaview):
    """Tab reaches every control that is shown, focus is visible, arrows walk the tree, Enter presses."""
    await run(alfaview, recipients("Grace"))
    await tab.until("document.querySelectorAll('#mails > li').length === 1")
    reached = []
    for _ in range(40):
        await tab.press("Tab")
        reached.append(await tab.evaluate(FOCUSED))
        if reached[-1] == "BODY" or reached.count(reached[0]) > 1:
            break
    for control in CONTROLS:
        assert control in reached
    assert any("guest1@example.org" in name for name in reached)
    await tab.evaluate("document.querySelector('.room').focus()")
    await tab.press("ArrowDown")
    assert await tab.evaluate("document.activeElement.className") == "room"
    assert await tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    name = await tab.evaluate("document.activeElement.parentElement.dataset.name")
    await tab.press("Enter")
    await tab.until(f"document.querySelector('#room-name').textContent === '{name}'")
    assert await tab.evaluate("document.activeElement.getAttribute('aria-current')") == "true"
