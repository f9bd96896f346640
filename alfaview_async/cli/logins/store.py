"""Where logins are remembered: the store of the profile, and the records of its logins.

The shell's completion reads this file with each command, so what is heavy is imported where it is used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.settings import ENVIRONMENT, config_directory
from alfaview_async.errors import ConfigurationError, KeyringLocked, StorageUnavailable, TokenStoreError
from alfaview_async.tokens import StoredToken, TokenKey, TokenStore


def token_store(invocation: Invocation) -> TokenStore:
    """Open the store of the profile.

    Raises:
        Failure: No such store.
        TokenStoreError: It cannot be used.
        ConfigurationError: An extra or an address is missing.
    """
    from alfaview_async.tokens import (  # noqa: PLC0415 - see above
        FileTokenStore,
        KeyringTokenStore,
        MemoryTokenStore,
        RedisTokenStore,
    )

    settings = invocation.settings
    match settings["store"].value:
        case "keyring":
            return KeyringTokenStore()
        case "file":
            return FileTokenStore(token_directory(invocation))
        case "memory":
            return MemoryTokenStore()
        case "redis":
            if not settings["redis_url"].value:
                raise invocation.fail("redis-url-required", Exit.USAGE, variable=ENVIRONMENT["redis_url"])
            return RedisTokenStore(settings["redis_url"].value)
        case name:
            raise invocation.fail("unknown-store", Exit.USAGE, store=name)


def token_directory(invocation: Invocation) -> Path:
    """Return where the file store keeps logins."""
    return config_directory(invocation.environment) / "tokens"


def token_key(invocation: Invocation, company: str) -> TokenKey:
    """Name the record of the profile's login in a company.

    Raises:
        ConfigurationError: The base URL is none.
    """
    base_url = invocation.settings["base_url"]
    origin = origin_of(base_url.value, base_url.origin)
    return TokenKey(origin=origin, principal=_principal(invocation), company_id=company)


def origin_of(url: str, source: str) -> str:
    """Return scheme, host and port of a URL.

    Args:
        url: What people have written.
        source: Where, for the message.

    Raises:
        ConfigurationError: There is no scheme or no host in it.
    """
    from yarl import URL  # noqa: PLC0415 - see above

    try:
        return str(URL(url).origin())
    except ValueError:
        reason = f"the URL of {source} is not readable; it needs a scheme and a host: https://host/..."
        raise ConfigurationError(reason) from None


def owner(invocation: Invocation) -> str:
    """Name the owner of the profile's refresh token, as it stands in the stores."""
    return f"alfactl:{invocation.settings.profile.value}"


def _principal(invocation: Invocation) -> str:
    return f"token:{owner(invocation)}"


async def stored_login(invocation: Invocation, store: TokenStore, company: str = "") -> StoredToken | None:
    """Load the login of the profile in a company, by default its own; `None` if there is none.

    Raises:
        TokenStoreError: The store cannot be used, though it should hold a login.
    """
    company = company or invocation.settings["company"].value
    with _needed_by_logins_only(invocation):
        return await store.load(token_key(invocation, company)) if company else None
    return None


@contextmanager
def _needed_by_logins_only(invocation: Invocation) -> Iterator[None]:
    """Where nobody has ever logged in it does not matter that there is no keyring either."""
    try:
        yield
    except KeyringLocked:
        raise
    except StorageUnavailable:
        if invocation.settings["identity"].value:
            raise


async def usable_login(invocation: Invocation, store: TokenStore) -> StoredToken | None:
    """Load the login for the company, else that of the profile's own: it opens the doors of the others.

    Raises:
        TokenStoreError: As of `stored_login`.
    """
    settings = invocation.settings
    home = str(settings.of_profile(settings.profile.value).get("company", ""))
    for company in dict.fromkeys((settings["company"].value, home)):
        stored = await stored_login(invocation, store, company)
        if stored is not None and stored.refresh_token:
            return stored
    return None


def not_logged_in(invocation: Invocation) -> Failure:
    """Say that there is no login, and where it was looked for."""
    settings = invocation.settings
    profile, store = settings.profile.value, settings["store"].value
    return invocation.fail("not-logged-in", Exit.NOT_LOGGED_IN, profile=profile, store=store)


async def keep(store: TokenStore, key: TokenKey, token: StoredToken) -> None:
    """Store a login in place of an older one.

    Raises:
        TokenStoreError: The store cannot be used, or somebody else is changing this login.
    """
    async with store.lock(key):
        before = await store.load(key)
        if not await store.compare_and_swap(key, before.generation if before else 0, token):
            raise TokenStoreError("another process is changing this login; try again")


async def forget(invocation: Invocation, store: TokenStore) -> int:
    """Delete the logins of the profile into all companies, and return how many there were.

    Raises:
        TokenStoreError: The store cannot be used, though it should hold a login.
    """
    whose, keys = _principal(invocation), []
    with _needed_by_logins_only(invocation):
        keys = [key for key in await store.keys() if key.principal == whose]
    for key in keys:
        await store.delete(key)
    return len(keys)
