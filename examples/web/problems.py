"""What a browser is told when alfaview says no: errors as HTTP statuses, in the form of RFC 9457."""

import logging
from math import ceil

from alfaview_async import (
    AlfaviewError,
    AlreadyInvited,
    AmbiguousName,
    BadReply,
    InvalidArgument,
    JournalInUse,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    RecipientsRejected,
    ServerTimeout,
    StatusError,
    TransportError,
    Unavailable,
)

CONTENT_TYPE = "application/problem+json"
DO_NOT_REPEAT = (
    "Nobody knows yet whether the link was made. Do not send this again now: the guest might get two. "
    "After five minutes the same request is safe: it finds the link if there is one."
)
RETRY_SECONDS = 10.0

_log = logging.getLogger("problems")


def problem_of(error: AlfaviewError) -> tuple[int, dict[str, str], dict[str, object]]:
    """Return status, headers (beside the content type) and body for an error.

    Only what the browser can change is explained to it; the rest is for the log.
    """
    match error:
        case OutcomeUnknown():
            _log.error("%s", error)
            return _problem(409, "outcome-unknown", DO_NOT_REPEAT)
        case NotFound():
            return _problem(404, "not-found", error.message)
        case AlreadyInvited():
            return _problem(409, "already-invited", error.message)
        case RecipientsRejected():
            return _problem(422, "bad-rows", error.message, problems=[str(problem) for problem in error.problems])
        case InvalidArgument() | AmbiguousName():
            return _problem(422, "bad-input", error.message)
        case RateLimited() | Unavailable() | ServerTimeout() | TransportError() | JournalInUse():
            _log.warning("%s", error)
            hint = error.retry_after if isinstance(error, StatusError) else None
            status, _, body = _problem(503, "try-later", "Nothing was done. Try again later.")
            return status, {"Retry-After": str(ceil(hint or RETRY_SECONDS))}, body
        case StatusError() | BadReply():
            _log.error("%s", error)
            return _problem(502, "refused", "alfaview has refused; the log of the server says why.")
    _log.error("%s", error)
    return _problem(500, "broken", "The server cannot do its work; its log says why.")


def _problem(status: int, kind: str, detail: str, **more: object) -> tuple[int, dict[str, str], dict[str, object]]:
    return status, {}, {"type": kind, "status": status, "detail": detail, **more}
