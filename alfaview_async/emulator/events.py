"""Tells those who wait that something has changed: the page, and tests that wait for a mail."""

import asyncio


class Changes:
    """A counter of changes that can be awaited; ends every wait when the emulator stops.

    Attributes:
        revision: How many changes there were.
        closing: Set when the emulator stops.
    """

    def __init__(self) -> None:
        self.revision = 0
        self.closing = asyncio.Event()
        self._next: asyncio.Event | None = None

    def announce(self) -> None:
        """Wake all who wait; mostly nobody does, and every request announces."""
        self.revision += 1
        if self._next is not None:
            self._next.set()
            self._next = None

    async def after(self, revision: int) -> None:
        """Return once there are more changes than that, or the emulator stops."""
        while self.revision <= revision and not self.closing.is_set():
            self._next = self._next or asyncio.Event()
            await self._next.wait()

    def close(self) -> None:
        """Wake all who wait, for the last time."""
        self.closing.set()
        self.announce()
