"""Emulator: what tests and the command line start and stop."""

from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from aiohttp import web

from alfaview_async.emulator import seeds
from alfaview_async.emulator.admin import Admin
from alfaview_async.emulator.app import ADMIN_PREFIX, PREFIX, application
from alfaview_async.emulator.events import Changes
from alfaview_async.emulator.export import export, seed
from alfaview_async.emulator.faults import Faults
from alfaview_async.emulator.ids import Ids
from alfaview_async.emulator.injection import Injector
from alfaview_async.emulator.outbox import Outbox
from alfaview_async.emulator.request_log import RequestLog
from alfaview_async.emulator.state import State
from alfaview_async.emulator.steering import SteeredClock, SteeredTokens
from alfaview_async.emulator.tokens import TokenRules
from alfaview_async.errors import ConfigurationError

if TYPE_CHECKING:
    from alfaview_async import Alfaview

_SHUTDOWN_SECONDS = 1.0
_SEEDS = ("standard", "empty")
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
        self._clock, ids = SteeredClock(), Ids(seed)
        self._tokens = SteeredTokens(self._clock, ids, rules)
        self.state = State(clock=self._clock, ids=ids, tokens=self._tokens)
        self.faults = Faults(seed)
        self.requests = RequestLog()
        self._address = (host, port)
        self._runner: web.AppRunner | None = None
        self._injector: Injector | None = None
        self._changes = Changes()
        seeds.plant(self.state)

    @property
    def clock(self) -> SteeredClock:
        """The time by which tokens and links expire."""
        return self._clock

    @property
    def outbox(self) -> Outbox:
        """The mails sent so far."""
        return self.state.outbox

    @property
    def base_url(self) -> str:
        """The base URL for clients on this machine.

        With port 8080 it is `http://127.0.0.1:8080/json/v1/`.

        Raises:
            ConfigurationError: The emulator does not run.
        """
        return self._origin() + PREFIX

    @property
    def page_url(self) -> str:
        """Where a browser on this machine finds the page; below it is the admin API.

        With port 8080 it is `http://127.0.0.1:8080/_emulator/`.

        Raises:
            ConfigurationError: The emulator does not run.
        """
        return self._origin() + ADMIN_PREFIX

    def client(self) -> "Alfaview":
        """Return a new client of this emulator, with the rights of the API key; use it with `async with`.

        Raises:
            ConfigurationError: The emulator does not run.
        """
        from alfaview_async import Alfaview, ApiKey  # noqa: PLC0415 - only here does the emulator know the client

        key = ApiKey(client_id=self.client_id, code=self.code, company_id=self.company_id)
        return Alfaview(key, base_url=self.base_url)

    async def start(self) -> None:
        """Listen; a call while it runs changes nothing. What it knew before a stop is still there.

        Raises:
            OSError: The port is taken, or the address is not this machine's.
        """
        if self._runner is not None:
            return
        injector, changes = Injector(), Changes()
        runner = web.AppRunner(
            application(self.state, self.faults, self.requests, injector, self._admin(changes), changes),
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
        self._runner, self._injector, self._changes = runner, injector, changes

    async def stop(self) -> None:
        """Close every connection, also those of requests that a fault holds; may be called twice."""
        runner, injector, self._runner, self._injector = self._runner, self._injector, None, None
        if runner is not None and injector is not None:
            self._changes.close()
            await injector.stop()
            await runner.cleanup()

    def reset(self, seed: str = "standard") -> None:
        """Begin anew: nobody logged in, no mails, no faults, no log, real time, the same ids again.

        Args:
            seed: `standard`, the built-in data, or `empty`: the same without rooms.

        Raises:
            ConfigurationError: No such seed; nothing has changed.
        """
        if seed not in _SEEDS:
            raise ConfigurationError(f"no seed {seed!r}; there are {' and '.join(_SEEDS)}")
        if self._injector is not None:
            self._injector.let_go()
        self.state.clear()
        self.faults.clear()
        self.requests.clear()
        seeds.plant(self.state)
        if seed == "empty":
            for company in self.state.companies.values():
                company.rooms.clear()
        self._changes.announce()

    def expire_tokens(self, *, refresh: bool = False) -> None:
        """Let every access token be outdated from now on.

        Args:
            refresh: The refresh tokens too: then nobody stays logged in.
        """
        self._tokens.expire(refresh=refresh)

    def export(self) -> dict[str, object]:
        """Write down the data as plain JSON values, for `load`; passwords, codes and join links among it."""
        return export(self.state)

    def load(self, data: Mapping[str, object]) -> None:
        """Begin anew with data of one's own in place of the built-in.

        Args:
            data: As `export` writes it; what is left out is empty.

        Raises:
            ConfigurationError: Something does not fit, or refers to something that is not there; nothing has changed.
        """
        seed(self.state, data)
        self.faults.clear()
        self.requests.clear()
        self._changes.announce()

    def _admin(self, changes: Changes) -> web.Application:
        return Admin(
            state=self.state,
            clock=self._clock,
            tokens=self._tokens,
            faults=self.faults,
            requests=self.requests,
            changes=changes,
            reset=self.reset,
            load=self.load,
        ).application()

    def _origin(self) -> str:
        if self._runner is None:
            raise ConfigurationError("the emulator does not run; use `async with` or await start()")
        host, port = self._address[0], self._runner.addresses[0][1]
        host = _WILDCARDS.get(host, host)
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()
