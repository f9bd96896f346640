"""What an error of one call says about the others."""

from alfaview_async.errors import (
    AlfaviewError,
    AuthenticationError,
    Outcome,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
)

_NOT_THE_ROW = (AuthenticationError, PermissionDenied, QuotaExceeded, RateLimited)


def is_for_all(error: AlfaviewError) -> bool:
    """Tell whether the same would happen to any other row: login, rights, quota, too many requests."""
    return isinstance(error, _NOT_THE_ROW)


def nothing_was_sent(error: AlfaviewError) -> bool:
    """Tell whether not a byte of the request has left."""
    return error.outcome in {Outcome.NOT_SENT, Outcome.FATAL}
