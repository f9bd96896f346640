"""Logins into Invitario events: the App Code in the token store of the profile, the rest in a file of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
from attrs import asdict, evolve, field, frozen

from alfaview_async.bulk.outputs.atomic import replacing
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.store import keep, origin_of, token_store
from alfaview_async.cli.settings import config_directory
from alfaview_async.errors import AuthenticationError, ConfigurationError
from alfaview_async.invitario import ApiKeyIncorrect, EventUnknown, Invitario
from alfaview_async.secret import NO_SECRET, Secret
from alfaview_async.tokens import StoredToken, TokenKey

_VARIABLES = ("INVITARIO_BASE_URL", "INVITARIO_EVENT_ID", "INVITARIO_STATION_NAME", "INVITARIO_API_KEY")
CODE_VARIABLE = _VARIABLES[-1]
_FILE = "invitario.json"
_KEPT = ("base_url", "station_name")
"""What that file says of each event."""


@frozen(kw_only=True)
class EventLogin:
    """What opens the guest list of an event.

    Attributes:
        base_url: Scheme and host of the admin pages.
        event_id: From the address of the event's admin page.
        station_name: The "Name" of a check-in configuration.
        code: Its "App Code".
    """

    base_url: str
    event_id: str
    station_name: str
    code: Secret = field(default=NO_SECRET, repr=False)

    @property
    def key(self) -> TokenKey:
        """Under which the App Code is stored.

        Raises:
            ConfigurationError: The base URL is none.
        """
        origin = origin_of(self.base_url, _FILE)
        return TokenKey(origin=origin, principal=f"invitario:{self.station_name}", company_id=self.event_id)


async def event_login(invocation: Invocation, event_id: str) -> EventLogin:
    """Find the login of an event: whole from the environment, or whole as it was stored.

    Args:
        invocation: Knows the environment and the store.
        event_id: Empty for that of the environment, or the only one that is stored.

    Raises:
        Failure: There is none, or the environment's is not complete.
    """
    environment = invocation.environment
    if environment.get(CODE_VARIABLE):
        base_url, event, station, code = (environment.get(name, "") for name in _VARIABLES)
        event = event_id or event
        missing = [name for name, value in zip(_VARIABLES, (base_url, event, station, code), strict=True) if not value]
        if missing:
            raise invocation.fail("invitario-variables", Exit.NOT_LOGGED_IN, missing=", ".join(missing))
        return EventLogin(base_url=base_url, event_id=event, station_name=station, code=Secret.of(code))
    events = _read(_path(invocation))
    if not event_id and len(events) == 1:
        (event_id,) = events
    if event_id not in events:
        raise invocation.fail("invitario-login", Exit.NOT_LOGGED_IN, event=event_id or "?")
    kept = events[event_id]
    known = EventLogin(event_id=event_id, base_url=kept["base_url"], station_name=kept["station_name"])
    store = token_store(invocation)
    try:
        stored = await store.load(known.key)
    finally:
        await store.close()
    if stored is None or not stored.refresh_token:
        raise invocation.fail("invitario-login", Exit.NOT_LOGGED_IN, event=event_id)
    return evolve(known, code=stored.refresh_token)


async def keep_login(invocation: Invocation, login: EventLogin) -> None:
    """Store a login: the App Code where the profile keeps its tokens, as it is a secret that outlives processes.

    Raises:
        TokenStoreError: The store cannot be used, or somebody else is changing this login.
        ConfigurationError: The file of events cannot be written.
    """
    store = token_store(invocation)
    try:
        await keep(store, login.key, StoredToken(company_id=login.event_id, refresh_token=login.code))
    finally:
        await store.close()
    path = _path(invocation)
    events = _read(path)
    values = asdict(login)
    events[login.event_id] = {name: values[name] for name in _KEPT}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(orjson.dumps(events, option=orjson.OPT_INDENT_2))


@asynccontextmanager
async def invitario_client(invocation: Invocation, login: EventLogin) -> AsyncIterator[Invitario]:
    """Open a client for an event; it logs out in every case.

    Raises:
        Failure: Invitario does not let us in.
    """
    async with Invitario(
        base_url=login.base_url,
        event_id=login.event_id,
        api_key=login.code,
        station_name=login.station_name,
        timeout=invocation.timeout,
    ) as invitario:
        try:
            yield invitario
        except (EventUnknown, ApiKeyIncorrect, AuthenticationError) as error:
            raise invocation.fail(
                "invitario-refused", Exit.NOT_LOGGED_IN, event=login.event_id, error=error.message
            ) from error


def _path(invocation: Invocation) -> Path:
    return config_directory(invocation.environment) / _FILE


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        found = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path} cannot be read: it holds no events")
    for event, values in found.items():
        is_whole = isinstance(values, dict) and values.keys() == set(_KEPT)
        if not is_whole or not all(isinstance(value, str) for value in values.values()):
            raise ConfigurationError(f"{path} cannot be read: event {event} has not just the texts {', '.join(_KEPT)}")
    return found
