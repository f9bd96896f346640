"""Calls that alfaview refuses in a room, or whose answers are lost: told with the name of the room."""

from collections.abc import Iterator
from contextlib import contextmanager

from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.library_words import translated
from alfaview_async.errors import OutcomeUnknown, PermissionDenied, QuotaExceeded, StatusError


@contextmanager
def refusals(invocation: Invocation, room: str, look: str) -> Iterator[None]:
    """Name the room if alfaview refuses to make or change something in it, and what to look at if nobody knows.

    Args:
        invocation: Of the command.
        room: Its name.
        look: The command that shows whether it has happened.
    """
    try:
        yield
    except PermissionDenied as error:
        raise _refused(invocation, "refused", error, room) from error
    except QuotaExceeded as error:
        raise _refused(invocation, "quota", error, room) from error
    except OutcomeUnknown as error:
        message = invocation.text("outcome-unknown-room", room=room)
        why = translated(invocation.language, error.message)
        following = invocation.text("look-first", command=look)
        raise Failure("outcome-unknown", Exit.UNKNOWN_OUTCOME, message, (why,), next_step=following) from error


def _refused(invocation: Invocation, code: str, error: StatusError, room: str) -> Failure:
    failure = invocation.fail(code, Exit.REFUSED, error=error)
    failure.message = invocation.text("refused-room", room=room, status=error.status)
    failure.details = (str(error), *failure.details)
    return failure
