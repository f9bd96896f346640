"""The emulator's own time, by which tokens and links expire: tests move it instead of waiting."""

from datetime import UTC, datetime, timedelta

from alfaview_async.errors import ConfigurationError

_LAST_YEAR = 9000
"""Links and tokens made at that time still end within the calendar."""


class Clock:
    """Real time plus an offset; or a standstill."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._standstill: datetime | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._standstill is not None

    def now(self) -> datetime:
        """Return the emulator's time, in UTC."""
        return self._standstill or datetime.now(UTC) + self._offset

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move forward; a frozen clock moves too and stays frozen.

        Raises:
            ConfigurationError: Backward, which `freeze(at)` and `set` can; or beyond the year 9000.
        """
        try:
            step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            end = self.now() + step
        except (OverflowError, ValueError):
            raise ConfigurationError("the clock cannot advance beyond the calendar") from None
        if step < timedelta():
            raise ConfigurationError("the clock only advances; freeze(at) goes back")
        _check_year(end)
        if self._standstill is not None:
            self._standstill += step
        else:
            self._offset += step

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, at a moment of any zone; default: now.

        Raises:
            ConfigurationError: A moment without zone, or beyond the year 9000.
        """
        if at is not None:
            if at.tzinfo is None:
                raise ConfigurationError("freeze at which zone's time? give a datetime with tzinfo")
            _check_year(at)
        self._standstill = (at or self.now()).astimezone(UTC)

    def thaw(self) -> None:
        """Run on from where the clock stands."""
        if self._standstill is not None:
            self._offset, self._standstill = self._standstill - datetime.now(UTC), None

    def set(self, moment: datetime) -> None:
        """Show a moment from now on; the clock goes on running, or standing still.

        Raises:
            ConfigurationError: A moment without zone, or beyond the year 9000.
        """
        was_frozen = self.is_frozen
        self.freeze(moment)
        if not was_frozen:
            self.thaw()

    def reset(self) -> None:
        """Return to real time."""
        self._offset, self._standstill = timedelta(), None


def _check_year(moment: datetime) -> None:
    if not 1 < moment.year < _LAST_YEAR:
        raise ConfigurationError(f"the clock shows the years 2 to {_LAST_YEAR - 1} only")
