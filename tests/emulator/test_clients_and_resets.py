"""The clients that the emulator hands out, and what a reset lets go of."""

import asyncio

from alfaview_async.emulator import Emulator
from alfaview_async.emulator.faults import Faults
from alfaview_async.emulator.injection import Injector
from alfaview_async.models import Room


async def test_the_emulator_hands_out_clients():
    """With the rights of its API key; each is closed by whoever asked for it."""
    async with Emulator() as emulator, emulator.client() as alfaview:
        assert (await alfaview.rooms.find("Seminar A"))[0] == emulator.room_id


async def test_a_reset_lets_go_of_delayed_requests(until):
    """Tokens are drawn anew but equal: what the last test left on its way must not be carried out in the next one."""
    async with Emulator() as emulator, emulator.client() as before, emulator.client() as after:
        await before.rooms.list()
        emulator.faults.add("roomService/create", do="delay", seconds=0.3)
        late = asyncio.create_task(before.rooms.create(room=Room(display_name="Late")))
        await until(lambda: emulator.requests.count("roomService/create"))
        late.cancel()
        emulator.reset()
        await after.rooms.list()
        await asyncio.sleep(0.4)
        assert "Late" not in {room.display_name async for _, room in after.rooms.all()}


async def test_a_reset_lets_go_of_what_has_hardly_begun():
    """The request has come, the task that carries it out later has not had its first turn."""
    injector, carried_out = Injector(), []
    fault = Faults(seed=0).add("roomService/create", do="delay", seconds=0.05)
    late = asyncio.create_task(injector.respond(None, fault, lambda: carried_out.append("late")))
    await asyncio.sleep(0)
    injector.let_go()
    assert await late is None
    assert carried_out == []
