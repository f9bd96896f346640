"""`alfactl profile`: several logins side by side."""

import click

from alfaview_async.cli.config_file import ConfigFile
from alfaview_async.cli.declaring import Group, asynchronous, with_invocation
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.store import forget, token_store

_COLUMNS = ("name", "current", "company", "identity", "store")


@click.group(cls=Group)
def profile() -> None:
    """Several logins side by side: `alfactl login --profile NAME` makes one."""


@profile.command("list")
@with_invocation
def list_profiles(invocation: Invocation) -> None:
    """List the profiles."""
    settings = invocation.settings
    current = settings.profile.value
    names = sorted({current, *settings.profiles})
    invocation.show(
        [
            {"name": name, "current": name == current}
            | {key: settings.of_profile(name).get(key) for key in ("company", "identity", "store")}
            for name in names
        ],
        _COLUMNS,
    )


@profile.command()
@click.argument("name", metavar="NAME")
@with_invocation
def use(invocation: Invocation, name: str) -> None:
    """Use a profile where none is named."""
    _must_exist(invocation, name)
    settings = invocation.settings
    if invocation.dry_run:
        invocation.say("dry-run", what=invocation.text("would-use", profile=name))
        return
    file = ConfigFile(settings.config_path)
    file.set_default_profile(name)
    file.save()
    invocation.forget_settings()
    invocation.say("profile-used", profile=name)
    if invocation.settings.profile.value != name:
        invocation.say("setting-hidden", name="profile", origin=invocation.settings.profile.origin)


@profile.command()
@click.argument("name", metavar="NAME")
@asynchronous
async def delete(invocation: Invocation, name: str) -> None:
    """Delete a profile: its login and its settings."""
    _must_exist(invocation, name)
    if not invocation.may("delete-profile", profile=name):
        return
    invocation.flags["profile"] = name
    invocation.forget_settings()
    store = token_store(invocation)
    try:
        await forget(invocation, store)
    finally:
        await store.close()
    file = ConfigFile(invocation.settings.config_path)
    file.delete_profile(name)
    file.save()
    invocation.say("profile-deleted", profile=name)


def _must_exist(invocation: Invocation, name: str) -> None:
    known = invocation.settings.profiles
    if name not in known:
        raise invocation.fail("no-profile", Exit.NOT_FOUND, profile=name, known=", ".join(known) or "-")
