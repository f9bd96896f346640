"""An alfaview that the commands talk to, and somebody who types them."""

import pytest
from alfactl import Person

from alfaview_async.emulator.thread import EmulatorThread


@pytest.fixture(scope="module")
def emulator():
    with EmulatorThread() as emulator:
        yield emulator


@pytest.fixture
def person(tmp_path, emulator):
    emulator.reset()
    return Person(tmp_path, emulator.base_url)
