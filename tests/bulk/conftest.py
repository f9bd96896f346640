"""A client that gives up soon, a journal, and processes to kill."""

import pytest
from gateway import gateway_to
from invitations import HASTY, Driver, started

from alfaview_async import Alfaview


@pytest.fixture
async def hasty(emulator, api_key):
    async with Alfaview(api_key, base_url=emulator.base_url, timeout=0.5, retry=HASTY) as alfaview:
        yield alfaview


@pytest.fixture
async def gateway(emulator):
    async with gateway_to(emulator) as gateway:
        yield gateway


@pytest.fixture
async def bent(gateway, api_key):
    """A client of the gateway."""
    async with Alfaview(api_key, base_url=gateway.base_url, timeout=0.5, retry=HASTY) as alfaview:
        yield alfaview


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "run.journal"


@pytest.fixture(scope="session")
def forks():
    with started() as process:
        yield process


@pytest.fixture
def driver(forks, emulator, journal):
    return Driver(forks, emulator, journal)
