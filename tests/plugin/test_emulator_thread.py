"""The emulator in a thread of its own, driven from the test's thread and loop."""

import asyncio
import threading
from statistics import median
from time import process_time

import pytest

from alfaview_async import errors
from alfaview_async.emulator import Emulator
from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.thread import EmulatorThread
from alfaview_async.models import GuestLinkCreation

CREATE = "guestService.v2/createGuestLinks"
PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"
RESET_SECONDS = 0.005


@pytest.fixture
def steered(alfaview_emulator):
    """The emulator of the plugin, in its thread."""
    return alfaview_emulator


@pytest.fixture
async def client(steered):
    async with steered.client() as client:
        yield client


async def test_calls_of_another_loop_arrive(steered, client):
    """The mail is in the outbox, the request in the log, the fault has struck."""
    steered.faults.add(CREATE, do="error", on="1", status="QUOTA_EXCEEDED")
    guests = [GuestLinkCreation(email="ada@example.org", send_email=True, permission_group_id=PARTICIPANT)]
    with pytest.raises(errors.QuotaExceeded):
        await client.guests.create_guest_links(room_id=steered.room_id, guest_link_creations=guests)
    await client.guests.create_guest_links(room_id=steered.room_id, guest_link_creations=guests)
    assert [mail.to for mail in steered.outbox] == ["ada@example.org"]
    assert steered.outbox.to("ADA@example.org") == steered.outbox
    assert steered.outbox[0] in steered.outbox
    assert steered.outbox[-1].join_link.startswith("https://app.alfaview.com/#/join/")
    assert steered.requests.count(CREATE) == 2
    assert [fault.fired for fault in steered.faults] == [1]


async def test_the_clock_and_the_tokens_are_steered(steered, client):
    """A token that has expired by the emulator's clock is renewed."""
    await client.rooms.list()
    steered.clock.advance(hours=2)
    await client.rooms.list()
    steered.expire_tokens()
    await client.rooms.list()
    assert steered.requests.count("authenticationService/authenticate") == 3


def test_reset_forgets(steered):
    """Mails, faults, requests, time."""
    steered.faults.add(CREATE, do="reset")
    steered.clock.advance(days=300)
    far = steered.clock.now()
    steered.reset()
    assert (len(steered.faults), len(steered.requests), bool(steered.outbox)) == (0, 0, False)
    assert steered.clock.now() < far


def test_what_is_called_runs_in_the_emulators_thread(alfaview_server):
    """Between two requests; from inside that thread, at once."""
    call = alfaview_server.call
    assert call(threading.current_thread).name == "alfaview emulator"
    assert call(lambda: call(threading.current_thread)).name == "alfaview emulator"


def test_errors_come_back(steered):
    """What the emulator refuses is raised where it was called."""
    with pytest.raises(errors.ConfigurationError, match="no operation"):
        steered.faults.add("noService/nothing", do="reset")
    with pytest.raises(AttributeError, match="adress"):
        _ = steered.adress


def test_it_passes_for_the_emulator(steered):
    """For `isinstance`, `repr`, `dir` and comparison."""
    assert isinstance(steered, Emulator)
    assert isinstance(steered.clock, Clock)
    assert steered.clock == steered.state.clock
    assert len({steered.clock, steered.state.clock}) == 1
    assert repr(steered.faults).startswith("<alfaview_async.emulator.faults.Faults")
    assert {"faults", "clock", "reset"} <= set(dir(steered))


def test_starting_and_stopping_is_the_threads_business(steered):
    """A coroutine of the emulator cannot be awaited in another loop; the error says what can."""
    with pytest.raises(errors.ConfigurationError, match=r"start\(\) and stop\(\)"):
        steered.stop()


def test_it_stops_and_starts_again():
    """Twice each; what it knew is still there, the thread is not."""
    before = threading.active_count()
    thread = EmulatorThread()
    thread.start()
    thread.start()
    thread.emulator.clock.advance(days=300)
    moved = thread.emulator.clock.now()
    thread.stop()
    thread.stop()
    with pytest.raises(errors.ConfigurationError, match="does not run"):
        _ = thread.base_url
    assert thread.emulator.clock.now() >= moved
    with thread as emulator:
        assert emulator.base_url == thread.base_url
        assert emulator.clock.now() >= moved
    assert threading.active_count() == before


def test_a_start_that_fails_is_an_error(alfaview_server):
    """It is raised by `start`, whatever it is, and no thread stays behind."""
    port = int(alfaview_server.base_url.split(":")[2].split("/")[0])
    before = threading.active_count()
    with pytest.raises(OSError, match="address already in use"):
        EmulatorThread(Emulator(port=port)).start()
    assert threading.active_count() == before


async def test_requests_under_way_do_not_disturb(steered, client):
    """The log is read again and again while fifty requests come in."""
    calls = asyncio.gather(*(client.rooms.list() for _ in range(50)))
    while not calls.done():
        assert len(list(steered.requests)) <= 60
        await asyncio.sleep(0)
    assert steered.requests.count("roomService/list") == 50
    await calls


def test_a_test_costs_little(steered):
    """Below 5 ms of computing for a state as new; in the middle of fifty."""
    spent = []
    for _ in range(50):
        began = process_time()
        steered.reset()
        spent.append(process_time() - began)
    assert median(spent) < RESET_SECONDS
