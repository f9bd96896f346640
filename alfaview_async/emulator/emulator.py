"""Emulator: what tests and the command line start and stop."""

from datetime import timedelta
from types import TracebackType
from typing import Self

from aiohttp import web

from alfaview_async.emulator import seeds
from alfaview_async.emulator.app import PREFIX, application
from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.faults import Faults
from alfaview_async.emulator.ids import Ids
from alfaview_async.emulator.injection import Injector
from alfaview_async.emulator.outbox import Outbox
from alfaview_async.emulator.request_log import RequestLog
from alfaview_async.emulator.state import State
from alfaview_async.emulator.tokens import TokenRules, Tokens
from alfaview_async.errors import ConfigurationError

_SHUTDOWN_SECONDS = 1.0
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


class Emulator:
    """An alfaview on this machine: real HTTP, made-up data, mails that stay in an outbox, failures on demand.

    Use it with `async with`, or call `start()` and `stop()`. It begins with the same data each time: the company
    "Nordlicht Akademie" with the rooms "Nord/Seminar A", "Nord/Seminar B" and "Conference room 1" to "3".

    Args:
        port: Port to listen on; 0 takes a free one.
        host: Address to listen on. Any other than loopback shows the data, all of it made up, to the network, and
            lets everybody there log in.
        token_lifetime: Seconds that access tokens of users and API keys are valid; those of guests are for 12 hours.
        rotate_refresh_tokens: A refresh token is good for one use, which gives the next one.
        refresh_in_body: The refresh token stands in the JSON too, not only in `Set-Cookie`.
        seed: Equal seeds and equal calls give equal ids and tokens.

    Attributes:
        client_id: Alias of the API key.
        code: Secret of the API key.
        company_id: The company of the API key, and the first one that the user may enter.
        username: Of the user.
        password: Of the user.
        room_id: The room "Seminar A".
        state: All that this alfaview knows.
        faults: Failures on demand.
        requests: What was asked so far.
    """

    client_id = seeds.CLIENT_ID
    code = seeds.CODE
    company_id = seeds.COMPANY_ID
    username = seeds.USERNAME
    password = seeds.PASSWORD
    room_id = seeds.ROOM_ID

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        token_lifetime: float = 3600.0,
        rotate_refresh_tokens: bool = True,
        refresh_in_body: bool = False,
        seed: int = 0,
    ) -> None:
        rules = TokenRules(
            lifetime=timedelta(seconds=token_lifetime), rotate=rotate_refresh_tokens, refresh_in_body=refresh_in_body
        )
        clock, ids = Clock(), Ids(seed)
        self.state = State(clock=clock, ids=ids, tokens=Tokens(clock, ids, rules))
        self.faults = Faults(seed)
        self.requests = RequestLog()
        self._address = (host, port)
        self._runner: web.AppRunner | None = None
        self._injector: Injector | None = None
        seeds.plant(self.state)

    @property
    def clock(self) -> Clock:
        """The time by which tokens and links expire."""
        return self.state.clock

    @property
    def outbox(self) -> Outbox:
        """The mails sent so far."""
        return self.state.outbox

    @property
    def base_url(self) -> str:
        """The base URL for clients on this machine, e.g. `http://127.0.0.1:8080/json/v1/`.

        Raises:
            ConfigurationError: The emulator does not run.
        """
        if self._runner is None:
            raise ConfigurationError("the emulator does not run; use `async with` or await start()")
        host, port = self._address[0], self._runner.addresses[0][1]
        host = _WILDCARDS.get(host, host)
        return f"http://{f'[{host}]' if ':' in host else host}:{port}{PREFIX}"

    async def start(self) -> None:
        """Listen; a call while it runs changes nothing. What it knew before a stop is still there.

        Raises:
            OSError: The port is taken, or the address is not this machine's.
        """
        if self._runner is not None:
            return
        injector = Injector()
        runner = web.AppRunner(
            application(self.state, self.faults, self.requests, injector),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, *self._address).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner, self._injector = runner, injector

    async def stop(self) -> None:
        """Close every connection, also those of requests that a fault holds; may be called twice."""
        runner, injector, self._runner, self._injector = self._runner, self._injector, None, None
        if runner is not None and injector is not None:
            await injector.stop()
            await runner.cleanup()

    def reset(self) -> None:
        """Begin anew: built-in data, nobody logged in, no mails, no faults, no log, real time, the same ids again."""
        self.state.clear()
        self.faults.clear()
        self.requests.clear()
        seeds.plant(self.state)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()
