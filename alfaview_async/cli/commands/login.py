"""`alfactl login`: log in, and remember it."""

import sys
from datetime import UTC, datetime

import click

from alfaview_async import ApiKey, UsernamePassword
from alfaview_async.cli.declaring import Command, Misuse, asynchronous
from alfaview_async.cli.explaining import named_login
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation, plain_symbols
from alfaview_async.cli.logins.client import has_credentials_in_environment
from alfaview_async.cli.logins.logging_in import made_login, probe, remember, stripped
from alfaview_async.cli.logins.store import keep, token_directory, token_key, token_store
from alfaview_async.cli.output.asking import asked, interruptible_reading
from alfaview_async.cli.settings import STORES
from alfaview_async.secret import Secret

_COLUMNS = ("profile", "company", "company_name", "identity", "store", "access_expires_at")


@click.command(cls=Command)
@click.option("--api-key", "kind", flag_value="key", help="With an API key [default].")
@click.option("--user", "kind", flag_value="user", help="With user name and password.")
@click.option("--client-id", metavar="ALIAS", help="Alias of the API key.")
@click.option("--username", metavar="NAME", help="Name of the user; means --user.")
@click.option("--store", type=click.Choice(STORES), help="Where to keep the login [keyring].")
@click.option("--secret-stdin", is_flag=True, help="Read secret or password from stdin instead of asking for it.")
@asynchronous
async def login(
    invocation: Invocation,
    *,
    kind: str | None,
    client_id: str | None,
    username: str | None,
    store: str | None,
    secret_stdin: bool,
) -> None:
    """Log in, and remember it for the commands to come.

    The refresh token is kept, in the keyring of this machine unless --store says otherwise; the secret is not. Always
    logs in anew.
    """
    if client_id and (username or kind == "user"):
        raise Misuse("usage-key-or-user")
    if invocation.emulator:
        raise invocation.fail("emulator-needs-no-login", Exit.USAGE)
    if store:
        invocation.flags["store"] = store
        invocation.forget_settings()
    with_key = not username and kind != "user"
    place = token_store(invocation)
    try:
        await probe(place)
        name = (client_id if with_key else username) or _asked(invocation, "ask-alias" if with_key else "ask-username")
        credentials = _credentials(invocation, name, with_key=with_key, secret_stdin=secret_stdin)
        if invocation.dry_run:
            who = named_login(invocation, credentials.principal)
            invocation.say("dry-run", what=invocation.text("would-log-in", who=who))
            return
        made = await made_login(invocation, credentials)
        await keep(place, token_key(invocation, made.token.company_id), made.token)
    finally:
        await place.close()
    remember(invocation, made.token.company_id, credentials.principal)
    ends = datetime.fromtimestamp(made.token.access_expires_at, UTC) if made.token.access_expires_at else None
    _tell(invocation, made.company_name, made.token.company_id, credentials.principal, ends)


def _credentials(invocation: Invocation, name: str, *, with_key: bool, secret_stdin: bool) -> ApiKey | UsernamePassword:
    """Collect what is missing; what cannot be asked for fails before the secret is read."""
    company = invocation.settings["company"].value
    if with_key and not company and not invocation.can_ask:
        raise invocation.fail("company-required", Exit.USAGE)
    secret = _secret(invocation, "ask-code" if with_key else "ask-password", secret_stdin=secret_stdin)
    if not with_key:
        return UsernamePassword(username=name, password=secret, company_id=company)
    company = company or _asked(invocation, "ask-company")
    return ApiKey(client_id=name, code=secret, company_id=company)


def _asked(invocation: Invocation, question: str) -> str:
    if not invocation.can_ask:
        raise invocation.fail("needs-answer", Exit.DECLINED, question=invocation.text(question))
    return asked(plain_symbols(invocation.text(question))).strip()


def _secret(invocation: Invocation, question: str, *, secret_stdin: bool) -> Secret:
    if secret_stdin:
        with interruptible_reading():
            secret = stripped(sys.stdin.read())
        if not secret:
            raise invocation.fail("empty-secret", Exit.USAGE)
        return secret
    if not invocation.can_ask:
        raise invocation.fail("needs-secret", Exit.DECLINED, question=invocation.text(question))
    return stripped(asked(plain_symbols(invocation.text(question)), hidden=True))


def _tell(invocation: Invocation, company_name: str, company: str, who: str, ends: datetime | None) -> None:
    settings = invocation.settings
    store, profile = settings["store"].value, settings.profile.value
    invocation.say("logged-in", company=company_name or company, id=company, who=named_login(invocation, who))
    invocation.say(f"stored-in-{store}", profile=profile, directory=token_directory(invocation))
    if ends:
        invocation.say("access-until", time=ends.astimezone().strftime("%Y-%m-%d %H:%M %Z"))
    if has_credentials_in_environment(invocation):
        invocation.say("environment-wins")
    invocation.say("logged-in-next", option=f" --profile {profile}" if settings.profile.origin == "--profile" else "")
    if invocation.output != "table":
        record = {"profile": profile, "company": company, "company_name": company_name, "identity": who}
        invocation.show_record(record | {"store": store, "access_expires_at": ends}, _COLUMNS)
