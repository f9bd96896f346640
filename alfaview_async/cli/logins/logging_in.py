"""Making a login and keeping it: the store is tried first, the server says yes, then it is stored, then remembered."""

from secrets import token_hex

from attrs import frozen

from alfaview_async import Alfaview, ApiKey, UsernamePassword
from alfaview_async.cli.config_file import ConfigFile
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import log_as_wanted
from alfaview_async.errors import PermissionDenied, StorageUnavailable
from alfaview_async.secret import Secret
from alfaview_async.tokens import MemoryTokenStore, StoredToken, TokenKey, TokenStore


@frozen(kw_only=True)
class NewLogin:
    """What the server has accepted.

    Attributes:
        token: What is to be stored: no password and no code is in it.
        company_name: Empty if the login may not see it.
    """

    token: StoredToken
    company_name: str


async def probe(store: TokenStore) -> None:
    """Write, read and delete a record that is nobody's, so that no secret is asked for in vain.

    Raises:
        TokenStoreError: The store cannot be used.
    """
    key = TokenKey(origin="", principal="alfactl:probe")
    mark = StoredToken(company_id=token_hex(8))
    async with store.lock(key):
        before = await store.load(key)
        await store.compare_and_swap(key, before.generation if before else 0, mark)
        found = await store.load(key)
        await store.delete(key)
    if found is None or found.company_id != mark.company_id:
        raise StorageUnavailable("what was written to the token store could not be read again")


async def made_login(invocation: Invocation, credentials: ApiKey | UsernamePassword) -> NewLogin:
    """Log in anew, whatever is stored, and make one call that proves it.

    Raises:
        Failure: The server gave no refresh token.
        AlfaviewError: The login was refused, or the server cannot be reached.
    """
    log_as_wanted(invocation)
    invocation.who = credentials.principal
    tokens = MemoryTokenStore()
    base_url = invocation.settings["base_url"].value
    async with Alfaview(credentials, tokens=tokens, base_url=base_url, timeout=invocation.timeout) as alfaview:
        try:
            companies = await alfaview.accessible_companies()
        except PermissionDenied:
            companies = {}  # the token was accepted, and that is what had to be proven
    (key,) = await tokens.keys()
    token = await tokens.load(key)
    if token is None or not token.refresh_token:
        raise invocation.fail("no-refresh-token", Exit.NOT_LOGGED_IN)
    company = companies.get(token.company_id)
    return NewLogin(token=token, company_name=company.display_name if company else "")


def remember(invocation: Invocation, company_id: str, identity: str) -> None:
    """Write into `config.toml` where the login is and whose it is.

    Raises:
        ConfigurationError: The file cannot be changed.
    """
    settings = invocation.settings
    file = ConfigFile(settings.config_path)
    values = {"company": company_id, "store": settings["store"].value, "identity": identity}
    if "base_url" in invocation.flags:
        values["base_url"] = invocation.flags["base_url"]
    file.set(settings.profile.value, **values)
    file.save()


def stripped(text: str) -> Secret:
    """Take a secret from a text that may end with the newline of `echo`."""
    return Secret(text.rstrip("\r\n"))
