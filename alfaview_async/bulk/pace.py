"""Whether and when a run may go on: what ends it, and what makes it wait."""

import asyncio
from time import monotonic

from alfaview_async.bulk.blame import is_for_all, nothing_was_sent
from alfaview_async.errors import AlfaviewError, AuthenticationError, RateLimited

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_LONGEST_HINT = 300.0
_THROTTLED_AT_MOST = 6


class Pace:
    """Shared by all who send for one run.

    Args:
        stop: Set by the caller to begin nothing new.

    Attributes:
        reason: The error after which nothing more is sent, since the next call would fare no better; `None` if none.
    """

    def __init__(self, stop: asyncio.Event | None = None) -> None:
        self.reason: AlfaviewError | None = None
        self._stop = stop or asyncio.Event()
        self._throttled = 0
        self._not_before = 0.0

    @property
    def may_send(self) -> bool:
        """Whether anything new may be begun."""
        return self.reason is None and not self._stop.is_set()

    @property
    def may_look(self) -> bool:
        """Whether what is in doubt may be looked for: pointless without a server or a login."""
        pointless = isinstance(self.reason, AuthenticationError) or (
            self.reason is not None and nothing_was_sent(self.reason)
        )
        return not pointless and not self._stop.is_set()

    async def turn(self) -> bool:
        """Wait for as long as the server has asked for; tells whether the next call may be sent then."""
        await self.sleep(self._not_before - monotonic())
        return self.may_send

    async def sleep(self, seconds: float) -> None:
        """Wait, but not after the caller wants the run to stop."""
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return

    def note(self, error: AlfaviewError | None) -> None:
        """Take in how a call has ended."""
        if error is None:
            self._throttled = 0
        elif isinstance(error, RateLimited) and monotonic() < self._not_before:
            return  # a call that was on its way when another was put off: one reason to wait, not two
        elif isinstance(error, RateLimited) and self._is_bearable(error):
            self._throttled += 1
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (self._throttled - 1))
            self._not_before = monotonic() + (wait if error.retry_after is None else error.retry_after)
        elif is_for_all(error) or nothing_was_sent(error):
            self.reason = self.reason or error

    def _is_bearable(self, error: RateLimited) -> bool:
        return self._throttled < _THROTTLED_AT_MOST and (error.retry_after or 0.0) <= _LONGEST_HINT
