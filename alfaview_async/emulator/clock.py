"""The emulator's own time, by which tokens and links expire: tests move it instead of waiting."""

from datetime import UTC, datetime, timedelta

from alfaview_async.errors import ConfigurationError


class Clock:
    """Real time plus an offset; or a standstill."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._standstill: datetime | None = None

    def now(self) -> datetime:
        """Return the emulator's time, in UTC."""
        return self._standstill or datetime.now(UTC) + self._offset

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move forward; a frozen clock moves too and stays frozen.

        Raises:
            ConfigurationError: Backward; `freeze(at)` can go there.
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ConfigurationError("the clock only advances; freeze(at) goes back")
        if self._standstill is not None:
            self._standstill += step
        else:
            self._offset += step

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, at a moment of any zone; default: now.

        Raises:
            ConfigurationError: A moment without zone.
        """
        if at is not None and at.tzinfo is None:
            raise ConfigurationError("freeze at which zone's time? give a datetime with tzinfo")
        self._standstill = (at or self.now()).astimezone(UTC)

    def thaw(self) -> None:
        """Run on from where the clock stands."""
        if self._standstill is not None:
            self._offset, self._standstill = self._standstill - datetime.now(UTC), None

    def reset(self) -> None:
        """Return to real time."""
        self._offset, self._standstill = timedelta(), None
