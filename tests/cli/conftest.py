"""An alfaview that the commands talk to, and people who type them."""

import pytest
from alfactl import Person

from alfaview_async.emulator import Emulator
from alfaview_async.emulator.thread import EmulatorThread


@pytest.fixture
def emulator(request):
    """Run an emulator with the standard seed, or with what the module calls its `SEED`."""
    with EmulatorThread(Emulator(seed=getattr(request.module, "SEED", "standard"))) as emulator:
        yield emulator


@pytest.fixture
def person(tmp_path, emulator):
    """Return somebody with an API key in the environment."""
    return Person.with_key(tmp_path, emulator)


@pytest.fixture
def newcomer(tmp_path, emulator):
    """Return somebody who has not logged in yet."""
    return Person(tmp_path, emulator.base_url)
