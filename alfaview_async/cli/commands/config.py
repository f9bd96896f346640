"""`alfactl config`: read and write settings."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from alfaview_async.cli import texts
from alfaview_async.cli.config_file import ConfigFile
from alfaview_async.cli.declaring import Group, with_invocation
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.settings import ENVIRONMENT, NAMES, ONLY_IN_ENVIRONMENT, SECRET_NAME, STORES

_CHOICES = {"store": STORES, "lang": texts.LANGUAGES, "locale": ("de", "en")}
_READABLE = tuple(name for name in NAMES if name not in ONLY_IN_ENVIRONMENT)
_SETTABLE = tuple(name for name in _READABLE if name not in {"profile", "identity"})


@click.group(cls=Group)
def config() -> None:
    """Read and write settings: flag > environment > ./alfaview.toml > config.toml > default."""


@config.command("list")
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@with_invocation
def list_settings(invocation: Invocation, *, origin: bool) -> None:
    """List all settings that count here."""
    found = [(name, invocation.settings[name]) for name in _READABLE]
    rows = [{"name": name, "value": setting.value, "origin": setting.origin} for name, setting in found]
    invocation.show(rows, ("name", "value", "origin") if origin else ("name", "value"))


@config.command()
@click.argument("name", metavar="NAME")
@with_invocation
def get(invocation: Invocation, name: str) -> None:
    """Print one setting; nothing if it has no value."""
    if name in ONLY_IN_ENVIRONMENT:
        raise invocation.fail("only-in-environment", Exit.USAGE, name=name, variable=ENVIRONMENT[name])
    if name not in _READABLE:
        raise invocation.fail("no-setting", Exit.USAGE, name=name, known=", ".join(_READABLE))
    setting = invocation.settings[name]
    if invocation.output == "table" and not invocation.fields:
        click.echo(setting.value)
    else:
        record = {"name": name, "value": setting.value, "origin": setting.origin}
        invocation.show_record(record, ("name", "value", "origin"))


@config.command("set")
@click.argument("name", metavar="NAME")
@click.argument("value", metavar="VALUE")
@with_invocation
def set_value(invocation: Invocation, name: str, value: str) -> None:
    """Write one setting of the profile into config.toml; an empty VALUE removes it. Comments in the file survive."""
    if SECRET_NAME.search(name):
        raise invocation.fail("secret-in-config", Exit.USAGE, name=name)
    if name not in _SETTABLE:
        raise invocation.fail("no-setting", Exit.USAGE, name=name, known=", ".join(_SETTABLE))
    _check(invocation, name, value)
    settings = invocation.settings
    if invocation.dry_run:
        invocation.say("dry-run", what=invocation.text("would-set", name=name, value=value))
        return
    file = ConfigFile(settings.config_path)
    file.set(settings.profile.value, **{name: value})
    file.save()
    invocation.forget_settings()
    setting = invocation.settings[name]
    if value and setting.value != value:
        invocation.say("setting-hidden", name=name, origin=setting.origin)


@config.command()
@with_invocation
def path(invocation: Invocation) -> None:
    """Print where config.toml is."""
    if invocation.output == "table" and not invocation.fields:
        click.echo(invocation.settings.config_path)
    else:
        invocation.show_record({"path": str(invocation.settings.config_path)}, ("path",))


def _check(invocation: Invocation, name: str, value: str) -> None:
    """Refuse a value that no command could use."""
    choices = _CHOICES.get(name)
    if value and choices and value not in choices:
        raise invocation.fail("bad-setting", Exit.USAGE, name=name, value=value, known=", ".join(choices))
    if value and name == "timezone":
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            known = "Europe/Berlin, Europe/Vienna, UTC"
            raise invocation.fail("bad-setting", Exit.USAGE, name=name, value=value, known=known) from error
    if value and name == "base_url":
        from alfaview_async.transport import usable_base_url  # noqa: PLC0415 - loads the HTTP client

        usable_base_url(value)
