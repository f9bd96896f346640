"""Fixtures for tests of code that talks to alfaview: an emulator, a client, an environment.

pytest loads this file in every project where this package is installed, so it imports nothing until a fixture is used.
All fixtures are sync: they work in sync tests, and with pytest-asyncio, anyio and pytest-xdist.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from alfaview_async import Alfaview
    from alfaview_async.emulator import Emulator
    from alfaview_async.emulator.seeds import SeedSource
    from alfaview_async.emulator.thread import EmulatorThread

_MARK = (
    "alfaview(seed=None, faults=(), now=None, habits={}): how the fixture alfaview_emulator begins: its data as of "
    "Emulator.reset, e.g. 'empty', 'training-centre', a file or a dict; failures, each a text like "
    "'createGuestLinks@2:apply-then-timeout' or the arguments of Faults.add; the time at which its clock stands still, "
    "a datetime or ISO text with a zone; and habits of the server by name, as of Habits.change."
)
_MARK_ARGUMENTS = frozenset({"seed", "faults", "now", "habits"})


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", _MARK)


@pytest.fixture(scope="session")
def alfaview_server() -> "Iterator[EmulatorThread]":
    """An emulator in a thread of its own, on a free port; one for all tests of a process, so one per xdist worker."""
    from alfaview_async.emulator.thread import EmulatorThread  # noqa: PLC0415 - loads the HTTP server

    server = EmulatorThread()
    with server:
        yield server


@pytest.fixture
def alfaview_emulator(alfaview_server: "EmulatorThread", request: pytest.FixtureRequest) -> "Emulator":
    """The emulator in its first state, or in that of the mark `alfaview`; it is reset before each test, not after.

    All that is called on it runs in its own thread, between two requests; see `EmulatorThread.emulator`.
    """
    alfaview_server.start()  # a test may have stopped it
    options: dict[str, Any] = {}
    for mark in reversed([*request.node.iter_markers("alfaview")]):  # the nearest one decides
        if mark.args or not _MARK_ARGUMENTS.issuperset(mark.kwargs):
            raise pytest.UsageError(f"wrong arguments of a mark; expected {_MARK}")
        options |= mark.kwargs
    emulator = alfaview_server.emulator
    _begin(emulator, **options)
    return emulator


@pytest.fixture
def alfaview_client(alfaview_emulator: "Emulator") -> "Iterator[Alfaview]":
    """A client of the emulator, with the rights of its API key; it is opened by its first call, and closed for you.

    It waits a millisecond before it tries again, not longer and longer as others do.
    """
    from alfaview_async import ApiKey, RetryPolicy  # noqa: PLC0415 - loads the HTTP client
    from alfaview_async.pytest_client import LoopBoundClient  # noqa: PLC0415 - loads the HTTP client

    key = ApiKey(
        client_id=alfaview_emulator.client_id, code=alfaview_emulator.code, company_id=alfaview_emulator.company_id
    )
    client = LoopBoundClient(key, base_url=alfaview_emulator.base_url, retry=RetryPolicy(wait=0.001))
    yield client
    client.close_from_outside()


@pytest.fixture
def alfaview_env(alfaview_emulator: "Emulator", monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Environment variables that lead `Alfaview.from_env()`, in the code under test, to the emulator."""
    variables = {
        "ALFAVIEW_BASE_URL": alfaview_emulator.base_url,
        "ALFAVIEW_CLIENT_ID": alfaview_emulator.client_id,
        "ALFAVIEW_CODE": alfaview_emulator.code,
        "ALFAVIEW_COMPANY_ID": alfaview_emulator.company_id,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for name in ("ALFAVIEW_USERNAME", "ALFAVIEW_PASSWORD"):  # two ways in would be an error
        monkeypatch.delenv(name, raising=False)
    return variables


def _begin(
    emulator: "Emulator",
    *,
    seed: "SeedSource | None" = None,
    faults: "Iterable[str | dict[str, Any]]" = (),
    now: datetime | str | None = None,
    habits: Mapping[str, object] | None = None,
) -> None:
    emulator.reset(seed)
    for fault in faults:
        if isinstance(fault, str):
            emulator.faults.add_text(fault)
        else:
            emulator.faults.add(**fault)
    if now is not None:
        emulator.clock.freeze(datetime.fromisoformat(now) if isinstance(now, str) else now)
    emulator.habits.change(**(habits or {}))
