"""Logging in when needed, once; and out in every case."""

import asyncio
import logging

import anyio
import pytest
from aiohttp import web

from alfaview_async import errors
from alfaview_async.invitario import EventUnknown, Invitario, InvitarioError, SessionEnded
from alfaview_async.invitario import reader as reader_module

ALL, RECENT = "guest/list/all", "guest/list/recent"


async def test_nothing_is_sent_before_the_first_call(station):
    """Neither a login nor a logout."""
    async with station.reader():
        pass
    assert not station.sent


async def test_one_login_serves_all_calls_and_all_tasks(station):
    """Ten tasks that begin together, and a call after them: one login, one logout, nobody left logged in."""
    async with station.reader() as invitario:
        await asyncio.gather(*(invitario.guests() for _ in range(10)))
        await invitario.guests()
        assert station.state.logged_in() == 1
    assert (station.sent["login"], station.sent["logout"], station.sent[ALL]) == (1, 1, 11)
    assert station.state.logged_in() == 0


async def test_readers_in_a_row_find_a_place_among_few_devices(station):
    """The configuration allows three devices; ten readers that log out get in one after the other."""
    for _ in range(10):
        async with station.reader() as invitario:
            await invitario.guests()
    assert station.sent["login"] == 10


async def test_a_session_lives_for_24_hours_after_its_last_use(station, reader):
    """Used every 20 hours it goes on; after 25 idle hours there is one new login, and the call is made once more."""
    await reader.guests()
    for _ in range(3):
        station.state.clock.advance(hours=20)
        await reader.guests()
    assert station.sent["login"] == 1
    station.state.clock.advance(hours=25)
    assert len(await reader.guests()) == 21
    assert station.sent == {"login": 2, ALL: 6}


async def test_a_session_that_ends_under_ten_tasks_is_replaced_once(station, reader):
    """Whoever hears of it last uses the new session of the others."""
    await reader.guests()
    station.state.end_sessions()
    counts = {len(guests) for guests in await asyncio.gather(*(reader.guests() for _ in range(10)))}
    assert counts == {21}
    assert station.sent["login"] == 2


async def test_a_session_that_ends_again_at_once_is_an_error(station, reader):
    """One new login, one repetition, and no more; later calls may try again."""

    async def end(request, handler):
        station.state.end_sessions()
        return await handler(request)

    station.disturb(ALL, end, end)
    with pytest.raises(SessionEnded) as caught:
        await reader.guests()
    assert caught.value.code == 30
    assert (station.sent["login"], station.sent[ALL]) == (2, 2)
    assert len(await reader.guests()) == 21


async def test_a_session_killed_midway_serves_changes_too(station, reader):
    """The cursor is of the event, not of the session."""
    guests = await reader.guests()
    station.state.end_sessions()
    assert {guest.id for guest in await reader.changes(guests.cursor)} <= {guest.id for guest in guests}
    assert station.sent[RECENT] == 2


async def test_the_logout_comes_after_an_error_in_the_block(station):
    """And the error comes out as it was."""
    invitario = station.reader()

    async def fail():
        async with invitario:
            await invitario.guests()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert station.state.logged_in() == 0
    assert station.sent["logout"] == 1


async def test_the_logout_comes_after_a_refusal(station):
    """A list that was refused leaves the session as open as one that was given."""

    async def refuse(_request, _handler):
        return web.json_response({"errors": [{"code": 20, "message": "Required parameter(s) missing: x"}]})

    station.disturb(ALL, refuse)
    with pytest.raises(InvitarioError):
        async with station.reader() as invitario:
            await invitario.guests()
    assert station.state.logged_in() == 0


class Halt:
    """Holds a request, before or after it is carried out, until it is let go."""

    def __init__(self, *, after=False):
        self.reached = asyncio.Event()
        self.released = asyncio.Event()
        self.after = after

    async def __call__(self, request, handler):
        response = await handler(request) if self.after else None
        self.reached.set()
        await self.released.wait()
        return response or await handler(request)


async def read(station, reader=None):
    async with reader or station.reader() as invitario:
        return await invitario.guests()


async def test_whoever_hears_late_of_the_end_uses_the_new_session(station, reader):
    """A slow answer about the old session does not throw the new one away."""
    await reader.guests()
    halt = Halt(after=True)
    station.disturb(ALL, halt)
    station.state.end_sessions()
    late = asyncio.create_task(reader.guests())
    await halt.reached.wait()
    await reader.guests()
    halt.released.set()
    assert len(await late) == 21
    assert (station.sent["login"], station.state.logged_in()) == (2, 1)


async def test_a_call_during_the_logout_is_refused(station):
    """It could only log in again, and nobody would log that session out."""
    invitario = station.reader()
    await invitario.guests()
    halt = Halt(after=True)
    station.disturb("logout", halt)
    closing = asyncio.create_task(invitario.close())
    await halt.reached.wait()
    with pytest.raises(errors.ClientClosed):
        await invitario.guests()
    halt.released.set()
    await closing
    assert (station.sent["login"], station.sent[ALL], station.state.logged_in()) == (1, 1, 0)


