"""How a command gets a client: with the login of an emulator, of the environment, or of the profile.

The HTTP client takes half a second to import. The shell's completion reads this file with each command, so what is
heavy is imported where it is used.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attrs import evolve

from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.store import not_logged_in, owner, stored_login, token_store, usable_login
from alfaview_async.errors import AuthenticationError, NotFound
from alfaview_async.tokens import TokenStore

if TYPE_CHECKING:
    from alfaview_async import Alfaview
    from alfaview_async.credentials import Credentials

VARIABLES = ("ALFAVIEW_CLIENT_ID", "ALFAVIEW_CODE", "ALFAVIEW_USERNAME", "ALFAVIEW_PASSWORD")
"""Any of them means that the login is that of the environment."""


def has_credentials_in_environment(invocation: Invocation) -> bool:
    """Tell whether the environment names a login; then it counts, and no store is asked."""
    return any(invocation.environment.get(name) for name in VARIABLES)


async def credentials(invocation: Invocation, store: TokenStore) -> "Credentials":
    """Find the login: that of the emulator, that of the environment, or that of the profile; never a bit of each.

    Raises:
        Failure: There is none.
        ConfigurationError: That of the environment is not complete.
    """
    if invocation.emulator:
        return await _of_emulator(invocation)
    if has_credentials_in_environment(invocation):
        return _of_environment(invocation)
    from alfaview_async import RefreshToken  # noqa: PLC0415 - see above

    stored, settings = await usable_login(invocation, store), invocation.settings
    if stored is None:
        raise not_logged_in(invocation)
    invocation.who = settings["identity"].value
    return RefreshToken(
        refresh_token=stored.refresh_token, company_id=settings["company"].value, user=owner(invocation)
    )


@asynccontextmanager
async def client(invocation: Invocation) -> "AsyncIterator[Alfaview]":
    """Open a client for a command.

    Raises:
        Failure: Nobody is logged in, the login does not get into the company, or a room was not found.
    """
    store = open_store(invocation)
    try:
        async with client_with(invocation, store) as alfaview:
            yield alfaview
    finally:
        await store.close()


def open_store(invocation: Invocation) -> TokenStore:
    """Open what the client of a command keeps its tokens in; those of logins that are no profile's are not kept."""
    if invocation.emulator or has_credentials_in_environment(invocation):
        from alfaview_async.tokens import MemoryTokenStore  # noqa: PLC0415 - see above

        return MemoryTokenStore()
    return token_store(invocation)


@asynccontextmanager
async def client_with(invocation: Invocation, store: TokenStore) -> "AsyncIterator[Alfaview]":
    """Open a client on a store that the caller closes; errors as of `client`."""
    log_as_wanted(invocation)
    found = await credentials(invocation, store)
    from alfaview_async import Alfaview, RefreshToken  # noqa: PLC0415 - see above

    base_url = invocation.settings["base_url"].value
    async with Alfaview(found, tokens=store, base_url=base_url, timeout=invocation.timeout) as alfaview:
        try:
            yield alfaview
        except NotFound as error:
            from alfaview_async.cli.arguments.finding import absent_room  # noqa: PLC0415 - see above

            if (failure := await absent_room(invocation, alfaview, error)) is not None:
                raise failure from error
            raise
        except AuthenticationError as error:
            if isinstance(found, RefreshToken) and await stored_login(invocation, store) is None:
                company = found.company_id
                raise invocation.fail("company-closed", Exit.NOT_FOUND, company=company) from error
            raise


def _of_environment(invocation: Invocation) -> "Credentials":
    from alfaview_async import ApiKey  # noqa: PLC0415 - see above
    from alfaview_async.credentials import credentials_from_env  # noqa: PLC0415 - see above

    environment, company = invocation.environment, invocation.flags.get("company", "")
    client_id, code = environment.get("ALFAVIEW_CLIENT_ID", ""), environment.get("ALFAVIEW_CODE", "")
    if client_id and code and not environment.get("ALFAVIEW_COMPANY_ID"):
        if not company:
            raise invocation.fail("company-required", Exit.USAGE)
        found: Credentials = ApiKey(client_id=client_id, code=code, company_id=company)
    else:
        found = credentials_from_env()
        found = evolve(found, company_id=company) if company else found
    invocation.who = found.principal
    return found


async def _of_emulator(invocation: Invocation) -> "Credentials":
    """Ask the running emulator whom it lets in: it may have begun with any seed."""
    import asyncio  # noqa: PLC0415 - see above

    from alfaview_async import ApiKey, UsernamePassword  # noqa: PLC0415 - see above
    from alfaview_async.cli.emulator_admin import ask  # noqa: PLC0415 - see above

    data = await asyncio.to_thread(ask, invocation, "GET", "export")
    company = invocation.flags.get("company", "")
    for key in data["apiKeys"].values():
        if company in ("", key["companyId"]):
            invocation.who = f"key:{key['clientId']}"
            return ApiKey(client_id=key["clientId"], code=key["code"], company_id=key["companyId"])
    for user in data["users"].values():
        if user["password"] and (not company or company in user["companyIds"]):
            invocation.who = f"user:{user['username']}"
            return UsernamePassword(username=user["username"], password=user["password"], company_id=company)
    host = urlsplit(invocation.settings["base_url"].value).netloc
    raise invocation.fail("emulator-without-login", Exit.NOT_LOGGED_IN, host=host)


def log_as_wanted(invocation: Invocation) -> None:
    """Let the library's log onto stderr as far as it is wanted: by default its warnings, and nothing of retries."""
    import logging  # noqa: PLC0415 - see above

    if invocation.verbose:
        level = logging.DEBUG if invocation.verbose > 1 else logging.INFO
        logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(name)s: %(message)s")
        return
    logging.getLogger("stamina").setLevel(logging.ERROR)
    silent = invocation.quiet or invocation.json
    logging.getLogger("alfaview_async").setLevel(logging.ERROR if silent else logging.WARNING)
