"""Emulator: what tests and the command line start and stop."""

from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from aiohttp import web

from alfaview_async.emulator.admin import Admin
from alfaview_async.emulator.app import ADMIN_PREFIX, PREFIX, Front
from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.entrance import Entrance, entrance_to
from alfaview_async.emulator.events import Changes
from alfaview_async.emulator.faults import Faults
from alfaview_async.emulator.habits import Habits
from alfaview_async.emulator.ids import Ids
from alfaview_async.emulator.injection import Injector
from alfaview_async.emulator.invitario import InvitarioEmulator
from alfaview_async.emulator.outbox import Outbox
from alfaview_async.emulator.request_log import RequestLog
from alfaview_async.emulator.seeds import SeedSource, find_seed
from alfaview_async.emulator.seeds.data import plain
from alfaview_async.emulator.state import State
from alfaview_async.emulator.tokens import TokenRules, Tokens
from alfaview_async.emulator.webex import WebexEmulator
from alfaview_async.errors import ConfigurationError

if TYPE_CHECKING:
    from alfaview_async import Alfaview

_SHUTDOWN_SECONDS = 1.0
_LAST_PORT = 65_535
_INVITARIO_PREFIX = "/invitario/"
_WEBEX_PREFIX = "/webex/v1"
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


class Emulator:
    """An alfaview on this machine: real HTTP, made-up data, mails that stay in an outbox, failures on demand.

    Use it with `async with`, or call `start()` and `stop()`. It begins with the same data each time, the seed:

    - `standard`: the company "Nordlicht Akademie" with the rooms "Nord/Seminar A", "Nord/Seminar B" and "Conference
      room 1" to "3"; and "Südwind Institut" with the room "Aula".
    - `training-centre`: 14 rooms and departments in those two, "Seminar A" twice; more users, roles and links.
    - `large`: 5,000 rooms more, in 50 departments.
    - `empty`: companies, roles, user and API key, but no rooms.
    - a file that ends with `.json`, `.yaml` or `.yml`, as a path or its name; YAML needs PyYAML.
    - data as `export` returns it, and as short as it is in the page on testing.

    Args:
        port: Port to listen on; 0 takes a free one.
        host: Address to listen on. Any other than loopback shows the data, all of it made up, to the network, and
            lets everybody there log in.
        token_lifetime: Seconds that access tokens of users and API keys are valid; those of guests are for 12 hours.
        rotate_refresh_tokens: A refresh token is good for one use, which gives the next one.
        refresh_in_body: The refresh token stands in the JSON too, not only in `Set-Cookie`.
        seed: What it begins with, and returns to when it is reset.
        random_seed: Equal numbers, seeds and calls give equal ids and tokens.

    Attributes:
        state: All that this alfaview knows.
        faults: Failures on demand.
        requests: What was asked so far.
        invitario: The check-in API of Invitario, at `invitario_url`.
        webex: The meeting invitees of Webex, at `webex_url`.

    Raises:
        ConfigurationError: No such port or seed, or a seed that is wrong somewhere; the message says where.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        token_lifetime: float = 3600.0,
        rotate_refresh_tokens: bool = True,
        refresh_in_body: bool = False,
        seed: SeedSource = "standard",
        random_seed: int = 0,
    ) -> None:
        if not 0 <= port <= _LAST_PORT:
            raise ConfigurationError(f"there is no port {port}; choose one up to {_LAST_PORT}, or 0 for a free one")
        rules = TokenRules(
            lifetime=timedelta(seconds=token_lifetime), rotate=rotate_refresh_tokens, refresh_in_body=refresh_in_body
        )
        clock, ids = Clock(), Ids(random_seed)
        self.state = State(clock=clock, ids=ids, tokens=Tokens(clock, ids, rules))
        self.faults = Faults(random_seed)
        self.requests = RequestLog()
        self.invitario = InvitarioEmulator(clock=clock)
        self.webex = WebexEmulator(seed=random_seed)
        self._address = (host, port)
        self._runner: web.AppRunner | None = None
        self._injector: Injector | None = None
        self._changes = Changes()
        self._entrance = Entrance()
        self._seed = find_seed(seed)
        self.reset()

    @property
    def clock(self) -> Clock:
        """The time by which tokens and links expire."""
        return self.state.clock

    @property
    def habits(self) -> Habits:
        """How the answers are written, which clients must not depend on; change it while the emulator runs."""
        return self.state.habits

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

    @property
    def invitario_url(self) -> str:
        """The base URL for `Invitario`; errors as of `base_url`."""
        return self._origin() + _INVITARIO_PREFIX

    @property
    def webex_url(self) -> str:
        """The base URL for `Webex`; errors as of `base_url`."""
        return self._origin() + _WEBEX_PREFIX

    @property
    def client_id(self) -> str:
        """Alias of the seed's first API key; `demo` in those that have a name. Empty if there is none."""
        return self._entrance.client_id

    @property
    def code(self) -> str:
        """Secret of that API key."""
        return self._entrance.code

    @property
    def company_id(self) -> str:
        """The company of that API key; without one, the seed's first."""
        return self._entrance.company_id

    @property
    def username(self) -> str:
        """Name for the login of the seed's first user who has a password and may enter that company."""
        return self._entrance.username

    @property
    def password(self) -> str:
        """Password of that user."""
        return self._entrance.password

    @property
    def room_id(self) -> str:
        """The first room of that company that is no department: "Seminar A"; empty if there is none."""
        return self._entrance.room_id

    def client(self) -> "Alfaview":
        """Return a new client of this emulator, with the rights of the API key; use it with `async with`.

        Raises:
            ConfigurationError: The emulator does not run, or its seed has no API key.
        """
        from alfaview_async import Alfaview, ApiKey  # noqa: PLC0415 - only here does the emulator know the client

        if not self.client_id:
            raise ConfigurationError("the seed has no API key; log in as one of its users: UsernamePassword(...)")
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
        front = Front(state=self.state, faults=self.faults, log=self.requests, injector=injector, changes=changes)
        neighbours = [*self.invitario.routes(_INVITARIO_PREFIX), *self.webex.routes(_WEBEX_PREFIX)]
        runner = web.AppRunner(
            front.application(self._admin(changes), neighbours),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, *self._address).start()
        except BaseException:  # a start that is cancelled while it looks up the host's name leaves nothing behind, too
            await runner.cleanup()
            raise
        self._runner, self._injector, self._changes = runner, injector, changes

    async def stop(self) -> None:
        """Close every connection, also those of requests that a fault holds; may be called twice."""
        runner, injector, self._runner, self._injector = self._runner, self._injector, None, None
        if runner is not None and injector is not None:
            self._changes.close()
            self.webex.let_go()
            await injector.stop()
            await runner.cleanup()
            self.webex.let_go()  # of what came in meanwhile

    def reset(self, seed: SeedSource | None = None) -> None:
        """Begin anew: nobody logged in, no mails, no faults, no habits, no log, real time, the same ids again.

        Requests that a fault holds end now.

        Args:
            seed: As for a new emulator; default: the seed of this one.

        Raises:
            ConfigurationError: No such seed, or one that is wrong somewhere; nothing has changed.
        """
        found = self._seed if seed is None else find_seed(seed)
        contents = found.build()
        if self._injector is not None:
            self._injector.let_go()
        self.state.begin(contents, found.mark)
        self._entrance = entrance_to(contents)
        self.faults.clear()
        self.requests.clear()
        self.invitario.reset()
        self.webex.reset()
        self._changes.announce()

    def expire_tokens(self, *, refresh: bool = False) -> None:
        """Let every access token be outdated from now on.

        Args:
            refresh: The refresh tokens too: then nobody stays logged in.
        """
        self.state.tokens.expire(refresh=refresh)

    def export(self) -> dict[str, object]:
        """Write down the data as plain JSON values, for a seed; passwords, codes and join links among it."""
        return plain(self.state)

    def load(self, data: Mapping[str, object]) -> None:
        """Begin anew with what `export` has written down; the same as `reset(data)`.

        Raises:
            ConfigurationError: Something does not fit, or refers to something that is not there; nothing has changed.
        """
        self.reset(data)

    def _admin(self, changes: Changes) -> web.Application:
        return Admin(
            state=self.state, faults=self.faults, requests=self.requests, changes=changes, reset=self.reset
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
