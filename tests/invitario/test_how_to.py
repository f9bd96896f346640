"""The program of the page on Invitario, run again and again while the event changes."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "invitario.md"


@pytest.fixture
def run(emulator, station, tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    (program,) = re.findall(r"^```\{code-block\} python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    environment = os.environ | {
        "ALFAVIEW_BASE_URL": emulator.base_url,
        "ALFAVIEW_CLIENT_ID": emulator.client_id,
        "ALFAVIEW_CODE": emulator.code,
        "ALFAVIEW_COMPANY_ID": emulator.company_id,
        "INVITARIO_BASE_URL": station.base_url,
        "INVITARIO_EVENT_ID": station.emulator.event_id,
        "INVITARIO_API_KEY": station.emulator.api_key,
        "INVITARIO_STATION_NAME": station.emulator.station_name,
    }

    async def run_program():
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-c", program),
            env=environment,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        return process.returncode, output.decode(), errors.decode()

    return run_program


def guest_of(station, first_name):
    return next(guest for guest in station.event.guests.values() if guest.fields["firstName"] == first_name)


async def invited(alfaview, emulator):
    listed = await alfaview.guests.list_guest_links(room_id=emulator.room_id)
    return sorted(link.email for link in listed.guest_links)


@pytest.mark.slow
async def test_the_program_keeps_links_and_guests_in_step(run, emulator, alfaview, station):
    """A bad address stops it; then everybody has one link; then whoever came has one, and whoever left has none."""
    code, _, errors = await run()
    assert code == 1
    assert "1 of 14 rows cannot be used, nothing was sent" in errors
    assert await invited(alfaview, emulator) == []

    guest_of(station, "Chloé").fields["email"] = "chloe.martin@example.com"
    code, output, errors = await run()
    assert code == 0, errors
    assert output.count("invited:") == output.count("created") == 14
    first = await invited(alfaview, emulator)
    assert len(first) == len(set(first)) == 14

    station.state.clock.advance(minutes=5)
    station.state.invite("4711", firstName="Zoë", email="zoe@example.org")
    station.state.delete(guest_of(station, "Käthe"))
    station.state.check_in(guest_of(station, "Anna"))
    station.state.clock.advance(seconds=2)  # changes in the very second of a cursor come again with the next run
    code, output, errors = await run()
    assert code == 0, errors
    assert output.count("created") == 1
    assert await invited(alfaview, emulator) == sorted({*first, "zoe@example.org"} - {"kaethe.groessl@example.org"})

    station.state.clock.advance(minutes=5)
    code, output, errors = await run()
    assert (code, output) == (0, ""), errors
    assert station.state.logged_in() == 0
