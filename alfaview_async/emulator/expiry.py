"""Times in requests that count seconds since 1970."""

from datetime import UTC, datetime

from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.status import StatusCode


def moment(seconds: int, now: datetime) -> datetime:
    """Turn Unix seconds into a time to come.

    Raises:
        Refused: Past, or beyond the calendar.
    """
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused(StatusCode.INVALID_ARGUMENT, "expiresAt is beyond the calendar; it counts seconds") from None
    if found <= now:
        raise Refused(StatusCode.INVALID_ARGUMENT, "expiresAt is in the past; it counts seconds since 1970")
    return found