async def test_cancelled_while_reading(station):
    """The task ends as cancelled, and logged out."""
    halt = Halt()
    station.disturb(ALL, halt)
    task = asyncio.create_task(read(station))
    await halt.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    halt.released.set()
    assert (station.sent["logout"], station.state.logged_in()) == (1, 0)


async def test_cancelled_while_logging_in(station):
    """The server may have opened the session already: its token is awaited, to log out with it."""
    halt = Halt(after=True)
    station.disturb("login", halt)
    task = asyncio.create_task(read(station))
    await halt.reached.wait()
    assert station.state.logged_in() == 1
    task.cancel()
    halt.released.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (station.sent["logout"], station.state.logged_in()) == (1, 0)


async def test_cancelled_while_logging_out(station):
    """Even cancelled several times the task waits for the end of the logout, and then is cancelled."""
    halt = Halt()
    station.disturb("logout", halt)
    task = asyncio.create_task(read(station))
    await halt.reached.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    halt.released.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert station.state.logged_in() == 0


async def test_a_scope_of_anyio_that_cancels_is_waited_out_too(station):
    """It cancels again and again, not once as asyncio does."""
    halt = Halt()
    station.disturb(ALL, halt)
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(read, station)
            await halt.reached.wait()
            scope.cancel()
    halt.released.set()
    assert (station.sent["logout"], station.state.logged_in()) == (1, 0)


async def test_a_server_that_never_answers_the_logout_does_not_hold_us(station, monkeypatch, caplog):
    """The guests that were read are not lost for it; a warning says that the session lives on."""
    monkeypatch.setattr(reader_module, "_FAREWELL_SECONDS", 0.05)
    halt = Halt()
    station.disturb("logout", halt)
    assert len(await read(station)) == 21
    halt.released.set()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "cannot log out of Invitario (no answer within 0.05 s)" in record.getMessage()


async def test_a_login_that_is_never_answered_does_not_hold_us(station, monkeypatch):
    """Closing gives it up after the same time."""
    monkeypatch.setattr(reader_module, "_FAREWELL_SECONDS", 0.05)
    halt = Halt()
    station.disturb("login", halt)
    task = asyncio.create_task(read(station))
    await halt.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    halt.released.set()
    assert station.sent == {"login": 1}


async def test_a_session_that_the_server_has_ended_needs_no_logout(station, caplog):
    """It is asked for and refused with 30, which is no cause for a warning."""
    async with station.reader() as invitario:
        await invitario.guests()
        station.state.end_sessions()
    assert station.sent["logout"] == 1
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_closing_twice_logs_out_once(station):
    """Also when both happen at the same time."""
    invitario = station.reader()
    await invitario.guests()
    await asyncio.gather(invitario.close(), invitario.close())
    await invitario.close()
    assert station.sent["logout"] == 1


async def test_a_closed_reader_says_so(station):
    """It does not log in again behind the caller's back."""
    async with station.reader() as invitario:
        pass
    with pytest.raises(errors.ClientClosed):
        await invitario.guests()
    assert not station.sent


async def test_a_call_that_loses_its_session_to_the_closing_does_not_log_in_again(station):
    """Closing while another task reads ends that call, not the logout."""
    invitario = station.reader()
    await invitario.guests()
    halt = Halt()
    station.disturb(ALL, halt)
    call = asyncio.create_task(invitario.guests())
    await halt.reached.wait()
    await invitario.close()
    halt.released.set()
    with pytest.raises(errors.AlfaviewError):
        await call
    assert (station.sent["login"], station.state.logged_in()) == (1, 0)


async def test_a_refused_login_leaves_nothing_to_log_out(station):
    """Of an unknown event."""
    with pytest.raises(EventUnknown):
        await read(station, station.reader(event_id="999"))
    assert station.sent == {"login": 1}


@pytest.mark.parametrize("name", ["event_id", "api_key", "station_name"])
def test_empty_arguments_are_refused(name):
    """Each of the three is needed."""
    arguments = {"event_id": "1", "api_key": "k", "station_name": "s"} | {name: ""}
    with pytest.raises(errors.ConfigurationError, match=name):
        Invitario(base_url="https://invitario.example/", **arguments)


@pytest.mark.parametrize("base_url", ["", "http://invitario.example/", "ftp://x/", "https://user@x/", "invitario"])
def test_base_urls_that_would_give_the_key_away_are_refused(base_url):
    """https, or this machine."""
    with pytest.raises(errors.ConfigurationError):
        Invitario(base_url=base_url, event_id="1", api_key="k", station_name="s")


def test_there_is_no_default_address():
    """No page names a host, so none is guessed."""
    with pytest.raises(TypeError, match="base_url"):
        Invitario(event_id="1", api_key="k", station_name="s")


async def test_arguments_that_are_no_unicode(station):
    """Names from a broken environment cannot be sent, and are not shown."""
    async with station.reader(station_name="caf\udce9") as invitario:
        with pytest.raises(errors.ConfigurationError, match="Unicode"):
            await invitario.guests()
