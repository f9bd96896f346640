"""Names and e-mail addresses given on the command line, checked like the cells of guest lists."""

from urllib.parse import urlsplit

from alfaview_async.bulk.addresses import read_address
from alfaview_async.bulk.validation import CellError, display_name
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def checked_name(invocation: Invocation, name: str) -> str:
    """Return the name as it will be shown in the room.

    Raises:
        Failure: It is too long, or holds control characters.
    """
    try:
        return display_name(name)
    except CellError as error:
        raise invocation.fail("no-name", Exit.USAGE, name=name, reason=error.reason) from error


def checked_address(invocation: Invocation, email: str) -> str:
    """Return the address in its usual form; empty stays empty.

    Raises:
        Failure: It is none; with what was probably meant.
    """
    if not email:
        return ""
    host = urlsplit(invocation.settings["base_url"].value).hostname
    try:
        return read_address(email, test_environment=host in _THIS_MACHINE).email
    except CellError as error:
        hint = invocation.text("did-you-mean", meant=error.suggestion) if error.suggestion else ""
        message = invocation.text("no-email", email=email, reason=error.reason)
        raise Failure("no-email", Exit.USAGE, message, next_step=hint) from error
