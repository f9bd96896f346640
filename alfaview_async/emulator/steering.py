"""What the admin API does to time and tokens, beyond what alfaview itself does to them."""

from datetime import datetime, timedelta

from attrs import evolve

from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.tokens import Tokens
from alfaview_async.errors import ConfigurationError

_LAST_YEAR = 9000
"""Links and tokens made at that time still end within the calendar."""


class SteeredClock(Clock):
    """The emulator's clock, which can also tell whether it runs, and run on from any moment."""

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._standstill is not None

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move forward; a frozen clock moves too and stays frozen.

        Raises:
            ConfigurationError: Backward, or beyond the year 9000.
        """
        try:
            end = self.now() + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        except (OverflowError, ValueError):
            raise ConfigurationError("the clock cannot advance beyond the calendar") from None
        _check_year(end)
        super().advance(days=days, hours=hours, minutes=minutes, seconds=seconds)

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, at a moment of any zone; default: now.

        Raises:
            ConfigurationError: A moment without zone, or beyond the year 9000.
        """
        if at is not None:
            _check_year(at)
        super().freeze(at)

    def set(self, moment: datetime) -> None:
        """Show a moment from now on; the clock goes on running, or standing still.

        Raises:
            ConfigurationError: A moment without zone, or beyond the year 9000.
        """
        was_frozen = self.is_frozen
        self.freeze(moment)
        if not was_frozen:
            self.thaw()


class SteeredTokens(Tokens):
    """The emulator's tokens, which can also expire before their time."""

    def expire(self, *, refresh: bool = False) -> None:
        """Let every access token be outdated from now on.

        Args:
            refresh: The refresh tokens too: then nobody stays logged in.
        """
        now = self._clock.now()
        for kept in (self._access, *([self._refresh] if refresh else [])):
            kept.update({token: evolve(grant, expires_at=min(grant.expires_at, now)) for token, grant in kept.items()})


def _check_year(moment: datetime) -> None:
    if not 1 < moment.year < _LAST_YEAR:
        raise ConfigurationError(f"the clock shows the years 2 to {_LAST_YEAR - 1} only")
