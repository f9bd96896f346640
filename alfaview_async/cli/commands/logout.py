"""`alfactl logout`: forget a login."""

import click

from alfaview_async.cli.config_file import ConfigFile
from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.explaining import explained
from alfaview_async.cli.failures import Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import has_credentials_in_environment
from alfaview_async.cli.logins.store import forget, token_store
from alfaview_async.errors import AlfaviewError


@click.command(cls=Command)
@click.option("--all", "everywhere", is_flag=True, help="Every profile.")
@asynchronous
async def logout(invocation: Invocation, *, everywhere: bool) -> None:
    """Forget the login of the profile, in all its companies.

    alfaview knows no call that ends a session: tokens that somebody has copied live until they expire.
    """
    names = [invocation.settings.profile.value]
    if everywhere:
        names = sorted({*names, *invocation.settings.profiles})
    if invocation.dry_run:
        invocation.say("dry-run", what=invocation.text("would-log-out", profiles=", ".join(names)))
        return
    failures = []
    for name in names:
        invocation.flags["profile"] = name
        invocation.forget_settings()
        try:
            await _log_out(invocation, name)
        except (AlfaviewError, Failure) as error:
            if (failure := explained(error, invocation)) is None or not everywhere:
                raise
            failures.append(failure)
            invocation.say("not-logged-out", profile=name, reason=failure.message)
    if failures:
        raise failures[0]
    if has_credentials_in_environment(invocation):
        invocation.say("environment-wins")


async def _log_out(invocation: Invocation, name: str) -> None:
    store = token_store(invocation)
    try:
        count = await forget(invocation, store)
    finally:
        await store.close()
    settings = invocation.settings
    if settings.of_profile(name).get("identity"):
        file = ConfigFile(settings.config_path)
        file.set(name, identity="")
        file.save()
    invocation.say("logged-out" if count else "was-not-logged-in", profile=name)
