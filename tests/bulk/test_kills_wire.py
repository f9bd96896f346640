"""F104, C5-C9: a process that is killed while a call is between it and the server."""

import asyncio
import os
import signal
from contextlib import suppress

import pytest
from invitations import CREATE, addresses, linked, mailed
from waiting import until

GUESTS = 12
CALL = 2


class KillingProxy:
    """Stands between a process and the emulator, and kills the process in the middle of a call.

    Args:
        emulator: Where to.
        sent: Share of the call that reaches the emulator; 1.0 lets it answer too, and keeps the answer.
    """

    def __init__(self, emulator, sent):
        self.victim = asyncio.get_running_loop().create_future()
        self._port = int(emulator.base_url.split(":")[2].split("/")[0])
        self._sent = sent
        self._calls = 0
        self._relays = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/json/v1/"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await asyncio.gather(*self._relays)

    async def _relay(self, client, to_client):
        self._relays.add(asyncio.current_task())
        server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while self._calls <= CALL:
                request = await message(client)
                self._calls += CREATE.encode() in request.partition(b"\r\n")[0]
                if self._calls == CALL:
                    await self._interrupt(request, server, to_server)
                else:
                    to_server.write(request)
                    to_client.write(await message(server))
        for writer in (to_server, to_client):
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _interrupt(self, request, server, to_server):
        self._calls += 1
        to_server.write(request[: int(len(request) * self._sent)])
        if self._sent == 1.0:
            await message(server)
        os.kill(await self.victim, signal.SIGKILL)


async def message(reader):
    """Read a request or an answer, head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    (length,) = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    return head + await reader.readexactly(int(length))


async def killed_in_call(emulator, driver, sent, **order):
    async with KillingProxy(emulator, sent) as proxy:
        proxy.victim.set_result(await driver.begin("invite", guests=GUESTS, base_url=proxy.base_url, **order))
        assert (await driver.end())["exit"] == -signal.SIGKILL


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(0.0, id="C5 connected"),
        pytest.param(0.2, id="C6 part of the head"),
        pytest.param(0.8, id="C6 part of the body"),
        pytest.param(1.0, id="C9 answer on its way"),
    ],
)
async def test_killed_while_a_call_is_on_its_way(emulator, driver, sent):
    """The next process waits, looks, and sends what is not there: every guest has one link and one mail."""
    await killed_in_call(emulator, driver, sent)
    assert mailed(emulator) != addresses(GUESTS)
    ended = await driver.do("resume")
    assert {status for _, status, _ in ended["results"]} == {"created"}
    assert mailed(emulator) == addresses(GUESTS) == linked(emulator)


async def test_killed_before_the_server_has_begun(emulator, driver):
    """C7: all of it was sent, nothing of it is carried out, ever."""
    held = emulator.faults.add(CREATE, do="timeout", on="2")
    process = await driver.begin("invite", guests=GUESTS)
    await until(lambda: held.fired)
    os.kill(process, signal.SIGKILL)
    assert (await driver.end())["exit"] == -signal.SIGKILL
    await driver.do("resume")
    assert mailed(emulator) == addresses(GUESTS) == linked(emulator)


async def test_killed_after_half_a_call_was_carried_out(emulator, driver):
    """C8: those it has invited are found by its mark, the others are sent again."""
    emulator.faults.add(CREATE, do="partial", on="2")
    await killed_in_call(emulator, driver, 1.0)
    await driver.do("resume")
    assert mailed(emulator) == addresses(GUESTS) == linked(emulator)
