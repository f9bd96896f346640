"""`alfactl version`: what is installed, for reports."""

import platform
import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

import click

from alfaview_async.cli.declaring import Command, with_invocation
from alfaview_async.cli.invocation import Invocation

_PACKAGES = ("alfaview-async", "aiohttp", "attrs", "cattrs", "click", "keyring", "orjson", "redis", "rich", "stamina")


@click.command(cls=Command)
@with_invocation
def version(invocation: Invocation) -> None:
    """Show versions, for reports."""
    found = {name: _version(name) for name in _PACKAGES}
    found |= {"python": platform.python_version(), "system": f"{sys.platform} {platform.machine()}"}
    invocation.show_record(found, tuple(found))


def _version(package: str) -> str | None:
    try:
        return version_of(package)
    except PackageNotFoundError:
        return None
