"""Names and e-mail addresses given on the command line, checked like the cells of guest lists."""

from alfaview_async.bulk.addresses import read_address
from alfaview_async.bulk.validation import CellError, display_name
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.library_words import translated


def checked_name(invocation: Invocation, name: str) -> str:
    """Return the name as it will be shown in the room.

    Raises:
        Failure: It is too long, or holds control characters.
    """
    try:
        return display_name(name)
    except CellError as error:
        raise invocation.fail(
            "no-name", Exit.USAGE, name=name, reason=translated(invocation.language, error.reason)
        ) from error


def checked_address(invocation: Invocation, email: str) -> str:
    """Return the address in its usual form; empty stays empty.

    Raises:
        Failure: It is none; with what was probably meant.
    """
    if not email:
        return ""
    try:
        return read_address(email, test_environment=invocation.test_environment).email
    except CellError as error:
        hint = invocation.text("did-you-mean", meant=error.suggestion) if error.suggestion else ""
        message = invocation.text("no-email", email=email, reason=translated(invocation.language, error.reason))
        raise Failure("no-email", Exit.USAGE, message, next_step=hint) from error
