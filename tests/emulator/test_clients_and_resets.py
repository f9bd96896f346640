"""To add to tests/emulator/test_with_client.py once the diff is in."""

import asyncio

from alfaview_async.emulator import Emulator
from alfaview_async.models import Room


async def test_the_emulator_hands_out_clients():
    """With the rights of its API key; each is closed by whoever asked for it."""
    async with Emulator() as emulator, emulator.client() as alfaview:
        assert (await alfaview.rooms.find("Seminar A"))[0] == emulator.room_id


async def test_a_reset_lets_go_of_delayed_requests():
    """Tokens are drawn anew but equal: what the last test left on its way must not be carried out in the next one."""
    async with Emulator() as emulator, emulator.client() as before, emulator.client() as after:
        await before.rooms.list()
        emulator.faults.add("roomService/create", do="delay", seconds=0.3)
        late = asyncio.create_task(before.rooms.create(room=Room(display_name="Late")))
        while not emulator.requests.count("roomService/create"):  # noqa: ASYNC110 - the emulator tells nobody
            await asyncio.sleep(0.01)
        late.cancel()
        emulator.reset()
        await after.rooms.list()
        await asyncio.sleep(0.4)
        assert "Late" not in {room.display_name async for _, room in after.rooms.all()}
